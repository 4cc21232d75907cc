package txs

import (
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
)

// Weights, in weight units, of the parts that the fee formulas count.
const (
	halfFundingWeight = 107 // a party's half of the funding transaction's frame and output
	outputWeight      = 36  // amount and length byte of an output
	inputWeight       = 164 // outpoint, sequence and empty scriptSig of an input
	halfCETSize       = 64  // virtual bytes: half a CET without its payout scripts
	closeWeight       = 344 // a close without its payout scripts
	cancelWeight      = 42  // frame of a transaction with a witness
)

// Funds is what a party's inputs come to.
type Funds struct {
	// Coins are the inputs, in the order of the party's message.
	Coins []Coin
	// Total is the sum of the coins.
	Total btcutil.Amount
	// FundFee and CETFee are the party's fees for the funding transaction and for
	// the transaction that spends it.
	FundFee, CETFee btcutil.Amount
	// Change goes back to the party, or into the fee if it is dust.
	Change btcutil.Amount
}

// Fund reads the party's inputs and computes its fees and change from the rates
// for the funding transaction and for CETs. It is ErrInput if there are too many
// inputs or bytes, if an input is not usable, or if the inputs do not reach
// collateral and fees; ErrScript, ErrCollateral and ErrFeeRate say what their
// checks say.
func (p Party) Fund(fund, cet FeeRate) (Funds, error) {
	for _, rate := range []FeeRate{fund, cet} {
		if err := rate.Check(); err != nil {
			return Funds{}, err
		}
	}
	if err := p.CheckScripts(); err != nil {
		return Funds{}, err
	}
	if p.Collateral < MinCollateral || p.Collateral > MaxTotalCollateral {
		return Funds{}, fmt.Errorf("%w: %d sat", ErrCollateral, int64(p.Collateral))
	}
	coins, err := p.coins()
	if err != nil {
		return Funds{}, err
	}
	f := Funds{Coins: coins, FundFee: p.fundFee(coins, fund), CETFee: p.cetFee(cet)}
	// Each coin is at most MaxMoney and there are at most MaxInputs of them, so
	// the sum is below 2^57.
	for _, c := range coins {
		f.Total += c.Value
	}
	f.Change = f.Total - p.Collateral - f.FundFee - f.CETFee
	if f.Change < 0 {
		return Funds{}, fmt.Errorf("%w: %d sat short of collateral and fees", ErrInput, int64(-f.Change))
	}
	return f, nil
}

func (p Party) coins() ([]Coin, error) {
	if len(p.Inputs) > MaxInputs {
		return nil, fmt.Errorf("%w: %d inputs, at most %d", ErrInput, len(p.Inputs), MaxInputs)
	}
	size := 0
	for _, in := range p.Inputs {
		if size += len(in.PrevTx); len(in.PrevTx) > MaxPrevTx || size > MaxPrevTxs {
			return nil, fmt.Errorf("%w: previous transactions are too long", ErrInput)
		}
	}
	coins := make([]Coin, 0, len(p.Inputs))
	for _, in := range p.Inputs {
		coin, err := ParseInput(in)
		if err != nil {
			return nil, err
		}
		coins = append(coins, coin)
	}
	return coins, nil
}

// fundFee is fund_fee_x: the party's half of the frame, its change output, its
// inputs.
func (p Party) fundFee(coins []Coin, rate FeeRate) btcutil.Amount {
	weight := int64(halfFundingWeight + outputWeight + 4*len(p.ChangeScript))
	for _, c := range coins {
		weight += inputWeight + c.WitnessWeight()
	}
	return rate.forWeight(weight)
}

// cetFee is cet_fee_x.
func (p Party) cetFee(rate FeeRate) btcutil.Amount {
	return rate.forWeight(4 * int64(halfCETSize+len(p.PayoutScript)))
}

// closeFee is the fee of a cooperative close.
func closeFee(payouts [2]Payout, rate FeeRate) btcutil.Amount {
	return rate.forWeight(int64(closeWeight + 4*(len(payouts[Offerer].Script)+len(payouts[Accepter].Script))))
}
