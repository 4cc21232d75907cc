package draft

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// maxExpiry is how far ahead an offer may expire, seconds, and usualExpiry how
// far ours do: the peer's clock may be behind.
const (
	maxExpiry   = 600
	usualExpiry = 480
)

// Draft is an offer before coins and keys are in it.
type Draft struct {
	Terms payout.Terms
	// Facts are those by which the peer will check the offer.
	Facts contract.Facts
	// Take is the take that the offer carries, nil without an order.
	Take *wire.Take
	// FundRate and CETRate are in sat/vB.
	FundRate, CETRate uint32
	// Vault is the record of the vault that our payout goes to, nil if it goes to
	// us.
	Vault []byte

	announcements [][]byte
	set           *attest.Set
	order         [32]byte
	most          uint32 // what the order has at most
	maturity      uint32
	refund        uint32
	expiry        uint32
}

// Lock is what the offerer locks.
func (d *Draft) Lock() btcutil.Amount {
	return btcutil.Amount(d.Terms.Lock(d.Terms.Offerer)) //nolint:gosec // at most 21e14
}

// Message is the offer with coins and keys.
func (d *Draft) Message(temp [32]byte, party wire.Party, serial uint64) ([]byte, error) {
	info, err := contract.InfoHash(d.Terms, d.set)
	if err != nil {
		return nil, err
	}
	message := wire.Offer{
		TempID: temp, Terms: d.Terms.Encode(), Announcements: d.announcements, InfoHash: info, Party: party, FundSerial: serial,
		FundFeeRate: d.FundRate, CETFeeRate: d.CETRate, CETLocktime: d.maturity, RefundLocktime: d.refund, Expiry: d.expiry,
		QuoteID: d.order, Take: d.Take, Vault: d.Vault,
	}
	return message.Encode(), nil
}

// Draft completes a request: terms, event, announcements, rates and times. Errors:
// ErrRequest, ErrUnsupported, ErrOracle, and those of dlc/payout and dlc/order
// about terms.
func (d *Drafter) Draft(ctx context.Context, r Request) (*Draft, error) {
	made := &Draft{}
	if err := d.draftTerms(ctx, r, made); err != nil {
		return nil, err
	}
	var err error
	if made.Facts, err = d.indexFacts(ctx, r.Peer, made.Terms); err != nil {
		return nil, Own(err)
	}
	if err := d.announced(ctx, made); err != nil {
		return nil, err
	}
	if made.FundRate, made.CETRate, err = d.feeRates(ctx, r); err != nil {
		return nil, err
	}
	_, _, usual := d.cfg.Policy().RefundBounds()
	if r.RefundDelay != 0 {
		usual = r.RefundDelay
	}
	if r.ExpiresIn > maxExpiry {
		return nil, fmt.Errorf("%w: expires in %d s, at most %d", ErrRequest, r.ExpiresIn, maxExpiry)
	}
	expiry := int64(usualExpiry)
	if r.ExpiresIn != 0 {
		expiry = int64(r.ExpiresIn)
	}
	made.refund = made.maturity + usual
	made.expiry = uint32(d.cfg.Clock.Now().Unix() + expiry) //nolint:gosec // until 2106
	// The own offer is checked as the peer will check it: there he is the node
	// and we are the peer, and of his order enough is left.
	made.Facts.NodeKey, made.Facts.PeerKey, made.Facts.Remaining = xOf(r.Peer), xOf(d.cfg.NodeKey), made.most
	return made, nil
}

// Own takes the reject code off an error that is not for a peer.
func Own(err error) error {
	if rejected, ok := errors.AsType[*wire.RejectError](err); ok {
		return rejected.Err
	}
	return err
}

// announced fetches the announcements of the event and checks them.
func (d *Drafter) announced(ctx context.Context, made *Draft) error {
	var err error
	if made.announcements, err = d.cfg.Oracles.Announcements(ctx, made.Terms.Event, made.Terms.Oracles); err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	var all []attest.Announcement
	for _, raw := range made.announcements {
		a, err := attest.DecodeAnnouncement(raw)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOracle, err)
		}
		all = append(all, a)
	}
	made.set, err = attest.CheckSet(all, attest.Want{
		Keys: made.Terms.Oracles, Threshold: int(made.Terms.Threshold), EventID: made.Terms.Event,
		Unit: made.Facts.Unit, Digits: int(made.Terms.Digits),
	}, d.cfg.Records)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	made.maturity = all[0].Event.Maturity
	return nil
}

// draftTerms fills in the terms of a request or those of its order and take.
func (d *Drafter) draftTerms(ctx context.Context, r Request, made *Draft) error {
	switch {
	case (r.Terms == nil) == (len(r.Order) == 0):
		return fmt.Errorf("%w: an offer has terms, or an order and a take", ErrRequest)
	case r.Terms != nil:
		terms, err := d.complete(ctx, r.Peer, *r.Terms, r.Bucket)
		made.Terms = terms
		return err
	}
	o, err := order.DecodeOrder(r.Order)
	if err != nil {
		return err
	}
	made.order, made.most = o.ID(), o.HMax
	_, t, err := order.OpenTake(r.Order, r.Take, xOf(r.Peer), xOf(d.cfg.NodeKey), made.order)
	if err != nil {
		return err
	}
	made.Take = &wire.Take{Order: r.Order, Take: r.Take}
	made.Terms, err = d.taken(ctx, o, t)
	return err
}

// taken are the terms of an order and its take.
func (d *Drafter) taken(ctx context.Context, o *order.Order, t *order.Take) (payout.Terms, error) {
	index, leg, _ := strings.Cut(o.Index, "/")
	event, _, _, err := d.cfg.Oracles.Event(ctx, index, leg, o.StartDay, o.EndDay(), o.Oracles, int(o.Threshold))
	if err != nil {
		return payout.Terms{}, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	return order.TermsFrom(o, t, event)
}

// complete fills in what follows from the index, and chooses what is left open.
func (d *Drafter) complete(ctx context.Context, peer [33]byte, terms payout.Terms, bucket *uint8) (payout.Terms, error) {
	index, leg, ok := strings.Cut(terms.Index, "/")
	if !ok {
		return terms, fmt.Errorf("%w: index %q, want <id>/<leg>", ErrRequest, terms.Index)
	}
	if len(terms.Oracles) == 0 {
		allowed, err := d.allowed()
		if err != nil {
			return terms, err
		}
		if len(allowed) == 0 {
			return terms, fmt.Errorf("%w: none is configured and allowed", ErrOracle)
		}
		terms.Oracles = allowed[:min(len(allowed), attest.MaxOracles)]
	}
	slices.SortFunc(terms.Oracles, func(a, b [32]byte) int { return slices.Compare(a[:], b[:]) })
	if terms.Threshold == 0 {
		terms.Threshold = d.cfg.Policy().Oracles.Threshold
	}
	if terms.Threshold == 0 {
		terms.Threshold = uint16(len(terms.Oracles)/2 + 1) //nolint:gosec // at most 7
	}
	event, _, _, err := d.cfg.Oracles.Event(ctx, index, leg, terms.StartDay, terms.EndDay, terms.Oracles, int(terms.Threshold))
	if err != nil {
		return terms, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	terms.Event = fmt.Sprintf("%s/cum/%d/%s", index, terms.EndDay, leg)
	terms.Base, terms.Digits = event.Base, event.Digits
	if bucket != nil {
		terms.Bucket = *bucket
	} else if terms.Bucket, err = terms.DefaultBucket(int(d.MaxList(peer))); err != nil {
		return terms, err
	}
	return terms, terms.Validate()
}
