package vault

import (
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// ErrRecord means that bytes are not the record of a vault.
var ErrRecord = errors.New("not the record of a vault")

// Record says which vault a script is: everything that it follows from but the
// Bitcoin network. The parties of a contract exchange it, so that each of them, and
// every operator, can tell that a payout is a vault's.
type Record struct {
	// ChainID is the EVM chain's, Bridge the bridge's address there.
	ChainID uint64
	Bridge  [20]byte
	// Salt is drawn for this one vault.
	Salt      [32]byte
	Committee Committee
}

// Vault returns the vault on the network with a genesis block. It fails as New does.
func (r Record) Vault(genesis chainhash.Hash) (*Vault, error) {
	return New(Deployment{Genesis: genesis, ChainID: r.ChainID, Bridge: r.Bridge}, r.Committee, r.Salt)
}

// Encode returns the record: u64 chain id, 20 bytes bridge, 32 bytes salt, u8
// threshold, u8 number of operators, their keys. It fails as Committee.Check does.
func (r Record) Encode() ([]byte, error) {
	if err := r.Committee.Check(); err != nil {
		return nil, fmt.Errorf("encode vault record: %w", err)
	}
	w := tlv.NewWriter(8 + 20 + 32 + 2 + 32*len(r.Committee.Operators))
	w.U64(r.ChainID)
	w.Raw(r.Bridge[:])
	w.Raw(r.Salt[:])
	w.U8(uint8(r.Committee.Threshold))      //nolint:gosec // G115: at most 15
	w.U8(uint8(len(r.Committee.Operators))) //nolint:gosec // G115: at most 15
	for _, key := range r.Committee.Operators {
		w.Raw(key[:])
	}
	return w.Bytes(), nil
}

// DecodeRecord reads what Encode writes, and nothing else. It fails with ErrRecord.
func DecodeRecord(b []byte) (Record, error) {
	r, err := decodeRecord(tlv.NewReader(b))
	if err != nil {
		return Record{}, fmt.Errorf("%w: %d bytes: %w", ErrRecord, len(b), err)
	}
	return r, nil
}

func decodeRecord(in *tlv.Reader) (r Record, err error) {
	if r.ChainID, err = in.U64(); err != nil {
		return r, err
	}
	for _, field := range [][]byte{r.Bridge[:], r.Salt[:]} {
		if err = in.Fill(field); err != nil {
			return r, err
		}
	}
	threshold, err := in.U8()
	if err != nil {
		return r, err
	}
	n, err := in.U8()
	if err != nil {
		return r, err
	}
	if n > MaxOperators {
		return r, fmt.Errorf("%d operators: %w", n, ErrOperators)
	}
	r.Committee.Threshold = int(threshold)
	r.Committee.Operators = make([][32]byte, n)
	for i := range r.Committee.Operators {
		if err = in.Fill(r.Committee.Operators[i][:]); err != nil {
			return r, err
		}
	}
	if err = in.Done(); err != nil {
		return r, err
	}
	return r, r.Committee.Check()
}
