// Package order holds the signed records by which contracts are quoted: order,
// take, cancel and rfq. It reads and writes their canonical JSON, computes ids,
// signs and verifies, judges what a record says by itself, and derives contract
// terms from an order and its take. It implements PRODUCT.md 5.1 and the rules
// about orders in PROTOCOL.md section 10.
//
// It keeps no book: what is left of an order, which takes were used and what
// was cancelled is for dlc/store, and whether an index is traded, an event is
// open or an oracle is trusted is for the caller. It has no clock.
//
// Its invariant: a record has exactly one encoding, Decode accepts nothing else
// and nothing that could never be filled, and a record that was decoded or
// signed here encodes to the bytes that its id and signature cover.
package order

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// Limits on records.
const (
	// MaxRecord is the longest record in bytes, its signature included.
	MaxRecord = 4_096
	// Lot is the unit in which notional is traded, in TH/s.
	Lot = 100
	// MaxOracles is how many oracle keys an order may name.
	MaxOracles = 7
	// MaxDays is the longest window in days.
	MaxDays = 3_660
	// MaxQuantJ is the largest bucket exponent.
	MaxQuantJ = 16
)

// Errors of this package.
var (
	// ErrMalformed: a record is not in canonical form, has a wrong signature or
	// key, or says what no order may say (reject code malformed).
	ErrMalformed = errors.New("malformed record")
	// ErrTooLong: a record is longer than MaxRecord (limit).
	ErrTooLong = errors.New("record too long")
	// ErrExpired: the order or the take is past its expiry (expired).
	ErrExpired = errors.New("record expired")
	// ErrUnavailable: there is not enough left of the order (unavailable).
	ErrUnavailable = errors.New("order unavailable")
	// ErrQuoteMismatch: terms, size or id are not those of order and take, or
	// an answer is not what the rfq asked for (quote_mismatch).
	ErrQuoteMismatch = errors.New("not what was quoted")
	// ErrBadTerms: order and take lead to terms that no contract may have
	// (bad_terms).
	ErrBadTerms = errors.New("terms out of bounds")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMalformed, fmt.Errorf(format, args...))
}

// kind is a type of record: the value of its member "type", the tag of its id,
// and the member that names its author.
type kind struct {
	name, tag, author string
	keys              []string
}

// Keys are in the order of their bytes, "sig" and "type" included.
var (
	quoteKeys = []string{
		"cap", "days", "expiry", "floor", "fv", "h_max", "h_min", "index", "k", "kc", "maker_pk", "nonce", "oracles",
		"premium", "premium_mode", "product", "quant_j", "side", "sig", "start_day", "taker_pk", "threshold", "type", "v",
	}
	orderKind  = kind{name: "order", tag: "alk/order/v1", author: "maker_pk", keys: quoteKeys}
	rfqKind    = kind{name: "rfq", tag: "alk/rfq/v1", author: "maker_pk", keys: quoteKeys}
	takeKind   = kind{name: "take", tag: "alk/take/v1", author: "taker_pk", keys: []string{"expiry", "h", "nonce", "order_id", "sig", "taker_pk", "type", "v"}}
	cancelKind = kind{name: "cancel", tag: "alk/cancel/v1", author: "maker_pk", keys: []string{"below_nonce", "maker_pk", "nonce", "order_ids", "sig", "type", "v"}}
)

// Order is a maker's signed quote.
type Order struct {
	Quote
	// Sig is the BIP340 signature of ID by MakerPK.
	Sig [64]byte
}

// DecodeOrder reads an order and judges it with Check. It does not verify the
// signature. It fails with ErrMalformed or ErrTooLong.
func DecodeOrder(b []byte) (*Order, error) {
	f, err := parseRecord(b, orderKind)
	if err != nil {
		return nil, err
	}
	o := &Order{Quote: f.quote(orderKind), Sig: f.sig()}
	if f.err != nil {
		return nil, f.err
	}
	return checked(o)
}

// Check judges what the order says by itself; PRODUCT.md 5.1 and PROTOCOL.md
// section 5 say which fields a product uses and how they relate. It fails with
// ErrMalformed.
func (o *Order) Check() error {
	if o.Side != Buy && o.Side != Sell {
		return malformed("side %s", o.Side)
	}
	return o.check(nothingAsked)
}

