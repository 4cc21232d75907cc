package book

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
)

// Waiting is a peer's request for a quote that waits for the user.
type Waiting struct {
	ID   [32]byte
	Peer [33]byte
	// RFQ is verified; it must not be changed.
	RFQ *order.RFQ
	// Until is the Unix second at which it is declined.
	Until uint64
}

// servedRFQ is an answer that is given again if the same request comes again.
type servedRFQ struct {
	message []byte
	until   uint64
}

// serveRFQ answers a request by rule, or lets it wait for the user.
func (b *Book) serveRFQ(ctx context.Context, peer [33]byte, m *wire.RFQ) error {
	if err := b.allow(peer); err != nil {
		return err
	}
	r, err := b.openRFQ(peer, m.Request)
	if err != nil {
		return err
	}
	id := r.ID()
	b.mu.Lock()
	served, again := b.served[id]
	_, waits := b.waiting[id]
	rules := b.policy.Quotes
	b.mu.Unlock()
	switch {
	case again:
		return b.send(ctx, peer, served.message)
	case waits:
		return nil
	}
	prices, seconds, err := b.byRule(ctx, peer, r, rules)
	switch {
	case err == nil:
		return b.answerRFQ(ctx, peer, r, prices, seconds)
	case rules.Ask:
		return b.hold(peer, r)
	}
	return reject(wire.RejectDeclined, "rfq", "%w", err)
}

// openRFQ reads and judges a request.
func (b *Book) openRFQ(peer [33]byte, record []byte) (*order.RFQ, error) {
	r, err := order.DecodeRFQ(record)
	if err != nil {
		return nil, err
	}
	switch {
	case r.MakerPK != xOf(peer):
		return nil, fmt.Errorf("%w: request of another node", order.ErrMalformed)
	case r.TakerPK != [32]byte{} && r.TakerPK != b.pubkey:
		return nil, fmt.Errorf("%w: request to another node", order.ErrMalformed)
	}
	if err := r.Live(b.now()); err != nil {
		return nil, err
	}
	if err := b.checkExpiry(&r.Quote); err != nil {
		return nil, err
	}
	allowed := b.cfg.Oracles.Allowed()
	for _, key := range r.Oracles {
		if !slices.Contains(allowed, key) {
			return nil, reject(wire.RejectOracleDeclined, "oracles", "oracle %x", key)
		}
	}
	return r, r.Verify()
}

// sides are the sides on which a request is answered.
func sides(asked order.Side) []order.Side {
	switch asked {
	case order.Buy:
		return []order.Side{order.Sell}
	case order.Sell:
		return []order.Side{order.Buy}
	case order.Both, order.AnySide:
	}
	return []order.Side{order.Buy, order.Sell}
}

// byRule returns the prices of an answer by rule, by our side, and how long
// they hold. It fails if there is no rule for a side that was asked for, or no
// reference.
func (b *Book) byRule(ctx context.Context, peer [33]byte, r *order.RFQ, rules policy.Quotes) (map[order.Side]int64, uint32, error) {
	prices, seconds := make(map[order.Side]int64), uint32(math.MaxUint32)
	var fair float64
	var err error
	for i, side := range sides(r.Side) {
		at := slices.IndexFunc(rules.Rules, func(rule policy.QuoteRule) bool { return rule.Fits(peer, &r.Quote, side) })
		if at < 0 {
			return nil, 0, fmt.Errorf("no rule to %s", side)
		}
		if i == 0 {
			reference, err := b.reference(ctx, r.Quote)
			if err != nil {
				return nil, 0, err
			}
			fair = reference.Fair
		}
		if prices[side], err = spread(fair, rules.Rules[at].SpreadPermille, side); err != nil {
			return nil, 0, err
		}
		seconds = min(seconds, rules.Rules[at].Seconds)
	}
	return prices, seconds, nil
}

// spread moves a reference against the other side, and rounds it that way too.
func spread(fair float64, permille uint32, side order.Side) (int64, error) {
	margin := math.Abs(fair) * float64(permille) / 1000
	price := math.Ceil(fair + margin)
	if side == order.Buy {
		price = math.Floor(fair - margin)
	}
	if math.Abs(price) > 1<<53 {
		return 0, fmt.Errorf("%w: price %g", ErrNoReference, price)
	}
	return int64(price), nil
}

// hold lets a request wait for the user.
func (b *Book) hold(peer [33]byte, r *order.RFQ) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, w := range b.waiting {
		if w.Peer == peer {
			n++
		}
	}
	if n >= MaxWaiting || b.peers[peer] == nil {
		return reject(wire.RejectLimit, "rfq", "%d requests wait already", n)
	}
	until := min(r.Expiry, b.now()+uint64(max(0, b.cfg.Timing.AskUser/time.Second)))
	b.waiting[r.ID()] = &Waiting{ID: r.ID(), Peer: peer, RFQ: r, Until: until}
	return nil
}

