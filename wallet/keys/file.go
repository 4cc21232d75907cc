package keys

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// The layout of a key file, integers big-endian:
//
//	magic "ALKK" | u16 version | u8 n | n bytes network
//	u32 argon2id passes | u32 memory in KiB | u8 threads | 16 bytes salt | 24 bytes nonce
//	XChaCha20-Poly1305 of (64 bytes seed | i64 birthday | 32 bytes file secret), 120 bytes
//	SHA-256 of all before
//
// Everything before the sealed part is its associated data. The hash at the end
// is no protection, it tells a damaged file from a wrong passphrase. Magic,
// version and the hash at the end stay in all later versions, so that an older
// program can say ErrNewer.
const (
	fileMagic      = "ALKK"
	fileVersion    = 1
	saltSize       = 16
	fileSecretSize = 32
	plainSize      = SeedSize + 8 + fileSecretSize
	sealedSize     = plainSize + chacha20poly1305.Overhead
	// maxFileSize bounds what is read of a file of any version.
	maxFileSize = 64 << 10
)

// Errors of reading a key file; they come wrapped with the path.
var (
	// ErrCorrupt: the file is damaged or no key file at all. Restore it from a
	// copy, or the wallet from its mnemonic.
	ErrCorrupt = errors.New("key file is damaged")
	// ErrNewer: the file was written by a newer version of this program.
	ErrNewer = errors.New("key file is of a newer version")
	// ErrNetwork: the file belongs to another network, or the network's name
	// is not one of mainnet, testnet3, testnet4, signet, regtest, simnet.
	ErrNetwork = errors.New("key file is for another network")
	// ErrWrongPassphrase: the file is intact and the passphrase does not open
	// it.
	ErrWrongPassphrase = errors.New("wrong passphrase")
	// ErrCost: cost parameters outside their bounds.
	ErrCost = errors.New("key derivation cost out of bounds")
)

// Cost is the work of turning a passphrase into a key by argon2id (RFC 9106).
type Cost struct {
	// Time is the number of passes, 1 to 16.
	Time uint32
	// MemoryKiB is 8 per thread to 1,048,576 (1 GiB).
	MemoryKiB uint32
	// Threads is 1 to 64.
	Threads uint8
}

// Bounds of Cost; a file outside them is refused before any memory is taken.
const (
	maxTime      = 16
	maxMemoryKiB = 1 << 20
	maxThreads   = 64
)

// DefaultCost is RFC 9106's second recommended choice: 64 MiB, three passes,
// four threads.
func DefaultCost() Cost { return Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 4} }

func (c Cost) check() error {
	switch {
	case c.Time < 1 || c.Time > maxTime:
		return fmt.Errorf("%d passes: %w", c.Time, ErrCost)
	case c.Threads < 1 || c.Threads > maxThreads:
		return fmt.Errorf("%d threads: %w", c.Threads, ErrCost)
	case c.MemoryKiB < 8*uint32(c.Threads) || c.MemoryKiB > maxMemoryKiB:
		return fmt.Errorf("%d KiB of memory: %w", c.MemoryKiB, ErrCost)
	}
	return nil
}

// header is the readable part of a key file.
type header struct {
	network string
	cost    Cost
	salt    [saltSize]byte
	nonce   [chacha20poly1305.NonceSizeX]byte
}

func (h header) encode() []byte {
	b := append([]byte(nil), fileMagic...)
	b = binary.BigEndian.AppendUint16(b, fileVersion)
	b = append(b, byte(len(h.network))) //nolint:gosec // checkNetwork allows short names only
	b = append(b, h.network...)
	b = binary.BigEndian.AppendUint32(b, h.cost.Time)
	b = binary.BigEndian.AppendUint32(b, h.cost.MemoryKiB)
	b = append(b, h.cost.Threads)
	b = append(b, h.salt[:]...)
	return append(b, h.nonce[:]...)
}

