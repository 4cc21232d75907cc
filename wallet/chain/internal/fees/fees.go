// Package fees holds the rules that all chain backends follow when they turn
// what a node knows about fees into a rate.
//
// It asks nobody. Its invariant: no rate is below the relay floor, and without
// an estimate there is a rate only where the configuration or the network says
// that guessing is harmless.
package fees

import (
	"fmt"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

const (
	// MaxTarget is the farthest confirmation target, in blocks.
	MaxTarget = 1008
	// playFallback is the fallback where coins are worth nothing: 2 sat/vB.
	playFallback = chainfee.SatPerKVByte(2000)
)

// Policy is the floor and the fallback of one backend.
type Policy struct {
	floor    chainfee.SatPerKWeight
	fallback chainfee.SatPerKWeight // 0 for none
}

// NewPolicy takes the configured floor and fallback, 0 for none. The floor is
// never below 1 sat/vB (253 sat/kw). On regtest and simnet there always is a
// fallback.
func NewPolicy(params *chaincfg.Params, floor, fallback chainfee.SatPerKVByte) Policy {
	if fallback == 0 && IsPlay(params) {
		fallback = playFallback
	}
	return Policy{
		floor:    max(floor.FeePerKWeight(), chainfee.FeePerKwFloor),
		fallback: fallback.FeePerKWeight(),
	}
}

// IsPlay reports whether params are of a network that anyone makes for
// themselves: regtest or simnet.
func IsPlay(params *chaincfg.Params) bool {
	return params.Net == wire.TestNet || params.Net == wire.SimNet
}

// CheckTarget returns chain.ErrFeeUnknown, wrapped, for a target outside 1 to
// MaxTarget.
func CheckTarget(target uint32) error {
	if target < 1 || target > MaxTarget {
		return fmt.Errorf("%w: confirmation target %d is not in 1 to %d", chain.ErrFeeUnknown, target, MaxTarget)
	}
	return nil
}

// Known returns an estimate, raised to the floor and to relay, the node's own.
func (p Policy) Known(estimate, relay chainfee.SatPerKWeight) chainfee.SatPerKWeight {
	return max(estimate, relay, p.floor)
}

// Unknown returns the fallback, raised likewise, or chain.ErrFeeUnknown with
// cause if there is none.
func (p Policy) Unknown(relay chainfee.SatPerKWeight, cause error) (chainfee.SatPerKWeight, error) {
	if p.fallback > 0 {
		return p.Known(p.fallback, relay), nil
	}
	if cause == nil {
		return 0, fmt.Errorf("%w, and no fallback is configured", chain.ErrFeeUnknown)
	}
	return 0, fmt.Errorf("%w, and no fallback is configured: %w", chain.ErrFeeUnknown, cause)
}