// answerRFQ signs the orders that answer a request, stores and sends them.
func (b *Book) answerRFQ(ctx context.Context, peer [33]byte, r *order.RFQ, prices map[order.Side]int64, seconds uint32) error {
	until := min(b.now()+uint64(seconds), r.Expiry)
	if n := b.privateTo(r.MakerPK); n+len(prices) > MaxPrivate {
		return reject(wire.RejectLimit, "rfq", "%d answers are open", n)
	}
	out := &wire.Orders{RequestID: r.ID()}
	var answers []order.Order
	for _, side := range sides(r.Side) {
		o := r.Answer(side, prices[side])
		o.Expiry = until
		o.MakerPK = b.pubkey
		if err := o.Check(); err != nil {
			return reject(wire.RejectDeclined, "rfq", "our price cannot be written: %w", err)
		}
		if _, err := b.terms(ctx, o.Quote, o.HMax); err != nil {
			return reject(wire.RejectBadTerms, "rfq", "%w", err)
		}
		answers = append(answers, o)
	}
	for _, o := range answers {
		e, err := b.publish(o)
		if err != nil {
			return err
		}
		out.Orders = append(out.Orders, e.Record)
	}
	message := out.Encode()
	b.mu.Lock()
	b.served[r.ID()] = servedRFQ{message: message, until: until}
	b.mu.Unlock()
	return b.send(ctx, peer, message)
}

// privateTo counts the live own orders that only one node may take.
func (b *Book) privateTo(taker [32]byte) int {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, o := range b.own {
		if o.order.TakerPK == taker && o.order.Live(now) == nil {
			n++
		}
	}
	return n
}

// Requests returns the requests that wait for the user, by id.
func (b *Book) Requests() []Waiting {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Waiting
	for _, w := range b.waiting {
		if now < w.Until {
			out = append(out, *w)
		}
	}
	slices.SortFunc(out, func(a, b Waiting) int { return compareIDs(a.ID, b.ID) })
	return out
}

// Answer is the user's answer to a request: Bid is the price at which we buy,
// Ask that at which we sell. What the peer asked for is needed, and no more.
type Answer struct {
	Bid, Ask *int64
	// Seconds is how long the answer holds, 5 to 600.
	Seconds uint32
}

// AnswerRequest answers a request that waits. It fails with ErrUnknown,
// ErrRequest or ErrNotConnected, and as orders that cannot be written.
func (b *Book) AnswerRequest(ctx context.Context, id [32]byte, a Answer) error {
	w, err := b.waits(id)
	if err != nil {
		return err
	}
	const least, most = 5, 600
	if a.Seconds < least || a.Seconds > most {
		return fmt.Errorf("%w: an answer holds %d to %d seconds, not %d", ErrRequest, least, most, a.Seconds)
	}
	given := map[order.Side]*int64{order.Buy: a.Bid, order.Sell: a.Ask}
	prices := make(map[order.Side]int64)
	for _, side := range sides(w.RFQ.Side) {
		if given[side] == nil {
			return fmt.Errorf("%w: the peer asks for a price to %s to him", ErrRequest, side)
		}
		prices[side] = *given[side]
		given[side] = nil
	}
	if given[order.Buy] != nil || given[order.Sell] != nil {
		return fmt.Errorf("%w: the peer asks for one price only", ErrRequest)
	}
	// Taken out first, so that two users cannot both answer.
	b.mu.Lock()
	_, still := b.waiting[id]
	delete(b.waiting, id)
	b.mu.Unlock()
	if !still {
		return fmt.Errorf("%w: no request %x waits", ErrUnknown, id)
	}
	err = b.answerRFQ(ctx, w.Peer, w.RFQ, prices, a.Seconds)
	if err != nil {
		return b.again(w, err)
	}
	return nil
}

// again lets a request wait on when it could not be answered, and returns why
// in terms for the user.
func (b *Book) again(w Waiting, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, answered := b.served[w.ID]; answered {
		return fmt.Errorf("%w: %w", ErrNotConnected, err)
	}
	if b.peers[w.Peer] != nil {
		b.waiting[w.ID] = &w
	}
	var refused *wire.RejectError
	if errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", ErrRequest, refused.Err)
	}
	return err
}

