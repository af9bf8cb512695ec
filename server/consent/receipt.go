package consent

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
)

// receiptVersion is the version of the receipt's form.
const receiptVersion = 1

// receiptKey is the name under which a KeyStore keeps the seed of the key.
const receiptKey = "receipt"

// Receipt proves one decision to whoever holds it. The signature is made over
// the JSON of all other members, in this order, without white space, as
// encoding/json and JSON.stringify both write it: every text in it is ASCII
// without characters that either would escape.
type Receipt struct {
	Version      int       `json:"version"`
	ID           uuid.UUID `json:"id"`
	Site         string    `json:"site"`
	Visitor      uuid.UUID `json:"visitor"`
	Sequence     uint32    `json:"sequence"`
	Revision     int       `json:"revision"`
	RevisionHash string    `json:"revisionHash"`
	Action       Action    `json:"action"`
	Granted      []string  `json:"granted"`
	Denied       []string  `json:"denied"`
	Language     string    `json:"language"`
	Layer        int       `json:"layer"`
	At           Instant   `json:"at"`         // the browser's clock: a claim
	RecordedAt   Instant   `json:"recordedAt"` // the server's clock: the evidence
	Signature    Signature `json:"signature,omitzero"`
}

// Signature is a signature over a receipt.
type Signature struct {
	Algorithm string `json:"algorithm"` // "Ed25519" (RFC 8032)
	KeyID     string `json:"keyId"`     // JWK thumbprint of the public key (RFC 7638, RFC 8037)
	Value     string `json:"value"`     // base64url without padding
}

// Instant is a time in UTC that is always written with three digits of
// milliseconds, as browsers write it.
type Instant time.Time

const instantLayout = "2006-01-02T15:04:05.000Z"

// MarshalText implements encoding.TextMarshaler.
func (i Instant) MarshalText() ([]byte, error) {
	return time.Time(i).UTC().AppendFormat(nil, instantLayout), nil
}

// UnmarshalText implements encoding.TextUnmarshaler; it takes that one form.
func (i *Instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(instantLayout, string(text))
	*i = Instant(t)
	return err
}

// receiptOf returns the unsigned receipt of an entry: equal entries, equal receipts.
func receiptOf(e Entry) Receipt {
	return Receipt{
		Version: receiptVersion, ID: e.ID, Site: e.Site, Visitor: e.Visitor, Sequence: e.Sequence,
		Revision: e.Revision, RevisionHash: e.RevisionHash, Action: e.Action, Granted: e.Granted, Denied: e.Denied,
		Language: e.Language, Layer: e.Layer, At: Instant(e.At), RecordedAt: Instant(e.RecordedAt),
	}
}

// canonical returns the bytes that are signed.
func (r Receipt) canonical() ([]byte, error) {
	r.Signature = Signature{}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Verify reports why the receipt is not a true one of the installation with
// the given public key; nil when it is.
func (r Receipt) Verify(public ed25519.PublicKey) error {
	if r.Version != receiptVersion || r.Signature.Algorithm != "Ed25519" {
		return fmt.Errorf("unknown receipt: version %d, algorithm %q", r.Version, r.Signature.Algorithm)
	}
	if r.Signature.KeyID != keyID(public) {
		return fmt.Errorf("signed with another key (%q)", r.Signature.KeyID)
	}
	value, err := base64.RawURLEncoding.Strict().DecodeString(r.Signature.Value)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	text, err := r.canonical()
	if err != nil {
		return err
	}
	if !ed25519.Verify(public, text, value) {
		return errors.New("the signature does not fit the receipt")
	}
	return nil
}

// keyID returns the JWK thumbprint of a public key.
func keyID(public ed25519.PublicKey) string {
	jwk := `{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`
	sum := sha256.Sum256([]byte(jwk))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// KeyStore keeps an installation's secret keys.
type KeyStore interface {
	// Key returns the key of that name; when there is none, candidate becomes
	// it, durably. The first candidate wins: all callers on all instances get
	// the same bytes for ever. Unavailable when the store cannot be reached.
	Key(ctx context.Context, name string, candidate []byte) ([]byte, error)
}

// Signer signs receipts with the installation's key, which it fetches from the
// store, or makes, when it is first needed.
type Signer struct {
	keys   KeyStore
	random io.Reader

	mu  sync.Mutex
	key ed25519.PrivateKey // nil until fetched
	id  string
}

// NewSigner returns a signer; random (crypto/rand.Reader) is read when the
// installation has no key yet.
func NewSigner(keys KeyStore, random io.Reader) *Signer {
	return &Signer{keys: keys, random: random}
}

// PublicKey returns the key that verifies this installation's receipts.
func (s *Signer) PublicKey(ctx context.Context) (ed25519.PublicKey, error) {
	key, _, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}

// Receipt returns the signed receipt of an entry. Ed25519 is deterministic:
// the same entry has the same receipt at all times.
func (s *Signer) Receipt(ctx context.Context, e Entry) (Receipt, error) {
	key, id, err := s.load(ctx)
	if err != nil {
		return Receipt{}, err
	}
	r := receiptOf(e)
	text, err := r.canonical()
	if err != nil {
		return Receipt{}, err
	}
	value := base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, text))
	r.Signature = Signature{Algorithm: "Ed25519", KeyID: id, Value: value}
	return r, nil
}

func (s *Signer) load(ctx context.Context) (ed25519.PrivateKey, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return s.key, s.id, nil
	}
	candidate := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(s.random, candidate); err != nil {
		return nil, "", fmt.Errorf("making a key for receipts: %w", err)
	}
	seed, err := s.keys.Key(ctx, receiptKey, candidate)
	if err != nil {
		return nil, "", err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, "", fault.New(fault.Internal, "the key for receipts has %d bytes instead of %d", len(seed), ed25519.SeedSize)
	}
	s.key = ed25519.NewKeyFromSeed(seed)
	s.id = keyID(s.key.Public().(ed25519.PublicKey))
	return s.key, s.id, nil
}
