package keys

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
)

// Purpose is the first, hardened, step of this protocol's own key paths.
const Purpose = 8430

// Third steps of the paths m/8430'/coin'/branch'.
const (
	branchNode     = 0
	branchContract = 1
	branchBackup   = 2
)

// Last steps of a contract's paths.
const (
	leafInternal = 0
	leafContract = 1
)

// KeyIDSize is the length of a KeyID in bytes.
const KeyIDSize = 16

// ErrKeyID means that bytes are not a key id: they have a wrong length, or the
// top bit of one of the four words is set.
var ErrKeyID = errors.New("invalid key id")

// KeyID names the keys of one contract: four big-endian 32-bit words whose top
// bits are clear. It is not secret. It is drawn afresh for each contract, stored
// before any message shows it, and never used again.
type KeyID [KeyIDSize]byte

// NewKeyID draws a key id from r, normally crypto/rand.Reader: 124 random bits.
// It returns ErrRandom if the source fails.
func NewKeyID(r io.Reader) (KeyID, error) {
	var id KeyID
	if err := readRandom(r, id[:]); err != nil {
		return KeyID{}, fmt.Errorf("new key id: %w", err)
	}
	for i := 0; i < KeyIDSize; i += 4 {
		id[i] &= 0x7f
	}
	return id, nil
}

// ParseKeyID checks 16 bytes of a message or a store (ErrKeyID).
func ParseKeyID(b []byte) (KeyID, error) {
	if len(b) != KeyIDSize {
		return KeyID{}, fmt.Errorf("key id of %d bytes: %w", len(b), ErrKeyID)
	}
	id := KeyID(b)
	return id, id.check()
}

// String returns the id in hexadecimal.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// words returns the path steps w0 to w3, without the hardening bit.
func (id KeyID) words() [4]uint32 {
	var w [4]uint32
	for i := range w {
		w[i] = binary.BigEndian.Uint32(id[4*i:])
	}
	return w
}

func (id KeyID) check() error {
	for i, w := range id.words() {
		if w >= hdkeychain.HardenedKeyStart {
			return fmt.Errorf("key id: top bit of word %d is set: %w", i, ErrKeyID)
		}
	}
	return nil
}

// DeriveContractKeys returns a contract's internal key I and contract key C,
// m/8430'/coin'/1'/w0'/w1'/w2'/w3'/{0,1}'. The seed has 16 to 64 bytes; coin is
// 0 on mainnet and 1 elsewhere. It returns ErrKeyID for a key id that does not
// parse. Derivation is not constant-time in every step.
func DeriveContractKeys(seed []byte, coin uint32, id KeyID) (internal, contract *btcec.PrivateKey, err error) {
	if err := id.check(); err != nil {
		return nil, nil, err
	}
	w := id.words()
	parent, err := walk(seed, Purpose, coin, branchContract, w[0], w[1], w[2], w[3])
	if err != nil {
		return nil, nil, fmt.Errorf("derive contract keys: %w", err)
	}
	defer parent.Zero()
	if internal, err = childKey(parent, leafInternal); err != nil {
		return nil, nil, fmt.Errorf("derive internal key: %w", err)
	}
	if contract, err = childKey(parent, leafContract); err != nil {
		return nil, nil, fmt.Errorf("derive contract key: %w", err)
	}
	return internal, contract, nil
}

// DeriveNodeKey returns the node's identity m/8430'/coin'/0'/0'; see
// DeriveContractKeys for the arguments.
func DeriveNodeKey(seed []byte, coin uint32) (*btcec.PrivateKey, error) {
	parent, err := walk(seed, Purpose, coin, branchNode)
	if err != nil {
		return nil, fmt.Errorf("derive node key: %w", err)
	}
	defer parent.Zero()
	key, err := childKey(parent, 0)
	if err != nil {
		return nil, fmt.Errorf("derive node key: %w", err)
	}
	return key, nil
}

