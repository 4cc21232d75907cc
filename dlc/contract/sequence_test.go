package contract_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// key names what decides how a world goes on: the states, what is in flight or
// could be repeated, the mempool and the blocks.
func (w *world) key() [32]byte {
	h := sha256.New()
	for i, p := range w.parties {
		s := p.mem.state
		s.Seq = 0
		raw, err := s.Encode()
		_, _ = h.Write(must(w.t, raw, err)) // a hash takes everything
		for _, list := range [][][]byte{w.wires[i], w.past[i]} {
			known := map[string]bool{}
			for _, m := range list {
				sum := sha256.Sum256(m)
				known[string(sum[:])] = true
			}
			_, _ = h.Write([]byte(strings.Join(slices.Sorted(maps.Keys(known)), "") + "/"))
		}
	}
	_, _ = fmt.Fprintf(h, "%d %d", w.now, len(w.chain.blocks))
	for _, tx := range w.chain.mempool {
		id := tx.TxHash()
		_, _ = h.Write(id[:])
	}
	return [32]byte(h.Sum(nil))
}

// rest lets both parties do what they have to without a message arriving.
func (w *world) rest() {
	for range 3 {
		for _, p := range w.parties {
			p.drain()
			p.look()
			p.drain()
		}
	}
}

// move is one thing that a network can do.
type move struct {
	name string
	do   func(w *world)
}

// distinct drops repeated messages.
func distinct(all [][]byte) [][]byte {
	var out [][]byte
	for _, m := range all {
		if !slices.ContainsFunc(out, func(o []byte) bool { return bytes.Equal(o, m) }) {
			out = append(out, m)
		}
	}
	return out
}

// moves are what can happen next: any message that was ever sent to a party
// arrives, for the first time or again; one that it sent itself comes back; one
// that is under way gets lost; the connection breaks and resumes; a reject of
// any step arrives; time passes, with a block or without.
func (w *world) moves() []move {
	var all []move
	for role, p := range w.parties {
		deliver := func(name string, raw []byte) {
			head, err := wire.HeadOf(raw)
			name = fmt.Sprintf("%s of %s to %s", name, must(w.t, head, err).Type, p.name)
			all = append(all, move{name, func(w *world) {
				w.wires[role] = slices.DeleteFunc(slices.Clone(w.wires[role]), func(m []byte) bool { return bytes.Equal(m, raw) })
				w.parties[role].receive(raw)
			}})
		}
		for _, raw := range distinct(w.past[role]) {
			deliver("arrival", raw)
		}
		for _, raw := range distinct(w.past[1-role]) {
			deliver("reflection", raw)
		}
		if s := p.mem.state; s.OfferHash != [32]byte{} {
			for _, refused := range []wire.Type{wire.TypeOffer, wire.TypeAccept, wire.TypeSign, wire.TypeFunded} {
				ids := [][32]byte{s.TempID}
				if s.ContractID != [32]byte{} {
					ids = append(ids, s.ContractID)
				}
				for i, id := range ids {
					m := wire.Reject{ID: id, Refused: refused, Code: wire.RejectUnknownContract}
					all = append(all, move{fmt.Sprintf("reject of %s by id %d to %s", refused, i, p.name), func(w *world) { w.parties[role].receive(m.Encode()) }})
				}
			}
		}
	}
	all = append(all, move{"five minutes", func(w *world) {
		w.now += 301
		w.each(func(p *party) contract.Event { return contract.Tick{Clock: p.clock()} })
	}}, move{"a block", func(w *world) {
		w.now += 600
		w.chain.mine(w.now)
		w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	}})
	return append(all, move{"a cut", func(w *world) {
		w.offline()
		for _, p := range w.parties {
			p.online = true
			p.note2(p.send(contract.PeerResume{Clock: p.clock(), Peer: p.peer().node, Have: have(p.peer().mem.state)}))
		}
	}})
}

// TestEverySequenceOfMessagesIsSafe plays every sequence of up to six moves of
// the network from the offer on, and from every world that it meets the rest of
// a life: nobody loses money. Worlds that are alike are played once. Without
// -lives sequences are shorter.
func TestEverySequenceOfMessagesIsSafe(t *testing.T) {
	length := 4
	switch {
	case *lives:
		length = 6
	case raced:
		length = 2
	}
	first := newWorld(t)
	first.begin()
	first.rest()
	frontier := []*world{first}
	seen := map[[32]byte]string{first.key(): "the offer"}
	played := 0
	for depth := range length {
		var next []*world
		for _, w := range frontier {
			path := seen[w.key()]
			for _, m := range w.moves() {
				after := w.clone(t)
				m.do(after)
				after.rest()
				played++
				k := after.key()
				if _, known := seen[k]; known {
					continue
				}
				seen[k] = path + ", " + m.name
				next = append(next, after)
				end := after.clone(t)
				end.finish(9)
				if fault := end.poorer(300_000); fault != "" {
					t.Fatalf("after %s: %s", seen[k], fault)
				}
			}
		}
		frontier = next
		t.Logf("%d moves: %d worlds, %d sequences", depth+1, len(seen), played)
	}
}
