package contract_test

import (
	"sync"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// TestEncodingAStateWritesNothing lets others read a state while it is encoded; the
// race detector judges.
func TestEncodingAStateWritesNothing(t *testing.T) {
	s := contract.State{
		Threshold:    1,
		Attestations: []contract.Attestation{{Outcome: 7}, {Oracle: 1, Outcome: 7}},
		Conflicts:    []contract.Conflict{{Height: 3}},
		Claims:       []contract.Claim{{Attempt: 2, VO: 5}},
		CloseTimes:   []int64{1, 2},
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := s.Encode(); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if outcome, ok := s.Outcome(); !ok || outcome != 7 {
				t.Errorf("outcome %d, %v", outcome, ok)
			}
		})
	}
	all.Wait()
}
