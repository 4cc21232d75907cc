package contract

import (
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// Role is which of the two messages offer and accept a party authored.
type Role = txs.Role

// The two roles: the Offerer sends offer and sign, the Accepter accept and
// funded.
const (
	Offerer  = txs.Offerer
	Accepter = txs.Accepter
)

// Phase is the state of a contract as PROTOCOL.md 12 names it.
type Phase uint8

// The phases. New is the state before the first row of the table: nothing
// known, or an offer received, checked and waiting for the user.
const (
	New Phase = iota
	Offered
	Accepted
	Signed
	Cancelling
	Broadcast
	Confirmed
	Active
	Attested
	Settling
	Closing
	Refunding
	Closed
	CoopClosed
	Refunded
	Aborted
	Alarmed
)

// phaseCount is the number of phases.
const phaseCount = len(phaseNames)

var phaseNames = [...]string{
	New: "New", Offered: "Offered", Accepted: "Accepted", Signed: "Signed", Cancelling: "Cancelling",
	Broadcast: "Broadcast", Confirmed: "Confirmed", Active: "Active", Attested: "Attested",
	Settling: "Settling", Closing: "Closing", Refunding: "Refunding", Closed: "Closed",
	CoopClosed: "CoopClosed", Refunded: "Refunded", Aborted: "Aborted", Alarmed: "Alarm",
}

// String returns the phase's name in the specification.
func (p Phase) String() string {
	if int(p) < phaseCount {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase(%d)", uint8(p))
}

// ParsePhase is the inverse of String; false for any other text.
func ParsePhase(name string) (Phase, bool) {
	for p, n := range phaseNames {
		if n == name {
			return Phase(p), true
		}
	}
	return 0, false
}

// Phases returns every phase in the order of the life cycle.
func Phases() []Phase {
	all := make([]Phase, phaseCount)
	for i := range all {
		all[i] = Phase(i)
	}
	return all
}

// Final reports whether the contract is over as far as the chain supports it:
// Closed, CoopClosed, Refunded or Aborted. A deep reorg may still undo it.
func (p Phase) Final() bool {
	return p == Closed || p == CoopClosed || p == Refunded || p == Aborted
}

// Funded reports whether the funding transaction is in the chain.
func (p Phase) Funded() bool {
	return p >= Confirmed && p <= Refunded || p == Alarmed
}

// Unspent reports the specification's E: the funding output is in the chain
// and no confirmed or broadcast transaction has settled the contract yet, or
// one is still below its final depth.
func (p Phase) Unspent() bool { return p >= Confirmed && p <= Refunding }
