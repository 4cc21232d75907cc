package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
)

const (
	// MaxOperators is the greatest number of operators.
	MaxOperators = 15

	saltTag = "alk/vault/v1"
	// nums is BIP341's point of which nobody knows the discrete logarithm.
	nums = "\x50\x92\x9b\x74\xc1\xa0\x49\x54\xb7\x8b\x4b\x60\x35\xe9\x7a\x5e\x07\x8a\x5a\x0f\x28\xec\x96\xd5\x47\xbf\xee\x9a\xce\x80\x3a\xc0"
)

// Errors about the operators of a vault and what they are to sign.
var (
	// ErrOperators: keys do not ascend strictly, are no keys, are too many, or the
	// threshold does not fit.
	ErrOperators = errors.New("operators or threshold not valid")
	// ErrSalt: the salt makes no key; it happens to one in 2^128.
	ErrSalt = errors.New("salt makes no key")
)

// Committee is who can spend a vault: any Threshold of the Operators, which must be
// more than half of them: an honest operator of both of any two such sets remembers what
// a redemption is bound to, and so it is paid once.
type Committee struct {
	// Operators are x-only keys, strictly ascending, at most MaxOperators.
	Operators [][32]byte
	Threshold int
}

// Check fails with ErrOperators unless the committee can own a vault.
func (c Committee) Check() error {
	n := len(c.Operators)
	if n == 0 || n > MaxOperators || 2*c.Threshold <= n || c.Threshold > n {
		return fmt.Errorf("%d of %d: %w", c.Threshold, n, ErrOperators)
	}
	for i, key := range c.Operators {
		if i > 0 && bytes.Compare(c.Operators[i-1][:], key[:]) >= 0 {
			return fmt.Errorf("operator %d does not ascend: %w", i, ErrOperators)
		}
		if _, err := schnorr.ParsePubKey(key[:]); err != nil {
			return fmt.Errorf("operator %d: %w: %w", i, ErrOperators, err)
		}
	}
	return nil
}

// leaf returns the only script of a vault: <O1> CHECKSIG <O2> CHECKSIGADD ... <t>
// NUMEQUAL.
func (c Committee) leaf() []byte {
	var script []byte
	for i, key := range c.Operators {
		script = append(append(script, txscript.OP_DATA_32), key[:]...)
		if i == 0 {
			script = append(script, txscript.OP_CHECKSIG)
		} else {
			script = append(script, txscript.OP_CHECKSIGADD)
		}
	}
	return append(script, txscript.OP_1-1+byte(c.Threshold), txscript.OP_NUMEQUAL) //nolint:gosec // G115: 1 to 15
}

// Deployment is what a vault is bound to, so that no two deployments share one.
type Deployment struct {
	// Genesis is the hash of the Bitcoin network's genesis block.
	Genesis chainhash.Hash
	// ChainID is the EVM chain's, Bridge the bridge's address there.
	ChainID uint64
	Bridge  [20]byte
}

// Vault is the script of one lot's vault. It is immutable.
type Vault struct {
	committee Committee
	leaf      []byte
	script    []byte
	control   []byte
}

// New returns the vault of a salt: P2TR with the internal key H + rG, which nobody can
// sign for, and one leaf for the committee. It fails with ErrOperators or ErrSalt.
func New(d Deployment, c Committee, salt [32]byte) (*Vault, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	c.Operators = slices.Clone(c.Operators)
	internal, err := d.internalKey(salt)
	if err != nil {
		return nil, err
	}
	leaf := c.leaf()
	tree := txscript.AssembleTaprootScriptTree(txscript.NewBaseTapLeaf(leaf))
	root := tree.RootNode.TapHash()
	control := tree.LeafMerkleProofs[0].ToControlBlock(internal)
	controlBytes, err := control.ToBytes()
	if err != nil {
		return nil, fmt.Errorf("control block: %w", err)
	}
	output := txscript.ComputeTaprootOutputKey(internal, root[:])
	script, err := txscript.PayToTaprootScript(output)
	if err != nil {
		return nil, fmt.Errorf("vault script: %w", err)
	}
	return &Vault{committee: c, leaf: leaf, script: script, control: controlBytes}, nil
}

// internalKey returns H + rG, r being the tagged hash of the deployment and the salt.
func (d Deployment) internalKey(salt [32]byte) (*btcec.PublicKey, error) {
	var chain [32]byte
	binary.BigEndian.PutUint64(chain[24:], d.ChainID)
	hash := chainhash.TaggedHash([]byte(saltTag), d.Genesis[:], chain[:], d.Bridge[:], salt[:])
	var r btcec.ModNScalar
	if overflow := r.SetByteSlice(hash[:]); overflow || r.IsZero() {
		return nil, ErrSalt
	}
	h, err := schnorr.ParsePubKey([]byte(nums))
	if err != nil {
		return nil, fmt.Errorf("the point H: %w", err)
	}
	var base, tweak, sum btcec.JacobianPoint
	h.AsJacobian(&base)
	btcec.ScalarBaseMultNonConst(&r, &tweak) // r is public
	btcec.AddNonConst(&base, &tweak, &sum)
	if (sum.X.IsZero() && sum.Y.IsZero()) || sum.Z.IsZero() {
		return nil, ErrSalt
	}
	sum.ToAffine()
	return btcec.NewPublicKey(&sum.X, &sum.Y), nil
}

// Script returns the script that pays to the vault, 34 bytes.
func (v *Vault) Script() []byte { return bytes.Clone(v.script) }

// Address returns the vault's address on a network.
func (v *Vault) Address(network *chaincfg.Params) (string, error) {
	address, err := btcutil.NewAddressTaproot(v.script[2:], network)
	if err != nil {
		return "", fmt.Errorf("vault address: %w", err)
	}
	return address.EncodeAddress(), nil
}

// WitnessWeight returns the weight of the witness that spends an output of the
// vault, in weight units.
func (v *Vault) WitnessWeight() int {
	n, t := len(v.committee.Operators), v.committee.Threshold
	const signature = 64
	weight := compactLen(n+2) + t*(1+signature) + (n - t)
	return weight + compactLen(len(v.leaf)) + len(v.leaf) + compactLen(len(v.control)) + len(v.control)
}

func compactLen(n int) int {
	if n < 0xfd {
		return 1
	}
	return 3
}
