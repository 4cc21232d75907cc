package contract_test

import (
	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// settle lets everything happen that can happen without time or blocks.
func (w *world) settle() {
	for range 200 {
		busy := false
		for role, p := range w.parties {
			p.drain()
			p.look()
			p.drain()
			if len(w.wires[role]) > 0 {
				raw := w.wires[role][0]
				w.wires[role] = w.wires[role][1:]
				p.receive(raw)
				busy = true
			}
			busy = busy || len(p.disk.outbox) > 0
		}
		busy = busy || len(w.wires[0]) > 0 || len(w.wires[1]) > 0
		if !busy {
			return
		}
	}
	w.t.Fatalf("the world does not come to rest")
}

func (w *world) begin() {
	o := w.parties[0]
	err := o.send(contract.UserOffer{Clock: o.clock(), Peer: w.parties[1].node, Params: o.params, Facts: o.facts, Message: w.offer})
	if err != nil {
		w.t.Fatalf("offer: %v", err)
	}
}

// open runs to a contract in Broadcast.
func (w *world) open() {
	w.begin()
	w.settle()
}

func (w *world) each(event func(p *party) contract.Event) {
	for _, p := range w.parties {
		p.note2(p.send(event(p)))
	}
}

// mine makes n blocks of ten minutes each, and lets them sink in.
func (w *world) mine(n int) {
	for range n {
		w.now += 600
		w.chain.mine(w.now)
		w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
		w.settle()
	}
}

// mineAt makes one block at a time.
func (w *world) mineAt(at int64) {
	w.now = max(w.now, at)
	w.chain.mine(w.now)
	w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	w.settle()
}

// tick lets seconds pass.
func (w *world) tick(seconds int64) {
	w.now += seconds
	w.each(func(p *party) contract.Event { return contract.Tick{Clock: p.clock()} })
	w.settle()
}

// reorg takes n blocks back.
func (w *world) reorg(n int, forget bool) {
	for range n {
		w.chain.pop(forget)
		w.each(func(p *party) contract.Event { return contract.BlockDisconnected{Clock: p.clock()} })
	}
	w.settle()
}

// attestation is what an oracle says, 0 red, 1 green, 2 blue.
func attestation(oracle int, outcome uint64) []byte {
	return recall(func() []byte {
		o := attesttest.Contract()[oracle]
		event := o.Event(attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity)
		return o.Attest(event, outcome).Encode()
	}, "attestation", []byte{byte(oracle), byte(outcome)}) //nolint:gosec // three oracles, 16 outcomes
}

// attest lets oracles say an outcome to both.
func (w *world) attest(outcome uint64, oracles ...int) {
	for _, o := range oracles {
		w.each(func(p *party) contract.Event {
			return contract.AttestationReceived{Clock: p.clock(), Message: attestation(o, outcome)}
		})
	}
	w.settle()
}

// offline cuts the connection between the parties; what is in flight is lost.
func (w *world) offline() {
	w.wires = [2][][]byte{}
	for _, p := range w.parties {
		p.online = false
	}
	w.each(func(p *party) contract.Event { return contract.Disconnected{Clock: p.clock()} })
}

// reconnect restores it with a resume each way.
func (w *world) reconnect() {
	for _, p := range w.parties {
		p.online = true
	}
	for _, p := range w.parties {
		q := p.peer()
		p.note2(p.send(contract.PeerResume{Clock: p.clock(), Peer: q.node, Have: have(q.mem.state)}))
	}
	w.settle()
}

func have(s contract.State) wire.Have {
	var bits wire.Have
	for bit, ref := range map[wire.Have][32]byte{
		wire.HaveOffer: s.OfferHash, wire.HaveAccept: s.AcceptHash, wire.HaveSign: s.SignHash, wire.HaveFunded: s.FundedHash,
	} {
		if ref != [32]byte{} {
			bits |= bit
		}
	}
	if s.FundingComplete {
		bits |= wire.HaveFunded
	}
	return bits
}

func (w *world) phases() [2]contract.Phase {
	return [2]contract.Phase{w.parties[0].mem.state.Phase, w.parties[1].mem.state.Phase}
}

// want fails the test unless both parties are in the phase.
func (w *world) want(p contract.Phase) {
	w.t.Helper()
	if got := w.phases(); got != [2]contract.Phase{p, p} {
		w.t.Fatalf("phases %s and %s, want %s\n%s", got[0], got[1], p, w.log.String())
	}
}

// wealth is what each party has in the chain.
func (w *world) wealth() [2]int64 {
	return [2]int64{w.chain.money(w.parties[0].scripts()), w.chain.money(w.parties[1].scripts())}
}
