package txs

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"
)

// Limits of PROTOCOL.md 1. Amounts are satoshi, delays are seconds.
const (
	MaxInputs   = 32      // funding inputs of one party
	MaxPrevTx   = 100_000 // bytes of one previous transaction
	MaxPrevTxs  = 500_000 // bytes of all previous transactions of one party
	MaxMoney    = btcutil.Amount(21e14)
	minUnixTime = 500_000_000 // lower locktimes are heights

	MinCollateral      = btcutil.Amount(1_000)   // of one party
	MinTotalCollateral = btcutil.Amount(100_000) // of both
	MaxTotalCollateral = MaxMoney

	MinFeeRate = FeeRate(1)
	MaxFeeRate = FeeRate(1_000)

	MinRefundDelay     = 1_209_600  // refund_locktime - cet_locktime: 14 days
	MaxRefundDelay     = 31_536_000 // 365 days
	DefaultRefundDelay = 2_419_200  // 28 days
)

// FeeRate is a fee rate in satoshi per virtual byte.
type FeeRate uint32

// Check returns ErrFeeRate unless the rate is within the limits.
func (r FeeRate) Check() error {
	if r < MinFeeRate || r > MaxFeeRate {
		return fmt.Errorf("%w: %d sat/vB is outside %d to %d", ErrFeeRate, r, MinFeeRate, MaxFeeRate)
	}
	return nil
}

// forWeight returns the fee for a number of weight units, rounded up to whole
// virtual bytes. Weights here are below 2^20, so the product is exact.
func (r FeeRate) forWeight(weight int64) btcutil.Amount {
	return btcutil.Amount((weight + 3) / 4 * int64(r))
}

// Role is a party's part in the exchange of messages: who sent the offer, who
// accepted it. It says nothing about long and short.
type Role uint8

// The two roles.
const (
	Offerer Role = iota
	Accepter
)

// String returns "offerer" or "accepter".
func (r Role) String() string {
	switch r {
	case Offerer:
		return "offerer"
	case Accepter:
		return "accepter"
	default:
		return fmt.Sprintf("Role(%d)", uint8(r))
	}
}

// Other returns the opposite role.
func (r Role) Other() Role { return r ^ 1 }

// Input is a coin that a party pays into the contract, as its message names it.
type Input struct {
	// Serial orders the inputs of the funding transaction.
	Serial uint64
	// PrevTx is the transaction that made the coin, serialised without witness.
	PrevTx []byte
	// Vout is the index of the coin in that transaction.
	Vout uint32
}

// Party is what one side brings into a contract. Nothing in it has been checked.
type Party struct {
	// Internal and Contract are the points I and C in compressed form.
	Internal, Contract [33]byte
	// Collateral is what the party locks, in satoshi.
	Collateral btcutil.Amount
	// PayoutScript receives what CET, refund or close give to the party.
	PayoutScript []byte
	// PayoutSerial orders the outputs of those transactions.
	PayoutSerial uint64
	// ChangeScript receives what the inputs hold beyond collateral and fees.
	ChangeScript []byte
	// ChangeSerial orders the outputs of the funding transaction.
	ChangeSerial uint64
	// Inputs are the party's coins.
	Inputs []Input
}

// CheckCollaterals returns ErrCollateral unless both collaterals and their sum M
// are within the limits.
func CheckCollaterals(offerer, accepter btcutil.Amount) error {
	for role, c := range [...]btcutil.Amount{Offerer: offerer, Accepter: accepter} {
		if c < MinCollateral || c > MaxTotalCollateral {
			return fmt.Errorf("%w: the %s locks %d sat", ErrCollateral, Role(role), int64(c))
		}
	}
	if m := offerer + accepter; m < MinTotalCollateral || m > MaxTotalCollateral {
		return fmt.Errorf("%w: %d sat in total", ErrCollateral, int64(m))
	}
	return nil
}

// CheckLocktimes returns ErrLocktime unless cet is the maturity of the oracles'
// event, is a time and not a height, and refund follows it within the limits.
func CheckLocktimes(cet, refund, maturity uint32) error {
	if cet != maturity {
		return fmt.Errorf("%w: cet locktime %d is not the maturity %d", ErrLocktime, cet, maturity)
	}
	return checkDelay(cet, refund)
}