// sealFile draws salt and nonce from rand and returns a whole key file.
func sealFile(rand io.Reader, network string, cost Cost, s *secrets, passphrase []byte) ([]byte, error) {
	if err := cost.check(); err != nil {
		return nil, err
	}
	h := header{network: network, cost: cost}
	if err := readRandom(rand, h.salt[:]); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	if err := readRandom(rand, h.nonce[:]); err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	plain := make([]byte, 0, plainSize)
	plain = append(plain, s.seed[:]...)
	plain = binary.BigEndian.AppendUint64(plain, uint64(s.birthday)) //nolint:gosec // two's complement, read back the same way
	plain = append(plain, s.file[:]...)
	defer wipe(plain[:plainSize])

	key := stretch(passphrase, h)
	defer wipe(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	head := h.encode()
	file := aead.Seal(bytes.Clone(head), h.nonce[:], plain, head)
	sum := sha256.Sum256(file)
	return append(file, sum[:]...), nil
}

// parsedFile is a key file whose hash and bounds have been checked.
type parsedFile struct {
	header
	head, sealed []byte
}

// parseFile reads a file without a passphrase. It returns ErrCorrupt or
// ErrNewer and never panics.
func parseFile(file []byte) (parsedFile, error) {
	var p parsedFile
	if len(file) < len(fileMagic)+2+sha256.Size || !bytes.HasPrefix(file, []byte(fileMagic)) {
		return p, fmt.Errorf("no key file of %d bytes: %w", len(file), ErrCorrupt)
	}
	body := file[:len(file)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], file[len(body):]) {
		return p, fmt.Errorf("hash does not match: %w", ErrCorrupt)
	}
	rest := body[len(fileMagic):]
	switch v := binary.BigEndian.Uint16(rest); {
	case v > fileVersion:
		return p, fmt.Errorf("version %d, this program knows %d: %w", v, fileVersion, ErrNewer)
	case v != fileVersion:
		return p, fmt.Errorf("version %d: %w", v, ErrCorrupt)
	}
	rest = rest[2:]
	const fixed = 4 + 4 + 1 + saltSize + chacha20poly1305.NonceSizeX + sealedSize
	if len(rest) < 1 || len(rest) != 1+int(rest[0])+fixed {
		return p, fmt.Errorf("%d bytes: %w", len(file), ErrCorrupt)
	}
	n := int(rest[0])
	p.network, rest = string(rest[1:1+n]), rest[1+n:]
	if checkNetwork(p.network) != nil {
		return p, fmt.Errorf("unknown network in the file: %w", ErrCorrupt)
	}
	p.cost.Time = binary.BigEndian.Uint32(rest)
	p.cost.MemoryKiB = binary.BigEndian.Uint32(rest[4:])
	p.cost.Threads = rest[8]
	if err := p.cost.check(); err != nil {
		return p, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	rest = rest[9:]
	copy(p.salt[:], rest)
	copy(p.nonce[:], rest[saltSize:])
	p.sealed = body[len(body)-sealedSize:]
	p.head = body[:len(body)-sealedSize]
	return p, nil
}

// open unseals a parsed file with the passphrase (ErrWrongPassphrase). It takes
// the time and memory of the file's Cost.
func (p parsedFile) open(passphrase []byte) (*secrets, error) {
	key := stretch(passphrase, p.header)
	defer wipe(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	plain, err := aead.Open(nil, p.nonce[:], p.sealed, p.head)
	if err != nil {
		return nil, ErrWrongPassphrase
	}
	defer wipe(plain)
	s := new(secrets)
	copy(s.seed[:], plain)
	s.birthday = int64(binary.BigEndian.Uint64(plain[SeedSize:])) //nolint:gosec // two's complement, written the same way
	copy(s.file[:], plain[SeedSize+8:])
	return s, nil
}

// stretch turns a passphrase into the sealing key.
func stretch(passphrase []byte, h header) []byte {
	return argon2.IDKey(passphrase, h.salt[:], h.cost.Time, h.cost.MemoryKiB, h.cost.Threads,
		chacha20poly1305.KeySize)
}
