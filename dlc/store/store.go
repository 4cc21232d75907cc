package store

import (
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
)

// SchemaVersion is the layout that this program reads and writes.
const SchemaVersion = 1

// Errors, wrapped with the folder or the record concerned.
var (
	// ErrNewer: the store, or a record, was written by a newer program.
	ErrNewer = records.ErrNewer
	// ErrCorrupt: the store or a record cannot be read; it is damaged or
	// sealed with another key.
	ErrCorrupt = records.ErrCorrupt
	// ErrInUse: another process has the store open.
	ErrInUse = records.ErrInUse
	// ErrNotFound: there is no such record.
	ErrNotFound = records.ErrNotFound
	// ErrDiskFull: there is too little space left; nothing was written.
	ErrDiskFull = records.ErrDiskFull
	// ErrStale: the contract was changed by someone else meanwhile.
	ErrStale = errors.New("contract was changed meanwhile")
	// ErrUnavailable: an order has not enough left, is cancelled, or the take
	// was used.
	ErrUnavailable = errors.New("order is not available")
	// ErrNonceReuse: an oracle announced a nonce or an event id twice.
	ErrNonceReuse = errors.New("oracle nonce or event id used twice")
	// ErrImmutable: a record that is written once exists with other bytes.
	ErrImmutable = records.ErrImmutable
)

// Prefixes of the keys. A contract's records begin with its 32-byte key.
const (
	prefixState    = "state/"    // contract -> state record
	prefixPhase    = "phase/"    // phase ‖ contract -> nothing
	prefixID       = "id/"       // peer ‖ contract id -> contract
	prefixMessage  = "message/"  // contract ‖ hash -> message
	prefixOutbox   = "outbox/"   // contract ‖ effect id -> effect
	prefixHistory  = "history/"  // contract ‖ number -> entry
	prefixArchive  = "archive/"  // contract -> height
	prefixOrder    = "order/"    // order id -> order
	prefixTake     = "take/"     // order id ‖ take id -> take
	prefixNonce    = "nonce/"    // oracle key ‖ nonce -> event hash ‖ event id
	prefixEvent    = "event/"    // oracle key ‖ event id -> event hash
	prefixEvidence = "evidence/" // hash -> evidence
)

// Sizes of badger's buffers: a message of 4 MiB has to fit in one transaction.
const (
	memTable   = 64 << 20
	valueLog   = 256 << 20
	indexCache = 16 << 20
)

// Store is an open contract store.
type Store struct {
	db    *records.DB
	lines lines
}

// Open opens or creates the store in dir, sealed with key, and brings its
// layout up to SchemaVersion. It returns ErrNewer, ErrCorrupt, ErrInUse or
// ErrDiskFull, wrapped.
func Open(dir string, key [32]byte) (*Store, error) {
	return open(records.Options{Dir: dir, Key: key})
}

func open(o records.Options) (*Store, error) {
	o.MemTable, o.ValueLog, o.IndexCache = memTable, valueLog, indexCache
	db, err := records.Open(o)
	if err != nil {
		return nil, fmt.Errorf("contract %w", err)
	}
	return &Store{db: db}, nil
}

// Close syncs and closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Compact frees the disk space of deleted messages, as far as it is worth it.
// It may run beside all else, now and then.
func (s *Store) Compact() error { return s.db.Compact() }

// join builds a key.
func join(prefix string, parts ...[]byte) []byte { return records.Key(prefix, parts...) }

func number(n uint64) []byte { return records.Number(n) }
