package txs

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
)

// Output is the funding output: both parties together spend it by its key, or by
// its one leaf with a signature of each. It is comparable and never changes.
type Output struct {
	// Keys are I_o and I_a, Contract are C_o and C_a, by Role.
	Keys, Contract [2][33]byte
	// InternalKey is x(P), P the BIP327 aggregate of Keys.
	InternalKey [32]byte
	// Leaf is the script C1 OP_CHECKSIGVERIFY C2 OP_CHECKSIG, C1 < C2.
	Leaf [68]byte
	// Root is the hash of the leaf, which is the whole tree.
	Root [32]byte
	// Tweak is the BIP341 tweak of InternalKey by Root.
	Tweak [32]byte
	// OutputKey is x(Q).
	OutputKey [32]byte
	// Script is the output script, 51 20 x(Q).
	Script [34]byte
	// ControlBlock proves the leaf.
	ControlBlock [33]byte
	// First is the role whose contract key is C1.
	First Role
}

// FundingOutput computes the funding output of the internal keys I and the
// contract keys C of offerer and accepter, points in compressed form. A point that
// is not valid is ErrKeys, as are equal contract keys.
func FundingOutput(io, ia, co, ca [33]byte) (Output, error) {
	out := Output{Keys: [2][33]byte{io, ia}, Contract: [2][33]byte{co, ca}}
	for _, c := range out.Contract {
		if _, err := parsePoint(c); err != nil {
			return Output{}, err
		}
	}

	// The only leaf: 20 C1 ad 20 C2 ac.
	xo, xa := co[1:], ca[1:]
	switch bytes.Compare(xo, xa) {
	case 0:
		return Output{}, fmt.Errorf("%w: one contract key for both parties", ErrKeys)
	case 1:
		xo, xa = xa, xo
		out.First = Accepter
	}
	out.Leaf[0], out.Leaf[33], out.Leaf[34], out.Leaf[67] =
		txscript.OP_DATA_32, txscript.OP_CHECKSIGVERIFY, txscript.OP_DATA_32, txscript.OP_CHECKSIG
	copy(out.Leaf[1:33], xo)
	copy(out.Leaf[35:67], xa)

	// root = H_TapLeaf(c0 || 44 || leaf).
	out.Root = txscript.NewBaseTapLeaf(out.Leaf[:]).TapHash()

	// P = KeyAgg(KeySort(I_o, I_a)); Q = lift_x(x(P)) + tw*G.
	keys, err := out.signers()
	if err != nil {
		return Output{}, err
	}
	aggregate, _, _, err := musig2.AggregateKeys(keys, true, musig2.WithTaprootKeyTweak(out.Root[:]))
	if err != nil {
		return Output{}, fmt.Errorf("%w: aggregate: %w", ErrKeys, err)
	}
	if !aggregate.PreTweakedKey.IsOnCurve() || !aggregate.FinalKey.IsOnCurve() {
		return Output{}, fmt.Errorf("%w: the aggregate is infinity", ErrKeys)
	}
	copy(out.InternalKey[:], schnorr.SerializePubKey(aggregate.PreTweakedKey))
	out.Tweak = *chainhash.TaggedHash(chainhash.TagTapTweak, out.InternalKey[:], out.Root[:])
	q := aggregate.FinalKey.SerializeCompressed()
	copy(out.OutputKey[:], q[1:])

	out.Script[0], out.Script[1] = txscript.OP_1, txscript.OP_DATA_32
	copy(out.Script[2:], out.OutputKey[:])

	out.ControlBlock[0] = byte(txscript.BaseLeafVersion) | q[0]&1
	copy(out.ControlBlock[1:], out.InternalKey[:])
	return out, nil
}

// signers returns the internal keys by role, in a new slice each time, since the
// library sorts the one it is given.
func (out Output) signers() ([]*btcec.PublicKey, error) {
	keys := make([]*btcec.PublicKey, 0, len(out.Keys))
	for _, point := range out.Keys {
		key, err := parsePoint(point)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// contractKey returns x(C) of a role, as BIP340 uses it.
func (out Output) contractKey(role Role) [32]byte { return [32]byte(out.Contract[role][1:]) }
