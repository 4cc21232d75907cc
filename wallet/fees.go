package wallet

import (
	"context"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/input"
	"github.com/lightningnetwork/lnd/lnwallet"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

const (
	// DefaultConfTarget is the confirmation target, in blocks, of a FeeSpec
	// that names neither rate nor target.
	DefaultConfTarget = 6
	// MaxConfTarget is the longest target that can be estimated.
	MaxConfTarget = 1008
	// MinFeeRate is what nodes relay by default.
	MinFeeRate chainfee.SatPerVByte = 1
	// MaxFeeRate is the highest rate taken without FeeSpec.AllowHigh.
	MaxFeeRate chainfee.SatPerVByte = 1000

	// A fee below modestFee is never absurd; above, it may be at most a
	// quarter of what is sent.
	modestFee     btcutil.Amount = 20_000
	maxFeeShare                  = 4
	rbfSequence                  = wire.MaxTxInSequenceNum - 2
	unknownParent                = MinFeeRate
)

// EstimateFee returns the rate at which a transaction should confirm within
// target blocks, 1 to MaxConfTarget; 0 means DefaultConfTarget.
func (w *Wallet) EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerVByte, error) {
	if target == 0 {
		target = DefaultConfTarget
	}
	if target > MaxConfTarget {
		return 0, fmt.Errorf("%w: target of %d blocks, limit %d", ErrBadRequest, target, MaxConfTarget)
	}
	perKW, err := w.cfg.Backend.EstimateFee(ctx, target)
	if err != nil {
		return 0, fmt.Errorf("estimate fee for %d blocks: %w", target, err)
	}
	// Rounded up: a rate just below what was estimated may not confirm.
	perVB := (chainfee.SatPerVByte(perKW)*4 + 999) / 1000
	return max(perVB, MinFeeRate), nil
}

// feeRate turns a wish into a rate within the limits.
func (w *Wallet) feeRate(ctx context.Context, spec FeeSpec) (chainfee.SatPerVByte, error) {
	rate := spec.Rate
	if rate == 0 {
		var err error
		if rate, err = w.EstimateFee(ctx, spec.Target); err != nil {
			return 0, err
		}
	}
	if rate > MaxFeeRate && !spec.AllowHigh {
		return 0, &FeeTooHighError{Rate: rate, MaxRate: MaxFeeRate}
	}
	// Whatever is allowed, arithmetic must not overflow.
	if rate > 1_000_000 {
		return 0, &FeeTooHighError{Rate: rate, MaxRate: 1_000_000}
	}
	return rate, nil
}

// checkFee refuses a fee out of proportion to what is sent.
func checkFee(fee, sent btcutil.Amount, spec FeeSpec) error {
	if spec.limit != 0 && fee > spec.limit {
		return fmt.Errorf("%w: a fee of %d sat is more than the %d sat that it is for", ErrNotBumpable, fee, spec.limit)
	}
	limit := max(modestFee, sent/maxFeeShare)
	if fee > limit && !spec.AllowHigh {
		return &FeeTooHighError{Fee: fee, MaxFee: limit, MaxRate: MaxFeeRate}
	}
	return nil
}

// dustLimit is the least value of an output with the script.
func dustLimit(script []byte) btcutil.Amount { return lnwallet.DustLimitForSize(len(script)) }

// checkOutput refuses values that are dust, negative or more than exist.
func checkOutput(out *wire.TxOut) error {
	if out.Value < 0 || out.Value > btcutil.MaxSatoshi {
		return fmt.Errorf("%w: amount of %d sat", ErrBadRequest, out.Value)
	}
	if limit := dustLimit(out.PkScript); btcutil.Amount(out.Value) < limit {
		return fmt.Errorf("%w: %d sat, at least %d sat needed", ErrDust, out.Value, limit)
	}
	return nil
}

// estimateVSize is the virtual size of a transaction of ours, signed: every
// input is P2TR by key path, P2WPKH or nested P2WPKH.
func estimateVSize(prevouts []*wire.TxOut, outs []*wire.TxOut) (btcutil.Amount, error) {
	var est input.TxWeightEstimator
	for i, prev := range prevouts {
		switch {
		case txscript.IsPayToTaproot(prev.PkScript):
			est.AddTaprootKeySpendInput(txscript.SigHashDefault)
		case txscript.IsPayToWitnessPubKeyHash(prev.PkScript):
			est.AddP2WKHInput()
		case txscript.IsPayToScriptHash(prev.PkScript):
			est.AddNestedP2WKHInput()
		default:
			return 0, fmt.Errorf("%w: input %d has an unknown script", ErrBadRequest, i)
		}
	}
	for _, out := range outs {
		est.AddTxOutput(out)
	}
	return btcutil.Amount(est.VSize()), nil
}

func sumOutputs(outs []*wire.TxOut) btcutil.Amount {
	var sum btcutil.Amount
	for _, out := range outs {
		sum += btcutil.Amount(out.Value)
	}
	return sum
}
