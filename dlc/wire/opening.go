package wire

import (
	"fmt"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Records of offer. Record 2, rollover, is for later and unsupported, as every
// unknown even record is.
const recordTake = 4

// recordVault is the record of offer and accept that says which bridge the
// sender's payout belongs to.
const recordVault = 5

// MaxVault bounds that record, in bytes.
const MaxVault = 1024

// typeAnnouncement is the TLV type of an oracle announcement.
const typeAnnouncement = 55332

// Party is what one side brings into a contract.
type Party struct {
	// KeyID names the contract's keys below the party's seed. The top bit of
	// each of its four words is 0.
	KeyID [16]byte
	// Internal and Contract are the points I and C, compressed.
	Internal [33]byte
	// Contract is described with Internal.
	Contract [33]byte
	// Collateral is what the party locks.
	Collateral btcutil.Amount
	// Payout is the script pubkey that CETs and refund pay.
	Payout []byte
	// PayoutSerial orders the outputs of CETs, refund and close.
	PayoutSerial uint64
	// Change is the script pubkey of the change output.
	Change []byte
	// ChangeSerial orders the outputs of the funding transaction.
	ChangeSerial uint64
	// Inputs are the coins the party funds with, at most MaxInputs.
	Inputs []Input
}

// Input is one funding input.
type Input struct {
	// Serial orders the inputs of the funding transaction.
	Serial uint64
	// PrevTx is the previous transaction without witness, at most MaxPrevTx
	// bytes. After Decode it aliases the input.
	PrevTx []byte
	// Vout is the output of PrevTx that is spent.
	Vout uint32
}

func (p *Party) size() int {
	n := 16 + 33 + 33 + 8 + 2 + len(p.Payout) + 8 + 2 + len(p.Change) + 8 + 1
	for i := range p.Inputs {
		n += 8 + 5 + len(p.Inputs[i].PrevTx) + 4
	}
	return n
}

func (p *Party) write(w *tlv.Writer) {
	w.Raw(p.KeyID[:])
	w.Raw(p.Internal[:])
	w.Raw(p.Contract[:])
	w.U64(amountBits(p.Collateral))
	w.Bytes16(p.Payout)
	w.U64(p.PayoutSerial)
	w.Bytes16(p.Change)
	w.U64(p.ChangeSerial)
	w.BigSize(uint64(len(p.Inputs)))
	for i := range p.Inputs {
		w.U64(p.Inputs[i].Serial)
		w.VarBytes(p.Inputs[i].PrevTx)
		w.U32(p.Inputs[i].Vout)
	}
}

// amountBits returns the amount for the wire and panics if it is negative.
func amountBits(a btcutil.Amount) uint64 {
	if a < 0 {
		panic("wire: negative amount in a message of ours")
	}
	return uint64(a)
}

func (d *decoder) party() Party {
	var p Party
	d.fill("key_id", p.KeyID[:])
	d.fill("internal key", p.Internal[:])
	d.fill("contract key", p.Contract[:])
	p.Collateral = d.amount("collateral", RejectBadCollateral)
	p.Payout = d.script("payout")
	p.PayoutSerial = d.u64("payout_serial")
	p.Change = d.script("change")
	p.ChangeSerial = d.u64("change_serial")
	n := d.count("inputs", MaxInputs, 8+1+4)
	p.Inputs = make([]Input, 0, n)
	room := MaxPrevTxs
	for range n {
		in := Input{
			Serial: d.u64("input serial"),
			PrevTx: d.alias("prevtx", min(MaxPrevTx, room)),
			Vout:   d.u32("vout"),
		}
		room -= len(in.PrevTx)
		p.Inputs = append(p.Inputs, in)
	}
	return p
}

// Take is the record of an offer that answers an order.
type Take struct {
	// Order and Take are signed records, byte for byte.
	Order []byte
	// Take is described with Order.
	Take []byte
}

func (t *Take) encode() []byte {
	w := tlv.NewWriter(6 + len(t.Order) + len(t.Take))
	w.VarBytes(t.Order)
	w.VarBytes(t.Take)
	return w.Bytes()
}

func decodeTake(d *decoder) *Take {
	return &Take{Order: d.bytes("order", MaxRecord), Take: d.bytes("take", MaxRecord)}
}

// Offer proposes a contract. Its scheme is taproot-v1 and its flags are 0.
type Offer struct {
	// TempID is drawn by the offerer.
	TempID [32]byte
	// Terms is the TLV stream of PROTOCOL.md section 5; dlc/payout reads it.
	Terms []byte
	// Announcements are whole announcement TLVs in key order, each at most
	// MaxAnnouncement bytes; oracle/attest reads them.
	Announcements [][]byte
	// InfoHash is what both sides derive from terms and announcements.
	InfoHash [32]byte
	// Party is the offerer.
	Party Party
	// FundSerial orders the funding output among the outputs.
	FundSerial uint64
	// FundFeeRate and CETFeeRate are in sat/vB.
	FundFeeRate uint32
	// CETFeeRate is described with FundFeeRate.
	CETFeeRate uint32
	// CETLocktime and RefundLocktime are Unix seconds.
	CETLocktime uint32
	// RefundLocktime is described with CETLocktime.
	RefundLocktime uint32
	// Expiry is the Unix second after which the offer is void.
	Expiry uint32
	// QuoteID is the id of the order that is answered, or zeros.
	QuoteID [32]byte
	// Take is there exactly when an order is answered.
	Take *Take
	// Vault says that the offerer's payout goes to the vault of a bridge, and
	// which: 1 to MaxVault bytes that only the bridge reads. Nil says that it is
	// the offerer's own.
	Vault []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeOffer.
func (m *Offer) Type() Type { return TypeOffer }

// Encode returns the whole message.
func (m *Offer) Encode() []byte {
	size := 200 + len(m.Terms) + m.Party.size()
	for _, announcement := range m.Announcements {
		size += len(announcement)
	}
	w := begin(TypeOffer, size)
	w.Raw(m.TempID[:])
	w.U8(SchemeTaprootV1)
	w.U8(0)
	w.VarBytes(m.Terms)
	w.BigSize(uint64(len(m.Announcements)))
	for _, announcement := range m.Announcements {
		w.Raw(announcement)
	}
	w.Raw(m.InfoHash[:])
	m.Party.write(w)
	w.U64(m.FundSerial)
	w.U32(m.FundFeeRate)
	w.U32(m.CETFeeRate)
	w.U32(m.CETLocktime)
	w.U32(m.RefundLocktime)
	w.U32(m.Expiry)
	w.Raw(m.QuoteID[:])
	var known []tlv.Record
	if m.Take != nil {
		known = append(known, tlv.Record{Type: recordTake, Value: m.Take.encode()})
	}
	writeStream(w, m.Extra, append(known, vaultRecord(m.Vault)...)...)
	return w.Bytes()
}

func (m *Offer) isMessage() {}

func decodeOffer(d *decoder) Message {
	m := &Offer{}
	d.fill("temp_id", m.TempID[:])
	d.exactly("scheme", SchemeTaprootV1)
	d.exactly("flags", 0)
	m.Terms = d.bytes("terms", MaxTerms)
	n := d.count("announcements", MaxOracles, 4)
	m.Announcements = make([][]byte, 0, n)
	for range n {
		m.Announcements = append(m.Announcements, d.announcement())
	}
	d.fill("info_hash", m.InfoHash[:])
	m.Party = d.party()
	m.FundSerial = d.u64("fund_serial")
	m.FundFeeRate = d.u32("fund_feerate")
	m.CETFeeRate = d.u32("cet_feerate")
	m.CETLocktime = d.u32("cet_locktime")
	m.RefundLocktime = d.u32("refund_locktime")
	m.Expiry = d.u32("expiry")
	d.fill("quote_id", m.QuoteID[:])
	records := d.stream(recordTake)
	m.Extra = without(records, recordTake, recordVault)
	m.Vault = d.vault(records)
	if value, ok := tlv.Find(records, recordTake); ok {
		take, err := inner("take", value, 0, decodeTake)
		d.fail("records", err)
		m.Take = take
	}
	return m
}

// vaultRecord is the record of a vault, none for nil.
func vaultRecord(vault []byte) []tlv.Record {
	if len(vault) == 0 {
		return nil
	}
	return []tlv.Record{{Type: recordVault, Value: vault}}
}

// vault reads the record of a vault, if there is one.
func (d *decoder) vault(records []tlv.Record) []byte {
	value, ok := tlv.Find(records, recordVault)
	switch {
	case !ok:
		return nil
	case len(value) == 0 || len(value) > MaxVault:
		d.fail("vault", refuse(RejectBadScript, "vault", fmt.Errorf("%d bytes, want 1 to %d: %w", len(value), MaxVault, ErrNotCanonical)))
	}
	return value
}

// exactly reads a byte that has one supported value.
func (d *decoder) exactly(name string, want uint8) {
	if v := d.u8(name); d.err == nil && v != want {
		d.fail(name, refuse(RejectUnsupported, name, fmt.Errorf("%d: %w", v, ErrNotCanonical)))
	}
}

// announcement reads a whole announcement TLV; what it says is unread.
func (d *decoder) announcement() []byte {
	if d.err != nil {
		return nil
	}
	ahead := tlv.NewReader(d.r.Peek())
	before := ahead.Len()
	if _, err := ahead.Record(typeAnnouncement, MaxAnnouncement); err != nil {
		d.fail("announcement", err)
		return nil
	}
	n := before - ahead.Len()
	if n > MaxAnnouncement {
		d.fail("announcement", fmt.Errorf("%d bytes, limit %d: %w", n, MaxAnnouncement, tlv.ErrTooLong))
		return nil
	}
	return read(d, "announcement", func(r *tlv.Reader) ([]byte, error) { return r.Bytes(n) })
}

// Accept agrees to an offer.
type Accept struct {
	// TempID is that of the offer.
	TempID [32]byte
	// OfferHash is MessageHash of the offer.
	OfferHash [32]byte
	// Party is the accepter.
	Party Party
	// Refund is the accepter's signature of the refund.
	Refund [64]byte
	// List is the packed list of the accepter's adaptor signatures, whole.
	// After Decode it aliases the input, and its length fits its count.
	List []byte
	// Vault is the accepter's, as Offer.Vault is the offerer's.
	Vault []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeAccept.
func (m *Accept) Type() Type { return TypeAccept }

// Encode returns the whole message.
func (m *Accept) Encode() []byte {
	w := begin(TypeAccept, 128+m.Party.size()+len(m.List))
	w.Raw(m.TempID[:])
	w.Raw(m.OfferHash[:])
	m.Party.write(w)
	w.Raw(m.Refund[:])
	w.Raw(m.List)
	writeStream(w, m.Extra, vaultRecord(m.Vault)...)
	return w.Bytes()
}

func (m *Accept) isMessage() {}

func decodeAccept(d *decoder) Message {
	m := &Accept{}
	d.fill("temp_id", m.TempID[:])
	d.fill("offer_hash", m.OfferHash[:])
	m.Party = d.party()
	d.fill("refund", m.Refund[:])
	m.List = d.list()
	records := d.stream()
	m.Extra, m.Vault = without(records, recordVault), d.vault(records)
	return m
}

// Sign completes the offerer's part; with it its funding witnesses leave.
type Sign struct {
	// ContractID is the id of PROTOCOL.md section 4.
	ContractID [32]byte
	// AcceptHash is MessageHash of the accept.
	AcceptHash [32]byte
	// Refund is the offerer's signature of the refund.
	Refund [64]byte
	// List is the packed list of the offerer's adaptor signatures, whole. After
	// Decode it aliases the input, and its length fits its count.
	List []byte
	// Witnesses are those of the offerer's inputs, in the order of its offer.
	Witnesses [][][]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeSign.
func (m *Sign) Type() Type { return TypeSign }

// Encode returns the whole message.
func (m *Sign) Encode() []byte {
	w := begin(TypeSign, 256+len(m.List)+160*len(m.Witnesses))
	w.Raw(m.ContractID[:])
	w.Raw(m.AcceptHash[:])
	w.Raw(m.Refund[:])
	w.Raw(m.List)
	writeWitnesses(w, m.Witnesses)
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Sign) isMessage() {}

func decodeSign(d *decoder) Message {
	m := &Sign{}
	d.fill("contract_id", m.ContractID[:])
	d.fill("accept_hash", m.AcceptHash[:])
	d.fill("refund", m.Refund[:])
	m.List = d.list()
	m.Witnesses = d.witnesses()
	m.Extra = d.extra()
	return m
}

// Funded gives the offerer the accepter's funding witnesses, so that both can
// broadcast.
type Funded struct {
	// ContractID is the id of PROTOCOL.md section 4.
	ContractID [32]byte
	// SignHash is MessageHash of the sign.
	SignHash [32]byte
	// Witnesses are those of the accepter's inputs, in the order of its accept.
	Witnesses [][][]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeFunded.
func (m *Funded) Type() Type { return TypeFunded }

// Encode returns the whole message.
func (m *Funded) Encode() []byte {
	w := begin(TypeFunded, 128+160*len(m.Witnesses))
	w.Raw(m.ContractID[:])
	w.Raw(m.SignHash[:])
	writeWitnesses(w, m.Witnesses)
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Funded) isMessage() {}

func decodeFunded(d *decoder) Message {
	m := &Funded{}
	d.fill("contract_id", m.ContractID[:])
	d.fill("sign_hash", m.SignHash[:])
	m.Witnesses = d.witnesses()
	m.Extra = d.extra()
	return m
}
