package contract

import "slices"

// Row is one row of the transition table of PROTOCOL.md 12: in one of the
// phases From, a party of one of the Roles answers the event On by going to
// one of the phases To, or by staying where it is if Stays is set.
type Row struct {
	From  []Phase
	On    Kind
	Roles []Role
	// Guard says when the row applies.
	Guard string
	// Effects says what is done, in order.
	Effects string
	To      []Phase
	// Stays: the phase may also remain what it is.
	Stays bool
	// Back: the row undoes what a reorg took away.
	Back bool
}

var (
	anyRole      = []Role{Offerer, Accepter}
	offererOnly  = []Role{Offerer}
	accepterOnly = []Role{Accepter}
	waiting      = []Phase{Signed, Broadcast, Cancelling}
	// funded are the phases in which the funding output is in the chain.
	funded = []Phase{Confirmed, Active, Attested, Settling, Closing, Refunding, Closed, CoopClosed, Refunded, Alarmed}
	// unspent is the specification's E.
	unspent = []Phase{Confirmed, Active, Attested, Settling, Closing, Refunding}
	// supported are the phases that facts of the chain can put a contract in.
	supported = slices.Concat([]Phase{Signed, Broadcast, Cancelling, Aborted}, funded)
)

// table is the only list of transitions; Step refuses to leave it and the
// diagram is made from it.
var table = []Row{
	{From: []Phase{New}, On: KindUserOffer, Roles: offererOnly, Guard: "the offer passes its checks",
		Effects: "reserve inputs, record nonces, send offer", To: []Phase{Offered}},
	{From: []Phase{New}, On: KindPeerOffer, Roles: accepterOnly, Guard: "valid offer",
		Effects: "record nonces, ask the user; reject if invalid", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{New}, On: KindUserApprove, Roles: accepterOnly, Guard: "still valid, own party fits",
		Effects: "reserve inputs, sign CETs and refund", To: []Phase{Offered, Aborted}},
	{From: []Phase{New, Offered, Accepted}, On: KindUserWithdraw, Roles: anyRole, Guard: "no funding witness of ours has left",
		Effects: "reject, release inputs", To: []Phase{Aborted}},
	{From: []Phase{Signed, Broadcast}, On: KindUserWithdraw, Roles: anyRole, Guard: "funding is not confirmed",
		Effects: "broadcast cancel transaction", To: []Phase{Cancelling}},
	{From: []Phase{New, Offered, Accepted}, On: KindOwnFailure, Roles: anyRole, Guard: "own step cannot be done",
		Effects: "reject, release inputs", To: []Phase{Aborted}},
	{From: []Phase{New, Offered}, On: KindTick, Roles: anyRole, Guard: "expiry",
		Effects: "reject if due, release inputs", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Offered}, On: KindOwnSignaturesReady, Roles: accepterOnly, Guard: "before expiry, event open",
		Effects: "store, count the take, send accept", To: []Phase{Accepted, Aborted}},
	{From: []Phase{Offered}, On: KindPeerAccept, Roles: offererOnly, Guard: "in time, party and refund signature valid",
		Effects: "store, verify the list; reject if invalid", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Offered}, On: KindPeerVerified, Roles: offererOnly, Guard: "the list of accept is valid",
		Effects: "sign CETs, refund, inputs; reject if invalid", To: []Phase{Accepted, Aborted}},
	{From: []Phase{New, Offered, Accepted}, On: KindPeerReject, Roles: anyRole, Guard: "refuses our last message",
		Effects: "release inputs", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Accepted}, On: KindOwnSignaturesReady, Roles: offererOnly, Guard: "within T_SIGN, event open",
		Effects: "store with cancel transaction, send sign", To: []Phase{Signed, Aborted}},
	{From: []Phase{Accepted}, On: KindPeerSign, Roles: accepterOnly, Guard: "in time, refund signature and witnesses valid",
		Effects: "store, verify the list; reject if invalid", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Accepted}, On: KindPeerVerified, Roles: accepterOnly, Guard: "the list of sign is valid",
		Effects: "broadcast funding, send funded; reject if invalid", To: []Phase{Broadcast, Aborted}},
	{From: []Phase{Accepted}, On: KindTick, Roles: anyRole, Guard: "T_SIGN",
		Effects: "reject if due, release inputs", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Signed}, On: KindPeerFunded, Roles: offererOnly, Guard: "witnesses valid",
		Effects: "store, rebroadcast", To: []Phase{Broadcast}, Stays: true},
	{From: []Phase{Signed}, On: KindPeerReject, Roles: offererOnly, Guard: "refuses sign, or unknown_contract",
		Effects: "broadcast cancel transaction", To: []Phase{Cancelling}, Stays: true},
	{From: []Phase{Signed}, On: KindTick, Roles: offererOnly, Guard: "T_FUND, or LEAD before maturity",
		Effects: "broadcast cancel transaction", To: []Phase{Cancelling}, Stays: true},
	{From: []Phase{Broadcast}, On: KindTick, Roles: anyRole, Guard: "unconfirmed LEAD before maturity",
		Effects: "broadcast cancel transaction", To: []Phase{Cancelling}, Stays: true},
	{From: []Phase{Signed, Broadcast}, On: KindBlockConnected, Roles: anyRole, Guard: "funding confirms / another spend is FINAL_CONF deep / a timer is due",
		Effects: "watch outpoint / release inputs / cancel", To: slices.Concat([]Phase{Cancelling, Aborted}, funded), Stays: true},
	{From: []Phase{Signed, Broadcast}, On: KindRestarted, Roles: anyRole, Guard: "a timer is due",
		Effects: "watch, rebroadcast, cancel", To: []Phase{Cancelling}, Stays: true},
	{From: []Phase{New, Offered, Accepted}, On: KindRestarted, Roles: anyRole, Guard: "expiry, T_SIGN",
		Effects: "release inputs", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{New, Offered, Accepted}, On: KindBlockConnected, Roles: anyRole, Guard: "expiry, T_SIGN",
		Effects: "release inputs", To: []Phase{Aborted}, Stays: true},
	{From: waiting, On: KindFundingSeen, Roles: anyRole, Guard: "in the mempool / in the chain",
		Effects: "store, rebroadcast / watch outpoint", To: slices.Concat([]Phase{Broadcast}, funded), Stays: true},
	{From: waiting, On: KindInputSpent, Roles: anyRole, Guard: "FINAL_CONF deep",
		Effects: "release inputs", To: []Phase{Aborted}, Stays: true},
	{From: []Phase{Cancelling}, On: KindBlockConnected, Roles: anyRole, Guard: "cancel FINAL_CONF deep / funding confirms",
		Effects: "release inputs / watch outpoint", To: slices.Concat([]Phase{Aborted}, funded), Stays: true},
	{From: []Phase{Confirmed}, On: KindBlockConnected, Roles: anyRole, Guard: "FUND_CONF",
		Effects: "tell the user", To: []Phase{Active}, Stays: true},
	{From: []Phase{Confirmed, Active}, On: KindAttestationReceived, Roles: anyRole, Guard: "t equal valid attestations",
		Effects: "store, propose kind 1, start T_SETTLE", To: []Phase{Attested}, Stays: true},
	{From: []Phase{Attested}, On: KindCETReady, Roles: anyRole, Guard: "T_SETTLE without a close seen, MTP > cet_locktime",
		Effects: "verify, store, broadcast CET", To: []Phase{Settling}, Stays: true},
	{From: []Phase{Attested}, On: KindCETFailed, Roles: anyRole, Guard: "the CET cannot be made / MTP > refund_locktime",
		Effects: "alarm, ask again with the next block / store, broadcast refund", To: []Phase{Refunding}, Stays: true},
	{From: []Phase{Attested}, On: KindBlockConnected, Roles: anyRole, Guard: "the CET may be broadcast again",
		Effects: "broadcast CET", To: []Phase{Settling, Refunding}, Stays: true},
	{From: unspent, On: KindFundingSpent, Roles: anyRole, Guard: "a claimed close / a CET / the refund / an unknown transaction",
		Effects: "store, compare with attestations, rebroadcast / alarm",
		To:      []Phase{Settling, Closing, Refunding, Closed, CoopClosed, Refunded, Alarmed}, Stays: true},
	{From: []Phase{Confirmed, Active}, On: KindBlockConnected, Roles: anyRole, Guard: "MTP > refund_locktime",
		Effects: "store, broadcast refund", To: []Phase{Refunding}, Stays: true},
	{From: []Phase{Confirmed, Active}, On: KindTick, Roles: anyRole, Guard: "MTP > refund_locktime",
		Effects: "store, broadcast refund", To: []Phase{Refunding}, Stays: true},
	{From: []Phase{Confirmed, Active}, On: KindRestarted, Roles: anyRole, Guard: "MTP > refund_locktime / FUND_CONF",
		Effects: "store, broadcast refund", To: []Phase{Active, Refunding}, Stays: true},
	{From: []Phase{Settling, Closing}, On: KindBlockConnected, Roles: anyRole, Guard: "FINAL_CONF deep",
		Effects: "release claims, archive", To: []Phase{Closed, CoopClosed}, Stays: true},
	{From: []Phase{Settling}, On: KindAttestationReceived, Roles: anyRole, Guard: "t equal valid attestations for a CET that came before them, FINAL_CONF deep",
		Effects: "store, compare; alarm", To: []Phase{Closed}, Stays: true},
	{From: []Phase{Settling}, On: KindTick, Roles: anyRole, Guard: "T_SETTLE without attestations for a CET, FINAL_CONF deep",
		Effects: "alarm, archive", To: []Phase{Closed}, Stays: true},
	{From: []Phase{Refunding}, On: KindBlockConnected, Roles: anyRole, Guard: "FINAL_CONF deep",
		Effects: "release claims, archive", To: []Phase{Refunded}, Stays: true},
	{From: slices.Concat(supported, []Phase{New, Offered, Accepted}), On: KindBlockDisconnected, Roles: anyRole, Guard: "a block is gone",
		Effects: "recompute depths, rebroadcast", To: supported, Stays: true, Back: true},
	{From: supported, On: KindUnconfirmed, Roles: anyRole, Guard: "a transaction is gone",
		Effects: "recompute, rebroadcast", To: supported, Stays: true, Back: true},
	{From: funded, On: KindFundingSeen, Roles: anyRole, Guard: "in another block, or only in the mempool again",
		Effects: "recompute depths", To: supported, Stays: true, Back: true},
	{From: []Phase{Settling, Closing, Refunding, Closed, CoopClosed, Refunded, Alarmed}, On: KindFundingSpent, Roles: anyRole,
		Guard: "another spend after a reorg or a replacement", Effects: "recompute", To: funded, Stays: true, Back: true},
	{From: supported, On: KindRestarted, Roles: anyRole, Guard: "the tip moved while we were away",
		Effects: "watch, rebroadcast", To: supported, Stays: true, Back: true},
	{From: []Phase{Aborted}, On: KindInputSpent, Roles: anyRole, Guard: "the other spend is no longer final",
		Effects: "alarm, rebroadcast", To: []Phase{Signed, Broadcast, Cancelling}, Stays: true, Back: true},
	{From: []Phase{Aborted}, On: KindFundingSeen, Roles: anyRole, Guard: "the funding confirms after all",
		Effects: "watch outpoint, alarm", To: funded, Stays: true, Back: true},
}

// Table returns a copy of the transition table's rows.
func Table() []Row { return slices.Clone(table) }

// expects reports whether the table has a row for the event in the phase.
func expects(p Phase, r Role, k Kind) bool {
	return slices.ContainsFunc(table, func(row Row) bool { return row.fits(p, r, k) })
}

// allows reports whether the table lets the event lead from one phase to the
// other.
func allows(from Phase, r Role, k Kind, to Phase) bool {
	if from == to {
		return true
	}
	return slices.ContainsFunc(table, func(row Row) bool {
		return row.fits(from, r, k) && slices.Contains(row.To, to)
	})
}

func (row Row) fits(p Phase, r Role, k Kind) bool {
	return row.On == k && slices.Contains(row.Roles, r) && slices.Contains(row.From, p)
}
