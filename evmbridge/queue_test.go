package evmbridge_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Operators are slashed for what they do not pay, so every claim allows a fee at which it
// can be paid: the deployment fixes the least, within bounds.
func TestRedemptionsAllowARealFee(t *testing.T) {
	w, s, _ := openWorld(t)
	call := func(amount, fee uint64) []byte { return bridgeC.PackRedeem(s.id, false, amount, p2tr(1), fee) }
	w.refused(spv.ErrFeeOutOfRange, w.bob, w.at.Bridge, call(units, minFee-1))
	w.accepted(w.bob, w.at.Bridge, call(units, minFee))
	if least := ask(w.evm, w.at.Bridge, bridgeC.PackMinRedemption(), bridgeC.UnpackMinRedemption); least.Uint64() != leastClaim {
		t.Errorf("the least claim is %v, want twice the least fee", least)
	}
	for _, fee := range []uint64{0, deploy.MinFeeFrom - 1, deploy.MinFeeTo + 1} {
		config := w.config
		config.MinFee = fee
		if _, err := deploy.Run(t.Context(), w.chain.Client(), w.opts(w.alice), config, w.commit); err == nil {
			t.Errorf("a least fee of %d sat is deployed", fee)
		}
	}
}

// Who floods the queue puts off his own deadlines and those behind him, none before him; and
// the queue is forgotten once it is past.
func TestAFloodPutsOffItsOwnDeadlines(t *testing.T) {
	const pay, pace = 3 * day, 40
	w, s, _ := openWorld(t)
	first := w.redeem(w.bob, s.id, false, 100_000, p2tr(1))
	if first.Deadline != w.now+pay {
		t.Errorf("alone it is due %d s after it was asked", first.Deadline-w.now)
	}
	turn := w.now
	for i := range 12 {
		r := w.redeem(w.bob, s.id, false, 100_000, p2tr(2))
		turn += pace
		if r.Deadline != turn+pay || w.now >= turn {
			t.Errorf("number %d is due at %d, want %d", i+2, r.Deadline, turn+pay)
		}
	}
	if first.Deadline >= w.redeem(w.bob, s.id, false, 100_000, p2tr(3)).Deadline {
		t.Error("the last is due before the first")
	}
	w.wait(day / 24)
	if late := w.redeem(w.bob, s.id, false, 100_000, p2tr(4)); late.Deadline != w.now+pay {
		t.Errorf("after an hour of rest it is due %d s after it was asked", late.Deadline-w.now)
	}
	// The first can be slashed when it is due, whoever waits behind it.
	w.waitUntil(first.Deadline - 1)
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(first)))
	w.waitUntil(first.Deadline + 1)
	w.accepted(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(first)))
}

// Who holds too little to be paid can burn it all the same: he leaves the bitcoin to who
// empties the supply, and his dust keeps nobody from doing that.
func TestWhoHasTooLittleLeavesIt(t *testing.T) {
	w, s, _ := openWorld(t)
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	const dust = 1000
	w.refused(spv.ErrBelowMinimum, w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, dust, p2tr(1), minFee))
	w.refused(spv.ErrBadUnits, w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, units+1, nil, 0))
	before := w.totals()
	w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, dust, nil, 0))
	if after := w.totals(); after != before {
		t.Errorf("dust that is left changes %+v to %+v", before, after)
	}
	if r := w.redeem(w.bob, s.id, false, units-dust, p2tr(1)); r.Sats != owed {
		t.Errorf("who empties the supply claims %d of %d", r.Sats, owed)
	}
	// If the last one leaves it too, it is owed to nobody.
	v, s, _ := openWorld(t)
	v.redeem(v.bob, s.id, false, units-dust, p2tr(1))
	claimed := owed * (units - dust) / units
	v.send(v.bob, v.at.Bridge, bridgeC.PackRedeem(s.id, false, dust, nil, 0))
	if got := v.totals().Vault; got != claimed {
		t.Errorf("the vault owes %d, want %d", got, claimed)
	}
}
