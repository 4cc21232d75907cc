package operator_test

import (
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/mempool"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
)

// What allows less than the market wants waits for lower rates, but not until operators are
// slashed for it: in its last day it is paid at what it allows.
func TestALateRedemptionIsPaidAtWhatItAllows(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.rate = 40
	stingy := w.burn(50_000, 1500)
	w.pass(40 * hour)
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Fatal("it is paid at once")
	}
	w.fund(300_000)
	w.pass(9 * hour)
	generous := w.burn(60_000, 20_000)
	w.pass(3 * hour)
	for range 2 {
		w.must(w.all())
	}
	if len(w.pool) != 2 {
		t.Fatalf("%d payments in the last day of one", len(w.pool))
	}
	for _, tx := range w.pool {
		paid, rate := w.match(tx), w.fee(tx)/mempool.GetTxVirtualSize(btcutil.NewTx(tx))
		switch {
		case slices.Equal(paid, []*ledger.Redemption{stingy}):
			if w.fee(tx) > 1500 || rate < 4 {
				t.Errorf("the late one is paid with a fee of %d, %d sat/vB", w.fee(tx), rate)
			}
		case slices.Equal(paid, []*ledger.Redemption{generous}):
			if rate < 39 {
				t.Errorf("the other one is paid at %d sat/vB", rate)
			}
		default:
			t.Errorf("a payment pays %d redemptions", len(paid))
		}
	}
	for _, m := range w.ops {
		if alerts := m.pay.Alerts(); len(alerts) != 0 {
			t.Errorf("alerts %v", alerts)
		}
	}
}

// What cannot be paid at all is said, as long as it waits.
func TestALateRedemptionThatCannotBePaidIsAnAlert(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	r := w.burn(50_000, 100) // less than 1 sat/vB
	w.pass(47 * hour)
	w.must(w.all())
	m := w.ops[0]
	if alerts := m.pay.Alerts(); len(alerts) != 0 {
		t.Fatalf("alerts %v more than a day before", alerts)
	}
	w.pass(2 * hour)
	w.must(w.all())
	since := w.now
	w.pass(hour)
	w.must(w.all())
	alerts := m.pay.Alerts()
	if len(alerts) != 1 || alerts[0].Name != "redemption_unpaid" || alerts[0].Since != since || len(w.pool) != 0 {
		t.Fatalf("alerts %+v, %d payments", alerts, len(w.pool))
	}
	r.State = ledger.Slashed
	w.must(w.all())
	if alerts := m.pay.Alerts(); len(alerts) != 0 {
		t.Errorf("alerts %v of what waits no more", alerts)
	}
}
