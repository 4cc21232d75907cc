package policy

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Verdict is what becomes of an offer.
type Verdict uint8

// The verdicts.
const (
	// Ask: the user decides.
	Ask Verdict = iota
	// Agree: it is accepted without asking.
	Agree
	// Refuse: it is refused, for RefusalError's reason.
	Refuse
)

// Exposure is what is at stake already, with the peer and in all.
type Exposure struct {
	// OpenWithPeer are offers of the peer that are not funded yet, without the
	// one that is judged; ContractsWithPeer and Contracts those not final.
	OpenWithPeer, ContractsWithPeer, Contracts int
	// LockedWithPeer and Locked are what we lock in contracts not final;
	// ReservedWithPeer the part of the former that is not funded yet.
	LockedWithPeer, Locked, ReservedWithPeer btcutil.Amount
}

// Offer is what is judged: a peer's, or an own one before it leaves.
type Offer struct {
	Peer  [33]byte
	Terms payout.Terms
	// OwnLock is what we would lock.
	OwnLock btcutil.Amount
	// Order says that it answers an own order.
	Order bool
	// Bridged says that the peer's payout goes to the vault of a bridge.
	Bridged bool
	// Today is the present Unix day.
	Today    uint32
	Exposure Exposure
}

// RefusalError says why the policy forbids an offer, and what its peer is told.
type RefusalError struct {
	Code wire.RejectCode
	// Key is the policy's, Reason its breach.
	Key, Reason string
}

// Error returns key and breach.
func (r *RefusalError) Error() string { return r.Key + ": " + r.Reason }

// Limit returns the breach of a limit, an allow-list or a bound by an offer, or
// nil. It holds for own offers as well.
func (p Policy) Limit(o Offer) *RefusalError {
	for _, f := range []func(Offer) *RefusalError{p.limitCount, p.limitLock, p.limitTerms, p.limitOracles, p.limitBridge} {
		if r := f(o); r != nil {
			return r
		}
	}
	return nil
}

func (p Policy) limitCount(o Offer) *RefusalError {
	l, e := p.Limits, o.Exposure
	switch {
	case e.OpenWithPeer >= l.OpenOffersPerPeer:
		return refuse(wire.RejectLimit, "limits.open_offers_per_peer", "%d are open", e.OpenWithPeer)
	case l.ContractsPerPeer > 0 && e.ContractsWithPeer >= l.ContractsPerPeer:
		return refuse(wire.RejectLimit, "limits.contracts_per_peer", "there are %d", e.ContractsWithPeer)
	case l.Contracts > 0 && e.Contracts >= l.Contracts:
		return refuse(wire.RejectLimit, "limits.contracts", "there are %d", e.Contracts)
	}
	return nil
}

func (p Policy) limitLock(o Offer) *RefusalError {
	for _, limit := range []struct {
		key        string
		limit, sum btcutil.Amount
	}{
		{"limits.lock_per_contract_sat", p.Limits.LockPerContract, o.OwnLock},
		{"limits.lock_per_peer_sat", p.Limits.LockPerPeer, o.Exposure.LockedWithPeer + o.OwnLock},
		{"limits.lock_sat", p.Limits.Lock, o.Exposure.Locked + o.OwnLock},
		{"limits.reserved_per_peer_sat", p.Limits.ReservedPerPeer, o.Exposure.ReservedWithPeer + o.OwnLock},
	} {
		if limit.limit > 0 && limit.sum > limit.limit {
			return refuse(wire.RejectLimit, limit.key, "%d sat would be locked, limit %d", int64(limit.sum), int64(limit.limit))
		}
	}
	return nil
}

func (p Policy) limitTerms(o Offer) *RefusalError {
	days := o.Terms.Days()
	switch {
	case days < uint64(p.Tenor.MinDays):
		return refuse(wire.RejectDeclined, "tenor.min_days", "%d days", days)
	case days > uint64(p.Tenor.MaxDays):
		return refuse(wire.RejectDeclined, "tenor.max_days", "%d days", days)
	case p.Tenor.MaxAheadDays > 0 && uint64(o.Terms.EndDay) > uint64(o.Today)+uint64(p.Tenor.MaxAheadDays):
		return refuse(wire.RejectDeclined, "tenor.max_ahead_days", "ends on day %d", o.Terms.EndDay)
	}
	return nil
}

