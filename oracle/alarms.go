package oracle

import (
	"log/slog"
	"sort"
	"sync"

	"github.com/alkimiya/alkimiya/oracle/api"
)

// Codes of alarms and of reasons not to sign: a closed set.
const (
	// AlarmUnconfirmed: the store is in doubt; see alkoracle confirm.
	AlarmUnconfirmed = "unconfirmed"
	// AlarmNode: the node does not answer.
	AlarmNode = "node_unreachable"
	// AlarmBehind: the node has not the whole chain.
	AlarmBehind = "node_behind"
	// AlarmMinority: the node follows another chain than its peers or than most
	// other oracles.
	AlarmMinority = "minority_branch"
	// AlarmClock: the clock does not agree with the chain.
	AlarmClock = "clock_skew"
	// AlarmSource: an index cannot be read.
	AlarmSource = "source_failed"
	// AlarmMismatch: a value does not follow from its evidence.
	AlarmMismatch = "evidence_mismatch"
	// AlarmBase: nobody knows what was attested of the day before.
	AlarmBase = "no_base"
	// AlarmReorg: the chain now says something else of a day that was attested; the
	// attestation stands.
	AlarmReorg = "deep_reorg"
	// AlarmFees: the fee leg of a day is more than three times its 30-day median.
	AlarmFees = "fee_spike"
	// AlarmDissent: oracles of the federation attested different values.
	AlarmDissent = "disagreement"
	// AlarmPeer: another oracle contradicts what it said before.
	AlarmPeer = "peer_contradiction"
	// AlarmSilent: another oracle does not answer.
	AlarmSilent = "peer_silent"
	// AlarmStore: something could not be written.
	AlarmStore = "store_failed"
	// AlarmLate: a day is mature and not attested.
	AlarmLate = "late"
)

// alarms are what is wrong now, by code and subject. Those who raise an alarm clear
// it when its cause is gone.
type alarms struct {
	log *slog.Logger

	mu     sync.Mutex
	raised map[[2]string]api.Alarm
	counts map[string]uint64
}

func newAlarms(log *slog.Logger) *alarms {
	return &alarms{log: log, raised: map[[2]string]api.Alarm{}, counts: map[string]uint64{}}
}

// raise tells of a cause, once as long as it lasts and its text does not change.
func (a *alarms) raise(now int64, code, subject, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{code, subject}
	old, known := a.raised[key]
	if known && old.Text == text {
		return
	}
	since := now
	if known {
		since = old.Since
	} else {
		a.counts[code]++
	}
	a.raised[key] = api.Alarm{Code: code, Subject: subject, Text: text, Since: since}
	a.log.Warn("alarm", "code", code, "subject", subject, "text", text)
}

// clear ends an alarm.
func (a *alarms) clear(code, subject string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{code, subject}
	if _, known := a.raised[key]; known {
		delete(a.raised, key)
		a.log.Info("alarm ended", "code", code, "subject", subject)
	}
}

// set raises an alarm if text says something, and clears it otherwise.
func (a *alarms) set(now int64, code, subject, text string) {
	if text == "" {
		a.clear(code, subject)
		return
	}
	a.raise(now, code, subject, text)
}

// list returns the alarms, by code and text.
func (a *alarms) list() []api.Alarm {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]api.Alarm, 0, len(a.raised))
	for _, alarm := range a.raised {
		list = append(list, alarm)
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].Code+list[i].Text < list[j].Code+list[j].Text
	})
	return list
}

// raisedCounts returns how often each code was raised since the start.
func (a *alarms) raisedCounts() map[string]uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	counts := make(map[string]uint64, len(a.counts))
	for code, n := range a.counts {
		counts[code] = n
	}
	return counts
}
