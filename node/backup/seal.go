package backup

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// Errors of reading a recovery file; they come wrapped with the file.
var (
	// ErrFormat means that bytes are not a recovery file, or not a whole one.
	ErrFormat = errors.New("not a recovery file")
	// ErrNewer means that a file was written by a newer program.
	ErrNewer = errors.New("recovery file is of a newer version")
	// ErrForeign means that a file is of another network or seed, or damaged.
	ErrForeign = errors.New("recovery file is damaged or of another seed or network")
)

const (
	magic   = "ALKB"
	version = 1
	// markSize is the length of a mark in bytes.
	markSize = 16
	// maxRecord bounds a recovery record; its messages and claims stay below.
	maxRecord = 16 << 20
	// headerSize is what precedes the sealed record: magic, version, the
	// network's name and zeros, mark, nonce.
	nameSize   = 16
	headerSize = len(magic) + 1 + nameSize + markSize + chacha20poly1305.NonceSizeX
	maxFile    = headerSize + maxRecord + chacha20poly1305.Overhead
)

// Seal seals recovery records and opens them. Safe for concurrent use.
type Seal struct {
	secret   [32]byte
	marking  [32]byte
	identity [nameSize]byte
}

// NewSeal returns the Seal of a network's name and of the secret that
// keys.Ring.BackupKey returns. The name has at most 16 bytes.
func NewSeal(network string, secret [32]byte) (*Seal, error) {
	if network == "" || len(network) > nameSize {
		return nil, fmt.Errorf("%w: network %q", ErrFormat, network)
	}
	s := &Seal{}
	copy(s.identity[:], network)
	for label, key := range map[string]*[32]byte{"seal": &s.secret, "mark": &s.marking} {
		derived, err := hkdf.Key(sha256.New, secret[:], nil, "alkimiya/backup/"+label+"/"+network, len(key))
		if err != nil {
			return nil, fmt.Errorf("derive the key of recovery files: %w", err)
		}
		copy(key[:], derived)
		clear(derived)
	}
	return s, nil
}

// mark tells records apart without opening their files: fingerprint says all that a
// record follows from.
func (s *Seal) mark(fingerprint []byte) [markSize]byte {
	mac := hmac.New(sha256.New, s.marking[:])
	mac.Write(fingerprint)
	return [markSize]byte(mac.Sum(nil))
}

// Close returns the bytes of the recovery file of a record, as
// contract.Recovery.Encode makes it. Its mark is that of the record itself.
func (s *Seal) Close(record []byte) ([]byte, error) { return s.close(record, s.mark(record)) }

func (s *Seal) close(record []byte, mark [markSize]byte) ([]byte, error) {
	if len(record) > maxRecord {
		return nil, fmt.Errorf("%w: record of %d bytes", ErrFormat, len(record))
	}
	aead, err := chacha20poly1305.NewX(s.secret[:])
	if err != nil {
		return nil, err
	}
	file := make([]byte, 0, headerSize+len(record)+aead.Overhead())
	file = append(file, magic...)
	file = append(file, version)
	file = append(file, s.identity[:]...)
	file = append(file, mark[:]...)
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("nonce of a recovery file: %w", err)
	}
	file = append(file, nonce...)
	return aead.Seal(file, nonce, record, file[:headerSize]), nil
}

// Open returns the record in the bytes of a recovery file: ErrFormat, ErrNewer
// or ErrForeign.
func (s *Seal) Open(file []byte) ([]byte, error) {
	if _, err := markOf(file); err != nil {
		return nil, err
	}
	if len(file) > maxFile {
		return nil, fmt.Errorf("%w: %d bytes", ErrFormat, len(file))
	}
	aead, err := chacha20poly1305.NewX(s.secret[:])
	if err != nil {
		return nil, err
	}
	header := file[:headerSize]
	record, err := aead.Open(nil, header[headerSize-aead.NonceSize():], file[headerSize:], header)
	if err != nil {
		return nil, ErrForeign
	}
	return record, nil
}

const markOffset = len(magic) + 1 + nameSize

// markOf reads the mark in a file's header.
func markOf(header []byte) ([markSize]byte, error) {
	var mark [markSize]byte
	if len(header) < headerSize || string(header[:len(magic)]) != magic {
		return mark, ErrFormat
	}
	switch v := header[len(magic)]; {
	case v > version:
		return mark, fmt.Errorf("%w: version %d", ErrNewer, v)
	case v < version:
		return mark, fmt.Errorf("%w: version %d", ErrFormat, v)
	}
	copy(mark[:], header[markOffset:])
	return mark, nil
}
