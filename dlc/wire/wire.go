// Package wire turns the messages that two peers exchange into bytes and back,
// and cuts long messages into frames. It implements PROTOCOL.md sections 9 to
// 11, the tower package of section 15, and of section 1 the limits that an
// encoding alone can break.
//
// It judges encodings, and with Check the ranges of single fields. It knows no
// contract, clock, peer or key: whether a message fits what came before is for
// dlc/contract, and what a signed record, an announcement or a signature list
// says is for dlc/order, oracle/attest and dlc/adaptor; here those are bytes.
//
// Its invariant: Decode accepts exactly one encoding of a message, and Encode
// gives that encoding back bit for bit, unknown records included. Every count
// and length is held against its limit and against the bytes left before
// anything is allocated, and no input panics.
package wire

import (
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Limits of PROTOCOL.md section 1, and limits that follow from it.
const (
	// MaxMessage is the longest message in bytes, its type included.
	MaxMessage = 4_194_304
	// MaxFrame is the longest message in bytes that one Noise message holds.
	// Longer ones are cut up (Segment).
	MaxFrame = 65_535
	// MaxList is how many adaptor signatures a list may hold, whatever a peer
	// says in hello.
	MaxList = 20_000
	// MaxInputs is how many funding inputs a party may bring.
	MaxInputs = 32
	// MaxPrevTx is the longest previous transaction in bytes, without witness.
	MaxPrevTx = 100_000
	// MaxPrevTxs bounds all previous transactions of one message, in bytes.
	MaxPrevTxs = 500_000
	// MaxString is the longest string in bytes.
	MaxString = 255
	// MaxAnnouncement is the longest announcement TLV in bytes, header included.
	MaxAnnouncement = 4_096
	// MaxOracles is how many announcements an offer may carry.
	MaxOracles = 7
	// MaxRecord is the longest signed record (order, take, cancel, rfq) in bytes.
	MaxRecord = 4_096
	// MaxTerms is the longest contract terms in bytes. Valid terms stay below
	// 1,024; more is read so that the answer can be bad_terms.
	MaxTerms = 4_096
	// MaxOrders is how many orders one message may carry. A frame has no room
	// for as many valid ones.
	MaxOrders = 128
	// MaxScript is the longest script pubkey in bytes that is read at all. Those
	// that a contract allows have at most 34.
	MaxScript = 10_000
	// MaxWitnessItems and MaxWitnessItem bound the witness of one input: how
	// many items, and the bytes of each. Valid ones have at most two, of 72.
	MaxWitnessItems = 8
	// MaxWitnessItem is described with MaxWitnessItems.
	MaxWitnessItem = 520
	// MaxSchemes is how many schemes a hello may list.
	MaxSchemes = 255
	// MaxEvidence is the longest evidence in bytes; two announcements and two
	// attestations of any event stay below it.
	MaxEvidence = 49_152
	// MaxDetail is the longest detail of a reject in bytes.
	MaxDetail = 255
	// MaxResume is how many contracts one resume can name; a frame holds no
	// more. A node with more contracts sends several (SplitResume).
	MaxResume = (MaxFrame - 2 - 3) / (32 + 1)

	// MaxCollateral is the largest amount in a message, 21·10^14 sat.
	MaxCollateral btcutil.Amount = 21e14
	// MinCollateral is the least that a party locks, in sat.
	MinCollateral btcutil.Amount = 1_000
	// MinFeeRate and MaxFeeRate bound a fee rate, in sat/vB.
	MinFeeRate = 1
	// MaxFeeRate is described with MinFeeRate.
	MaxFeeRate = 1_000
	// MinCETLocktime is the least locktime that consensus reads as Unix time.
	MinCETLocktime = 500_000_000
	// MinRefundDelay and MaxRefundDelay bound refund_locktime - cet_locktime,
	// in seconds: 14 to 365 days.
	MinRefundDelay = 1_209_600
	// MaxRefundDelay is described with MinRefundDelay.
	MaxRefundDelay = 31_536_000
)

// SchemeTaprootV1 is the number of the scheme taproot-v1 in hello and offer.
const SchemeTaprootV1 = 1

// Version is the protocol version that hello carries.
const Version = 1

// Type is a message's type, its first two bytes.
type Type uint16

// The messages of this protocol. All are odd, so that a peer which does not
// know one ignores it.
const (
	TypeHello         Type = 47101
	TypePing          Type = 47103
	TypePong          Type = 47105
	TypeSegmentStart  Type = 47107
	TypeSegmentChunk  Type = 47109
	TypeOrdersRequest Type = 47111
	TypeOrders        Type = 47113
	TypeOffer         Type = 47115
	TypeAccept        Type = 47117
	TypeSign          Type = 47119
	TypeFunded        Type = 47121
	TypeReject        Type = 47123
	TypeCloseOffer    Type = 47125
	TypeCloseAccept   Type = 47127
	TypeCloseComplete Type = 47129
	TypeResume        Type = 47131
	TypeRecover       Type = 47133
	TypeRecord        Type = 47135
	TypeEvidence      Type = 47137
	TypeOrderCancel   Type = 47139
	TypeRFQ           Type = 47141
)

// kind is what there is to know about a type.
type kind struct {
	name string
	// identified: the first field is the 32-byte id that a reject names.
	identified bool
	// segmented: the message may be longer than a frame.
	segmented bool
}

var kinds = map[Type]kind{
	TypeHello:         {name: "hello"},
	TypePing:          {name: "ping"},
	TypePong:          {name: "pong"},
	TypeSegmentStart:  {name: "segment_start"},
	TypeSegmentChunk:  {name: "segment_chunk"},
	TypeOrdersRequest: {name: "orders_request", identified: true},
	TypeOrders:        {name: "orders", identified: true},
	TypeOffer:         {name: "offer", identified: true, segmented: true},
	TypeAccept:        {name: "accept", identified: true, segmented: true},
	TypeSign:          {name: "sign", identified: true, segmented: true},
	TypeFunded:        {name: "funded", identified: true},
	TypeReject:        {name: "reject", identified: true},
	TypeCloseOffer:    {name: "close_offer", identified: true},
	TypeCloseAccept:   {name: "close_accept", identified: true},
	TypeCloseComplete: {name: "close_complete", identified: true},
	TypeResume:        {name: "resume"},
	TypeRecover:       {name: "recover"},
	TypeRecord:        {name: "record", segmented: true},
	TypeEvidence:      {name: "evidence"},
	TypeOrderCancel:   {name: "order_cancel"},
	TypeRFQ:           {name: "rfq"},
}

// decoders reads what follows the type. It has the keys of kinds.
var decoders = map[Type]func(*decoder) Message{
	TypeHello:         decodeHello,
	TypePing:          decodePing,
	TypePong:          decodePong,
	TypeSegmentStart:  decodeSegmentStart,
	TypeSegmentChunk:  decodeSegmentChunk,
	TypeOrdersRequest: decodeOrdersRequest,
	TypeOrders:        decodeOrders,
	TypeOffer:         decodeOffer,
	TypeAccept:        decodeAccept,
	TypeSign:          decodeSign,
	TypeFunded:        decodeFunded,
	TypeReject:        decodeReject,
	TypeCloseOffer:    decodeCloseOffer,
	TypeCloseAccept:   decodeCloseAccept,
	TypeCloseComplete: decodeCloseComplete,
	TypeResume:        decodeResume,
	TypeRecover:       decodeRecover,
	TypeRecord:        decodeRecord,
	TypeEvidence:      decodeEvidence,
	TypeOrderCancel:   decodeOrderCancel,
	TypeRFQ:           decodeRFQ,
}

// String returns the message's name in PROTOCOL.md, or "type N".
func (t Type) String() string {
	if k, ok := kinds[t]; ok {
		return k.name
	}
	return fmt.Sprintf("type %d", uint16(t))
}

// Known says whether this protocol defines a message of type t.
func (t Type) Known() bool { return kinds[t].name != "" }

// Message is one message between peers: a pointer to one of the structs of this
// package. Messages are plain data and not safe for concurrent writes.
//
//sumtype:decl
type Message interface {
	// Type returns the message's type.
	Type() Type
	// Encode returns the whole message, type included. It panics if a field
	// cannot be written at all, such as a script above 65,535 bytes: what goes
	// out was built here, so that is a bug. It does not apply Check.
	Encode() []byte
	isMessage()
}

// Unknown is a message of an odd type that this version does not know. It is to
// be ignored.
type Unknown struct {
	// Kind is the type.
	Kind Type
	// Body is what follows the type. After Decode it aliases the input.
	Body []byte
}

// Type returns Kind.
func (m *Unknown) Type() Type { return m.Kind }

// Encode returns the whole message.
func (m *Unknown) Encode() []byte {
	w := begin(m.Kind, len(m.Body))
	w.Raw(m.Body)
	return w.Bytes()
}

func (m *Unknown) isMessage() {}

// Decode reads one whole message. The message may alias b in its largest fields
// (those that say so), so b must not be written to afterwards.
//
// Errors are classified by CodeOf. By PROTOCOL.md section 9 an encoding error
// and an even unknown type close the connection: see Closes. Values that are
// well encoded and out of range pass, but for amounts above MaxCollateral,
// flags, versions, schemes and kinds, which a Message has no room for; Check
// finds the others.
func Decode(b []byte) (Message, error) { return DecodeMaxList(b, MaxList) }

// DecodeMaxList is Decode for a node that announced in hello that it takes no
// more than maxList adaptor signatures. Values above MaxList mean MaxList.
func DecodeMaxList(b []byte, maxList uint32) (Message, error) {
	if len(b) > MaxMessage {
		return nil, refuse(RejectLimit, "message", fmt.Errorf("%d bytes, limit %d", len(b), MaxMessage))
	}
	d := &decoder{r: tlv.NewReader(b), maxList: min(maxList, MaxList)}
	t := Type(d.u16("type"))
	if d.err != nil {
		return nil, d.err
	}
	k, ok := kinds[t]
	if len(b) > MaxFrame && !k.segmented {
		return nil, refuse(RejectLimit, t.String(), fmt.Errorf("%d bytes, limit %d", len(b), MaxFrame))
	}
	if !ok {
		if t%2 == 0 {
			return nil, refuse(RejectUnsupported, t.String(), ErrUnknownEven)
		}
		return &Unknown{Kind: t, Body: d.r.Peek()}, nil
	}
	m := decoders[t](d)
	if err := d.done(); err != nil {
		return nil, tlv.Field(k.name, err)
	}
	return m, nil
}

// Head is what the first bytes of a message say about it.
type Head struct {
	// Type is the message's type.
	Type Type
	// ID is the message's first field if that is the id by which a peer looks
	// it up (temp_id, contract_id or request_id), else zeros.
	ID [32]byte
}

// HeadOf reads the head of a message, or of the beginning of one. It fails if
// the bytes end inside the head.
func HeadOf(b []byte) (Head, error) {
	d := &decoder{r: tlv.NewReader(b)}
	h := Head{Type: Type(d.u16("type"))}
	if kinds[h.Type].identified {
		d.fill("id", h.ID[:])
	}
	return h, d.err
}

// MessageHash is the SHA256 of a whole message, type included, as first sent:
// offer_hash, accept_hash and sign_hash.
func MessageHash(message []byte) [32]byte { return sha256.Sum256(message) }

// begin starts a message; capacity is that of what follows the type.
func begin(t Type, capacity int) *tlv.Writer {
	w := tlv.NewWriter(2 + capacity)
	w.U16(uint16(t))
	return w
}
