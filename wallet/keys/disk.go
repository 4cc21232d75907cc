package keys

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
)

// FileName is the usual name of the key file in a data directory.
const FileName = "keys.alk"

// MinPassphrase is the least length of a passphrase in bytes.
const MinPassphrase = 8

// fileMode: the owner reads and writes, nobody else.
const fileMode = 0o600

// Errors of the file as such; they come wrapped with the path.
var (
	// ErrExists: there is a key file already; it is never overwritten.
	ErrExists = errors.New("key file exists already")
	// ErrNotFound: there is no key file: no wallet was created here.
	ErrNotFound = errors.New("no key file")
	// ErrWeakPassphrase: a new passphrase shorter than MinPassphrase.
	ErrWeakPassphrase = fmt.Errorf("passphrase is shorter than %d bytes", MinPassphrase)
	// ErrBirthday: a birthday before Bitcoin's first block or after year 9999.
	ErrBirthday = errors.New("birthday out of range")
)

// Option changes how a key file is written.
type Option func(*options)

type options struct {
	cost Cost
	rand io.Reader
	// step is called before each step of a write; tests look at the directory
	// there, as a crash would leave it.
	step func(name string) error
}

// WithCost sets the key derivation's cost, DefaultCost if absent. Less than the
// default is for tests.
func WithCost(c Cost) Option { return func(o *options) { o.cost = c } }

// WithRand sets the random source, crypto/rand.Reader if absent.
func WithRand(r io.Reader) Option { return func(o *options) { o.rand = r } }

func apply(opts []Option) options {
	o := options{cost: DefaultCost(), rand: rand.Reader, step: func(string) error { return nil }}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Contents is what a new key file is made of.
type Contents struct {
	// Network is a name of chaincfg.Params: mainnet, testnet3, testnet4,
	// signet, regtest or simnet.
	Network string
	// Seed is copied.
	Seed Seed
	// Birthday is when the seed was first used; seconds are kept. For a
	// restored wallet of unknown age take the date of BIP86 or earlier.
	Birthday time.Time
}

// writing serialises writers within this process; across processes the data
// directory's lock does.
var writing sync.Mutex

// Create writes a new key file, mode 0600, in an existing directory. When it
// returns nil, the file is on stable storage. It returns ErrExists,
// ErrWeakPassphrase, ErrNetwork, ErrSeed, ErrBirthday, ErrCost, ErrRandom or an
// error of the file system, and then leaves no file. The caller holds the data
// directory's lock and wipes passphrase.
func Create(path string, c Contents, passphrase []byte, opts ...Option) error {
	o := apply(opts)
	if err := checkNetwork(c.Network); err != nil {
		return err
	}
	if err := checkPassphrase(passphrase); err != nil {
		return err
	}
	if len(c.Seed.Bytes()) != SeedSize {
		return fmt.Errorf("create key file: %w", ErrSeed)
	}
	if err := checkBirthday(c.Birthday); err != nil {
		return err
	}
	// Before the costly key derivation; the link below decides.
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("create %s: %w", path, ErrExists)
	}
	s := &secrets{birthday: c.Birthday.Unix()}
	defer s.wipe()
	copy(s.seed[:], c.Seed.Bytes())
	if err := readRandom(o.rand, s.file[:]); err != nil {
		return fmt.Errorf("create %s: file secret: %w", path, err)
	}
	file, err := sealFile(o.rand, c.Network, o.cost, s, passphrase)
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	writing.Lock()
	defer writing.Unlock()
	return writeDurably(path, file, false, o.step)
}

// Open reads the key file at path and unseals it. It returns ErrNotFound,
// ErrCorrupt, ErrNewer, ErrNetwork, ErrWrongPassphrase or an error of the file
// system. It takes the time and memory of the file's Cost. The caller closes
// the Ring and wipes passphrase.
func Open(path, network string, passphrase []byte) (*Ring, error) {
	_, s, err := load(path, network, passphrase)
	if err != nil {
		return nil, err
	}
	return newRing(network, s), nil
}

// ChangePassphrase seals the file's contents anew under passphrase next, with a
// new salt and the cost of opts. A failure or crash leaves the complete old
// file or the complete new one; after an error of the last step, syncing the
// directory, it is the new one that is read until the machine goes down. Keys
// derived from the file do not change; rings already open stay open. It returns
// the errors of Open, and ErrWeakPassphrase, ErrCost or ErrRandom.
func ChangePassphrase(path, network string, current, next []byte, opts ...Option) error {
	o := apply(opts)
	if err := checkPassphrase(next); err != nil {
		return err
	}
	writing.Lock()
	defer writing.Unlock()
	p, s, err := load(path, network, current)
	if err != nil {
		return err
	}
	defer s.wipe()
	file, err := sealFile(o.rand, p.network, o.cost, s, next)
	if err != nil {
		return fmt.Errorf("change passphrase of %s: %w", path, err)
	}
	return writeDurably(path, file, true, o.step)
}

