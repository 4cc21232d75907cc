// Package backup is the file in which an oracle's whole state is kept elsewhere: its
// sealed key file and its store, encrypted under a key that comes from the oracle's
// seed.
//
// It decides nothing about what a restored oracle may do: oracle/store doubts it. Its
// invariant: a file is taken back whole and unchanged or not at all, and only what is
// sealed under the operator's passphrase can be read of it without the seed.
package backup

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// The layout, integers big-endian:
//
//	magic "ALKORACL" | u16 version | u32 length | key file | 24 bytes nonce
//	for each part of at most partSize bytes: u32 length | sealed part
//
// A part is sealed by XChaCha20-Poly1305 with all before the parts as associated
// data, and the nonce with the part's number, from 0, in its last eight bytes; the top
// bit of the number is set in the last part.
const (
	magic      = "ALKORACL"
	version    = 1
	maxKeyFile = 64 << 10
	partSize   = 64 << 10
	lastBit    = 1 << 63
)

// Errors of reading a backup.
var (
	// ErrFormat: the file is no backup, cut off or damaged, or of another oracle than
	// the key.
	ErrFormat = errors.New("not a backup of this oracle, or damaged")
	// ErrNewer: the file was written by a newer program.
	ErrNewer = errors.New("backup is of a newer version")
)

// Write writes a backup to w: the sealed key file as it is, and what dump writes,
// encrypted under key. rand gives the nonce.
func Write(w io.Writer, key [32]byte, keyFile []byte, rand io.Reader, dump func(io.Writer) error) error {
	if len(keyFile) == 0 || len(keyFile) > maxKeyFile {
		return fmt.Errorf("write backup: %w: key file of %d bytes", ErrFormat, len(keyFile))
	}
	head := append([]byte(magic), 0, version)
	head = binary.BigEndian.AppendUint32(head, uint32(len(keyFile))) //nolint:gosec // G115: checked above
	head = append(head, keyFile...)
	var nonce [chacha20poly1305.NonceSizeX]byte
	if _, err := io.ReadFull(rand, nonce[:]); err != nil {
		return fmt.Errorf("write backup: nonce: %w", err)
	}
	head = append(head, nonce[:]...)
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	s := &sealer{out: w, aead: aead, head: head, nonce: nonce}
	if err := dump(s); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	if err := s.flush(lastBit); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

// numbered returns the nonce of a part.
func numbered(nonce [chacha20poly1305.NonceSizeX]byte, number uint64) []byte {
	binary.BigEndian.PutUint64(nonce[16:], number)
	return nonce[:]
}

// A sealer encrypts what is written to it, part by part.
type sealer struct {
	out    io.Writer
	aead   cipher.AEAD
	head   []byte
	nonce  [chacha20poly1305.NonceSizeX]byte
	number uint64
	plain  []byte
}

// Write implements io.Writer.
func (s *sealer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), partSize-len(s.plain))
		s.plain = append(s.plain, rest[:n]...)
		rest = rest[n:]
		if len(s.plain) == partSize {
			if err := s.flush(0); err != nil {
				return len(p) - len(rest), err
			}
		}
	}
	return len(p), nil
}

func (s *sealer) flush(bit uint64) error {
	sealed := s.aead.Seal(nil, numbered(s.nonce, s.number|bit), s.plain, s.head)
	s.number++
	s.plain = s.plain[:0]
	_, err := s.out.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))), sealed...)) //nolint:gosec // G115: at most partSize and a tag
	return err
}

// A Reader reads a backup.
type Reader struct {
	in      io.Reader
	keyFile []byte
	head    []byte
	nonce   [chacha20poly1305.NonceSizeX]byte
}

// NewReader reads the beginning of a backup, as far as no key is needed. It fails with
// ErrFormat or ErrNewer.
func NewReader(in io.Reader) (*Reader, error) {
	head := make([]byte, len(magic)+2+4)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, fmt.Errorf("read backup: %w: %w", ErrFormat, err)
	}
	if !bytes.HasPrefix(head, []byte(magic)) {
		return nil, fmt.Errorf("read backup: %w", ErrFormat)
	}
	if v := binary.BigEndian.Uint16(head[len(magic):]); v != version {
		return nil, fmt.Errorf("read backup: %w: version %d", ErrNewer, v)
	}
	n := binary.BigEndian.Uint32(head[len(magic)+2:])
	if n == 0 || n > maxKeyFile {
		return nil, fmt.Errorf("read backup: %w: key file of %d bytes", ErrFormat, n)
	}
	rest := make([]byte, int(n)+chacha20poly1305.NonceSizeX)
	if _, err := io.ReadFull(in, rest); err != nil {
		return nil, fmt.Errorf("read backup: %w: %w", ErrFormat, err)
	}
	r := &Reader{in: in, keyFile: rest[:n:n], head: bytes.Join([][]byte{head, rest}, nil)}
	copy(r.nonce[:], rest[n:])
	return r, nil
}

// KeyFile is the sealed key file.
func (r *Reader) KeyFile() []byte { return bytes.Clone(r.keyFile) }

// Open returns what was dumped, decrypted with key as it is read. Reading fails with
// ErrFormat where the backup is damaged; only io.EOF means that it is complete.
func (r *Reader) Open(key [32]byte) (io.Reader, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("read backup: %w", err)
	}
	return &opener{r: r, aead: aead}, nil
}

type opener struct {
	r      *Reader
	aead   cipher.AEAD
	number uint64
	plain  []byte
	last   bool
}

// Read implements io.Reader.
func (o *opener) Read(p []byte) (int, error) {
	for len(o.plain) == 0 {
		if o.last {
			return 0, o.end()
		}
		if err := o.next(); err != nil {
			return 0, fmt.Errorf("read backup: %w: %w", ErrFormat, err)
		}
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

// next opens the next part, which tells by its nonce whether it is the last.
func (o *opener) next() error {
	var length [4]byte
	if _, err := io.ReadFull(o.r.in, length[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > partSize+chacha20poly1305.Overhead {
		return fmt.Errorf("part of %d bytes", n)
	}
	sealed := make([]byte, n)
	if _, err := io.ReadFull(o.r.in, sealed); err != nil {
		return err
	}
	var err error
	if o.plain, err = o.aead.Open(nil, numbered(o.r.nonce, o.number), sealed, o.r.head); err != nil {
		o.plain, err = o.aead.Open(nil, numbered(o.r.nonce, o.number|lastBit), sealed, o.r.head)
		o.last = true
	}
	o.number++
	return err
}

// end fails if something follows the last part.
func (o *opener) end() error {
	var one [1]byte
	if n, err := io.ReadFull(o.r.in, one[:]); n != 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("read backup: %w: bytes after its end", ErrFormat)
	}
	return io.EOF
}