// DeclineRequest declines a request that waits. It fails with ErrUnknown.
func (b *Book) DeclineRequest(ctx context.Context, id [32]byte) error {
	w, err := b.waits(id)
	if err != nil {
		return err
	}
	b.mu.Lock()
	delete(b.waiting, id)
	b.mu.Unlock()
	refusal := &wire.Reject{ID: id, Refused: wire.TypeRFQ, Code: wire.RejectDeclined}
	if err := b.send(ctx, w.Peer, refusal.Encode()); err != nil {
		return fmt.Errorf("%w: %w", ErrNotConnected, err)
	}
	return nil
}

func (b *Book) waits(id [32]byte) (Waiting, error) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.waiting[id]
	if w == nil || now >= w.Until {
		return Waiting{}, fmt.Errorf("%w: no request %x waits", ErrUnknown, id)
	}
	return *w, nil
}

// Question asks peers for a quote.
type Question struct {
	// Draft says what for. Its Side is our own, or Both for two prices; its HMax
	// is the size; K of swaps and Premium of others are what is asked, and 0.
	// Expiry 0 is in two minutes.
	Draft Draft
	// Peers are asked; none asks all that are connected.
	Peers [][33]byte
	// Wait is how long each may take; 0 is the usual time for a program. A
	// person needs longer.
	Wait time.Duration
}

// Quoted is what a peer answered: orders that can be taken like others, or why
// there are none.
type Quoted struct {
	Peer    [33]byte
	Entries []Entry
	Err     error
}

const (
	questionExpiry = 2 * time.Minute
	maxWait        = 10 * time.Minute
)

// AskQuotes asks peers for quotes, and returns when all have answered or the
// time is over. It fails with ErrRequest or ErrNotConnected if nobody can be
// asked; what goes wrong with one peer is in its Quoted.
func (b *Book) AskQuotes(ctx context.Context, q Question) ([]Quoted, error) {
	peers := q.Peers
	if len(peers) == 0 {
		peers = b.Connections()
	}
	if len(peers) == 0 {
		return nil, ErrNotConnected
	}
	if q.Wait < 0 || q.Wait > maxWait {
		return nil, fmt.Errorf("%w: waiting for %s, at most %s", ErrRequest, q.Wait, maxWait)
	}
	wait := q.Wait
	if wait == 0 {
		wait = b.cfg.Timing.Answer
	}
	quote, err := b.completeQuestion(ctx, q.Draft, wait)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var out []Quoted
	b.each(peers, func(peer [33]byte) {
		entries, err := b.askOne(ctx, peer, quote, wait)
		mu.Lock()
		defer mu.Unlock()
		out = append(out, Quoted{Peer: peer, Entries: entries, Err: err})
	})
	slices.SortFunc(out, func(a, b Quoted) int { return slices.Compare(a.Peer[:], b.Peer[:]) })
	return out, nil
}

func (b *Book) completeQuestion(ctx context.Context, d Draft, wait time.Duration) (order.Quote, error) {
	if d.Side != order.Buy && d.Side != order.Sell && d.Side != order.Both {
		return order.Quote{}, fmt.Errorf("%w: side %s", ErrRequest, d.Side)
	}
	if d.Expiry == 0 {
		d.Expiry = b.now() + uint64(max(questionExpiry, wait)/time.Second)
	}
	d.HMin = d.HMax
	q, err := b.quote(ctx, d)
	if err != nil {
		return q, err
	}
	if err := checkStrikes(&q); err != nil {
		return q, err
	}
	return q, b.bucket(ctx, &q, d.Bucket)
}

// askOne asks one peer and keeps its answer.
func (b *Book) askOne(ctx context.Context, peer [33]byte, q order.Quote, wait time.Duration) ([]Entry, error) {
	aux, err := b.random()
	if err != nil {
		return nil, err
	}
	// A nonce of its own for each peer gives each request its own id.
	q.Nonce = b.nextNonce()
	r, err := order.RFQ{Quote: q}.Sign(b.cfg.NodeKey, aux)
	if err != nil {
		return nil, err
	}
	got, err := b.question(ctx, peer, r.ID(), &wire.RFQ{Request: r.Encode()}, wait)
	if err != nil {
		return nil, err
	}
	now := b.now()
	var orders []*order.Order
	var entries []Entry
	for _, record := range got.Orders[:min(len(got.Orders), 2)] {
		e, err := b.verify(peer, record, now)
		if err != nil {
			return nil, err
		}
		orders, entries = append(orders, e.Order), append(entries, e)
	}
	if err := r.CheckAnswers(orders, xOf(peer), now); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range entries {
		if !b.keep(e) {
			return nil, fmt.Errorf("%w: too many orders of this peer", ErrLimit)
		}
	}
	return entries, nil
}
