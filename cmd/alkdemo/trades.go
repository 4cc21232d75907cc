package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// units is the notional of every trade: 5 units of hashrate (on mainnet that
// would be 5 PH/s), in thousandths.
const (
	units     = 5
	thousands = 1000 * units
)

// trade is one contract between the two.
type trade struct {
	// label says what it is, hope what one of them wants of it.
	label, hope string
	// long and short are the sides; offerer is who offers it.
	long, short, offerer *party
	terms                *alkv1.TermsDraft
	// refundDelay is in seconds; 0 takes the usual.
	refundDelay uint32
	// size is the notional in thousandths, 0 for the usual; bridge is where both
	// payouts go, nil for the wallets.
	size   uint32
	bridge *alkv1.BridgeTerms
	// id is the temporary id by which both nodes find it; now is how each node
	// sees it.
	id  string
	now map[*party]*alkv1.Contract
}

func (t *trade) accepter() *party {
	if t.offerer == t.long {
		return t.short
	}
	return t.long
}

// sized are terms for a notional.
func sized(terms *alkv1.TermsDraft, ths uint32) *alkv1.TermsDraft {
	draft := proto.CloneOf(terms)
	draft.NotionalThs = ths
	return draft
}

func price(p uint64) *uint64 { return &p }

// The days of a month, and the least delay of a refund.
const (
	month       = 30
	refundDelay = 14 * daySeconds
)

// plan writes down what is going to be traded, from the day start on, while the
// index stands at 10,000 and halves after some twelve days.
func (s *story) plan(start uint32) {
	swap := func(k uint64, days uint32) *alkv1.TermsDraft {
		return &alkv1.TermsDraft{Product: "SWAP_M", StartDay: start, Days: days, K: k, Floor: price(4_000), Cap: price(12_000)}
	}
	m, b := s.miner, s.buyer
	s.trades = []*trade{
		{label: "swap of a month", hope: "the miner fixes his revenue", long: b, short: m, offerer: b, terms: swap(7_250, month)},
		{
			label: "call that pays", hope: "the buyer expects more than 9,000 a day", long: b, short: m, offerer: b,
			terms: &alkv1.TermsDraft{Product: "CALL", StartDay: start, Days: 7, K: 9_000, Cap: price(12_000), Premium: 6_000},
		},
		{
			label: "call that does not", hope: "the buyer expects more than 11,000 a day", long: b, short: m, offerer: b,
			terms: &alkv1.TermsDraft{Product: "CALL", StartDay: start, Days: 7, K: 11_000, Cap: price(15_000), Premium: 500},
		},
		{
			label: "revenue floor", hope: "the miner buys a put at 9,000", long: m, short: b, offerer: m,
			terms: &alkv1.TermsDraft{Product: "PUT", StartDay: start, Days: 20, K: 9_000, Floor: price(5_000), Premium: 15_000},
		},
		{
			label: "collar", hope: "the miner keeps his revenue between 8,500 and 10,500", long: m, short: b, offerer: m,
			terms: &alkv1.TermsDraft{
				Product: "COLLAR", StartDay: start, Days: 20, K: 8_500, Kc: 10_500, Floor: price(5_000), Cap: price(13_000), Premium: 4_000,
			},
		},
		{label: "swap that ends early", hope: "both may change their mind", long: b, short: m, offerer: m, terms: swap(7_300, month)},
		{
			label: "swap without oracles", hope: "both trust that somebody will attest its last day", long: b, short: m, offerer: b,
			terms: swap(7_200, month+1), refundDelay: refundDelay,
		},
	}
}

