package keys

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every secret prints as.
const redacted = "[secret]"

// ErrRandom means that the random source failed, ran short, or returned
// constant bytes. Nothing was created.
var ErrRandom = errors.New("random source is not usable")

// ErrSeed means a seed of a length other than SeedSize.
var ErrSeed = errors.New("seed has a wrong length")

// SeedSize is the length of a BIP39 seed in bytes.
const SeedSize = 64

// Seed is a BIP39 seed. Copies share the bytes; the zero value is not a seed. It
// is not safe to call Wipe concurrently with other uses.
//
// The bytes sit behind two pointers: fmt prints a Seed in another struct's
// unexported field without asking this type, and follows one pointer when the
// verb does not fit, but never two.
type Seed struct{ b **[SeedSize]byte }

// NewSeed copies b, which must be SeedSize bytes long (ErrSeed).
func NewSeed(b []byte) (Seed, error) {
	if len(b) != SeedSize {
		return Seed{}, fmt.Errorf("seed of %d bytes, want %d: %w", len(b), SeedSize, ErrSeed)
	}
	bytes := [SeedSize]byte(b)
	p := &bytes
	return Seed{b: &p}, nil
}

// Bytes returns the secret itself, not a copy: the caller must neither keep nor
// change it. It is nil for the zero value.
func (s Seed) Bytes() []byte {
	if s.b == nil {
		return nil
	}
	return (*s.b)[:]
}

// Wipe overwrites the seed and with it all copies of s.
func (s Seed) Wipe() { wipe(s.Bytes()) }

// Format implements fmt.Formatter and prints "[secret]" for every verb.
func (Seed) Format(f fmt.State, _ rune) { redact(f) }

// String returns "[secret]".
func (Seed) String() string { return redacted }

// LogValue returns "[secret]".
func (Seed) LogValue() slog.Value { return slog.StringValue(redacted) }

// redact prints the placeholder; a State that cannot be written to has nowhere
// to leak to, so its error has no meaning here.
func redact(f fmt.State) { _, _ = io.WriteString(f, redacted) }

// wipe overwrites b with zeros.
func wipe(b []byte) { clear(b) }

// readRandom fills b from r and fails closed: on an error, a short read, or
// bytes that are all the same, which for 16 bytes and more happens by chance
// once in 2^120.
func readRandom(r io.Reader, b []byte) error {
	if r == nil {
		return fmt.Errorf("no random source: %w", ErrRandom)
	}
	if n, err := io.ReadFull(r, b); err != nil {
		wipe(b)
		return fmt.Errorf("read %d random bytes, got %d: %w: %w", len(b), n, ErrRandom, err)
	}
	for _, c := range b[1:] {
		if c != b[0] {
			return nil
		}
	}
	wipe(b)
	return fmt.Errorf("read %d random bytes, all equal: %w", len(b), ErrRandom)
}