// Encode returns the record, at most MaxRecord bytes if Check passes.
func (o *Order) Encode() []byte { return encode(orderKind, o.members(nothingAsked), &o.Sig) }

// Body returns the record without its signature: what the id covers.
func (o *Order) Body() []byte { return encode(orderKind, o.members(nothingAsked), nil) }

// ID returns the order's id.
func (o *Order) ID() [32]byte { return id(orderKind, o.Body()) }

// Sign returns the order with MakerPK and Sig set by key, after Check. aux is
// fresh randomness as BIP340 wants it. It fails with ErrMalformed. The
// key is kept out of branches and indices.
func (o Order) Sign(key *btcec.PrivateKey, aux [32]byte) (*Order, error) {
	o.MakerPK = publicKey(key)
	if err := o.Check(); err != nil {
		return nil, err
	}
	var err error
	o.Sig, err = sign(key, o.ID(), aux)
	return &o, err
}

// Verify fails with ErrMalformed unless the signature is MakerPK's.
func (o *Order) Verify() error { return verify(orderKind, o.MakerPK, o.ID(), o.Sig) }

// Take is a taker's signed acceptance of an order.
type Take struct {
	// OrderID is the id of the order.
	OrderID [32]byte
	// TakerPK is the x coordinate of the taker's node key.
	TakerPK [32]byte
	// H is the notional taken in TH/s, a multiple of Lot.
	H uint32
	// Nonce tells takes of one taker apart.
	Nonce uint64
	// Expiry is the Unix second from which the take is void.
	Expiry uint64
	// Sig is the BIP340 signature of ID by TakerPK.
	Sig [64]byte
}

// DecodeTake reads a take and judges it with Check. It does not verify the
// signature. It fails with ErrMalformed or ErrTooLong.
func DecodeTake(b []byte) (*Take, error) {
	f, err := parseRecord(b, takeKind)
	if err != nil {
		return nil, err
	}
	t := &Take{
		OrderID: f.bytes32("order_id"),
		TakerPK: f.bytes32("taker_pk"),
		H:       f.u32("h"),
		Nonce:   f.u64("nonce"),
		Expiry:  f.u64("expiry"),
		Sig:     f.sig(),
	}
	if f.err != nil {
		return nil, f.err
	}
	return checked(t)
}

// Check judges what the take says by itself. It fails with ErrMalformed.
func (t *Take) Check() error {
	if t.H == 0 || t.H%Lot != 0 {
		return malformed("h %d is no multiple of %d", t.H, Lot)
	}
	return checkKey("taker_pk", t.TakerPK)
}

func (t *Take) members() []member {
	return []member{
		number("expiry", t.Expiry), number("h", uint64(t.H)), number("nonce", t.Nonce),
		hexText("order_id", t.OrderID[:]), hexText("taker_pk", t.TakerPK[:]),
	}
}

// Encode returns the record.
func (t *Take) Encode() []byte { return encode(takeKind, t.members(), &t.Sig) }

// Body returns the record without its signature: what the id covers.
func (t *Take) Body() []byte { return encode(takeKind, t.members(), nil) }

// ID returns the take's id.
func (t *Take) ID() [32]byte { return id(takeKind, t.Body()) }

// Sign returns the take with TakerPK and Sig set by key, after Check; see
// Order.Sign.
func (t Take) Sign(key *btcec.PrivateKey, aux [32]byte) (*Take, error) {
	t.TakerPK = publicKey(key)
	if err := t.Check(); err != nil {
		return nil, err
	}
	var err error
	t.Sig, err = sign(key, t.ID(), aux)
	return &t, err
}

// Verify fails with ErrMalformed unless the signature is TakerPK's.
func (t *Take) Verify() error { return verify(takeKind, t.TakerPK, t.ID(), t.Sig) }

// Cancel withdraws orders of its author: the listed ones, and all with a nonce
// below BelowNonce.
type Cancel struct {
	// MakerPK is the x coordinate of the maker's node key.
	MakerPK [32]byte
	// OrderIDs are the orders withdrawn by id.
	OrderIDs [][32]byte
	// BelowNonce withdraws all orders with a smaller nonce; 0 withdraws none.
	BelowNonce uint64
	// Nonce tells cancels of one maker apart.
	Nonce uint64
	// Sig is the BIP340 signature of ID by MakerPK.
	Sig [64]byte
}

