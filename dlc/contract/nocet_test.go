package contract_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// alarms counts the alarms of a reason that a party saw.
func (p *party) alarms(reason contract.Reason) (n int) {
	for _, e := range p.seen {
		if a, ok := e.(contract.Alarm); ok && a.Reason == reason {
			n++
		}
	}
	return n
}

// withoutCET is an attested contract whose parties are apart and fail to make
// the CET so many times.
func withoutCET(t tester, fails int) *world {
	w := attested(t, 9)
	w.offline()
	for _, p := range w.parties {
		p.failCET = fails
	}
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Attested)
	return w
}

func TestACETThatFailedIsTriedWithEveryBlock(t *testing.T) {
	w := withoutCET(t, 3)
	w.tick(121)
	w.mine(1)
	w.want(contract.Attested)
	for _, p := range w.parties {
		if n := p.alarms(contract.NoCET); n != 3 {
			t.Errorf("%s saw %d alarms", p.name, n)
		}
	}
	w.mine(1)
	w.want(contract.Settling)
	w.mine(6)
	w.want(contract.Closed)
	w.expect(300_000, 200_000)
}

func TestARefundIsBetterThanNoCET(t *testing.T) {
	w := withoutCET(t, 1000)
	w.mineAt(refundAt)
	w.want(contract.Attested)
	if n := len(w.chain.mempool); n != 0 {
		t.Fatalf("%d transactions before the refund's time", n)
	}
	w.mineAt(refundAt + 1)
	w.want(contract.Refunding)
	w.mine(6)
	w.want(contract.Refunded)
	w.expect(200_000, 300_000)
}

// Who fails while the refund is possible already still sends the CET, should it
// be made before the refund confirms.
func TestACETThatComesLateIsSentBesideTheRefund(t *testing.T) {
	w := withoutCET(t, 1000)
	w.mineAt(refundAt + 1)
	w.want(contract.Refunding)
	o := w.parties[0]
	o.failCET = 0
	from := len(o.seen)
	w.emptyBlock()
	if !has(o.broadcasts(from), o.cetOf(9, 0, 1)) {
		t.Fatalf("in %s the CET is not broadcast", o.mem.state.Phase)
	}
}
