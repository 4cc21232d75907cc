package spv

import (
	"fmt"
	"math/bits"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// Shape is how a payoff lies between its bounds.
type Shape uint8

const (
	// CallLike is a payoff by which the long side gains as the value rises.
	CallLike Shape = 0
	// PutLike is a payoff by which the long side gains as the value falls.
	PutLike Shape = 1
)

const (
	// VaultDust is the amount below which a CET has no vault output: the dust
	// limit of P2TR.
	VaultDust = 330
	// MaxQuantBits bounds the bucket exponent.
	MaxQuantBits = 16

	notionalScale = 1000
)

// Address is an address on the EVM chain.
type Address = [20]byte

// SeriesKey is what a series pays: the contracts' struct of the same name.
type SeriesKey struct {
	IndexParams       [32]byte
	FirstDay, LastDay uint32
	// Events are keys of oracle events, strictly ascending.
	Events    [][32]byte
	Threshold uint8
	Shape     Shape
	Long      bool
	// Base is the counter before the window; Lo and Hi bound the window's sum.
	Base, Lo, Hi   uint64
	QuantBits      uint8
	RefundLocktime uint32
	// MinRefundPpm is the least share of a lot's units that its refund pays.
	MinRefundPpm uint32
}

// Terms is one side of one contract: the contracts' struct of the same name.
type Terms struct {
	SeriesID    [32]byte
	FundingTxid chainhash.Hash
	FundingVout uint32
	// Collateral is what the contract locks, and the number of units.
	Collateral uint64
	// Notional is H, in thousandths of the index unit.
	Notional   uint32
	RefundSats uint64
	RefundTxid chainhash.Hash
	// CETRoot is the root of the tree of attested CETs (CETSet).
	CETRoot     [32]byte
	VaultScript []byte
	VaultSalt   [32]byte
}

// Redemption is a claim to bitcoin from the vault: the contracts' struct of the
// same name.
type Redemption struct {
	ID       [32]byte
	Lot      bool
	Owner    Address
	Amount   uint64
	Sats     uint64
	MaxFee   uint64
	Deadline uint64
	Nonce    uint64
	Script   []byte
}

// Encode returns the ABI encoding.
func (k SeriesKey) Encode() []byte {
	var t tuple
	t.bytes32(k.IndexParams)
	t.number(uint64(k.FirstDay))
	t.number(uint64(k.LastDay))
	t.array(k.Events)
	t.number(uint64(k.Threshold))
	t.number(uint64(k.Shape))
	t.bool(k.Long)
	t.number(k.Base)
	t.number(k.Lo)
	t.number(k.Hi)
	t.number(uint64(k.QuantBits))
	t.number(uint64(k.RefundLocktime))
	t.number(uint64(k.MinRefundPpm))
	return t.encode()
}

// ID returns the series' id.
func (k SeriesKey) ID() [32]byte { return keccak(k.Encode()) }

// Encode returns the ABI encoding.
func (t Terms) Encode() []byte {
	var e tuple
	e.bytes32(t.SeriesID)
	e.bytes32(t.FundingTxid)
	e.number(uint64(t.FundingVout))
	e.number(t.Collateral)
	e.number(uint64(t.Notional))
	e.number(t.RefundSats)
	e.bytes32(t.RefundTxid)
	e.bytes32(t.CETRoot)
	e.bytes(t.VaultScript)
	e.bytes32(t.VaultSalt)
	return e.encode()
}

// ID returns the lot's id.
func (t Terms) ID() [32]byte { return keccak(t.Encode()) }

// OutpointSide returns the key under which the bridge keeps what was proven of a
// side of a funding output.
func (t Terms) OutpointSide(long bool) [32]byte {
	var e tuple
	e.bytes32(t.FundingTxid)
	e.number(uint64(t.FundingVout))
	e.bool(long)
	return keccak(e.static())
}

// Encode returns the ABI encoding.
func (r Redemption) Encode() []byte {
	var e tuple
	e.bytes32(r.ID)
	e.bool(r.Lot)
	e.address(r.Owner)
	e.number(r.Amount)
	e.number(r.Sats)
	e.number(r.MaxFee)
	e.number(r.Deadline)
	e.number(r.Nonce)
	e.bytes(r.Script)
	return e.encode()
}

// Same says whether two redemptions of one bridge are the same: no two have the same number.
func (r Redemption) Same(o Redemption) bool { return r.Nonce == o.Nonce }

// RID returns the redemption's id.
func (r Redemption) RID() [32]byte { return keccak(r.Encode()) }

// LotRecord returns the record with which a proof about a lot is contested.
func LotRecord(lotID, outpointSide [32]byte, block chainhash.Hash, height uint32) []byte {
	var e tuple
	e.bytes32(lotID)
	e.bytes32(outpointSide)
	e.bytes32(block)
	e.number(uint64(height))
	return e.static()
}

// PaymentRecord returns the record with which the proof of a payment is contested.
func PaymentRecord(rid [32]byte, sats uint64, block chainhash.Hash, height uint32) []byte {
	var e tuple
	e.bytes32(rid)
	e.number(sats)
	e.bytes32(block)
	e.number(uint64(height))
	return e.static()
}

// Units returns M for a notional: what both sides are paid together, and the
// number of a lot's units. It fails with ErrBadUnits if the bounds are no range,
// or M is no whole number of satoshi.
func (k SeriesKey) Units(notional uint32) (uint64, error) {
	if k.Hi <= k.Lo || notional == 0 {
		return 0, fmt.Errorf("bounds %d to %d, notional %d: %w", k.Lo, k.Hi, notional, ErrBadUnits)
	}
	high, low := bits.Mul64(uint64(notional), k.Hi-k.Lo)
	if high >= notionalScale {
		return 0, fmt.Errorf("notional %d: %w", notional, ErrBadUnits)
	}
	units, rest := bits.Div64(high, low, notionalScale)
	if rest != 0 || units == 0 {
		return 0, fmt.Errorf("notional %d is no whole number of units: %w", notional, ErrBadUnits)
	}
	return units, nil
}

// Payout returns what the key's side is paid at an attested value, before dust.
// It fails with ErrBadSeries or ErrBadUnits if the key or the notional are not
// valid.
func (k SeriesKey) Payout(notional uint32, value uint64) (uint64, error) {
	if k.QuantBits > MaxQuantBits || k.Shape > PutLike {
		return 0, fmt.Errorf("bucket exponent %d, shape %d: %w", k.QuantBits, k.Shape, ErrBadSeries)
	}
	total, err := k.Units(notional)
	if err != nil {
		return 0, err
	}
	x := value
	if j := k.QuantBits; j > 0 {
		x = x>>j<<j + 1<<(j-1)
	}
	var sum uint64
	if x > k.Base {
		sum = x - k.Base
	}
	c := max(k.Lo, min(sum, k.Hi))
	distance := c - k.Lo
	if k.Shape == PutLike {
		distance = k.Hi - c
	}
	high, low := bits.Mul64(uint64(notional), distance)
	long, _ := bits.Div64(high, low, notionalScale)
	if k.Long {
		return long, nil
	}
	return total - long, nil
}

// Due returns what a CET pays the vault at an attested value: the payout, or
// nothing if that is dust. It fails as Payout does.
func (k SeriesKey) Due(notional uint32, value uint64) (uint64, error) {
	paid, err := k.Payout(notional, value)
	if err != nil || paid < VaultDust {
		return 0, err
	}
	return paid, nil
}