// DecodeCancel reads a cancel and judges it with Check. It does not verify the
// signature. It fails with ErrMalformed or ErrTooLong.
func DecodeCancel(b []byte) (*Cancel, error) {
	f, err := parseRecord(b, cancelKind)
	if err != nil {
		return nil, err
	}
	c := &Cancel{
		MakerPK:    f.bytes32("maker_pk"),
		OrderIDs:   f.list32("order_ids"),
		BelowNonce: f.u64("below_nonce"),
		Nonce:      f.u64("nonce"),
		Sig:        f.sig(),
	}
	if f.err != nil {
		return nil, f.err
	}
	return checked(c)
}

// Check judges what the cancel says by itself. It fails with ErrMalformed, or
// with ErrTooLong if the ids do not fit one record.
func (c *Cancel) Check() error {
	if err := checkKey("maker_pk", c.MakerPK); err != nil {
		return err
	}
	if n := len(c.Encode()); n > MaxRecord {
		return fmt.Errorf("cancel of %d bytes: %w", n, ErrTooLong)
	}
	return nil
}

// Kills says whether the cancel, once verified, withdraws the order.
func (c *Cancel) Kills(o *Order) bool {
	if o.MakerPK != c.MakerPK {
		return false
	}
	if o.Nonce < c.BelowNonce {
		return true
	}
	orderID := o.ID()
	for _, listed := range c.OrderIDs {
		if listed == orderID {
			return true
		}
	}
	return false
}

func (c *Cancel) members() []member {
	return []member{
		number("below_nonce", c.BelowNonce), hexText("maker_pk", c.MakerPK[:]), number("nonce", c.Nonce),
		hexList("order_ids", c.OrderIDs),
	}
}

// Encode returns the record.
func (c *Cancel) Encode() []byte { return encode(cancelKind, c.members(), &c.Sig) }

// Body returns the record without its signature: what the id covers.
func (c *Cancel) Body() []byte { return encode(cancelKind, c.members(), nil) }

// ID returns the cancel's id.
func (c *Cancel) ID() [32]byte { return id(cancelKind, c.Body()) }

// Sign returns the cancel with MakerPK and Sig set by key, after Check; see
// Order.Sign.
func (c Cancel) Sign(key *btcec.PrivateKey, aux [32]byte) (*Cancel, error) {
	c.MakerPK = publicKey(key)
	if err := c.Check(); err != nil {
		return nil, err
	}
	var err error
	c.Sig, err = sign(key, c.ID(), aux)
	return &c, err
}

// Verify fails with ErrMalformed unless the signature is MakerPK's.
func (c *Cancel) Verify() error { return verify(cancelKind, c.MakerPK, c.ID(), c.Sig) }

func id(k kind, body []byte) [32]byte { return *chainhash.TaggedHash([]byte(k.tag), body) }

func publicKey(key *btcec.PrivateKey) [32]byte {
	secret := key.Key.Bytes()
	defer clear(secret[:])
	// Its one error, a key of zero, leaves a public key that Check refuses.
	public, _ := secp.PublicKey(&secret)
	return public
}

func sign(key *btcec.PrivateKey, id, aux [32]byte) ([64]byte, error) {
	secret := key.Key.Bytes()
	defer clear(secret[:])
	sig, err := secp.Sign(&secret, &id, &aux)
	if err != nil {
		return [64]byte{}, fmt.Errorf("sign record: %w", err)
	}
	return sig, nil
}

func verify(k kind, author, id [32]byte, signature [64]byte) error {
	if !secp.Verify(&author, &id, &signature) {
		return malformed("sig is not that of %s", k.author)
	}
	return nil
}

func checkKey(field string, key [32]byte) error {
	if _, ok := secp.LiftX(&key); !ok {
		return malformed("%s: not the x coordinate of a point", field)
	}
	return nil
}

// ascending says whether keys strictly ascend.
func ascending(keys [][32]byte) bool {
	for i := 1; i < len(keys); i++ {
		if bytes.Compare(keys[i-1][:], keys[i][:]) >= 0 {
			return false
		}
	}
	return true
}
