package keys

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
)

// ErrClosed means that the ring was closed; its secrets are gone from memory.
var ErrClosed = errors.New("key ring is closed")

// StoreLabel names what a key of the file's secret protects. Distinct labels
// give independent keys; a label's text is part of every existing data
// directory and must not change.
type StoreLabel string

// The labels in use.
const (
	// LabelWalletDB is for btcwallet's private passphrase.
	LabelWalletDB StoreLabel = "wallet-db"
	// LabelContractStore is for the contract store.
	LabelContractStore StoreLabel = "contract-store"
	// LabelWalletStore is for the store of leases and labels.
	LabelWalletStore StoreLabel = "wallet-store"
	// LabelOracleStore is for the store of an oracle.
	LabelOracleStore StoreLabel = "oracle-store"
	// LabelIndexStore is for what an oracle keeps of the chain.
	LabelIndexStore StoreLabel = "index-store"
	// LabelMacaroons is for the password of the macaroon root keys.
	LabelMacaroons StoreLabel = "macaroons"
)

// storeKeyInfo prefixes the HKDF info string; the label follows.
const storeKeyInfo = "alkimiya/keys/v1/"

// secrets is what a key file seals.
type secrets struct {
	seed     [SeedSize]byte
	file     [fileSecretSize]byte
	birthday int64 // Unix seconds
}

func (s *secrets) wipe() {
	wipe(s.seed[:])
	wipe(s.file[:])
}

// Ring is an opened key file. All methods are safe for concurrent use; after
// Close they return ErrClosed. It prints as "[secret]".
type Ring struct {
	mu       sync.RWMutex
	secrets  *secrets // nil once closed
	network  string
	birthday time.Time
}

func newRing(network string, s *secrets) *Ring {
	return &Ring{secrets: s, network: network, birthday: time.Unix(s.birthday, 0).UTC()}
}

// with runs f while the secrets cannot be wiped.
func (r *Ring) with(f func(*secrets) error) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.secrets == nil {
		return ErrClosed
	}
	return f(r.secrets)
}

// WithSeed lends the 64-byte seed to f and returns f's error. f must not keep,
// change or log it, nor call Close.
func (r *Ring) WithSeed(f func(seed []byte) error) error {
	return r.with(func(s *secrets) error { return f(s.seed[:]) })
}

// StoreKey returns the 32-byte key of a store, derived by HKDF-SHA256 from the
// file's own secret. It is the same after a change of the passphrase, and
// another one in each key file, also for the same mnemonic.
func (r *Ring) StoreKey(label StoreLabel) ([32]byte, error) {
	var key [32]byte
	err := r.with(func(s *secrets) error {
		b, err := hkdf.Key(sha256.New, s.file[:], nil, storeKeyInfo+string(label), len(key))
		if err != nil {
			return fmt.Errorf("derive store key %q: %w", label, err)
		}
		copy(key[:], b)
		wipe(b)
		return nil
	})
	return key, err
}

// WalletPassphrase returns btcwallet's private passphrase: the wallet
// database's key in hexadecimal, 64 bytes. The caller may wipe it.
func (r *Ring) WalletPassphrase() ([]byte, error) { return r.password(LabelWalletDB) }

// MacaroonPassword returns the password that locks the macaroon root keys, 64
// bytes of hexadecimal. The caller may wipe it.
func (r *Ring) MacaroonPassword() ([]byte, error) { return r.password(LabelMacaroons) }

func (r *Ring) password(label StoreLabel) ([]byte, error) {
	key, err := r.StoreKey(label)
	if err != nil {
		return nil, err
	}
	defer wipe(key[:])
	return hex.AppendEncode(nil, key[:]), nil
}

// NodeKey returns the node's identity key, m/8430'/coin'/0'/0'.
func (r *Ring) NodeKey() (*btcec.PrivateKey, error) {
	var key *btcec.PrivateKey
	err := r.with(func(s *secrets) (err error) {
		key, err = DeriveNodeKey(s.seed[:], coinOf(r.network))
		return err
	})
	return key, err
}

// ContractKeys returns a contract's internal key I and contract key C. It
// returns ErrKeyID for an id that does not parse.
func (r *Ring) ContractKeys(id KeyID) (internal, contract *btcec.PrivateKey, err error) {
	err = r.with(func(s *secrets) (err error) {
		internal, contract, err = DeriveContractKeys(s.seed[:], coinOf(r.network), id)
		return err
	})
	return internal, contract, err
}

// BackupKey returns the secret of m/8430'/coin'/2', from which backups are
// encrypted. It depends on the seed alone, so the mnemonic opens old backups.
func (r *Ring) BackupKey() ([32]byte, error) {
	var key [32]byte
	err := r.with(func(s *secrets) (err error) {
		key, err = deriveBackupKey(s.seed[:], coinOf(r.network))
		return err
	})
	return key, err
}

// Birthday is when the seed was first used, in UTC with a precision of one
// second: no coin of it is older. It remains known after Close.
func (r *Ring) Birthday() time.Time { return r.birthday }

// Network is the network's name, as in chaincfg.Params.
func (r *Ring) Network() string { return r.network }

// Close wipes the secrets. It waits for running derivations, and may be called
// more than once.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secrets != nil {
		r.secrets.wipe()
		r.secrets = nil
	}
}

// Format implements fmt.Formatter and prints "[secret]" for every verb.
func (r *Ring) Format(f fmt.State, _ rune) { redact(f) }

// String returns "[secret]".
func (r *Ring) String() string { return redacted }

// LogValue returns "[secret]".
func (r *Ring) LogValue() slog.Value { return slog.StringValue(redacted) }