// trade lets the two make all contracts, and waits until they are funded.
func (s *story) trade(ctx context.Context) error {
	s.plan(s.today())
	if err := s.say("on %s the miner asks his node what a swap over %d days would be", date(s.today()), month); err != nil {
		return err
	}
	if err := s.reference(ctx, s.trades[0].terms); err != nil {
		return err
	}
	for i, t := range s.trades {
		began := time.Now()
		var err error
		if i == 0 {
			err = s.byOrder(ctx, t)
		} else {
			err = s.byOffer(ctx, t)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.label, err)
		}
		if err := s.reach(ctx, t, "Broadcast"); err != nil {
			return err
		}
		c := t.now[t.offerer]
		if err := s.pooled(ctx, c.GetFunding().GetTxid()); err != nil {
			return err
		}
		err = s.say("%s: %s. Signed by both in %.1f s; %s locks %s, %s %s", t.label, t.hope, time.Since(began).Seconds(),
			t.long.name, sats(locked(t, t.long)), t.short.name, sats(locked(t, t.short)))
		if err == nil {
			err = s.tell("contract %s, funding %s", c.GetContractId(), c.GetFunding().GetTxid())
		}
		if err != nil {
			return err
		}
	}
	if err := s.calendar.Blocks(2); err != nil {
		return err
	}
	for _, t := range s.trades {
		if err := s.reach(ctx, t, "Active"); err != nil {
			return err
		}
	}
	return s.say("all %d funding transactions are confirmed", len(s.trades))
}

