package node

import (
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// What a peer may send in a minute: more than an honest one has reason to. Messages
// about contracts that both have are bounded by these and cost little; requests
// for orders are counted by node/book, those for records by node/backup.
const (
	offersEachMinute    = 60
	resumesEachMinute   = 60
	evidenceEachMinute  = 10
	responsesEachMinute = 600
)

// admission counts the messages that cost us work whoever sends them.
type admission struct{ offers, resumes, evidence, accepts *peer.Rate }

func newAdmission() *admission {
	return &admission{
		offers: peer.NewRate(offersEachMinute, time.Minute), resumes: peer.NewRate(resumesEachMinute, time.Minute),
		evidence: peer.NewRate(evidenceEachMinute, time.Minute), accepts: peer.NewRate(responsesEachMinute, time.Minute),
	}
}

// admit is peer.Config.Admit.
func (a *admission) admit(k peer.Key, t wire.Type) bool {
	var rate *peer.Rate
	switch t { //nolint:exhaustive // the others cost little, or are counted elsewhere
	case wire.TypeOffer:
		rate = a.offers
	case wire.TypeAccept, wire.TypeSign:
		rate = a.accepts
	case wire.TypeResume:
		rate = a.resumes
	case wire.TypeEvidence:
		rate = a.evidence
	default:
		return true
	}
	return rate.Allow(k, time.Now())
}