func load(path, network string, passphrase []byte) (parsedFile, *secrets, error) {
	if err := checkNetwork(network); err != nil {
		return parsedFile{}, nil, err
	}
	b, err := readBounded(path)
	if err != nil {
		return parsedFile{}, nil, err
	}
	p, err := parseFile(b)
	if err != nil {
		return p, nil, fmt.Errorf("read %s: %w", path, err)
	}
	if p.network != network {
		return p, nil, fmt.Errorf("read %s: is for %s, not %s: %w", path, p.network, network, ErrNetwork)
	}
	s, err := p.open(passphrase)
	if err != nil {
		return p, nil, fmt.Errorf("open %s: %w", path, err)
	}
	return p, s, nil
}

// readBounded reads at most maxFileSize bytes of a regular file.
func readBounded(path string) (b []byte, err error) {
	f, err := os.Open(path) //nolint:gosec // the path is the operator's own data directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", path, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFileSize {
		return nil, fmt.Errorf("read %s: not a key file: %w", path, ErrCorrupt)
	}
	b, err = io.ReadAll(io.LimitReader(f, maxFileSize))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return b, nil
}

// writeDurably puts a complete file at path: write a temporary one beside it,
// sync, move it into place, sync the directory. With replace false the move is
// a link, which fails if path exists (ErrExists).
func writeDurably(path string, data []byte, replace bool, step func(string) error) (err error) {
	dir, temp := filepath.Dir(path), path+".tmp"
	if err := step("create"); err != nil {
		return err
	}
	// What an interrupted write left behind.
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove old temporary key file: %w", err)
	}
	if err := writeTemp(temp, data, step); err != nil {
		return errors.Join(err, removeIfThere(temp))
	}
	if err := moveTemp(temp, path, replace, step); err != nil {
		return errors.Join(err, removeIfThere(temp))
	}
	if err := step("sync directory"); err != nil {
		return undoCreate(err, path, replace)
	}
	if err := syncDir(dir); err != nil {
		return undoCreate(err, path, replace)
	}
	return nil
}

// undoCreate removes a file that was created but is not known to last; after a
// replacement there is nothing to go back to.
func undoCreate(err error, path string, replaced bool) error {
	if replaced {
		return err
	}
	return errors.Join(err, removeIfThere(path))
}

func writeTemp(temp string, data []byte, step func(string) error) (err error) {
	//nolint:gosec // the path is the operator's own data directory
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	half := len(data) / 2
	for _, part := range [][]byte{data[:half], data[half:]} {
		if err := step("write"); err != nil {
			return err
		}
		if _, err := f.Write(part); err != nil {
			return fmt.Errorf("write key file: %w", err)
		}
	}
	if err := step("sync file"); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync key file: %w", err)
	}
	return nil
}

func moveTemp(temp, path string, replace bool, step func(string) error) error {
	if err := step("move"); err != nil {
		return err
	}
	if replace {
		if err := os.Rename(temp, path); err != nil {
			return fmt.Errorf("replace key file: %w", err)
		}
		return nil
	}
	err := os.Link(temp, path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create %s: %w", path, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	if err := step("unlink"); err != nil {
		return undoCreate(err, path, replace)
	}
	if err := removeIfThere(temp); err != nil {
		return undoCreate(err, path, replace)
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove temporary key file: %w", err)
	}
	return nil
}

// syncDir makes a rename or link in dir survive a power cut.
func syncDir(dir string) (err error) {
	d, err := os.Open(dir) //nolint:gosec // the path is the operator's own data directory
	if err != nil {
		return fmt.Errorf("open key file's directory: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync key file's directory: %w", err)
	}
	return nil
}

func checkPassphrase(p []byte) error {
	if len(p) < MinPassphrase {
		return ErrWeakPassphrase
	}
	return nil
}

func checkNetwork(name string) error {
	switch name {
	case chaincfg.MainNetParams.Name, chaincfg.TestNet3Params.Name, chaincfg.TestNet4Params.Name,
		chaincfg.SigNetParams.Name, chaincfg.RegressionNetParams.Name, chaincfg.SimNetParams.Name:
		return nil
	}
	return fmt.Errorf("unknown network %q: %w", name, ErrNetwork)
}

func checkBirthday(t time.Time) error {
	genesis := chaincfg.MainNetParams.GenesisBlock.Header.Timestamp
	if t.Before(genesis) || t.Year() > 9999 {
		return fmt.Errorf("birthday %s: %w", t.UTC().Format(time.DateOnly), ErrBirthday)
	}
	return nil
}
