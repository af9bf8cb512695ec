package operator

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/sekisho/sekisho/server/fault"
)

// HashParams are argon2id's.
type HashParams struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultHash is the first choice of OWASP's Password Storage Cheat Sheet for
// argon2id: 46 MiB, one pass, one thread; about 0.1 s on one core.
var DefaultHash = HashParams{Memory: 47104, Time: 1, Threads: 1}

// hashedAtOnce bounds the memory that a flood of sign-ins takes.
const hashedAtOnce = 4

const (
	saltBytes = 16
	keyBytes  = 32
	// What a stored hash may ask of us at most: a store that somebody has
	// written to must not take all memory.
	maxHashMemory  = 1 << 20 // KiB
	maxHashTime    = 16
	maxHashThreads = 16
)

type hasher struct {
	params HashParams
	random io.Reader
	slots  chan struct{}
	// nobody is what is compared where there is no account, for as much work.
	nobody phc
}

func newHasher(params HashParams, random io.Reader) *hasher {
	if params == (HashParams{}) {
		params = DefaultHash
	}
	return &hasher{params: params, random: random, slots: make(chan struct{}, hashedAtOnce),
		nobody: phc{HashParams: params, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}}
}

// hash returns what is kept of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt, err := randomBytes(h.random, saltBytes)
	if err != nil {
		return "", err
	}
	p := phc{HashParams: h.params, salt: salt}
	p.key, err = h.key(ctx, p, password)
	return p.String(), err
}

// verify reports whether a password is the one of which kept was made, and
// whether kept should be made anew. kept "" is for an account that is not
// there: nothing fits, after the same work.
func (h *hasher) verify(ctx context.Context, kept, password string) (ok, stale bool, err error) {
	p := h.nobody
	if kept != "" {
		if p, err = parsePHC(kept); err != nil {
			return false, false, err
		}
	}
	key, err := h.key(ctx, p, password)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, p.key) == 1 && kept != ""
	return ok, p.HashParams != h.params, nil
}

func (h *hasher) key(ctx context.Context, p phc, password string) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "given up before the password was looked at")
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), p.salt, p.Time, p.Memory, p.Threads, keyBytes), nil
}

// phc is a hash in the PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$key.
type phc struct {
	HashParams
	salt, key []byte
}

func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Time, p.Threads,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.key))
}

// parsePHC reads what String wrote, and nothing else.
func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return phc{}, fmt.Errorf("a kept password is not in PHC form")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); err != nil {
		return phc{}, fmt.Errorf("a kept password has no parameters: %w", err)
	}
	if p.Memory < 8 || p.Memory > maxHashMemory || p.Time < 1 || p.Time > maxHashTime || p.Threads < 1 || p.Threads > maxHashThreads {
		return phc{}, fmt.Errorf("a kept password asks for m=%d,t=%d,p=%d", p.Memory, p.Time, p.Threads)
	}
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return phc{}, fmt.Errorf("the salt of a kept password: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return phc{}, fmt.Errorf("the key of a kept password: %w", err)
	}
	if len(p.salt) != saltBytes || len(p.key) != keyBytes || p.String() != s {
		return phc{}, fmt.Errorf("a kept password is not in the form that is written here")
	}
	return p, nil
}
