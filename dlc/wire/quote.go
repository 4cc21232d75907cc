package wire

import (
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// recordRemaining is the record of orders that says what is left of each.
const recordRemaining = 1

// OrdersRequest asks for a peer's own live orders.
type OrdersRequest struct {
	// RequestID is drawn by the asker and comes back in the answer.
	RequestID [32]byte
	// Product is an instrument, or 0 for any.
	Product payout.Instrument
	// Index is "<id>/<leg>", or empty for any.
	Index string
	// Side is the maker's, or order.AnySide.
	Side order.Side
	// Limit is how many orders the asker wants at most.
	Limit uint16
	// After is the id above which ids must be; zeros ask from the start.
	After [32]byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeOrdersRequest.
func (m *OrdersRequest) Type() Type { return TypeOrdersRequest }

// Encode returns the whole message.
func (m *OrdersRequest) Encode() []byte {
	w := begin(TypeOrdersRequest, 72+len(m.Index))
	w.Raw(m.RequestID[:])
	w.U8(uint8(m.Product))
	w.String(m.Index)
	w.U8(uint8(m.Side))
	w.U16(m.Limit)
	w.Raw(m.After[:])
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *OrdersRequest) isMessage() {}

func decodeOrdersRequest(d *decoder) Message {
	m := &OrdersRequest{}
	d.fill("request_id", m.RequestID[:])
	m.Product = payout.Instrument(d.u8("product"))
	if m.Product > payout.Conv {
		d.fail("product", refuse(RejectUnsupported, "product", fmt.Errorf("%s: %w", m.Product, ErrNotCanonical)))
	}
	m.Index = d.text("index", MaxString)
	m.Side = order.Side(d.u8("side"))
	if m.Side > order.Sell {
		d.fail("side", fmt.Errorf("%s: %w", m.Side, ErrNotCanonical))
	}
	m.Limit = d.u16("limit")
	d.fill("after", m.After[:])
	m.Extra = d.extra()
	return m
}

// Orders answers orders_request or rfq.
type Orders struct {
	// RequestID is that of the request, or the id of the rfq.
	RequestID [32]byte
	// Orders are signed records, byte for byte, at most MaxOrders.
	Orders [][]byte
	// Remaining says what is left of each order, in TH/s, one for each; nil
	// where the message does not say.
	Remaining []uint32
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeOrders.
func (m *Orders) Type() Type { return TypeOrders }

// Encode returns the whole message.
func (m *Orders) Encode() []byte {
	w := begin(TypeOrders, 1024*(1+len(m.Orders)))
	w.Raw(m.RequestID[:])
	w.BigSize(uint64(len(m.Orders)))
	for _, record := range m.Orders {
		w.VarBytes(record)
	}
	if m.Remaining == nil {
		w.Stream(m.Extra)
		return w.Bytes()
	}
	value := tlv.NewWriter(3 + 4*len(m.Remaining))
	value.BigSize(uint64(len(m.Remaining)))
	for _, remaining := range m.Remaining {
		value.U32(remaining)
	}
	writeStream(w, m.Extra, tlv.Record{Type: recordRemaining, Value: value.Bytes()})
	return w.Bytes()
}

func (m *Orders) isMessage() {}

func decodeOrders(d *decoder) Message {
	m := &Orders{}
	d.fill("request_id", m.RequestID[:])
	n := d.count("orders", MaxOrders, 1)
	m.Orders = make([][]byte, 0, n)
	for range n {
		m.Orders = append(m.Orders, d.bytes("order", MaxRecord))
	}
	records := d.stream()
	m.Extra = without(records, recordRemaining)
	value, ok := tlv.Find(records, recordRemaining)
	if !ok {
		return m
	}
	remaining, err := inner("remaining", value, 0, func(d *decoder) []uint32 {
		n := d.count("count", MaxOrders, 4)
		left := make([]uint32, 0, n)
		for range n {
			left = append(left, d.u32("left"))
		}
		return left
	})
	d.fail("records", err)
	if err == nil && len(remaining) != len(m.Orders) {
		d.fail("remaining", fmt.Errorf("%d for %d orders: %w", len(remaining), len(m.Orders), ErrNotCanonical))
	}
	m.Remaining = remaining
	return m
}

// OrderCancel tells that orders are withdrawn. It is never answered.
type OrderCancel struct {
	// Cancel is the signed record, byte for byte.
	Cancel []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeOrderCancel.
func (m *OrderCancel) Type() Type { return TypeOrderCancel }

// Encode returns the whole message.
func (m *OrderCancel) Encode() []byte { return encodeBlob(TypeOrderCancel, m.Cancel, m.Extra) }

func (m *OrderCancel) isMessage() {}

func decodeOrderCancel(d *decoder) Message {
	return &OrderCancel{Cancel: d.bytes("cancel", MaxRecord), Extra: d.extra()}
}

// RFQ asks for a quote.
type RFQ struct {
	// Request is the signed record, byte for byte.
	Request []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeRFQ.
func (m *RFQ) Type() Type { return TypeRFQ }

// Encode returns the whole message.
func (m *RFQ) Encode() []byte { return encodeBlob(TypeRFQ, m.Request, m.Extra) }

func (m *RFQ) isMessage() {}

func decodeRFQ(d *decoder) Message {
	return &RFQ{Request: d.bytes("rfq", MaxRecord), Extra: d.extra()}
}
