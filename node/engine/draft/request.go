package draft

import (
	"errors"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node/engine/view"
)

// Errors of drafts, wrapped with the datum at fault; test with errors.Is.
var (
	// ErrRequest: a field of a request is missing or out of range.
	ErrRequest = errors.New("bad request")
	// ErrUnsupported: the peer does not trade the index, with the same
	// parameters, or not in this scheme.
	ErrUnsupported = errors.New("not supported by the peer")
	// ErrOracle: an oracle has not announced the event, or is not on the
	// allow-list.
	ErrOracle = errors.New("oracle cannot be used")
)

// Request asks to offer a contract to a peer. Exactly one of Terms and Order is
// set.
type Request struct {
	// Peer is the peer's node key, compressed.
	Peer [33]byte
	// Terms are those of a contract that answers no order. Event, Base and
	// Digits are filled in from the index and need not be set. Without Oracles
	// those of the policy, with its threshold, are used.
	Terms *payout.Terms
	// Bucket is j; nil chooses the smallest that keeps the lists short.
	Bucket *uint8
	// Order and Take are the signed records of a take, byte for byte.
	Order, Take []byte
	// FundFeeRate and CETFeeRate are in sat/vB; 0 takes the estimate for the
	// policy's target, within its bounds.
	FundFeeRate, CETFeeRate uint32
	// RefundDelay is refund_locktime - cet_locktime in seconds; 0 takes the
	// policy's.
	RefundDelay uint32
	// ExpiresIn is how long the peer may answer, seconds, at most 600; 0 takes
	// the policy's.
	ExpiresIn uint32
	// Coins, if not empty, are the only ones that fund it.
	Coins []wire.OutPoint
	// Bridge, if not nil, has our payout go to a fresh vault of that bridge, so
	// that our side can become tokens. Its Salt is not used.
	Bridge *vault.Record
}

// Simulation is what a contract would be, without making one.
type Simulation struct {
	// Terms are complete.
	Terms payout.Terms
	// Side is the side that would be ours.
	Side payout.Side
	// Collateral is M; OwnLock and PeerLock add up to it.
	Collateral, OwnLock, PeerLock btcutil.Amount
	// Fees are those of both parties, one P2TR coin and a change output each.
	Fees view.Fees
	// CETLocktime and RefundLocktime are Unix seconds.
	CETLocktime, RefundLocktime uint32
	// FundFeeRate and CETFeeRate are in sat/vB.
	FundFeeRate, CETFeeRate uint32
	// Runs and Slots are how many payouts and adaptor signatures there are;
	// ListBytes is the length of one party's list.
	Runs, Slots, ListBytes int
	// Table is the payoff of the long side, ascending by outcome.
	Table []payout.Sample
	// Breakevens are where our side neither gains nor loses.
	Breakevens []payout.Breakeven
	// MaxProfit and MaxLoss are the extremes for our side, in satoshi, before
	// miner fees.
	MaxProfit, MaxLoss int64
	// Warnings are for people.
	Warnings []string
}
