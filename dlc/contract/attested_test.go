package contract_test

import (
	"testing"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// settledAway is a world in which a CET that pays long to the long side is in the
// chain, FINAL_CONF deep, before the offerer has an attestation.
func settledAway(t *testing.T, long uint64) (w *world, unattested func() int) {
	t.Helper()
	w = active(t)
	o := w.parties[0]
	deal, err := contract.DealOf(o.mem.state)
	cet, cetErr := must(t, deal, err).Contract.Settlement.CET(btcutil.Amount(long)) //nolint:gosec // at most M
	height := o.mem.state.Clock.Height
	tx := serialize(t, must(t, cet, cetErr), false)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: tx, Height: height}); err != nil {
		t.Fatal(err)
	}
	w.tick(1)
	clock := o.clock()
	clock.Height += 10
	if err := o.send(contract.BlockConnected{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	return w, func() int { return o.alarms(contract.UnattestedCET) }
}

func TestUnattestedCETAlarms(t *testing.T) {
	w, alarms := settledAway(t, 300_000)
	o := w.parties[0]
	if alarms() != 0 || o.mem.state.Phase != contract.Settling {
		t.Fatalf("in %s with %d alarms before the oracles had time", o.mem.state.Phase, alarms())
	}
	w.tick(121)
	if alarms() != 1 || o.mem.state.Phase != contract.Closed {
		t.Fatalf("in %s with %d alarms", o.mem.state.Phase, alarms())
	}
}

// Who was away when a contract was settled sees the CET before the attestations.
func TestCETSeenBeforeItsAttestations(t *testing.T) {
	for _, c := range []struct {
		name string
		off  uint64
		want int
	}{{"attested", 0, 0}, {"another attested", 1, 1}} {
		t.Run(c.name, func(t *testing.T) {
			probe := attested(t, 9)
			deal, err := contract.DealOf(probe.parties[0].mem.state)
			long := must(t, deal, err).Terms.Settled(9 + c.off)
			w, alarms := settledAway(t, long)
			o := w.parties[0]
			for oracle := range 2 {
				if err := o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(oracle, 9)}); err != nil {
					t.Fatal(err)
				}
			}
			if alarms() != c.want || o.mem.state.Phase != contract.Closed {
				t.Fatalf("in %s with %d alarms", o.mem.state.Phase, alarms())
			}
		})
	}
}

func TestEquivocationIsEvidenceAndTheFirstStands(t *testing.T) {
	w := attested(t, 9)
	o := w.parties[0]
	if err := o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(0, 3)}); err != nil {
		t.Fatal(err)
	}
	evidence := 0
	for _, e := range o.seen {
		if _, ok := e.(contract.StoreEvidence); ok {
			evidence++
		}
	}
	if a := o.mem.state.Attestations; evidence != 1 || len(a) != 1 || a[0].Outcome != 9 {
		t.Fatalf("evidence %d, attestations %+v", evidence, a)
	}
}

func TestUnequalAttestationsNeverCombine(t *testing.T) {
	w := attested(t, 9)
	w.attest(10, 1)
	w.want(contract.Active)
	w.attest(9, 2)
	w.want(contract.Closing)
	if oracles, ok := w.parties[0].mem.state.Attested(); !ok || len(oracles) != 2 || oracles[0] != 0 || oracles[1] != 2 {
		t.Fatalf("oracles %v", oracles)
	}
}
