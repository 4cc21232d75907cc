package spv

import (
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// MaxBatch is how many redemptions one transaction may pay.
const MaxBatch = 100

// Domain binds signatures and batches to one deployment of the bridge.
type Domain struct {
	// ChainID is the EVM chain's, read live.
	ChainID *big.Int
	// Bridge is the bridge's address.
	Bridge Address
	// Anchor is the hash of the relay's anchor.
	Anchor chainhash.Hash
}

// Separator returns the EIP-712 domain separator.
func (d Domain) Separator() [32]byte {
	kind := keccak([]byte("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"))
	var e tuple
	e.bytes32(kind)
	e.bytes32(keccak([]byte("Alkimiya bridge")))
	e.bytes32(keccak([]byte("1")))
	var chain [wordLen]byte
	d.ChainID.FillBytes(chain[:])
	e.bytes32(chain)
	e.address(d.Bridge)
	e.bytes32(d.Anchor)
	return keccak(e.static())
}

// AttestDigest returns what an operator signs to attest a lot: that its units may
// be minted to an address until expiry, Unix time.
func (d Domain) AttestDigest(lotID [32]byte, to Address, expiry uint64) [32]byte {
	var e tuple
	e.bytes32(keccak([]byte("Attest(bytes32 lotId,address to,uint64 expiry)")))
	e.bytes32(lotID)
	e.address(to)
	e.number(expiry)
	separator, message := d.Separator(), keccak(e.static())
	return keccak([]byte{0x19, 0x01}, separator[:], message[:])
}

// BatchCommitment returns the data that a batch of payments carries in its
// OP_RETURN output, for the redemptions in the order of the outputs.
func (d Domain) BatchCommitment(rids [][32]byte) [32]byte {
	return BatchCommitment(d.Separator(), rids)
}

// BatchCommitment is Domain.BatchCommitment for who tries many orders under one
// domain separator.
func BatchCommitment(separator [32]byte, rids [][32]byte) [32]byte {
	parts := [][]byte{separator[:]}
	for i := range rids {
		parts = append(parts, rids[i][:])
	}
	return taggedHash("alk/batch/v1", parts...)
}

// Batch is a transaction read as a batch of payments.
type Batch struct {
	// Values are the amounts of the payments, in order.
	Values []uint64
	// Data is what the OP_RETURN output carries.
	Data [32]byte
	// Rest are the outputs after it.
	Rest []Output
}

// ReadBatch reads a transaction whose first outputs pay the given scripts, in
// order, and whose next one carries data. It fails with ErrBadBatch, or as
// ParseTx does.
func ReadBatch(raw []byte, scripts [][]byte) (Batch, error) {
	var b Batch
	tx, err := ParseTx(raw)
	if err != nil {
		return b, err
	}
	m := len(scripts)
	if len(tx.Outputs) <= m {
		return b, fmt.Errorf("%d outputs for %d payments: %w", len(tx.Outputs), m, ErrBadBatch)
	}
	for i, script := range scripts {
		if string(tx.Outputs[i].Script) != string(script) {
			return b, fmt.Errorf("payment %d: %w", i, ErrBadBatch)
		}
		b.Values = append(b.Values, tx.Outputs[i].Value)
	}
	data := tx.Outputs[m].Script
	if len(data) != 34 || data[0] != 0x6a || data[1] != 0x20 {
		return b, fmt.Errorf("output %d carries no commitment: %w", m, ErrBadBatch)
	}
	b.Data = [32]byte(data[2:])
	b.Rest = tx.Outputs[m+1:]
	return b, nil
}

// CommitmentScript returns the OP_RETURN script that carries a commitment.
func CommitmentScript(commitment [32]byte) []byte {
	return append([]byte{0x6a, 0x20}, commitment[:]...)
}

// PayableScript says whether a redemption may be paid to a script: P2PKH, P2SH,
// P2WPKH, P2WSH or P2TR, byte for byte.
func PayableScript(s []byte) bool {
	switch len(s) {
	case 22:
		return s[0] == 0x00 && s[1] == 0x14
	case 23:
		return s[0] == 0xa9 && s[1] == 0x14 && s[22] == 0x87
	case 25:
		return s[0] == 0x76 && s[1] == 0xa9 && s[2] == 0x14 && s[23] == 0x88 && s[24] == 0xac
	case 34:
		return (s[0] == 0x00 || s[0] == 0x51) && s[1] == 0x20
	default:
		return false
	}
}