func checkDelay(cet, refund uint32) error {
	if cet < minUnixTime {
		return fmt.Errorf("%w: cet locktime %d is a height", ErrLocktime, cet)
	}
	delay := int64(refund) - int64(cet)
	if delay < MinRefundDelay || delay > MaxRefundDelay {
		return fmt.Errorf("%w: refund %d s after the cets", ErrLocktime, delay)
	}
	return nil
}

// CheckScripts returns ErrScript unless payout and change script are of one of
// the five forms.
func (p Party) CheckScripts() error {
	if _, err := ParseScript(p.PayoutScript); err != nil {
		return fmt.Errorf("payout: %w", err)
	}
	if _, err := ParseScript(p.ChangeScript); err != nil {
		return fmt.Errorf("change: %w", err)
	}
	return nil
}

// CheckPayoutScripts returns ErrScript if both parties name the same script.
func CheckPayoutScripts(offerer, accepter Party) error {
	if bytes.Equal(offerer.PayoutScript, accepter.PayoutScript) {
		return fmt.Errorf("%w: both payouts go to the same script", ErrScript)
	}
	return nil
}

// CheckSerials returns ErrSerial unless the serial ids are distinct: those of all
// inputs; those of the funding output and the change outputs; those of the
// payouts. It takes the offerer alone, when his offer is judged, or both parties.
func CheckSerials(fund uint64, parties ...Party) error {
	outputs, payouts := map[uint64]bool{fund: true}, map[uint64]bool{}
	inputs := map[uint64]bool{}
	add := func(seen map[uint64]bool, serial uint64, what string) error {
		if seen[serial] {
			return fmt.Errorf("%w: %s %d occurs twice", ErrSerial, what, serial)
		}
		seen[serial] = true
		return nil
	}
	for _, p := range parties {
		if len(p.Inputs) > MaxInputs {
			return fmt.Errorf("%w: %d inputs, at most %d", ErrInput, len(p.Inputs), MaxInputs)
		}
		if err := add(outputs, p.ChangeSerial, "output serial"); err != nil {
			return err
		}
		if err := add(payouts, p.PayoutSerial, "payout serial"); err != nil {
			return err
		}
		for _, in := range p.Inputs {
			if err := add(inputs, in.Serial, "input serial"); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckKeys returns ErrKeys unless the points I and C of the parties are valid
// and their x coordinates are distinct from each other and from those in oracle,
// which holds the x coordinates of every key and nonce of the contract's oracles.
// That those are points and distinct is checked with their announcements; here a
// repetition among them is an error all the same.
func CheckKeys(oracle [][32]byte, parties ...Party) error {
	seen := make(map[[32]byte]bool, len(oracle)+2*len(parties))
	for _, x := range oracle {
		if seen[x] {
			return fmt.Errorf("%w: oracle key or nonce %x occurs twice", ErrKeys, x)
		}
		seen[x] = true
	}
	for _, p := range parties {
		for _, point := range [][33]byte{p.Internal, p.Contract} {
			if _, err := parsePoint(point); err != nil {
				return err
			}
			x := [32]byte(point[1:])
			if seen[x] {
				return fmt.Errorf("%w: x coordinate %x occurs twice", ErrKeys, x)
			}
			seen[x] = true
		}
	}
	return nil
}

// parsePoint reads a point in compressed form.
func parsePoint(point [33]byte) (*btcec.PublicKey, error) {
	key, err := btcec.ParsePubKey(point[:])
	if err != nil {
		return nil, fmt.Errorf("%w: %x: %w", ErrKeys, point, err)
	}
	return key, nil
}

// CheckOutPoints returns ErrInput if an outpoint occurs twice among the coins of
// the parties, or if own reports that a coin of the first list, the peer's, belongs
// to the node that checks. own may be nil.
func CheckOutPoints(own func(wire.OutPoint) bool, peer []Coin, others ...[]Coin) error {
	seen := make(map[wire.OutPoint]bool, len(peer))
	for i, coins := range append([][]Coin{peer}, others...) {
		for _, c := range coins {
			if seen[c.OutPoint] {
				return fmt.Errorf("%w: outpoint %v occurs twice", ErrInput, c.OutPoint)
			}
			seen[c.OutPoint] = true
			if i == 0 && own != nil && own(c.OutPoint) {
				return fmt.Errorf("%w: outpoint %v is the receiver's own", ErrInput, c.OutPoint)
			}
		}
	}
	return nil
}
