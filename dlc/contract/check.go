package contract

import (
	"errors"
	"fmt"
	"slices"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// maxExpiry is how far ahead an offer may expire, seconds.
const maxExpiry = 600

// Facts is what a node knows when it judges an offer or an accept. The shell
// gathers it; the checks compute with it. The zero Facts allow nothing.
type Facts struct {
	// MaxList is the lesser of both nodes' max_list.
	MaxList uint32
	// MinFeeRate to MaxFeeRate and MinRefund to MaxRefund (seconds after
	// cet_locktime) are the policy.
	MinFeeRate, MaxFeeRate uint32
	MinRefund, MaxRefund   uint32
	// Index says what our own index, and the attestations of t oracles, know
	// of the event that the terms name.
	Index order.Event
	// Unit is that of the index.
	Unit string
	// Oracles are the keys on the allow-list.
	Oracles [][32]byte
	// Attested says that an attestation of the event is known.
	Attested bool
	// Own are the outpoints of our wallet; Unavailable those that our back end
	// knows to be spent or unconfirmed.
	Own, Unavailable []btcwire.OutPoint
	// NodeKey and PeerKey are the x coordinates of both node keys; Remaining is
	// what is left of the order that the offer names, TH/s, 0 if it is not
	// ours, cancelled, or the take is used up.
	NodeKey, PeerKey [32]byte
	Remaining        uint32
	// Policy refuses the offer or accept for a reason of the node's own, 0 for none.
	Policy wire.RejectCode
}

// CheckOffer makes all checks of PROTOCOL.md 10 on an offer, in its order, but
// for the duplicate, which Step finds, and the nonce index, which the commit
// finds. It returns what the offer says, or an error with a reject code (CodeOf). A bad
// offer costs no more than what precedes its fault.
func CheckOffer(raw []byte, now Clock, params Params, facts Facts) (*Deal, error) {
	message, err := wire.DecodeMaxList(raw, facts.MaxList)
	if err != nil {
		return nil, err
	}
	offer, ok := message.(*wire.Offer)
	if !ok {
		return nil, refusal(wire.RejectMalformed, "message", fmt.Errorf("%s is no offer", message.Type()))
	}
	c := &offerCheck{Deal: Deal{Offer: offer}, now: now, params: params, facts: facts}
	for _, check := range []func() error{
		c.header, c.terms, c.quote, c.party, c.oracles, c.inputs, c.info, c.policy,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return &c.Deal, nil
}

type offerCheck struct {
	Deal
	set    *attest.Set
	now    Clock
	params Params
	facts  Facts
}

// header: locktimes, fees, expiry.
func (c *offerCheck) header() error {
	if err := c.Offer.CheckHeader(); err != nil {
		return err
	}
	delay := c.Offer.RefundLocktime - c.Offer.CETLocktime
	if delay < c.facts.MinRefund || delay > c.facts.MaxRefund {
		return refusal(wire.RejectBadLocktime, "refund_locktime", fmt.Errorf("%d s after cet_locktime", delay))
	}
	for _, rate := range []uint32{c.Offer.FundFeeRate, c.Offer.CETFeeRate} {
		if rate < c.facts.MinFeeRate || rate > c.facts.MaxFeeRate {
			return refusal(wire.RejectBadFee, "feerate", fmt.Errorf("%d sat/vB", rate))
		}
	}
	left := int64(c.Offer.Expiry) - c.now.Now
	if left <= 0 || left > maxExpiry {
		return refusal(wire.RejectExpired, "expiry", fmt.Errorf("%d s from now", left))
	}
	return nil
}

// terms: their form, the slot bound, what the own index says.
func (c *offerCheck) terms() error {
	var err error
	if c.Terms, err = payout.DecodeTerms(c.Offer.Terms); err != nil {
		return refusal(wire.RejectBadTerms, "terms", err)
	}
	if err := c.Terms.CheckBound(int(min(c.facts.MaxList, wire.MaxList))); err != nil {
		return refusal(wire.RejectLimit, "terms", err)
	}
	if c.Terms.Base != c.facts.Index.Base || c.Terms.Digits != c.facts.Index.Digits {
		return refusal(wire.RejectBadTerms, "terms", fmt.Errorf("c0 %d and %d digits are not those of the index", c.Terms.Base, c.Terms.Digits))
	}
	return nil
}

// quote: the order and take that the offer answers.
func (c *offerCheck) quote() error {
	if c.Offer.Take == nil {
		return nil
	}
	o, t, err := order.OpenTake(c.Offer.Take.Order, c.Offer.Take.Take, c.facts.NodeKey, c.facts.PeerKey, c.Offer.QuoteID)
	if err != nil {
		return err
	}
	if err := order.MatchTerms(c.Offer.Terms, o, t, c.facts.Index); err != nil {
		return err
	}
	if err := o.CheckExpiry(c.startMaturity()); err != nil {
		return err
	}
	return order.CheckFill(o, t, c.facts.Remaining, uint64(max(c.now.Now, 0)))
}

// startMaturity returns the maturity of the start day, Unix seconds: days
// mature one day apart, and cet_locktime claims to be the maturity of the end
// day, which oracles checks.
func (c *offerCheck) startMaturity() uint64 {
	const day = 86_400
	return uint64(max(int64(c.Offer.CETLocktime)-int64(c.Terms.EndDay-c.Terms.StartDay)*day, 0))
}

// party: collateral, scripts, serials, keys of the offerer.
func (c *offerCheck) party() error {
	p := partyOf(c.Offer.Party)
	if want := lock(c.Terms, c.Terms.Offerer); p.Collateral != want {
		return refusal(wire.RejectBadCollateral, "collateral", fmt.Errorf("%d, the side locks %d", int64(p.Collateral), int64(want)))
	}
	if err := p.CheckScripts(); err != nil {
		return err
	}
	if err := txs.CheckSerials(c.Offer.FundSerial, p); err != nil {
		return err
	}
	if err := c.Offer.Party.Check(); err != nil {
		return err
	}
	return c.checkKeys(p)
}

// oracles: what costs nothing, the allow-list and the time left by what the
// offer claims, before the signatures that make the claims true.
func (c *offerCheck) oracles() error {
	allowed := func(key [32]byte) bool { return slices.Contains(c.facts.Oracles, key) }
	for i, key := range c.Terms.Oracles {
		if !allowed(key) {
			return refusal(wire.RejectOracleDeclined, fmt.Sprintf("oracle %d", i), attest.ErrOracleDeclined)
		}
	}
	announcements, _, err := c.announcements()
	if err != nil {
		return err
	}
	for _, a := range announcements {
		if err := txs.CheckLocktimes(c.Offer.CETLocktime, c.Offer.RefundLocktime, a.Event.Maturity); err != nil {
			return err
		}
	}
	if c.facts.Attested || c.now.latest()+int64(c.params.Lead) > int64(c.Offer.CETLocktime) {
		return refusal(wire.RejectEventPast, "announcements", attest.ErrEventPast)
	}
	c.set, err = c.checkSet(announcements, c.facts.Unit)
	return err
}

// inputs: what the offerer pays with.
func (c *offerCheck) inputs() error {
	funds, err := partyOf(c.Offer.Party).Fund(txs.FeeRate(c.Offer.FundFeeRate), txs.FeeRate(c.Offer.CETFeeRate))
	if err != nil {
		return err
	}
	return checkCoins(c.facts, funds.Coins)
}

// checkCoins checks the peer's coins against each other and what we know of
// them.
func checkCoins(facts Facts, coins []txs.Coin) error {
	own := func(p btcwire.OutPoint) bool { return slices.Contains(facts.Own, p) }
	if err := txs.CheckOutPoints(own, coins); err != nil {
		return err
	}
	for _, coin := range coins {
		if slices.Contains(facts.Unavailable, coin.OutPoint) {
			return fmt.Errorf("%w: %s is spent or unconfirmed", txs.ErrInput, coin.OutPoint)
		}
	}
	return nil
}

// info: what everything is signed for.
func (c *offerCheck) info() error {
	info, err := InfoHash(c.Terms, c.set)
	if err != nil {
		return refusal(wire.RejectBadTerms, "terms", err)
	}
	if info != c.Offer.InfoHash {
		return refusal(wire.RejectInfoMismatch, "info_hash", errors.New("not what terms and announcements give"))
	}
	return nil
}

func (c *offerCheck) policy() error {
	if c.facts.Policy != 0 {
		return refusal(c.facts.Policy, "policy", errors.New("declined"))
	}
	return nil
}

// InfoHash returns the info_hash of terms with a checked set of announcements.
// It fails as payout.Terms.Runs does.
func InfoHash(terms payout.Terms, set *attest.Set) ([32]byte, error) {
	runs, err := terms.Runs()
	if err != nil {
		return [32]byte{}, err
	}
	n := uint16(len(terms.Oracles)) //nolint:gosec // at most 7
	return payout.InfoHash(terms.M(), terms.Digits, terms.Threshold, n, set.Hash(), runs), nil
}

// taken is the order and take that an offer answers, zero without one.
type taken struct {
	order, id [32]byte
	size      uint32
}

func takeOf(offer *wire.Offer) (taken, error) {
	if offer.Take == nil {
		return taken{}, nil
	}
	t, err := order.DecodeTake(offer.Take.Take)
	if err != nil {
		return taken{}, err
	}
	return taken{order: t.OrderID, id: t.ID(), size: t.H}, nil
}

func refusal(code wire.RejectCode, field string, err error) error {
	return &wire.RejectError{Code: code, Field: field, Err: err}
}

// CodeOf returns what a peer is told about an error of the checks of this
// package and of the packages that they use.
func CodeOf(err error) wire.RejectCode {
	if rejected, ok := errors.AsType[*wire.RejectError](err); ok {
		return rejected.Code
	}
	for _, c := range []struct {
		is   error
		code wire.RejectCode
	}{
		{attest.ErrOracleDeclined, wire.RejectOracleDeclined},
		{attest.ErrEventPast, wire.RejectEventPast},
		{attest.ErrBadOracle, wire.RejectBadOracle},
		{txs.ErrClose, wire.RejectBadClose},
		{txs.ErrPartial, wire.RejectBadPartial},
		{txs.ErrRefundSig, wire.RejectBadRefundSig},
		{txs.ErrCETSig, wire.RejectBadCETSig},
		{txs.ErrWitness, wire.RejectBadWitness},
		{txs.ErrKeys, wire.RejectBadKeys},
		{txs.ErrLocktime, wire.RejectBadLocktime},
		{txs.ErrFeeRate, wire.RejectBadFee},
		{txs.ErrCollateral, wire.RejectBadCollateral},
		{txs.ErrScript, wire.RejectBadScript},
		{txs.ErrInput, wire.RejectBadInput},
		{txs.ErrSerial, wire.RejectBadSerial},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return wire.CodeOf(err)
}