// deriveBackupKey returns the secret of m/8430'/coin'/2'.
func deriveBackupKey(seed []byte, coin uint32) ([32]byte, error) {
	parent, err := walk(seed, Purpose, coin)
	if err != nil {
		return [32]byte{}, fmt.Errorf("derive backup key: %w", err)
	}
	defer parent.Zero()
	key, err := childKey(parent, branchBackup)
	if err != nil {
		return [32]byte{}, fmt.Errorf("derive backup key: %w", err)
	}
	defer key.Zero()
	return key.Key.Bytes(), nil
}

// walk follows hardened steps from the master key of seed and wipes what it
// passes. It uses Derive, which is BIP32; DeriveNonStandard drops the leading
// zeros of parent keys, as old btcwallet versions did, and must never be used.
func walk(seed []byte, steps ...uint32) (*hdkeychain.ExtendedKey, error) {
	// The version bytes of the parameters never reach a derived key.
	key, err := hdkeychain.NewMaster(seed, &chaincfg.MainNetParams)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	for depth, step := range steps {
		child, err := key.Derive(hdkeychain.HardenedKeyStart + step)
		key.Zero()
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", depth+1, err)
		}
		key = child
	}
	return key, nil
}

// childKey returns the private key of parent's hardened child.
func childKey(parent *hdkeychain.ExtendedKey, step uint32) (*btcec.PrivateKey, error) {
	child, err := parent.Derive(hdkeychain.HardenedKeyStart + step)
	if err != nil {
		return nil, err
	}
	defer child.Zero()
	return child.ECPrivKey()
}

// BIP86Key is a single-key Taproot output of the wallet, public parts only.
type BIP86Key struct {
	// Internal and Output are x coordinates; Output commits to no script.
	Internal, Output [32]byte
	// Address is the bech32m address of Output.
	Address *btcutil.AddressTaproot
}

// BIP86Address derives m/86'/coin'/0'/change/index: the address btcwallet must
// give for the same seed. change is 0 (receive) or 1 (change); params choose
// the address prefix and the coin.
func BIP86Address(seed []byte, params *chaincfg.Params, change, index uint32) (BIP86Key, error) {
	account, err := bip86Account(seed, params)
	if err != nil {
		return BIP86Key{}, err
	}
	defer account.Zero()
	branch, err := account.Derive(change)
	if err != nil {
		return BIP86Key{}, fmt.Errorf("bip86 branch %d: %w", change, err)
	}
	defer branch.Zero()
	leaf, err := branch.Derive(index)
	if err != nil {
		return BIP86Key{}, fmt.Errorf("bip86 address %d/%d: %w", change, index, err)
	}
	defer leaf.Zero()
	pub, err := leaf.ECPubKey()
	if err != nil {
		return BIP86Key{}, fmt.Errorf("bip86 address %d/%d: %w", change, index, err)
	}
	k := BIP86Key{Internal: [32]byte(schnorr.SerializePubKey(pub))}
	k.Output = [32]byte(schnorr.SerializePubKey(txscript.ComputeTaprootKeyNoScript(pub)))
	if k.Address, err = btcutil.NewAddressTaproot(k.Output[:], params); err != nil {
		return BIP86Key{}, fmt.Errorf("bip86 address %d/%d: %w", change, index, err)
	}
	return k, nil
}

// BIP86AccountXPub returns the extended public key of account m/86'/coin'/0'.
// It is not a secret, but it links all addresses of the account.
func BIP86AccountXPub(seed []byte, params *chaincfg.Params) (string, error) {
	account, err := bip86Account(seed, params)
	if err != nil {
		return "", err
	}
	defer account.Zero()
	pub, err := account.Neuter()
	if err != nil {
		return "", fmt.Errorf("bip86 account: %w", err)
	}
	return pub.String(), nil
}

func bip86Account(seed []byte, params *chaincfg.Params) (*hdkeychain.ExtendedKey, error) {
	const purpose = 86
	account, err := walk(seed, purpose, coinOf(params.Name), 0)
	if err != nil {
		return nil, fmt.Errorf("bip86 account: %w", err)
	}
	account.SetNet(params)
	return account, nil
}

// coinOf is PROTOCOL.md's coin: 0 on mainnet, 1 elsewhere.
func coinOf(network string) uint32 {
	if network == chaincfg.MainNetParams.Name {
		return 0
	}
	return 1
}
