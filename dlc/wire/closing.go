package wire

import (
	"fmt"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// CloseKind says why a contract is closed by agreement.
type CloseKind uint8

// The kinds of close. Kind 2, rollover, is for later and unsupported.
const (
	// CloseExit is a close at a negotiated price.
	CloseExit CloseKind = 0
	// CloseSettle is a close at the attested payout.
	CloseSettle CloseKind = 1
)

// closeRollover is refused as unsupported.
const closeRollover CloseKind = 2

// String returns the kind's name in PROTOCOL.md, or "kind N".
func (k CloseKind) String() string {
	switch k {
	case CloseExit:
		return "exit"
	case CloseSettle:
		return "settle"
	case closeRollover:
		return "rollover"
	default:
		return fmt.Sprintf("kind %d", uint8(k))
	}
}

// CloseOffer proposes to close by agreement. new_id, which only a rollover
// uses, is zeros.
type CloseOffer struct {
	// ContractID is the id of PROTOCOL.md section 4.
	ContractID [32]byte
	// Attempt is even from the offerer and odd from the accepter, and rises.
	Attempt uint32
	// Kind is CloseExit or CloseSettle.
	Kind CloseKind
	// OffererValue and AccepterValue are v_o and v_a, which add up to M.
	OffererValue btcutil.Amount
	// AccepterValue is described with OffererValue.
	AccepterValue btcutil.Amount
	// FeeRate is in sat/vB.
	FeeRate uint32
	// PubNonce is the proposer's BIP327 public nonce.
	PubNonce [66]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeCloseOffer.
func (m *CloseOffer) Type() Type { return TypeCloseOffer }

// Encode returns the whole message.
func (m *CloseOffer) Encode() []byte {
	w := begin(TypeCloseOffer, 160)
	w.Raw(m.ContractID[:])
	w.U32(m.Attempt)
	w.U8(uint8(m.Kind))
	w.U64(amountBits(m.OffererValue))
	w.U64(amountBits(m.AccepterValue))
	w.U32(m.FeeRate)
	w.Raw(make([]byte, 32))
	w.Raw(m.PubNonce[:])
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *CloseOffer) isMessage() {}

func decodeCloseOffer(d *decoder) Message {
	m := &CloseOffer{}
	d.fill("contract_id", m.ContractID[:])
	m.Attempt = d.u32("attempt")
	m.Kind = CloseKind(d.u8("kind"))
	if m.Kind != CloseExit && m.Kind != CloseSettle {
		d.fail("kind", refuse(RejectUnsupported, "kind", fmt.Errorf("%s: %w", m.Kind, ErrNotCanonical)))
	}
	m.OffererValue = d.amount("v_o", RejectBadClose)
	m.AccepterValue = d.amount("v_a", RejectBadClose)
	m.FeeRate = d.u32("feerate")
	var newID [32]byte
	d.fill("new_id", newID[:])
	if newID != [32]byte{} {
		d.fail("new_id", fmt.Errorf("not zeros: %w", ErrNotCanonical))
	}
	d.fill("pubnonce", m.PubNonce[:])
	m.Extra = d.extra()
	return m
}

// recordCancelInput is the record of close_accept that keeps the completer from
// waiting.
const recordCancelInput = 2

// CancelInput is a coin of the accepter of a close, by which it can still void
// the close.
type CancelInput struct {
	// PrevTx is the previous transaction without witness, at most MaxPrevTx
	// bytes.
	PrevTx []byte
	// Vout is the output of PrevTx that is spent.
	Vout uint32
	// Change is the script pubkey that gets the coin back.
	Change []byte
	// Witness spends the coin in the close.
	Witness [][]byte
}

func (c *CancelInput) encode() []byte {
	w := tlv.NewWriter(160 + len(c.PrevTx) + len(c.Change))
	w.VarBytes(c.PrevTx)
	w.U32(c.Vout)
	w.Bytes16(c.Change)
	writeWitness(w, c.Witness)
	return w.Bytes()
}

func decodeCancelInput(d *decoder) *CancelInput {
	return &CancelInput{
		PrevTx:  d.bytes("prevtx", MaxPrevTx),
		Vout:    d.u32("vout"),
		Change:  d.script("change"),
		Witness: d.witness("witness"),
	}
}

// CloseAccept agrees to a close.
type CloseAccept struct {
	// ContractID is the id of PROTOCOL.md section 4.
	ContractID [32]byte
	// Attempt is that of the close_offer.
	Attempt uint32
	// PubNonce is the sender's BIP327 public nonce.
	PubNonce [66]byte
	// Partial is the sender's BIP327 partial signature.
	Partial [32]byte
	// Cancel is nil unless the sender adds a coin of its own.
	Cancel *CancelInput
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeCloseAccept.
func (m *CloseAccept) Type() Type { return TypeCloseAccept }

// Encode returns the whole message.
func (m *CloseAccept) Encode() []byte {
	w := begin(TypeCloseAccept, 160)
	w.Raw(m.ContractID[:])
	w.U32(m.Attempt)
	w.Raw(m.PubNonce[:])
	w.Raw(m.Partial[:])
	if m.Cancel == nil {
		w.Stream(m.Extra)
		return w.Bytes()
	}
	writeStream(w, m.Extra, tlv.Record{Type: recordCancelInput, Value: m.Cancel.encode()})
	return w.Bytes()
}

func (m *CloseAccept) isMessage() {}

func decodeCloseAccept(d *decoder) Message {
	m := &CloseAccept{}
	d.fill("contract_id", m.ContractID[:])
	m.Attempt = d.u32("attempt")
	d.fill("pubnonce", m.PubNonce[:])
	d.fill("partial signature", m.Partial[:])
	records := d.stream(recordCancelInput)
	m.Extra = without(records, recordCancelInput)
	if value, ok := tlv.Find(records, recordCancelInput); ok {
		cancel, err := inner("cancel_input", value, 0, decodeCancelInput)
		d.fail("records", err)
		m.Cancel = cancel
	}
	return m
}

// CloseComplete gives the peer the complete signature of a close.
type CloseComplete struct {
	// ContractID is the id of PROTOCOL.md section 4.
	ContractID [32]byte
	// Attempt is that of the close_offer.
	Attempt uint32
	// Signature is the BIP340 signature of the key path.
	Signature [64]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeCloseComplete.
func (m *CloseComplete) Type() Type { return TypeCloseComplete }

// Encode returns the whole message.
func (m *CloseComplete) Encode() []byte {
	w := begin(TypeCloseComplete, 100)
	w.Raw(m.ContractID[:])
	w.U32(m.Attempt)
	w.Raw(m.Signature[:])
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *CloseComplete) isMessage() {}

func decodeCloseComplete(d *decoder) Message {
	m := &CloseComplete{}
	d.fill("contract_id", m.ContractID[:])
	m.Attempt = d.u32("attempt")
	d.fill("signature", m.Signature[:])
	m.Extra = d.extra()
	return m
}
