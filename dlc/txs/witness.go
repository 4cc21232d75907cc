package txs

import (
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// maxDERSignature is the longest low-S signature in DER, without the byte of its
// hash type.
const maxDERSignature = 71

// CheckWitness returns ErrWitness unless the witness of a funding input has the
// form that fees and signature hashes count on: for P2WPKH a low-S ECDSA signature
// over SIGHASH_ALL and a compressed key, for P2TR one signature of 64 bytes, which
// means SIGHASH_DEFAULT by key and no annex. It verifies no signature.
func CheckWitness(form Form, witness wire.TxWitness) error {
	switch form {
	case P2TR:
		if len(witness) != 1 || len(witness[0]) != schnorr.SignatureSize {
			return fmt.Errorf("%w: not one signature of 64 bytes", ErrWitness)
		}
		return nil
	case P2WPKH:
		return checkKeyHashWitness(witness)
	case P2PKH, P2SH, P2WSH:
	}
	return fmt.Errorf("%w: %s is no form of a funding input", ErrWitness, form)
}

func checkKeyHashWitness(witness wire.TxWitness) error {
	if len(witness) != 2 || len(witness[1]) != btcec.PubKeyBytesLenCompressed {
		return fmt.Errorf("%w: not a signature and a compressed key", ErrWitness)
	}
	n := len(witness[0]) - 1
	if n < 0 || n > maxDERSignature || witness[0][n] != byte(txscript.SigHashAll) {
		return fmt.Errorf("%w: not a signature over SIGHASH_ALL", ErrWitness)
	}
	signature, err := ecdsa.ParseDERSignature(witness[0][:n])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWitness, err)
	}
	s := signature.S()
	if s.IsOverHalfOrder() {
		return fmt.Errorf("%w: high S", ErrWitness)
	}
	return nil
}

// LeafWitness returns the witness that spends the funding output by its leaf, with
// the signatures of offerer and accepter.
func (out Output) LeafWitness(offerer, accepter [64]byte) wire.TxWitness {
	first, second := offerer, accepter
	if out.First == Accepter {
		first, second = accepter, offerer
	}
	// The script takes the signature of C1 from the top of the stack.
	return wire.TxWitness{second[:], first[:], slices.Clone(out.Leaf[:]), slices.Clone(out.ControlBlock[:])}
}

// KeyPathWitness returns the witness that spends the funding output by its key.
func KeyPathWitness(signature [64]byte) wire.TxWitness {
	return wire.TxWitness{signature[:]}
}

// VerifyLeaf reports whether signature is that of a role's contract key over the
// hash of a CET or refund.
func (out Output) VerifyLeaf(role Role, hash [32]byte, signature [64]byte) bool {
	key := out.contractKey(role)
	return secp.Verify(&key, &hash, &signature)
}

// SignLeaf signs the hash of a refund, or of a CET whose outcome is attested, with
// a role's contract key. aux is fresh randomness (BIP340). The result is verified.
// A key other than the role's is ErrSecretKey, a signature that does not verify
// ErrWitness. Key and nonce are kept out of branches and indices.
func (out Output) SignLeaf(role Role, key *btcec.PrivateKey, hash, aux [32]byte) ([64]byte, error) {
	secret := key.Key.Bytes()
	defer clear(secret[:])
	public, err := secp.PublicKey(&secret)
	if err != nil || public != out.contractKey(role) {
		return [64]byte{}, fmt.Errorf("%w: contract key of the %s", ErrSecretKey, role)
	}
	signature, err := secp.Sign(&secret, &hash, &aux)
	if err != nil {
		return [64]byte{}, fmt.Errorf("sign with the contract key: %w", err)
	}
	if !out.VerifyLeaf(role, hash, signature) {
		return [64]byte{}, fmt.Errorf("%w: own signature with the contract key of the %s does not verify", ErrWitness, role)
	}
	return signature, nil
}

// VerifyTx runs the script interpreter, with the rules of standard transactions,
// over every input of a transaction. prevouts are the outputs that it spends, in
// its order. A fault is ErrWitness.
func VerifyTx(tx *wire.MsgTx, prevouts []*wire.TxOut) error {
	return verifyInputs(tx, prevouts, nil)
}

// verifyInputs is VerifyTx for the inputs of the given indices, or for all.
func verifyInputs(tx *wire.MsgTx, prevouts []*wire.TxOut, indices []int) error {
	if len(prevouts) != len(tx.TxIn) {
		return fmt.Errorf("%w: %d outputs for %d inputs", ErrWitness, len(prevouts), len(tx.TxIn))
	}
	if indices == nil {
		for i := range tx.TxIn {
			indices = append(indices, i)
		}
	}
	fetcher, hashes := signatureHashes(tx, prevouts)
	for _, i := range indices {
		out := prevouts[i]
		engine, err := txscript.NewEngine(out.PkScript, tx, i, txscript.StandardVerifyFlags, nil, hashes, out.Value, fetcher)
		if err == nil {
			err = engine.Execute()
		}
		if err != nil {
			return fmt.Errorf("%w: input %d: %w", ErrWitness, i, err)
		}
	}
	return nil
}

// signatureHashes prepares what all inputs' signature hashes share.
func signatureHashes(tx *wire.MsgTx, prevouts []*wire.TxOut) (txscript.PrevOutputFetcher, *txscript.TxSigHashes) {
	outputs := make(map[wire.OutPoint]*wire.TxOut, len(prevouts))
	for i, in := range tx.TxIn {
		outputs[in.PreviousOutPoint] = prevouts[i]
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outputs)
	return fetcher, txscript.NewTxSigHashes(tx, fetcher)
}

func cloneWitness(witness wire.TxWitness) wire.TxWitness {
	out := make(wire.TxWitness, 0, len(witness))
	for _, item := range witness {
		out = append(out, slices.Clone(item))
	}
	return out
}
