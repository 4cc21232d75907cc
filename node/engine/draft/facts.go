package draft

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// lookTime bounds the questions about one message's coins.
const lookTime = 8 * time.Second

// Judge is what the policy says about an offer, nil for nothing against it.
type Judge func(*contract.Deal) *wire.RejectError

// OfferFacts gathers what a peer's offer is judged by. It asks the backend about
// coins only after everything that costs less has passed. Errors are
// wire.RejectErrors for the peer.
func (d *Drafter) OfferFacts(ctx context.Context, peer [33]byte, raw []byte, m *wire.Offer, now contract.Clock, judge Judge) (contract.Facts, error) {
	terms, err := payout.DecodeTerms(m.Terms)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectBadTerms, Field: "terms", Err: err}
	}
	facts, err := d.indexFacts(ctx, peer, terms)
	if err != nil {
		return contract.Facts{}, err
	}
	if err := d.orderFacts(m, &facts); err != nil {
		return contract.Facts{}, err
	}
	if err := d.feeFacts(ctx, &facts); err != nil {
		return contract.Facts{}, err
	}
	deal, err := contract.CheckOffer(raw, now, d.cfg.Params, facts)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: contract.CodeOf(err), Field: "offer", Err: err}
	}
	if refusal := judge(deal); refusal != nil {
		return contract.Facts{}, refusal
	}
	coins, err := d.CoinFacts(ctx, m.Party)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectInternal, Field: "inputs", Err: err}
	}
	facts.Own, facts.Unavailable = coins.Own, coins.Unavailable
	return facts, nil
}

// feeFacts raises the least fee rate of a peer's offer to half of our own
// estimate: a funding transaction that may wait for days is a free option of who
// can cancel it, and a CET that does may come too late.
func (d *Drafter) feeFacts(ctx context.Context, facts *contract.Facts) error {
	fees := d.cfg.Policy().Fees
	estimate, err := d.Rate(ctx, max(fees.FundTarget, fees.CETTarget))
	if err != nil {
		return &wire.RejectError{Code: wire.RejectUnavailable, Field: "feerate", Err: err}
	}
	facts.MinFeeRate = max(facts.MinFeeRate, min(estimate/2, facts.MaxFeeRate))
	return nil
}

// orderFacts looks up what is left of the own order that an offer answers.
func (d *Drafter) orderFacts(m *wire.Offer, facts *contract.Facts) error {
	if m.Take == nil {
		return nil
	}
	t, err := order.DecodeTake(m.Take.Take)
	if err != nil {
		return err
	}
	facts.Remaining, err = d.cfg.Records.Remaining(t.OrderID, t.ID())
	if err != nil {
		return &wire.RejectError{Code: wire.RejectInternal, Field: "order", Err: err}
	}
	return nil
}

// indexFacts gathers what is known about the event that terms name. A peer that
// does not trade the index by the same parameters is refused.
func (d *Drafter) indexFacts(ctx context.Context, peer [33]byte, terms payout.Terms) (contract.Facts, error) {
	id, leg, ok := strings.Cut(terms.Index, "/")
	if !ok {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectBadTerms, Field: "index", Err: fmt.Errorf("%w: %q", ErrRequest, terms.Index)}
	}
	if err := d.trades(peer, id); err != nil {
		return contract.Facts{}, err
	}
	event, unit, attested, err := d.cfg.Oracles.Event(ctx, id, leg, terms.StartDay, terms.EndDay, terms.Oracles, int(terms.Threshold))
	if err != nil {
		code := wire.RejectBadOracle
		if slices.ContainsFunc(d.cfg.Passing, func(passing error) bool { return errors.Is(err, passing) }) {
			code = wire.RejectUnavailable
		}
		return contract.Facts{}, &wire.RejectError{Code: code, Field: "event", Err: fmt.Errorf("%w: %w", ErrOracle, err)}
	}
	rules := d.cfg.Policy()
	least, most, _ := rules.RefundBounds()
	oracles, err := d.allowed()
	if err != nil {
		return contract.Facts{}, err
	}
	return contract.Facts{
		MaxList: d.MaxList(peer), MinFeeRate: rules.Fees.MinRate, MaxFeeRate: rules.Fees.MaxRate, MinRefund: least, MaxRefund: most,
		Index: event, Unit: unit, Oracles: oracles, Attested: attested, NodeKey: xOf(d.cfg.NodeKey), PeerKey: xOf(peer),
	}, nil
}

// trades returns a RejectError unless both hellos name the index with equal
// parameters. Of a peer that is gone since its offer came it was true then.
func (d *Drafter) trades(peer [33]byte, id string) error {
	local, remote := d.cfg.Hellos(peer)
	if local == nil || remote == nil {
		return nil
	}
	ours, here := local.Parameters(id)
	theirs, there := remote.Parameters(id)
	if !here || !there || ours != theirs {
		return &wire.RejectError{Code: wire.RejectUnsupported, Field: "index", Err: fmt.Errorf("%w: index %q", ErrUnsupported, id)}
	}
	return nil
}

// allowed are the oracles that configuration and policy allow and that nobody
// has proved to be faulty.
func (d *Drafter) allowed() ([][32]byte, error) {
	rules := d.cfg.Policy()
	faulty, err := d.Faulty()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(d.cfg.Oracles.Allowed()), func(key [32]byte) bool {
		return !rules.AllowsOracle(key) || slices.Contains(faulty, key)
	}), nil
}

// Faulty are the oracles against which there is evidence.
func (d *Drafter) Faulty() ([][32]byte, error) {
	all, err := d.cfg.Records.Evidence()
	if err != nil {
		return nil, err
	}
	var faulty [][32]byte
	for _, proof := range all {
		// It was verified when it was stored; what is in it names the key.
		a, err := attest.DecodeAnnouncement(proof.Announcements[0])
		if err != nil {
			return nil, err
		}
		faulty = append(faulty, a.Key)
	}
	return faulty, nil
}

// CoinFacts looks up a peer's coins: those that are ours, and those that are
// spent or unconfirmed, as far as the backend can tell.
func (d *Drafter) CoinFacts(ctx context.Context, party wire.Party) (contract.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var facts contract.Facts
	own, err := d.cfg.Wallet.Coins(ctx, 0)
	if err != nil {
		return facts, err
	}
	for _, coin := range own {
		facts.Own = append(facts.Own, coin.OutPoint)
	}
	if d.cfg.Node == nil {
		return facts, nil
	}
	for _, point := range OutPoints(party) {
		depth, unspent, err := d.cfg.Node.Coin(ctx, point)
		if err != nil {
			return facts, fmt.Errorf("coin %s: %w", point, err)
		}
		if !unspent || depth == 0 {
			facts.Unavailable = append(facts.Unavailable, point)
		}
	}
	return facts, nil
}

// OutPoints reads the outpoints of a party's inputs, as far as they can be read.
func OutPoints(party wire.Party) []btcwire.OutPoint {
	var points []btcwire.OutPoint
	for _, in := range party.Inputs {
		coin, err := txs.ParseInput(txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
		if err == nil {
			points = append(points, coin.OutPoint)
		}
	}
	return points
}
