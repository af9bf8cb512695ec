package operator

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	secretBytes   = 32
	tokenPrefix   = "sk_"
	tokenHint     = len(tokenPrefix) + 6
	recoveryBytes = 10
	recoveryCount = 10
	refLength     = 16
)

// letters are what people may have to type: lower case, no padding.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func randomBytes(random io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("no randomness: %w", err)
	}
	return b, nil
}

// newSecret returns the token of a session or a link: 43 characters that need
// no escaping in an address.
func newSecret(random io.Reader) (string, error) {
	b, err := randomBytes(random, secretBytes)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// isSecret reports whether newSecret can have made it.
func isSecret(s string) bool {
	if len(s) != base64.RawURLEncoding.EncodedLen(secretBytes) || strings.ContainsAny(s, "\r\n") {
		return false // the decoder would skip line ends
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil
}

// newID returns an id that nothing else has.
func newID(random io.Reader) (string, error) {
	b, err := randomBytes(random, 10)
	return letters.EncodeToString(b), err
}

// newToken returns an API token: a prefix by which scanners of leaked secrets
// know it, 256 bits of chance, and a check sum by which they know that it is none.
func newToken(random io.Reader) (string, error) {
	b, err := randomBytes(random, secretBytes)
	return tokenPrefix + letters.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))), err
}

// isToken reports whether newToken can have made it.
func isToken(s string) bool {
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok || len(rest) != letters.EncodedLen(secretBytes+crc32.Size) {
		return false
	}
	b, err := letters.DecodeString(rest)
	if err != nil || letters.EncodeToString(b) != rest {
		return false
	}
	return binary.BigEndian.Uint32(b[secretBytes:]) == crc32.ChecksumIEEE(b[:secretBytes])
}

// newRecovery returns recovery codes, in groups of four, and their hashes.
func newRecovery(random io.Reader) (codes, hashes []string, err error) {
	for range recoveryCount {
		b, err := randomBytes(random, recoveryBytes)
		if err != nil {
			return nil, nil, err
		}
		s := letters.EncodeToString(b)
		codes = append(codes, s[:4]+"-"+s[4:8]+"-"+s[8:12]+"-"+s[12:])
		hashes = append(hashes, hashOf(s))
	}
	return codes, hashes, nil
}

// plainCode is what was meant by a typed code: spaces and hyphens do not
// matter, nor capitals, nor full-width characters.
func plainCode(s string) string {
	if len(s) > 128 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '‐' || r == 'ー' || r == '−' {
			return -1
		}
		return r
	}, strings.ToLower(norm.NFKC.String(s)))
}

// hashOf is how a store keeps a secret that has enough chance in it.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// refOf names what a hash belongs to without being of use to open it.
func refOf(hash string) string { return hash[:min(refLength, len(hash))] }
