package order

import (
	"fmt"
	"math"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Side is what the author of an order or rfq wants to be. Buy and Sell are also
// the numbers that orders_request uses, where 0 asks for any.
type Side uint8

// The sides of records.
const (
	// AnySide is no side, for requests only.
	AnySide Side = 0
	// Buy: the author becomes the long.
	Buy Side = 1
	// Sell: the author becomes the short.
	Sell Side = 2
	// Both asks for two quotes; only an rfq can.
	Both Side = 3
)

var sideNames = map[Side]string{Buy: "buy", Sell: "sell", Both: "both"}

// String returns the side as records write it, or "side N".
func (s Side) String() string {
	if name, ok := sideNames[s]; ok {
		return name
	}
	return fmt.Sprintf("side %d", uint8(s))
}

// premiumMode is the only one there is: the premium is inside the collateral.
const premiumMode = "inside"

// Quote is what an order and an rfq have in common. Prices are satoshi per PH/s
// (of the index unit) and day.
type Quote struct {
	// MakerPK is the x coordinate of the author's node key.
	MakerPK [32]byte
	// TakerPK is the only node that is addressed; zeros address anyone.
	TakerPK [32]byte
	// Side is the author's.
	Side Side
	// Product is the instrument.
	Product payout.Instrument
	// Index is <id>/<leg>, for example hp1/tot.
	Index string
	// StartDay is the first day counted (Unix days), Days how many are.
	StartDay uint32
	// Days is described with StartDay.
	Days uint32
	// HMin and HMax bound the notional of a take in TH/s (thousandths of the
	// index unit), multiples of Lot. In an rfq they are equal.
	HMin uint32
	// HMax is described with HMin.
	HMax uint32
	// K is the strike or swap rate, KC a collar's second strike; what a product
	// does not use is 0. In an rfq for a swap K is the price asked, and 0.
	K uint64
	// KC is described with K.
	KC uint64
	// Floor and Cap are F and C.
	Floor uint64
	// Cap is described with Floor.
	Cap uint64
	// FV is the face value of a note, satoshi per PH/s.
	FV uint64
	// Premium is what the long pays for the whole window, satoshi per PH/s,
	// inside the collateral; negative only for a collar. In an rfq for another
	// product than a swap it is the price asked, and 0.
	Premium int64
	// QuantJ is j: outcomes settle in buckets of 2^j.
	QuantJ uint8
	// Oracles are x-only keys, strictly ascending, 1 to MaxOracles.
	Oracles [][32]byte
	// Threshold is how many oracles must agree.
	Threshold uint16
	// Expiry is the Unix second from which the record is void.
	Expiry uint64
	// Nonce orders the records of one author, for cancels.
	Nonce uint64
}

// asked is the price that a record leaves open.
type asked uint8

const (
	nothingAsked asked = iota
	rateAsked
	premiumAsked
)

// EndDay returns the last day counted. It is meaningful after Check.
func (q *Quote) EndDay() uint32 { return q.StartDay + q.Days - 1 }

// CheckExpiry fails with ErrMalformed if the record outlives the maturity of
// its start day, given in Unix seconds: (StartDay+1)·86400 + the index's
// maturity_delay. From then on the base is no longer the last closed day.
func (q *Quote) CheckExpiry(maturity uint64) error {
	if q.Expiry > maturity {
		return malformed("expiry %d after maturity %d of day %d", q.Expiry, maturity, q.StartDay)
	}
	return nil
}

// Live fails with ErrExpired if now, in Unix seconds, is not before expiry.
func (q *Quote) Live(now uint64) error { return live("order", q.Expiry, now) }

func live(name string, expiry, now uint64) error {
	if now >= expiry {
		return fmt.Errorf("%s until %d, now %d: %w", name, expiry, now, ErrExpired)
	}
	return nil
}

// check judges everything but the side.
func (q *Quote) check(open asked) error {
	switch {
	case q.Days < 1 || q.Days > MaxDays || uint64(q.StartDay)+uint64(q.Days)-1 > math.MaxUint32:
		return malformed("days %d from %d", q.Days, q.StartDay)
	case q.HMin == 0 || q.HMin%Lot != 0 || q.HMax%Lot != 0 || q.HMin > q.HMax:
		return malformed("h %d to %d in lots of %d", q.HMin, q.HMax, Lot)
	case q.QuantJ > MaxQuantJ:
		return malformed("quant_j %d", q.QuantJ)
	case len(q.Oracles) == 0 || len(q.Oracles) > MaxOracles || q.Threshold < 1 || int(q.Threshold) > len(q.Oracles):
		return malformed("%d of %d oracles", q.Threshold, len(q.Oracles))
	case !ascending(q.Oracles):
		return malformed("oracles do not ascend")
	}
	if err := q.checkPrices(open); err != nil {
		return err
	}
	if err := checkKey("maker_pk", q.MakerPK); err != nil {
		return err
	}
	if q.TakerPK != [32]byte{} {
		if err := checkKey("taker_pk", q.TakerPK); err != nil {
			return err
		}
	}
	for _, key := range q.Oracles {
		if err := checkKey("oracles", key); err != nil {
			return err
		}
	}
	return nil
}

// checkPrices judges product, strikes and premium as terms for the largest
// notional, with the most favourable event: no fill can be valid if those are
// not. A price that is asked is taken in the middle of its range.
func (q *Quote) checkPrices(open asked) error {
	const high = 1 << payout.MaxDigits // no strike can reach it
	if max(q.K, q.KC, q.Floor, q.Cap) >= high || q.FV >= 1<<62 {
		return malformed("price out of range")
	}
	filled := *q
	switch {
	case open == rateAsked && q.K == 0:
		filled.K = q.Floor + (max(q.Cap, q.Floor)-q.Floor)/2
	case open == premiumAsked && q.Premium == 0:
		filled.Premium = q.middlePremium()
	case open != nothingAsked:
		return malformed("a price where one is asked")
	}
	terms, err := filled.terms(q.HMax, Event{Digits: payout.MaxDigits})
	if err != nil {
		return malformed("%w", err)
	}
	terms.Bucket = 0
	if err := terms.Validate(); err != nil {
		return malformed("%w", err)
	}
	return nil
}

// middlePremium returns the premium for which the long locks about half of the
// collateral.
func (q *Quote) middlePremium() int64 {
	days := int64(q.Days)
	k, kc, floor, ceiling := int64(q.K), int64(q.KC), int64(q.Floor), int64(q.Cap) //nolint:gosec // G115: prices are below 2^32 here
	switch q.Product {
	case payout.Call:
		return (ceiling - k) * days / 2
	case payout.Put:
		return (k - floor) * days / 2
	case payout.Collar:
		return ((k - floor) - (ceiling - kc)) * days / 2
	case payout.Conv:
		return (int64(q.FV) + (ceiling-k)*days) / 2 //nolint:gosec // G115: fv is below 2^62 here
	case payout.SwapM, payout.SwapP:
		return 0
	default:
		return 0
	}
}

func (q *Quote) members(open asked) []member {
	members := []member{
		number("cap", q.Cap), number("days", uint64(q.Days)), number("expiry", q.Expiry), number("floor", q.Floor),
		number("fv", q.FV), number("h_max", uint64(q.HMax)), number("h_min", uint64(q.HMin)), text("index", q.Index),
		number("kc", q.KC), hexText("maker_pk", q.MakerPK[:]), number("nonce", q.Nonce), hexList("oracles", q.Oracles),
		text("premium_mode", premiumMode), text("product", q.Product.String()), number("quant_j", uint64(q.QuantJ)),
		text("side", q.Side.String()), number("start_day", uint64(q.StartDay)), number("threshold", uint64(q.Threshold)),
	}
	taker := text("taker_pk", "")
	if q.TakerPK != [32]byte{} {
		taker = hexText("taker_pk", q.TakerPK[:])
	}
	rate, premium := number("k", q.K), signed("premium", q.Premium)
	switch open {
	case rateAsked:
		rate.text = ""
	case premiumAsked:
		premium.text = ""
	case nothingAsked:
	}
	return append(members, taker, rate, premium)
}

// quote reads a Quote. In an rfq the price that the product leaves open is "".
func (f *fields) quote(k kind) Quote {
	f.exactly("premium_mode", premiumMode)
	product, err := payout.ParseInstrument(f.text("product"))
	if err != nil {
		f.fail("product", "%w", err)
	}
	q := Quote{
		MakerPK: f.bytes32("maker_pk"), TakerPK: f.optional32("taker_pk"),
		Side: f.side(), Product: product, Index: f.text("index"),
		StartDay: f.u32("start_day"), Days: f.u32("days"),
		HMin: f.u32("h_min"), HMax: f.u32("h_max"),
		KC: f.u64("kc"), Floor: f.u64("floor"), Cap: f.u64("cap"), FV: f.u64("fv"),
		QuantJ: f.u8("quant_j"), Oracles: f.list32("oracles"), Threshold: f.u16("threshold"),
		Expiry: f.u64("expiry"), Nonce: f.u64("nonce"),
	}
	open := nothingAsked
	if k.name == rfqKind.name {
		open = askedOf(product)
	}
	if open == rateAsked {
		f.exactly("k", "")
	} else {
		q.K = f.u64("k")
	}
	if open == premiumAsked {
		f.exactly("premium", "")
	} else {
		q.Premium = f.i64("premium")
	}
	return q
}

func (f *fields) side() Side {
	name := f.text("side")
	for side, known := range sideNames {
		if name == known {
			return side
		}
	}
	f.fail("side", "%.32q", name)
	return AnySide
}

func askedOf(product payout.Instrument) asked {
	if product.HasPremium() {
		return premiumAsked
	}
	return rateAsked
}

// RFQ asks for a quote: an order with one price left open, K for swaps and the
// premium otherwise.
type RFQ struct {
	Quote
	// Sig is the BIP340 signature of ID by MakerPK, who is the asker.
	Sig [64]byte
}

// DecodeRFQ reads an rfq and judges it with Check. It does not verify the
// signature. It fails with ErrMalformed or ErrTooLong.
func DecodeRFQ(b []byte) (*RFQ, error) {
	f, err := parseRecord(b, rfqKind)
	if err != nil {
		return nil, err
	}
	r := &RFQ{Quote: f.quote(rfqKind), Sig: f.sig()}
	if f.err != nil {
		return nil, f.err
	}
	return checked(r)
}

// Check judges what the rfq says by itself, like Order.Check.
func (r *RFQ) Check() error {
	if r.Side != Buy && r.Side != Sell && r.Side != Both {
		return malformed("side %s", r.Side)
	}
	if r.HMin != r.HMax {
		return malformed("h_min %d is not h_max %d", r.HMin, r.HMax)
	}
	return r.check(askedOf(r.Product))
}

// Encode returns the record.
func (r *RFQ) Encode() []byte { return encode(rfqKind, r.members(askedOf(r.Product)), &r.Sig) }

// Body returns the record without its signature: what the id covers.
func (r *RFQ) Body() []byte { return encode(rfqKind, r.members(askedOf(r.Product)), nil) }

// ID returns the rfq's id, which its answer names as request_id.
func (r *RFQ) ID() [32]byte { return id(rfqKind, r.Body()) }

// Sign returns the rfq with MakerPK and Sig set by key, after Check; see
// Order.Sign.
func (r RFQ) Sign(key *btcec.PrivateKey, aux [32]byte) (*RFQ, error) {
	r.MakerPK = publicKey(key)
	if err := r.Check(); err != nil {
		return nil, err
	}
	var err error
	r.Sig, err = sign(key, r.ID(), aux)
	return &r, err
}

// Verify fails with ErrMalformed unless the signature is MakerPK's.
func (r *RFQ) Verify() error { return verify(rfqKind, r.MakerPK, r.ID(), r.Sig) }

// Answer returns the order that answers the rfq on the given side at the given
// price, unsigned: its author, nonce and expiry are for the answerer. price is K
// for swaps and the premium otherwise.
func (r *RFQ) Answer(side Side, price int64) Order {
	o := Order{Quote: r.Quote}
	o.MakerPK, o.TakerPK = [32]byte{}, r.MakerPK
	o.Side, o.Expiry, o.Nonce = side, 0, 0
	if askedOf(r.Product) == rateAsked {
		o.K = uint64(max(price, 0))
		return o
	}
	o.Premium = price
	return o
}

// CheckAnswers judges the orders with which maker, a node key, answered the
// rfq: one of the other side, or one of each for side "both". It verifies their
// signatures. It fails with ErrMalformed for a wrong key or signature, with
// ErrExpired, and with ErrQuoteMismatch if an order is not what was asked.
func (r *RFQ) CheckAnswers(orders []*Order, maker [32]byte, now uint64) error {
	want := map[Side]bool{Buy: r.Side != Buy, Sell: r.Side != Sell}
	for _, o := range orders {
		if !want[o.Side] {
			return fmt.Errorf("answer to %s is %s: %w", r.Side, o.Side, ErrQuoteMismatch)
		}
		want[o.Side] = false
		if err := r.checkAnswer(o, maker, now); err != nil {
			return err
		}
	}
	if want[Buy] || want[Sell] {
		return fmt.Errorf("an answer is missing: %w", ErrQuoteMismatch)
	}
	return nil
}

func (r *RFQ) checkAnswer(o *Order, maker [32]byte, now uint64) error {
	if o.MakerPK != maker {
		return malformed("answer of another maker")
	}
	price := o.Premium
	if askedOf(r.Product) == rateAsked {
		price = int64(min(o.K, math.MaxInt64))
	}
	want := r.Answer(o.Side, price)
	want.MakerPK, want.Expiry, want.Nonce, want.Sig = o.MakerPK, o.Expiry, o.Nonce, o.Sig
	if string(want.Body()) != string(o.Body()) {
		return fmt.Errorf("answer with other terms: %w", ErrQuoteMismatch)
	}
	if err := o.Live(now); err != nil {
		return err
	}
	return o.Verify()
}

// checked returns a decoded record, or why it is refused.
func checked[T interface{ Check() error }](record T) (T, error) {
	if err := record.Check(); err != nil {
		var none T
		return none, err
	}
	return record, nil
}