func (p Policy) limitOracles(o Offer) *RefusalError {
	id, _, _ := strings.Cut(o.Terms.Index, "/")
	switch {
	case len(p.Oracles.Indices) > 0 && !slices.Contains(p.Oracles.Indices, id):
		return refuse(wire.RejectDeclined, "oracles.indices", "index %q", id)
	case len(o.Terms.Oracles) < int(p.Oracles.MinOracles):
		return refuse(wire.RejectOracleDeclined, "oracles.min_oracles", "%d oracles", len(o.Terms.Oracles))
	case o.Terms.Threshold < p.Oracles.MinThreshold:
		return refuse(wire.RejectOracleDeclined, "oracles.min_threshold", "threshold %d", o.Terms.Threshold)
	}
	for _, key := range o.Terms.Oracles {
		if !p.AllowsOracle(key) {
			return refuse(wire.RejectOracleDeclined, "oracles.allowed", "oracle %x", key)
		}
	}
	return nil
}

func (p Policy) limitBridge(o Offer) *RefusalError {
	if o.Bridged && p.Bridge.Peers == DeclineTokens {
		return refuse(wire.RejectDeclined, "bridge.peers", "the other side would become tokens")
	}
	return nil
}

func refuse(code wire.RejectCode, key, format string, args ...any) *RefusalError {
	return &RefusalError{Code: code, Key: key, Reason: fmt.Sprintf(format, args...)}
}

// AllowsOracle says whether the policy lets a configured oracle be used.
func (p Policy) AllowsOracle(key [32]byte) bool {
	return len(p.Oracles.Allowed) == 0 || slices.ContainsFunc(p.Oracles.Allowed, func(text string) bool {
		return strings.EqualFold(text, hex.EncodeToString(key[:]))
	})
}

// Judge says what becomes of a peer's offer. The reason is nil unless it is
// refused.
func (p Policy) Judge(o Offer) (Verdict, *RefusalError) {
	if r := p.Limit(o); r != nil {
		return Refuse, r
	}
	listed := len(p.Accept.Peers) == 0 || slices.ContainsFunc(p.Accept.Peers, func(text string) bool {
		return strings.EqualFold(text, hex.EncodeToString(o.Peer[:]))
	})
	agreed := o.Order && p.Accept.Orders || !o.Order && p.Accept.Offers && listed
	switch {
	case agreed && (!o.Bridged || p.Bridge.Peers == AcceptTokens):
		return Agree, nil
	case p.Accept.DeclineOthers:
		return Refuse, refuse(wire.RejectDeclined, "accept.decline_others", "not accepted by a rule")
	}
	return Ask, nil
}

// JudgeExit says what becomes of an exit that gives us value of what we locked.
func (p Policy) JudgeExit(value, lock btcutil.Amount) Verdict {
	switch p.Close.Exits {
	case DeclineExits:
		return Refuse
	case AcceptExits:
		// Amounts are at most 21e14, so that the products fit.
		if value*1000 >= lock*btcutil.Amount(p.Close.MinPermille) {
			return Agree
		}
	case AskExits:
	}
	return Ask
}

// Rate returns a fee rate within the policy's bounds.
func (p Policy) Rate(estimate uint32) uint32 {
	return min(max(estimate, p.Fees.MinRate), p.Fees.MaxRate)
}

// RefundBounds returns the least and the greatest refund_locktime -
// cet_locktime, and the default, in seconds.
func (p Policy) RefundBounds() (least, most, usual uint32) {
	return p.Refund.MinDays * secondsPerDay, p.Refund.MaxDays * secondsPerDay, p.Refund.DefaultDays * secondsPerDay
}

// WarnsOf reports whether miner fees are more of M than the policy finds usual.
func (p Policy) WarnsOf(fees, collateral btcutil.Amount) bool {
	return p.Fees.WarnPermille > 0 && fees*1000 > collateral*btcutil.Amount(p.Fees.WarnPermille)
}
