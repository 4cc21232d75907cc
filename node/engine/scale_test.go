package engine_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// TestScale starts a node with many contracts and lets a tenth of them settle in
// one block (SECURITY.md P-11, G7). ALK_SCALE sets their number; the goals are
// meant for 10,000.
func TestScale(t *testing.T) {
	count := 300
	if text := os.Getenv("ALK_SCALE"); text != "" {
		n, err := strconv.Atoi(text)
		must(t, err)
		count = n
	}
	w := newWorld(t)
	w.start()
	v := w.open()
	w.end()
	n := w.nodes[0]
	settling := max(1, count/10)
	n.multiply(v.Key, count-1)

	begin := time.Now()
	n.start()
	_, err := n.engine().Totals(t.Context())
	must(t, err)
	started := time.Since(begin)
	w.eventually("all contracts to be active", func() bool {
		total, err := n.engine().Totals(t.Context())
		return err == nil && total.ByPhase[contract.Active] == count
	})
	w.eventually("the outbox to be empty", func() bool { return n.outbox() == 0 && n.engine().Watching() })
	restarted := time.Since(begin)
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)

	begin = time.Now()
	w.chain.mine(1)
	w.eventually("the block", func() bool { return n.placed() >= w.chain.height() })
	block := time.Since(begin)

	w.oracles.only = settling
	w.chain.until(maturity)
	begin = time.Now()
	w.oracles.attest(9, 0, 2)
	w.eventually("the settlements", func() bool {
		totals, err := n.engine().Totals(t.Context())
		return err == nil && totals.ByPhase[contract.Settling] >= settling
	})
	settled := time.Since(begin)
	t.Logf("%d contracts: loaded in %v, outbox empty after %v, %d MiB in use; a block in %v; %d settle in %v",
		count, started, restarted, memory.HeapInuse>>20, block, settling, settled)
	if count >= 10_000 && (restarted > 30*time.Second || settled > 60*time.Second || memory.HeapInuse > 4<<30) {
		t.Error("the goals are 30 s, 60 s and 4 GiB")
	}
}

// multiply writes copies of a contract into the store of a node that does not
// run, each under a temporary id of its own.
func (n *node) multiply(key [32]byte, copies int) {
	t := n.w.t
	t.Helper()
	s, err := store.Open(n.dir, [32]byte{7})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	state, err := s.Contract(key)
	must(t, err)
	accept, err := s.Message(key, state.AcceptHash)
	must(t, err)
	sign, err := s.Message(key, state.SignHash)
	must(t, err)
	group := make(chan error)
	const writers = 64
	for writer := range writers {
		go func() {
			for i := writer; i < copies; i += writers {
				if err := copyContract(s, state, i, accept, sign); err != nil {
					group <- err
					return
				}
			}
			group <- nil
		}()
	}
	for range writers {
		must(t, <-group)
	}
}

func copyContract(s *store.Store, state contract.State, i int, accept, sign []byte) error {
	id := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("copy"), uint32(i))) //nolint:gosec // a few thousand
	message, err := wire.Decode(state.Offer)
	if err != nil {
		return err
	}
	offer, ok := message.(*wire.Offer)
	if !ok {
		return fmt.Errorf("a %T is no offer", message)
	}
	offer.TempID = id
	state.TempID, state.Offer, state.ContractID = id, offer.Encode(), sha256.Sum256(id[:])
	state.OfferHash = sha256.Sum256(state.Offer)
	return s.Commit(contract.State{}, state, contract.KindFundingSeen, []contract.Effect{
		contract.StoreMessage{Tag: contract.Tag{Seq: 1}, Ref: state.AcceptHash, Data: accept},
		contract.StoreMessage{Tag: contract.Tag{Seq: 2}, Ref: state.SignHash, Data: sign},
	})
}

// outbox counts the effects that are not done.
func (n *node) outbox() int {
	count := 0
	must(n.w.t, n.store.Outbox(func([32]byte, contract.Effect) error { count++; return nil }))
	return count
}

// placed is the height that all contracts know the chain up to.
func (n *node) placed() uint32 {
	return n.engine().Known()
}

func (c *chain) height() uint32 {
	tip, err := c.Tip(context.Background())
	if err != nil {
		panic(err)
	}
	return uint32(tip.Height) //nolint:gosec // not negative
}
