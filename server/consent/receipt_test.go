package consent

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
)

// oneKey is a KeyStore of one key.
type oneKey struct {
	key []byte
	err error
}

func (k *oneKey) Key(_ context.Context, name string, candidate []byte) ([]byte, error) {
	if k.key == nil && k.err == nil {
		k.key = candidate
	}
	return k.key, k.err
}

// constantReader is randomness without surprises.
type constantReader byte

func (c constantReader) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

func aReceipt(t *testing.T) (Receipt, ed25519.PublicKey) {
	t.Helper()
	signer := NewSigner(&oneKey{}, constantReader(7))
	e, _ := entryWith(vendorNames(12), setOf(0, 3, 11), setOf(11))
	r, err := signer.Receipt(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	public, err := signer.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r, public
}

// TestReceiptIsForEver: receipts that somebody holds verify with every later release.
func TestReceiptIsForEver(t *testing.T) {
	golden := filepath.Join("testdata", "receipt.json")
	r, public := aReceipt(t)
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var held Receipt
	if err := json.Unmarshal(want, &held); err != nil {
		t.Fatal(err)
	}
	if err := held.Verify(public); err != nil {
		t.Error(err)
	}
}

// TestReceiptCannotBeChanged changes each member in turn.
func TestReceiptCannotBeChanged(t *testing.T) {
	r, public := aReceipt(t)
	fields := reflect.TypeFor[Receipt]()
	for i := range fields.NumField() {
		forged := r
		forged.Granted, forged.Denied = append([]string{}, r.Granted...), append([]string{}, r.Denied...)
		field := reflect.ValueOf(&forged).Elem().Field(i)
		switch value := field.Addr().Interface().(type) {
		case *[]string:
			*value = append(*value, "another")
		case *Instant:
			*value = Instant{}
		case *Signature:
			value.Value = strings.Map(func(c rune) rune { return map[bool]rune{true: 'B', false: 'A'}[c == 'A'] }, value.Value)
		default:
			switch {
			case field.CanInt():
				field.SetInt(field.Int() + 1)
			case field.CanUint():
				field.SetUint(field.Uint() + 1)
			case field.Kind() == reflect.String:
				field.SetString(field.String() + "x")
			default:
				field.Index(3).SetUint(field.Index(3).Uint() ^ 1)
			}
		}
		if err := forged.Verify(public); err == nil {
			t.Errorf("%s was changed and nobody noticed", fields.Field(i).Name)
		}
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(other); err == nil {
		t.Error("another installation's key verifies the receipt")
	}
}

func TestSigner(t *testing.T) {
	keys := &oneKey{err: fault.New(fault.Unavailable, "away")}
	signer := NewSigner(keys, constantReader(1))
	if _, err := signer.PublicKey(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without its store: %v", err)
	}
	keys.err = nil
	first, err := signer.PublicKey(t.Context())
	if err != nil {
		t.Fatalf("the store came back: %v", err)
	}
	if second, err := NewSigner(keys, constantReader(2)).PublicKey(t.Context()); err != nil || !second.Equal(first) {
		t.Errorf("another instance has another key, %v", err)
	}
	if _, err := NewSigner(&oneKey{key: []byte("short")}, constantReader(1)).PublicKey(t.Context()); err == nil {
		t.Error("a damaged key was taken")
	}
	if _, err := NewSigner(&oneKey{}, failingReader{}).PublicKey(t.Context()); err == nil {
		t.Error("a key without randomness was taken")
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("no entropy") }
