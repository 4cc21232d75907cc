package engine

import (
	"reflect"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/crashpoint"
)

// The places of a crash: around the commit of every kind of event, around every
// kind of effect, and between choosing coins and the commit that names them.
var (
	commitPoints = pointsOfCommits()
	effectPoints = pointsOfEffects()
)

const (
	crashReserved = "engine/coins-reserved"
	crashTold     = "engine/notice-told"
	crashSigned   = "engine/signed-not-committed"
	crashVerified = "engine/verified-not-committed"
	crashSettled  = "engine/cet-made-not-committed"
	crashDone     = "engine/effects-run-not-marked"
)

// around is the pair of points before and after something.
type around struct{ before, after string }

func pointsOfCommits() map[contract.Kind]around {
	points := make(map[contract.Kind]around)
	for kind := contract.Kind(0); kind.String() != "unknown"; kind++ {
		points[kind] = around{"engine/commit-before-" + kind.String(), "engine/commit-after-" + kind.String()}
	}
	return points
}

// allEffects are one of each kind that is run after a commit.
func allEffects() []contract.Effect {
	return []contract.Effect{
		contract.ReserveInputs{}, contract.ReleaseInputs{}, contract.Send{}, contract.SignContract{}, contract.VerifyPeer{},
		contract.BroadcastTx{}, contract.WatchTx{}, contract.WatchSpends{}, contract.StartTimer{}, contract.CompleteCET{},
		contract.RaiseFee{}, contract.Notify{}, contract.Alarm{},
		contract.ProposeClose{}, contract.AnswerClose{}, contract.AggregateClose{}, contract.DropClose{},
	}
}

func pointsOfEffects() map[string]around {
	points := make(map[string]around)
	for _, e := range allEffects() {
		name := effectName(e)
		points[name] = around{"engine/effect-before-" + name, "engine/effect-after-" + name}
	}
	return points
}

// effectName is the name of an effect's type.
func effectName(e contract.Effect) string { return reflect.TypeOf(e).Name() }

// CrashPoints lists the names of all places at which a build with crash points
// can be killed inside this package.
func CrashPoints() []string {
	var names []string
	for kind := contract.Kind(0); kind.String() != "unknown"; kind++ {
		names = append(names, commitPoints[kind].before, commitPoints[kind].after)
	}
	for _, e := range allEffects() {
		p := effectPoints[effectName(e)]
		names = append(names, p.before, p.after)
	}
	return append(names, crashReserved, crashTold, crashSigned, crashVerified, crashSettled, crashDone)
}

// at marks a place at which a process may die: builds with crash points can be
// killed there, and the package's own tests look on.
func (e *Engine) at(name string) {
	if crashpoint.Enabled {
		crashpoint.Here(name)
	}
	if e.watch != nil {
		e.watch(name)
	}
}

// beforeEffect and afterEffect mark the places around an effect.
func (e *Engine) beforeEffect(effect contract.Effect) { e.at(effectPoints[effectName(effect)].before) }
func (e *Engine) afterEffect(effect contract.Effect)  { e.at(effectPoints[effectName(effect)].after) }
