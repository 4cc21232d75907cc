package wire

import (
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Hello is the first message each way.
type Hello struct {
	// Chain is the genesis hash in internal byte order.
	Chain [32]byte
	// Schemes are the schemes the sender speaks; unknown ones are ignored.
	Schemes []uint8
	// MaxList is how many adaptor signatures the sender takes in one list, as
	// it says. See ListLimit.
	MaxList uint32
	// Indexes are the indexes the sender trades; ids differ.
	Indexes []IndexParameters
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// IndexParameters names an index and the parameter set behind the name.
type IndexParameters struct {
	// ID is the registry id, at most MaxString bytes, for example "hp1".
	ID string
	// Parameters is the hash of the parameter set (PRODUCT.md 2.1).
	Parameters [32]byte
}

// Type returns TypeHello.
func (m *Hello) Type() Type { return TypeHello }

// ListLimit returns how many adaptor signatures a list for the sender may hold:
// MaxList of the message, and never over MaxList of the protocol.
func (m *Hello) ListLimit() uint32 { return min(m.MaxList, MaxList) }

// Speaks says whether the sender speaks the scheme.
func (m *Hello) Speaks(scheme uint8) bool { return slices.Contains(m.Schemes, scheme) }

// Parameters returns the parameter hash of an index, and whether the sender
// trades it.
func (m *Hello) Parameters(id string) ([32]byte, bool) {
	for _, index := range m.Indexes {
		if index.ID == id {
			return index.Parameters, true
		}
	}
	return [32]byte{}, false
}

// Encode returns the whole message.
func (m *Hello) Encode() []byte {
	w := begin(TypeHello, 64)
	w.U16(Version)
	w.Raw(m.Chain[:])
	w.VarBytes(m.Schemes)
	w.U32(m.MaxList)
	w.BigSize(uint64(len(m.Indexes)))
	for _, index := range m.Indexes {
		w.String(index.ID)
		w.Raw(index.Parameters[:])
	}
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Hello) isMessage() {}

func decodeHello(d *decoder) Message {
	m := &Hello{}
	if v := d.u16("version"); d.err == nil && v != Version {
		d.fail("version", refuse(RejectUnsupported, "version", fmt.Errorf("%d: %w", v, ErrNotCanonical)))
	}
	d.fill("chain", m.Chain[:])
	m.Schemes = d.bytes("schemes", MaxSchemes)
	m.MaxList = d.u32("max_list")
	n := d.count("indexes", MaxFrame, 1+32)
	m.Indexes = make([]IndexParameters, 0, n)
	seen := make(map[string]bool, n)
	for range n {
		index := IndexParameters{ID: string(d.bytes("index id", MaxString))}
		d.fill("index parameters", index.Parameters[:])
		if d.err != nil {
			return m
		}
		if seen[index.ID] {
			d.fail("index id", fmt.Errorf("%q: %w", index.ID, ErrRepeated))
		}
		seen[index.ID] = true
		m.Indexes = append(m.Indexes, index)
	}
	m.Extra = d.extra()
	return m
}

// Ping asks for a pong with the same data.
type Ping struct {
	// Data comes back in the pong.
	Data [8]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypePing.
func (m *Ping) Type() Type { return TypePing }

// Encode returns the whole message.
func (m *Ping) Encode() []byte { return encodeEcho(TypePing, m.Data, m.Extra) }

func (m *Ping) isMessage() {}

func decodePing(d *decoder) Message {
	m := &Ping{}
	d.fill("data", m.Data[:])
	m.Extra = d.extra()
	return m
}

// Pong answers a ping.
type Pong struct {
	// Data is that of the ping.
	Data [8]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypePong.
func (m *Pong) Type() Type { return TypePong }

// Encode returns the whole message.
func (m *Pong) Encode() []byte { return encodeEcho(TypePong, m.Data, m.Extra) }

func (m *Pong) isMessage() {}

func decodePong(d *decoder) Message {
	m := &Pong{}
	d.fill("data", m.Data[:])
	m.Extra = d.extra()
	return m
}

func encodeEcho(t Type, data [8]byte, extra []tlv.Record) []byte {
	w := begin(t, len(data))
	w.Raw(data[:])
	w.Stream(extra)
	return w.Bytes()
}

// Have says which messages of a contract a node holds, its own included.
type Have uint8

// The bits of Have.
const (
	HaveOffer  Have = 1
	HaveAccept Have = 2
	HaveSign   Have = 4
	HaveFunded Have = 8
)

const allHave = HaveOffer | HaveAccept | HaveSign | HaveFunded

// Resume tells after a reconnection where the sender stands.
type Resume struct {
	// Contracts are those not final, at most MaxResume.
	Contracts []ResumeEntry
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// ResumeEntry is one contract of a Resume.
type ResumeEntry struct {
	// TempID is the contract's temporary id.
	TempID [32]byte
	// Have says which of its messages the sender holds.
	Have Have
}

// SplitResume distributes any number of contracts over messages that each fit
// a frame. It returns one empty message for none, so that the peer learns that
// there are none.
func SplitResume(contracts []ResumeEntry) []*Resume {
	messages := []*Resume{}
	for part := range slices.Chunk(contracts, MaxResume) {
		messages = append(messages, &Resume{Contracts: part})
	}
	if len(messages) == 0 {
		messages = append(messages, &Resume{})
	}
	return messages
}

// Type returns TypeResume.
func (m *Resume) Type() Type { return TypeResume }

// Encode returns the whole message.
func (m *Resume) Encode() []byte {
	w := begin(TypeResume, 3+33*len(m.Contracts))
	w.BigSize(uint64(len(m.Contracts)))
	for _, entry := range m.Contracts {
		w.Raw(entry.TempID[:])
		w.U8(uint8(entry.Have))
	}
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Resume) isMessage() {}

func decodeResume(d *decoder) Message {
	n := d.count("contracts", MaxResume, 33)
	m := &Resume{Contracts: make([]ResumeEntry, 0, n)}
	for range n {
		var entry ResumeEntry
		d.fill("temp_id", entry.TempID[:])
		entry.Have = Have(d.u8("have"))
		if entry.Have&^allHave != 0 {
			d.fail("have", fmt.Errorf("%#x: %w", uint8(entry.Have), ErrNotCanonical))
		}
		m.Contracts = append(m.Contracts, entry)
	}
	m.Extra = d.extra()
	return m
}

// Recover asks a peer for the records of all contracts that are not final.
type Recover struct {
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeRecover.
func (m *Recover) Type() Type { return TypeRecover }

// Encode returns the whole message.
func (m *Recover) Encode() []byte {
	w := begin(TypeRecover, 0)
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Recover) isMessage() {}

func decodeRecover(d *decoder) Message { return &Recover{Extra: d.extra()} }

// Record answers recover with one contract: whole messages, empty from the
// right where there is none yet. After Decode they alias the input, begin with
// the right types and are otherwise unread.
type Record struct {
	Offer  []byte
	Accept []byte
	Sign   []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeRecord.
func (m *Record) Type() Type { return TypeRecord }

// Encode returns the whole message.
func (m *Record) Encode() []byte {
	w := begin(TypeRecord, 15+len(m.Offer)+len(m.Accept)+len(m.Sign))
	w.VarBytes(m.Offer)
	w.VarBytes(m.Accept)
	w.VarBytes(m.Sign)
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Record) isMessage() {}

func decodeRecord(d *decoder) Message {
	m := &Record{
		Offer:  d.message("offer", TypeOffer),
		Accept: d.message("accept", TypeAccept),
		Sign:   d.message("sign", TypeSign),
	}
	if d.err == nil && (len(m.Offer) == 0 && len(m.Accept) > 0 || len(m.Accept) == 0 && len(m.Sign) > 0) {
		d.fail("record", fmt.Errorf("a message without the one before it: %w", ErrNotCanonical))
	}
	m.Extra = d.extra()
	return m
}

// message reads a whole message of type t, or nothing, without copying it.
func (d *decoder) message(name string, t Type) []byte {
	b := d.alias(name, MaxMessage)
	if len(b) == 0 {
		return b
	}
	if head, err := HeadOf(b); err != nil {
		d.fail(name, err)
	} else if head.Type != t {
		d.fail(name, fmt.Errorf("it is %s: %w", head.Type, ErrNotCanonical))
	}
	return b
}

// Evidence carries proof that an oracle signed twice (PROTOCOL.md section 15).
type Evidence struct {
	// Proof is the evidence record, at most MaxEvidence bytes; oracle/attest
	// reads it.
	Proof []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeEvidence.
func (m *Evidence) Type() Type { return TypeEvidence }

// Encode returns the whole message.
func (m *Evidence) Encode() []byte { return encodeBlob(TypeEvidence, m.Proof, m.Extra) }

func (m *Evidence) isMessage() {}

func decodeEvidence(d *decoder) Message {
	return &Evidence{Proof: d.bytes("evidence", MaxEvidence), Extra: d.extra()}
}

func encodeBlob(t Type, blob []byte, extra []tlv.Record) []byte {
	w := begin(t, 5+len(blob))
	w.VarBytes(blob)
	w.Stream(extra)
	return w.Bytes()
}
