package txs

import (
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"
)

// The sequences, for tests that look at finished transactions.
const (
	SequenceReplaceable = sequenceReplaceable
	SequenceFinal       = sequenceFinal
)

// FinalNonce lets the BIP327 vectors reach the nonce that sessions compute.
var FinalNonce = finalNonce

// ShareSurplus lets a property test reach the rule of the close.
var ShareSurplus = shareSurplus

// FreeTerms are a settlement that no agreement leads to: published vectors have
// block heights for locktimes.
type FreeTerms struct {
	OutPoint    wire.OutPoint
	Value       btcutil.Amount
	Output      Output
	Payouts     [2]Payout
	Collateral  [2]btcutil.Amount
	Long        Role
	CET, Refund uint32
}

// NewSettlement makes a settlement without checks.
func NewSettlement(t FreeTerms) *Settlement {
	return newSettlement(spendTerms{
		outpoint: t.OutPoint, value: t.Value, output: t.Output, payouts: t.Payouts,
		collateral: t.Collateral, long: t.Long, cet: t.CET, refund: t.Refund,
	})
}

// Divide builds a close with exactly these outputs.
func (s *Settlement) Divide(v [2]btcutil.Amount) *Close {
	return &Close{tx: s.spend(0, sequenceReplaceable, v), prevouts: []*wire.TxOut{s.PrevOutput()}}
}