// pooled waits until btcd has a transaction, so that the next block has it too.
func (s *story) pooled(ctx context.Context, txid string) error {
	hash, err := chainhash.NewHashFromStr(txid)
	if err != nil {
		return fmt.Errorf("transaction %q: %w", txid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.btc.WaitMempool(ctx, *hash); err != nil {
		return fmt.Errorf("wait for transaction %s: %w", txid, err)
	}
	return nil
}

// reference prints what the pricer says, and what a contract would cost.
func (s *story) reference(ctx context.Context, terms *alkv1.TermsDraft) error {
	draft := sized(terms, thousands)
	var answer *alkv1.SimulateContractResponse
	var refused error
	err := s.miner.until(ctx, "the oracles' announcements", func() (bool, error) {
		answer, refused = s.miner.client.Contracts.SimulateContract(ctx, &alkv1.SimulateContractRequest{
			Offer: &alkv1.OfferContractRequest{Side: "short", Terms: draft},
		})
		return refused == nil, nil
	})
	if err != nil {
		return errors.Join(err, refused)
	}
	sim := answer.GetSimulation()
	return s.tell("at %d for each unit and day, and between %d and %d, %s and %s are to be locked: %d payouts, %d signatures a side",
		terms.GetK(), terms.GetFloor(), terms.GetCap(), sats(int64(sim.GetOwnLockSat())), sats(int64(sim.GetPeerLockSat())), //nolint:gosec // G115: below 21e14
		sim.GetPayouts(), sim.GetSignatures())
}

// byOrder lets the short publish an order, and the long find and take it.
func (s *story) byOrder(ctx context.Context, t *trade) error {
	draft := sized(t.terms, 2*thousands)
	published, err := t.short.client.Orders.PublishOrder(ctx, &alkv1.PublishOrderRequest{
		Side: "sell", Terms: draft, MinThs: 100,
		ExpiryUnix: uint64(s.calendar.Now().Add(12 * time.Hour).Unix()), //nolint:gosec // G115: not before 1970
	})
	if err != nil {
		return fmt.Errorf("publish order: %w", err)
	}
	id := published.GetOrder().GetId()
	if err := s.say("the %s publishes an order: sell up to %d units for %d days at %d, floor %d, cap %d", t.short.name,
		2*units, draft.GetDays(), draft.GetK(), draft.GetFloor(), draft.GetCap()); err != nil {
		return err
	}
	err = t.long.until(ctx, "the order", func() (bool, error) {
		answer, err := t.long.client.Orders.ListOrders(ctx, &alkv1.ListOrdersRequest{Others: true, Refresh: true})
		if err != nil {
			return false, err
		}
		for _, order := range answer.GetOrders() {
			if order.GetId() == id {
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	taken, err := t.long.client.Orders.TakeOrder(ctx, &alkv1.TakeOrderRequest{Id: id, NotionalThs: thousands})
	if err != nil {
		return fmt.Errorf("take order: %w", err)
	}
	t.id = taken.GetContract().GetTempId()
	return nil
}

// byOffer lets one offer a contract, and the other accept it.
func (s *story) byOffer(ctx context.Context, t *trade) error {
	draft := sized(t.terms, max(t.size, thousands))
	side := "long"
	if t.offerer == t.short {
		side = "short"
	}
	offered, err := t.offerer.client.Contracts.OfferContract(ctx, &alkv1.OfferContractRequest{
		Peer: t.accepter().key, Side: side, Terms: draft, RefundDelaySeconds: t.refundDelay, Bridge: t.bridge,
	})
	if err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	t.id = offered.GetContract().GetTempId()
	var waiting string
	err = t.accepter().until(ctx, "the offer", func() (bool, error) {
		answer, err := t.accepter().client.Contracts.ListContracts(ctx, &alkv1.ListContractsRequest{Undecided: true})
		if err != nil {
			return false, err
		}
		for _, c := range answer.GetContracts() {
			if c.GetTempId() == t.id {
				waiting = c.GetKey()
			}
		}
		return waiting != "", nil
	})
	if err != nil {
		return err
	}
	if _, err := t.accepter().client.Contracts.AcceptContract(ctx, &alkv1.AcceptContractRequest{Contract: waiting, Bridge: t.bridge}); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// order is how far a phase is, for waiting.
var order = strings.Fields("New Offered Accepted Signed Cancelling Broadcast Confirmed Active Attested Settling Closing Refunding Closed CoopClosed Refunded")

func rank(phase string) int {
	for i, name := range order {
		if name == phase {
			return i
		}
	}
	return -1
}

// reach waits until both nodes have a contract in a phase or a later one.
func (s *story) reach(ctx context.Context, t *trade, phase string) error {
	if t.now == nil {
		t.now = make(map[*party]*alkv1.Contract)
	}
	for _, p := range []*party{t.long, t.short} {
		err := p.until(ctx, t.label+" to be "+phase, func() (bool, error) {
			answer, err := p.client.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: t.id})
			if err != nil {
				return false, err
			}
			c := answer.GetContract()
			if c.GetPhase() == "Aborted" || c.GetPhase() == "Alarm" {
				return false, fmt.Errorf("it is %s: %v", c.GetPhase(), c.GetAlarms())
			}
			t.now[p] = c
			return rank(c.GetPhase()) >= rank(phase), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// locked is what a party locks in a trade, satoshi.
func locked(t *trade, p *party) int64 { return int64(t.now[p].GetOwnLockSat()) } //nolint:gosec // G115: below 21e14

// leaveEarly ends a contract at a price after three days.
func (s *story) leaveEarly(ctx context.Context) error {
	if err := s.pass(ctx, s.calendar.Now().Add(3*dayLength)); err != nil {
		return err
	}
	t := s.trades[5]
	// The miner gives up a little of his lock to be free.
	own := t.now[t.short].GetOwnLockSat() - 5_000
	if _, err := t.short.client.Contracts.CloseContract(ctx, &alkv1.CloseContractRequest{Contract: t.id, OwnSat: own, SatPerVbyte: 2}); err != nil {
		return fmt.Errorf("propose an exit: %w", err)
	}
	var decision *alkv1.ContractDecision
	err := t.long.until(ctx, "the proposal", func() (bool, error) {
		answer, err := t.long.client.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: t.id})
		decision = answer.GetContract().GetDecision()
		return decision.GetKind() == "close", err
	})
	if err != nil {
		return err
	}
	_, err = t.long.client.Contracts.ApproveClose(ctx, &alkv1.ApproveCloseRequest{Contract: t.id, Attempt: decision.GetAttempt()})
	if err != nil {
		return fmt.Errorf("agree to an exit: %w", err)
	}
	if err := s.reach(ctx, t, "Closing"); err != nil {
		return err
	}
	return s.say("after three days the %s proposes to end the %q: he takes %s, the %s %s. Both sign; on the chain it looks like any payment",
		t.short.name, t.label, sats(int64(own)), t.long.name, sats(int64(decision.GetOwnSat()))) //nolint:gosec // G115: below 21e14
}

// passTheMonth settles what the oracles attest.
func (s *story) passTheMonth(ctx context.Context) error {
	for _, act := range []struct {
		days   uint32
		trades []*trade
	}{{7, s.trades[1:3]}, {20, s.trades[3:5]}, {month, s.trades[:1]}} {
		last := act.trades[0].terms.GetStartDay() + act.days - 1
		if err := s.pass(ctx, time.Unix(int64(last)*daySeconds+daySeconds/2, 0)); err != nil {
			return err
		}
		if err := s.calendar.EndDay(dayConfirmations); err != nil {
			return err
		}
		if err := s.closedUpTo(ctx, last); err != nil {
			return err
		}
		if err := s.say("%s is over; at least two of three oracles attest the same number", date(last)); err != nil {
			return err
		}
		for _, t := range act.trades {
			if err := s.settle(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle waits until a contract is settled at its attested payout.
func (s *story) settle(ctx context.Context, t *trade) error {
	if err := s.reach(ctx, t, "Settling"); err != nil {
		return err
	}
	if err := s.calendar.Blocks(finalDepth); err != nil {
		return err
	}
	if err := s.reach(ctx, t, "Closed"); err != nil {
		return err
	}
	c := t.now[t.long]
	return s.tell("%s: the window added up to %s a unit; %s gets %s, %s %s (%s)", t.label,
		sats(int64(c.GetOutcome()-c.GetTerms().GetBase())), t.long.name, sats(paid(t, t.long)), //nolint:gosec // G115: below 2^30
		t.short.name, sats(paid(t, t.short)), manner(c))
}

// manner says how a contract ended.
func manner(c *alkv1.Contract) string {
	switch c.GetSpend().GetKind() {
	case "settlement":
		return "signed by both, no oracle signature on the chain"
	case "cet":
		return "by the oracles' signatures"
	case "exit":
		return "by agreement, before the end"
	case "refund":
		return "refunded"
	}
	return "unknown"
}

// paid is what the end of a trade paid a party, satoshi.
func paid(t *trade, p *party) int64 { return int64(t.now[p].GetOwnPayoutSat()) } //nolint:gosec // G115: below 21e14

// silence stops the oracles before the last contract's end.
func (s *story) silence(context.Context) error {
	var errs []error
	for _, o := range s.oracles {
		errs = append(errs, o.program.stop())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.say("all three oracles fall silent; one contract still waits for them")
}

// refund waits until both have their money back.
func (s *story) refund(ctx context.Context) error {
	t := s.trades[6]
	if err := s.reach(ctx, t, "Active"); err != nil {
		return err
	}
	locktime := time.Unix(int64(t.now[t.long].GetRefundLocktime()), 0)
	if err := s.pass(ctx, locktime); err != nil {
		return err
	}
	// The median time has to pass it, too; nobody is to think that the refund is
	// late.
	for range 7 {
		if _, err := s.calendar.BlockAt(s.calendar.Now().Add(time.Minute)); err != nil {
			return err
		}
		if err := s.followed(ctx); err != nil {
			return err
		}
	}
	if err := s.reach(ctx, t, "Refunding"); err != nil {
		return err
	}
	if err := s.pooled(ctx, t.now[t.long].GetRefund().GetTxid()); err != nil {
		return err
	}
	if err := s.calendar.Blocks(finalDepth); err != nil {
		return err
	}
	if err := s.reach(ctx, t, "Refunded"); err != nil {
		return err
	}
	return s.say("two weeks later both nodes refund the %q by themselves: %s gets %s, %s %s", t.label,
		t.long.name, sats(paid(t, t.long)), t.short.name, sats(paid(t, t.short)))
}
