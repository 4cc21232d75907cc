package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

func TestSamplesPassAndReadBack(t *testing.T) {
	for _, m := range samples() {
		back, err := judge(m.Encode())
		require.NoError(t, err, m.Type())
		require.Equal(t, m, back, m.Type())
	}
}

// The reject of PROTOCOL.md section 17.
func TestVectorsOfTheProtocolReject(t *testing.T) {
	const want = "b813def94733105d331092a1f947d4ff328fbf9cd17c41a63b7e9590ddfe88bb66cfb80b000900"
	tempID, err := hex.DecodeString("def94733105d331092a1f947d4ff328fbf9cd17c41a63b7e9590ddfe88bb66cf")
	require.NoError(t, err)
	m := &wire.Reject{ID: [32]byte(tempID), Refused: wire.TypeOffer, Code: wire.RejectRateLimited}
	require.Equal(t, want, hex.EncodeToString(m.Encode()))
}

func TestTypesHaveTheNamesAndNumbersOfTheProtocol(t *testing.T) {
	names := []string{
		"hello", "ping", "pong", "segment_start", "segment_chunk", "orders_request", "orders", "offer", "accept", "sign", "funded", "reject",
		"close_offer", "close_accept", "close_complete", "resume", "recover", "record", "evidence", "order_cancel", "rfq",
	}
	for i, name := range names {
		require.Equal(t, name, wire.Type(47101+2*i).String())
	}
	require.Equal(t, "type 47102", wire.Type(47102).String())
	require.False(t, wire.Type(47143).Known())
}

func TestUnknownTypesAreIgnoredIfOddAndFatalIfEven(t *testing.T) {
	m, err := judge([]byte{0xb8, 0x27, 1, 2, 3})
	require.NoError(t, err)
	require.Equal(t, &wire.Unknown{Kind: 47143, Body: []byte{1, 2, 3}}, m)

	_, err = wire.Decode([]byte{0xb8, 0x00, 1, 2, 3})
	require.ErrorIs(t, err, wire.ErrUnknownEven)
	require.Equal(t, wire.RejectUnsupported, wire.CodeOf(err))
	require.True(t, wire.Closes(err))

	for _, short := range [][]byte{nil, {}, {0xb8}} {
		_, err = wire.Decode(short)
		require.ErrorIs(t, err, tlv.ErrTruncated)
	}
}

func TestRecordsAreStrict(t *testing.T) {
	for _, m := range samples() {
		if m.Type() == wire.TypeSegmentStart || m.Type() == wire.TypeSegmentChunk {
			continue // they have no records
		}
		good := m.Encode()
		add := func(hexBytes string) []byte {
			b, err := hex.DecodeString(hexBytes)
			require.NoError(t, err)
			return append(bytes.Clone(good), b...)
		}
		for name, c := range map[string]struct {
			message []byte
			want    error
		}{
			"unknown even":       {add("fd03ee00"), tlv.ErrUnsupported},
			"repeated":           {add("fd03e900"), tlv.ErrDuplicate},
			"descending":         {add("fd03e700"), tlv.ErrOrder},
			"type not minimal":   {add("fe0000ffff00"), tlv.ErrNotMinimal},
			"length not minimal": {add("fd03ebfd000100"), tlv.ErrNotMinimal},
			"past the end":       {add("fd03eb0500"), tlv.ErrTruncated},
			"only a type":        {add("fd03eb"), tlv.ErrTruncated},
			"one stray byte":     {add("fd"), tlv.ErrTruncated},
		} {
			_, err := wire.Decode(c.message)
			require.ErrorIs(t, err, c.want, "%s: %s", m.Type(), name)
			require.Equal(t, !errors.Is(err, tlv.ErrUnsupported), wire.Closes(err))
		}
		kept, err := wire.Decode(add("fd03eb0105"))
		require.NoError(t, err, m.Type())
		require.Equal(t, add("fd03eb0105"), kept.Encode())
	}
}

func TestWhatIsForLaterIsUnsupported(t *testing.T) {
	offer := sample[*wire.Offer]()
	offer.Take, offer.QuoteID = nil, [32]byte{}
	offer.Extra = []tlv.Record{{Type: 2, Value: make([]byte, 56)}} // rollover
	_, err := wire.Decode(offer.Encode())
	require.ErrorIs(t, err, tlv.ErrUnsupported)
	require.Equal(t, wire.RejectUnsupported, wire.CodeOf(err))
	require.False(t, wire.Closes(err))

	rollover := sample[*wire.CloseOffer]()
	rollover.Kind = 2
	_, err = wire.Decode(rollover.Encode())
	require.Equal(t, wire.RejectUnsupported, wire.CodeOf(err))
	require.Equal(t, []string{"exit", "settle", "rollover", "kind 3"},
		[]string{wire.CloseExit.String(), wire.CloseSettle.String(), rollover.Kind.String(), wire.CloseKind(3).String()})

	encoded := sample[*wire.CloseOffer]().Encode()
	encoded[2+32+4+1+8+8+4] = 1 // new_id
	_, err = wire.Decode(encoded)
	require.Equal(t, wire.RejectMalformed, wire.CodeOf(err))
}

func TestKnownRecordsAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct {
		message wire.Message
		want    error
	}{
		"take with trailing bytes":      {&wire.Offer{Extra: []tlv.Record{{Type: 4, Value: []byte{0, 0, 0}}}}, tlv.ErrTrailing},
		"take cut":                      {&wire.Offer{Extra: []tlv.Record{{Type: 4, Value: []byte{0}}}}, tlv.ErrTruncated},
		"cancel_input empty":            {&wire.CloseAccept{Extra: []tlv.Record{{Type: 2}}}, tlv.ErrTruncated},
		"cancel_input with 9 items":     {&wire.CloseAccept{Extra: []tlv.Record{{Type: 2, Value: []byte{0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}}, tlv.ErrTooLong},
		"remaining of another count":    {&wire.Orders{Orders: [][]byte{{1}}, Remaining: []uint32{}}, wire.ErrNotCanonical},
		"remaining with trailing bytes": {&wire.Orders{Extra: []tlv.Record{{Type: 1, Value: []byte{0, 0}}}}, tlv.ErrTrailing},
		"accept without the offer":      {&wire.Record{Accept: (&wire.Accept{List: list(0)}).Encode()}, wire.ErrNotCanonical},
		"sign without the accept":       {&wire.Record{Offer: (&wire.Offer{}).Encode(), Sign: (&wire.Sign{List: list(0)}).Encode()}, wire.ErrNotCanonical},
		"offer that is none":            {&wire.Record{Offer: (&wire.Accept{List: list(0)}).Encode()}, wire.ErrNotCanonical},
		"offer of one byte":             {&wire.Record{Offer: []byte{1}}, tlv.ErrTruncated},
		"announcement that is none":     {&wire.Offer{Announcements: [][]byte{{0xfd, 0xd8, 0x68, 0}}}, tlv.ErrType},
		"spare parity bits":             {&wire.Sign{List: append(list(3)[:4+3*64:4+3*64], 0x08)}, wire.ErrNotCanonical},
		"list without a count":          {&wire.Accept{}, tlv.ErrTruncated},
		"text not in form C":            {&wire.OrdersRequest{Index: "e\u0301"}, tlv.ErrText},
		"index twice":                   {&wire.Hello{Indexes: []wire.IndexParameters{{ID: "hp1"}, {ID: "hp1"}}}, wire.ErrRepeated},
	} {
		_, err := wire.Decode(c.message.Encode())
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestListsAreHeldAgainstTheAnnouncedLimit(t *testing.T) {
	encoded := sample[*wire.Accept]().Encode() // 3 signatures
	_, err := wire.DecodeMaxList(encoded, 3)
	require.NoError(t, err)
	_, err = wire.DecodeMaxList(encoded, 2)
	require.ErrorIs(t, err, tlv.ErrTooLong)
	require.Equal(t, wire.RejectLimit, wire.CodeOf(err))
	require.False(t, wire.Closes(err))
	_, err = wire.DecodeMaxList((&wire.Sign{List: list(20_001)}).Encode(), 1<<32-1)
	require.ErrorIs(t, err, tlv.ErrTooLong)

	m, err := wire.Decode(encoded)
	require.NoError(t, err)
	accept, ok := m.(*wire.Accept)
	require.True(t, ok)
	require.Len(t, accept.List, 4+3*64+1)
	require.Equal(t, len(accept.List), cap(accept.List), "appending must not write into the message")
}

func TestChecksNameTheirRejectCode(t *testing.T) {
	offer := func(change func(*wire.Offer)) wire.Message {
		m := sample[*wire.Offer]()
		change(m)
		return m
	}
	closeAccept := func(change func(*wire.CloseAccept)) wire.Message {
		m := sample[*wire.CloseAccept]()
		change(m)
		return m
	}
	noPoint := [33]byte{0: 2, 32: 5}
	for name, c := range map[string]struct {
		message wire.Message
		code    wire.RejectCode
	}{
		"cet_locktime is a height":  {offer(func(m *wire.Offer) { m.CETLocktime = 499_999_999; m.RefundLocktime = 499_999_999 + 2_419_200 }), wire.RejectBadLocktime},
		"refund a second too early": {offer(func(m *wire.Offer) { m.RefundLocktime = m.CETLocktime + 1_209_599 }), wire.RejectBadLocktime},
		"refund before maturity":    {offer(func(m *wire.Offer) { m.RefundLocktime = m.CETLocktime - 1 }), wire.RejectBadLocktime},
		"refund a second too late":  {offer(func(m *wire.Offer) { m.RefundLocktime = m.CETLocktime + 31_536_001 }), wire.RejectBadLocktime},
		"no announcements":          {offer(func(m *wire.Offer) { m.Announcements = nil }), wire.RejectBadOracle},
		"quote without take":        {offer(func(m *wire.Offer) { m.Take = nil }), wire.RejectQuoteMismatch},
		"take without quote":        {offer(func(m *wire.Offer) { m.QuoteID = [32]byte{} }), wire.RejectQuoteMismatch},
		"no inputs":                 {offer(func(m *wire.Offer) { m.Party.Inputs = nil }), wire.RejectBadInput},
		"equal input serials":       {offer(func(m *wire.Offer) { m.Party.Inputs[1].Serial = 2 }), wire.RejectBadSerial},
		"funding serial of change":  {offer(func(m *wire.Offer) { m.FundSerial = 30 }), wire.RejectBadSerial},
		"internal key no point":     {offer(func(m *wire.Offer) { m.Party.Internal = noPoint }), wire.RejectBadKeys},
		"contract key uncompressed": {offer(func(m *wire.Offer) { m.Party.Contract[0] = 4 }), wire.RejectBadKeys},
		"equal keys":                {offer(func(m *wire.Offer) { m.Party.Contract = m.Party.Internal }), wire.RejectBadKeys},
		"opposite keys":             {offer(func(m *wire.Offer) { m.Party.Contract = m.Party.Internal; m.Party.Contract[0] ^= 1 }), wire.RejectBadKeys},
		"top bit of key_id":         {offer(func(m *wire.Offer) { m.Party.KeyID[12] = 0x80 }), wire.RejectBadKeys},
		"collateral of 999":         {offer(func(m *wire.Offer) { m.Party.Collateral = 999 }), wire.RejectBadCollateral},
		"nonce no point":            {closeAccept(func(m *wire.CloseAccept) { copy(m.PubNonce[33:], noPoint[:]) }), wire.RejectBadPartial},
		"first nonce no point":      {closeAccept(func(m *wire.CloseAccept) { m.PubNonce = [66]byte{} }), wire.RejectBadPartial},
		"partial signature of n":    {closeAccept(func(m *wire.CloseAccept) { groupOrder.FillBytes(m.Partial[:]) }), wire.RejectBadPartial},
		"closing nonce no point":    {&wire.CloseOffer{FeeRate: 1}, wire.RejectBadClose},
	} {
		err := wire.Check(c.message)
		rejected, ok := errors.AsType[*wire.RejectError](err)
		require.True(t, ok, name)
		require.Equal(t, c.code, rejected.Code, name)
		require.Contains(t, err.Error(), c.code.String())
		require.NotEmpty(t, rejected.Field)
	}
	require.NoError(t, wire.Check(nil))
}

func TestErrorsHaveTheirRejectCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code wire.RejectCode
	}{
		{tlv.ErrTruncated, wire.RejectMalformed},
		{tlv.ErrTooLong, wire.RejectLimit},
		{tlv.ErrUnsupported, wire.RejectUnsupported},
		{wire.ErrBudget, wire.RejectLimit},
		{wire.ErrSegment, wire.RejectMalformed},
		{order.ErrMalformed, wire.RejectMalformed},
		{order.ErrTooLong, wire.RejectLimit},
		{order.ErrExpired, wire.RejectExpired},
		{order.ErrUnavailable, wire.RejectUnavailable},
		{order.ErrQuoteMismatch, wire.RejectQuoteMismatch},
		{order.ErrBadTerms, wire.RejectBadTerms},
		{payout.ErrTerms, wire.RejectBadTerms},
		{fmt.Errorf("%w: %w", order.ErrMalformed, payout.ErrTerms), wire.RejectMalformed},
		{&wire.RejectError{Code: wire.RejectBadCETSig, Field: "list", Err: tlv.ErrTooLong}, wire.RejectBadCETSig},
	} {
		require.Equal(t, c.code, wire.CodeOf(fmt.Errorf("wrapped: %w", c.err)), c.err.Error())
	}
	require.True(t, wire.Closes(wire.ErrSegment))
	require.True(t, wire.Closes(wire.ErrBudget))
	require.False(t, wire.Closes(tlv.ErrTooLong))
}

func TestRejectCodesAreTheClosedSet(t *testing.T) {
	names := []string{
		"malformed", "unsupported", "wrong_chain", "unknown_contract", "conflict", "out_of_order", "expired", "limit", "rate_limited", "bad_terms",
		"declined", "info_mismatch", "quote_mismatch", "bad_oracle", "oracle_declined", "event_past", "bad_keys", "bad_locktime", "bad_fee",
		"bad_collateral", "bad_script", "bad_input", "bad_serial", "bad_refund_sig", "bad_cet_sig", "bad_witness", "bad_close", "bad_partial",
		"unavailable", "internal",
	}
	require.Len(t, names, 30)
	for i, name := range names {
		code := wire.RejectCode(i + 1)
		require.True(t, code.Valid())
		require.Equal(t, name, code.String())
	}
	require.Equal(t, "code 0", wire.RejectCode(0).String())
	require.Equal(t, "code 31", wire.RejectCode(31).String())
	require.False(t, wire.RejectCode(31).Valid())
}

func TestRefusalsNameTheRefusedMessage(t *testing.T) {
	identified := []wire.Type{
		wire.TypeOrdersRequest, wire.TypeOrders, wire.TypeOffer, wire.TypeAccept, wire.TypeSign, wire.TypeFunded,
		wire.TypeCloseOffer, wire.TypeCloseAccept, wire.TypeCloseComplete,
	}
	for _, m := range samples() {
		refusal, ok := wire.Refusal(m.Encode(), tlv.ErrTooLong)
		if m.Type() == wire.TypeReject {
			require.False(t, ok, "a reject is never answered")
			continue
		}
		require.True(t, ok)
		require.Equal(t, m.Type(), refusal.Refused)
		require.Equal(t, wire.RejectLimit, refusal.Code)
		require.Empty(t, refusal.Detail)
		if slices.Contains(identified, m.Type()) {
			require.Equal(t, [32]byte{0: 1, 31: 2}, refusal.ID, m.Type())
		} else {
			require.Zero(t, refusal.ID, m.Type())
		}
		back, err := judge(refusal.Encode())
		require.NoError(t, err)
		require.Equal(t, refusal.Encode(), back.Encode())
	}
	refusal, ok := wire.Refusal([]byte{0xb8, 0x0b, 1, 2}, tlv.ErrTruncated)
	require.True(t, ok)
	require.Zero(t, refusal.ID)
	_, ok = wire.Refusal([]byte{0xb8}, tlv.ErrTruncated)
	require.False(t, ok)
}

func TestHelloSaysWhatThePeerTakes(t *testing.T) {
	m := sample[*wire.Hello]()
	require.True(t, m.Speaks(wire.SchemeTaprootV1))
	require.False(t, m.Speaks(2))
	m.MaxList = 1<<32 - 1
	require.Equal(t, uint32(wire.MaxList), m.ListLimit())
	m.MaxList = 500
	require.Equal(t, uint32(500), m.ListLimit())
	parameters, ok := m.Parameters("hp1")
	require.True(t, ok)
	require.Equal(t, m.Indexes[0].Parameters, parameters)
	_, ok = m.Parameters("hp2")
	require.False(t, ok)
}

func TestAnyNumberOfContractsIsResumedInFrames(t *testing.T) {
	for _, n := range []int{0, 1, wire.MaxResume, wire.MaxResume + 1, 10_000} {
		total := 0
		messages := wire.SplitResume(make([]wire.ResumeEntry, n))
		for _, m := range messages {
			encoded := m.Encode()
			require.LessOrEqual(t, len(encoded), wire.MaxFrame)
			_, err := wire.Decode(encoded)
			require.NoError(t, err)
			total += len(m.Contracts)
		}
		require.Equal(t, n, total)
		require.Len(t, messages, max(1, (n+wire.MaxResume-1)/wire.MaxResume))
	}
}

func TestMessageHashCoversTheWholeMessage(t *testing.T) {
	encoded := sample[*wire.Offer]().Encode()
	require.Equal(t, sha256.Sum256(encoded), wire.MessageHash(encoded))
}

func TestEncodingWhatCannotBeWrittenIsABug(t *testing.T) {
	require.Panics(t, func() { (&wire.Offer{Party: wire.Party{Payout: make([]byte, 1<<16)}}).Encode() })
	require.Panics(t, func() { (&wire.CloseOffer{OffererValue: -1}).Encode() })
}
