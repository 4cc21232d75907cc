package peer_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

func TestMessagesOfEverySizeArriveWholeBothWays(t *testing.T) {
	a, b := start(t, 1, nil), start(t, 2, nil)
	require.NoError(t, b.Connect(t.Context(), a.address(t)))
	a.handler.until(t, "the session", func() bool { return a.handler.online[b.Self()] })
	sent := [][]byte{offer(1), long(t, 65_000), offer(2), long(t, 65_535), long(t, 140_000), long(t, wire.MaxMessage-20), offer(3)}
	for _, message := range sent {
		require.NoError(t, b.Send(t.Context(), a.Self(), message))
		require.NoError(t, a.Send(t.Context(), b.Self(), message))
	}
	for _, n := range []struct {
		node *node
		from peer.Key
	}{{a, b.Self()}, {b, a.Self()}} {
		n.node.handler.until(t, "all messages", func() bool { return len(n.node.handler.messages[n.from]) == len(sent) })
		for i, message := range sent {
			require.True(t, bytes.Equal(message, n.node.handler.from(n.from)[i]), "message %d", i)
		}
	}
	stats := a.Stats()
	require.EqualValues(t, len(sent), stats.Messages)
	require.EqualValues(t, 1, stats.Inbound)
	require.Greater(t, stats.BytesRead, uint64(wire.MaxMessage))
}

func TestTooLongMessagesAreNotSent(t *testing.T) {
	a, b := start(t, 1, nil), start(t, 2, nil)
	require.ErrorIs(t, b.Send(t.Context(), a.Self(), offer(1)), peer.ErrNotConnected)
	require.NoError(t, b.Connect(t.Context(), a.address(t)))
	require.NoError(t, b.Connect(t.Context(), a.address(t)), "connected already")
	resume := wire.Resume{Contracts: make([]wire.ResumeEntry, wire.MaxResume+1)}
	require.ErrorIs(t, b.Send(t.Context(), a.Self(), resume.Encode()), wire.ErrSegment)
	require.ErrorIs(t, b.Send(t.Context(), a.Self(), append(long(t, wire.MaxMessage-50), make([]byte, 60)...)), wire.ErrSegment)
	require.NoError(t, b.Send(t.Context(), a.Self(), offer(1)))
	a.handler.until(t, "the message after them", func() bool { return len(a.handler.messages[b.Self()]) == 1 })

	require.NoError(t, b.Disconnect(a.Self()))
	a.handler.until(t, "the end", func() bool { return !a.handler.online[b.Self()] })
	b.handler.until(t, "the end", func() bool { return !b.handler.online[a.Self()] })
	require.ErrorIs(t, b.Disconnect(a.Self()), peer.ErrNotConnected)
}

// TestWhatIsNoHelloEndsTheConnection begins with something else.
func TestWhatIsNoHelloEndsTheConnection(t *testing.T) {
	a := start(t, 1, nil)
	ping := wire.Ping{}
	for name, first := range map[string][]byte{
		"ping":           ping.Encode(),
		"empty":          {},
		"half a type":    {0xb7},
		"unknown odd":    {0xc0, 0x01, 1},
		"truncated":      hello().Encode()[:20],
		"trailing bytes": append(hello().Encode(), 1),
		"segment":        bytes.Repeat([]byte{0xb8, 0x03}, 30_000),
	} {
		r := shake(t, a, key(2))
		require.IsType(t, &wire.Hello{}, r.receive(), name)
		r.send(first)
		r.closed()
	}
	require.Zero(t, a.handler.total())
	require.Zero(t, a.handler.met())
}

// TestUnusableHellosAreAnswered says why before the connection ends.
func TestUnusableHellosAreAnswered(t *testing.T) {
	a := start(t, 1, nil)
	other, future := hello(), hello().Encode()
	other.Chain[0]++
	future[3] = 2 // version
	for name, c := range map[string]struct {
		hello []byte
		code  wire.RejectCode
	}{
		"other chain":   {other.Encode(), wire.RejectWrongChain},
		"other version": {future, wire.RejectUnsupported},
	} {
		r := shake(t, a, key(2))
		r.send(c.hello)
		require.IsType(t, &wire.Hello{}, r.receive(), name)
		require.Equal(t, &wire.Reject{Refused: wire.TypeHello, Code: c.code, Detail: []byte{}}, r.receive(), name)
		r.closed()
	}
	// Both sides of our own say so.
	b := start(t, 3, func(cfg *peer.Config) { cfg.Hello = other })
	require.ErrorIs(t, b.Connect(t.Context(), a.address(t)), peer.ErrWrongChain)
	// A peer that refuses our hello is believed.
	r := shake(t, a, key(2))
	reject := wire.Reject{Refused: wire.TypeHello, Code: wire.RejectWrongChain}
	r.send(reject.Encode())
	r.closed()
	require.Zero(t, a.handler.met())
}

// TestHelloOfOtherSchemesAndIndexesIsNoFault keeps the session: offers are
// where that matters.
func TestHelloOfOtherSchemesAndIndexesIsNoFault(t *testing.T) {
	a := start(t, 1, nil)
	r := shake(t, a, key(2))
	strange := &wire.Hello{Chain: hello().Chain, Schemes: []uint8{9, 200}}
	r.send(strange.Encode())
	require.IsType(t, &wire.Hello{}, r.receive())
	r.send(offer(1))
	a.handler.until(t, "the message", func() bool { return len(a.handler.messages[keyOf(key(2))]) == 1 })
	require.Equal(t, []uint8{9, 200}, a.Peers()[0].Hello.Schemes)
}

func TestBreachesEndTheSession(t *testing.T) {
	a := start(t, 1, nil)
	trailing := append(offer(1), 1)
	startOf := func(total int, message []byte) []byte {
		s := wire.SegmentStart{Total: uint32(total), Data: message[:wire.MaxFrame-6]} //nolint:gosec // G115: small
		return s.Encode()
	}
	message := long(t, 200_000)
	reject := wire.Reject{Refused: wire.TypeHello, Code: wire.RejectLimit}
	for name, frames := range map[string][][]byte{
		"second hello":             {hello().Encode()},
		"trailing bytes":           {trailing},
		"unknown even type":        {{0xc0, 0x00}},
		"empty frame":              {{}},
		"chunk without start":      {append([]byte{0xb8, 0x05}, 1, 2, 3)},
		"short start":              {{0xb8, 0x03, 0, 1, 0, 0, 1}},
		"total too small":          {startOf(wire.MaxFrame, message)},
		"total too large":          {startOf(wire.MaxMessage+1, message)},
		"start within a message":   {startOf(len(message), message), startOf(len(message), message)},
		"message between segments": {startOf(len(message), message), offer(1)},
		"short chunk":              {startOf(len(message), message), {0xb8, 0x05, 1}},
		"segmented ping":           {startOf(len(message), append([]byte{0xb7, 0xff}, message...))},
		"our hello refused":        {reject.Encode()},
		"segmented nonsense":       segments(append(message[:len(message)-1:len(message)-1], 1, 2)),
	} {
		r := meet(t, a, key(2))
		for _, frame := range frames {
			if r.trySend(frame) != nil {
				break // hung up on already
			}
		}
		r.closed()
		a.handler.until(t, "the end: "+name, func() bool { return !a.handler.online[keyOf(key(2))] })
	}
	require.Zero(t, a.handler.total())
	require.EqualValues(t, 14, a.Stats().EndedByBreach)
}

func segments(message []byte) [][]byte {
	frames, err := wire.Segment(message)
	if err != nil {
		panic(err)
	}
	return frames
}

// TestWhatIsRefusedWithoutABreachIsAnswered keeps the session.
func TestWhatIsRefusedWithoutABreachIsAnswered(t *testing.T) {
	a := start(t, 1, func(cfg *peer.Config) {
		rate := peer.NewRate(2, time.Hour)
		cfg.Admit = func(k peer.Key, kind wire.Type) bool {
			return kind != wire.TypeOrdersRequest || rate.Allow(k, time.Now())
		}
	})
	r := meet(t, a, key(2))
	r.send([]byte{0xc0, 0x01, 1, 2, 3}) // unknown odd: ignored
	funded := append([]byte{byte(wire.TypeFunded >> 8), byte(wire.TypeFunded & 0xff)}, bytes.Repeat([]byte{5}, 64)...)
	r.send(append(funded, 33)) // more inputs than there may be
	refusal, ok := r.receive().(*wire.Reject)
	require.True(t, ok)
	require.Equal(t, wire.RejectLimit, refusal.Code)
	require.Equal(t, [32]byte(bytes.Repeat([]byte{5}, 32)), refusal.ID)

	for i := range 4 {
		request := wire.OrdersRequest{RequestID: [32]byte{byte(i)}, Limit: 1}
		r.send(request.Encode())
	}
	for i := 2; i < 4; i++ {
		require.Equal(t, &wire.Reject{
			ID: [32]byte{byte(i)}, Refused: wire.TypeOrdersRequest, Code: wire.RejectRateLimited, Detail: []byte{},
		}, r.receive())
	}
	ping := wire.Ping{Data: [8]byte{1, 2, 3}}
	r.send(ping.Encode())
	require.Equal(t, [8]byte{1, 2, 3}, r.receive().(*wire.Pong).Data) //nolint:errcheck // a panic fails the test as well
	require.Len(t, a.handler.from(keyOf(key(2))), 2)
	require.EqualValues(t, 3, a.Stats().Refused)
}

// TestPingsAreAnsweredBetweenSegments puts pings between the frames of a long
// message, both received and sent.
func TestPingsAreAnsweredBetweenSegments(t *testing.T) {
	a := start(t, 1, nil)
	r := meet(t, a, key(2))
	message := long(t, 300_000)
	for i, frame := range segments(message) {
		r.send(frame)
		ping := wire.Ping{Data: [8]byte{byte(i)}}
		r.send(ping.Encode())
		require.Equal(t, byte(i), r.receive().(*wire.Pong).Data[0]) //nolint:errcheck // a panic fails the test as well
	}
	a.handler.until(t, "the message", func() bool { return len(a.handler.messages[keyOf(key(2))]) == 1 })
	require.True(t, bytes.Equal(message, a.handler.from(keyOf(key(2)))[0]))
}

// TestUnexpectedSegmentsEndTheSession asks the handler first.
func TestUnexpectedSegmentsEndTheSession(t *testing.T) {
	a := start(t, 1, nil)
	refusal := errors.New("no such contract")
	a.handler.expect = func(head wire.Head, total uint32) error {
		if head.Type != wire.TypeRecord || total < 300_000 {
			return errors.New("told wrong")
		}
		return refusal
	}
	r := meet(t, a, key(2))
	for _, frame := range segments(long(t, 300_000)) {
		if r.trySend(frame) != nil {
			break
		}
	}
	r.closed()
	require.Zero(t, a.handler.total())
}

// TestHalfMessagesGiveTheirMemoryBack disconnects in the middle of segments and
// of a frame, many times, and then has room for whole ones.
func TestHalfMessagesGiveTheirMemoryBack(t *testing.T) {
	known := keyOf(key(4))
	a := start(t, 1, func(cfg *peer.Config) {
		cfg.Limits.Reassembly = 1 << 20
		cfg.Known = func(k peer.Key) bool { return k == known }
	})
	message := long(t, 600_000)
	frames := segments(message)
	for i := 1; i < len(frames); i += 4 {
		r := meet(t, a, key(2))
		for _, frame := range frames[:i] {
			r.send(frame)
		}
		require.NoError(t, r.machine.WriteMessage(frames[i]))
		_, err := r.machine.Flush(&cut{Conn: r.conn, left: len(frames[i]) / 2}) // the last one is short
		require.NoError(t, err)
		require.NoError(t, r.conn.Close())
		a.handler.until(t, "the end", func() bool { return !a.handler.online[keyOf(key(2))] })
		require.Zero(t, a.Stats().Reassembly)
	}
	// One stranger holds most of the strangers' budget, the next one finds no
	// room, and who is known does.
	holder, late := meet(t, a, key(2)), meet(t, a, key(3))
	for _, frame := range frames[:len(frames)-1] {
		holder.send(frame)
	}
	eventually(t, func() (int64, bool) { n := a.Stats().Reassembly; return n, n >= 600_000 })
	for _, frame := range frames {
		if late.trySend(frame) != nil {
			break
		}
	}
	late.closed()
	// Its connection is closed before its memory is given back.
	a.handler.until(t, "the end of the late one", func() bool { return !a.handler.online[keyOf(key(3))] })
	partner := meet(t, a, key(4))
	small := long(t, 100_000)
	for _, frame := range segments(small) {
		partner.send(frame)
	}
	a.handler.until(t, "the message of the known", func() bool { return len(a.handler.messages[known]) == 1 })
	holder.send(frames[len(frames)-1])
	a.handler.until(t, "the message", func() bool { return len(a.handler.messages[keyOf(key(2))]) == 1 })
	require.True(t, bytes.Equal(message, a.handler.from(keyOf(key(2)))[0]))
}

// TestABugInOneSessionStopsNoOther lets the handler panic.
func TestABugInOneSessionStopsNoOther(t *testing.T) {
	a := start(t, 1, nil)
	a.handler.react = func(_ peer.Key, raw []byte) {
		if head, err := wire.HeadOf(raw); err != nil || head.ID[0] == 66 {
			panic("invariant broken")
		}
	}
	other, victim := meet(t, a, key(3)), meet(t, a, key(2))
	victim.send(offer(66))
	victim.closed()
	a.handler.until(t, "the end of the one", func() bool { return !a.handler.online[keyOf(key(2))] })
	other.send(offer(1))
	a.handler.until(t, "the message of the other", func() bool { return len(a.handler.messages[keyOf(key(3))]) == 1 })
	require.EqualValues(t, 1, a.Stats().Panics)
	meet(t, a, key(2))
}

// TestASlowHandlerHoldsItsPeerAlone blocks in the handler for much longer than
// the silence that ends a session; the peer is alive all the time, and another
// one does not wait.
func TestASlowHandlerHoldsItsPeerAlone(t *testing.T) {
	short := func(cfg *peer.Config) {
		cfg.Timing = peer.Timing{Ping: 20 * time.Millisecond, Silence: 200 * time.Millisecond}
	}
	a, b, c := start(t, 1, short), start(t, 2, short), start(t, 3, short)
	release := make(chan struct{})
	a.handler.react = func(k peer.Key, _ []byte) {
		if k == b.Self() {
			<-release
		}
	}
	require.NoError(t, b.Connect(t.Context(), a.address(t)))
	require.NoError(t, c.Connect(t.Context(), a.address(t)))
	for range 3 {
		require.NoError(t, b.Send(t.Context(), a.Self(), offer(1)))
	}
	a.handler.until(t, "the first message", func() bool { return len(a.handler.messages[b.Self()]) == 1 })
	began := time.Now()
	eventually(t, func() (any, bool) { return nil, time.Since(began) > time.Second && b.Stats().FramesRead > 20 })
	require.NoError(t, c.Send(t.Context(), a.Self(), offer(2)))
	a.handler.until(t, "the other's message", func() bool { return len(a.handler.messages[c.Self()]) == 1 })
	require.Len(t, a.handler.from(b.Self()), 1)
	close(release)
	a.handler.until(t, "the rest", func() bool { return len(a.handler.messages[b.Self()]) == 3 })
	require.Equal(t, 2, a.handler.met())
	require.Equal(t, 1, b.handler.met())
}

// TestOnePeerHasOneSession lets both ends call each other at the same moment,
// again and again; they must agree on the connection that stays.
func TestOnePeerHasOneSession(t *testing.T) {
	a, b := start(t, 1, nil), start(t, 2, nil)
	for range 25 {
		called := make(chan error, 2)
		go func() { called <- a.Connect(context.Background(), b.address(t)) }()
		go func() { called <- b.Connect(context.Background(), a.address(t)) }()
		for range 2 {
			require.NoError(t, <-called)
		}
		// Until the ends agree a message may be lost with the connection that
		// goes; then they come through.
		agreed := eventually(t, func() (bool, bool) {
			pa, pb := a.Peers(), b.Peers()
			ok := len(pa) == 1 && len(pb) == 1 && pa[0].Connected && pb[0].Connected && pa[0].Inbound != pb[0].Inbound &&
				a.Stats().Handshakes == 0 && b.Stats().Handshakes == 0
			return ok, ok
		})
		require.True(t, agreed)
		before := len(b.handler.from(a.Self()))
		require.NoError(t, a.Send(t.Context(), b.Self(), offer(9)))
		b.handler.until(t, "a message", func() bool { return len(b.handler.messages[a.Self()]) > before })
		require.NoError(t, a.Disconnect(b.Self()))
		b.handler.until(t, "the end", func() bool { return len(b.handler.online) == 0 })
		a.handler.until(t, "the end", func() bool { return len(a.handler.online) == 0 })
	}
}

// TestANewConnectionReplacesTheOld is a peer that lost its connection without
// the node noticing.
func TestANewConnectionReplacesTheOld(t *testing.T) {
	a := start(t, 1, nil)
	old := meet(t, a, key(2))
	second := shake(t, a, key(2))
	second.send(hello().Encode())
	require.IsType(t, &wire.Hello{}, second.receive())
	old.closed()
	second.send(offer(1))
	a.handler.until(t, "the message", func() bool { return len(a.handler.messages[keyOf(key(2))]) == 1 })
	require.Equal(t, 2, a.handler.met())
	require.Len(t, a.Peers(), 1)
}

// TestStrangersDoNotCrowdOutTheKnown fills the places of strangers.
func TestStrangersDoNotCrowdOutTheKnown(t *testing.T) {
	known := keyOf(key(50))
	a := start(t, 1, func(cfg *peer.Config) {
		cfg.Limits.Inbound = 3
		cfg.Known = func(k peer.Key) bool { return k == known }
	})
	var first *raw
	for n := byte(10); n < 13; n++ {
		if r := meet(t, a, key(n)); first == nil {
			first = r
		}
	}
	enter := func(k *btcec.PrivateKey) *raw {
		r := shake(t, a, k)
		r.send(hello().Encode())
		require.IsType(t, &wire.Hello{}, r.receive())
		return r
	}
	late := enter(key(13))
	require.Equal(t, &wire.Reject{Refused: wire.TypeHello, Code: wire.RejectLimit, Detail: []byte{}}, late.receive())
	late.closed()

	meet(t, a, key(50))
	persistent := peer.Address{Key: keyOf(key(51)), Host: "127.0.0.1", Port: 1}
	require.NoError(t, a.Add(persistent))
	meet(t, a, key(51))
	require.True(t, a.Remove(persistent.Key))
	require.False(t, a.Remove(persistent.Key))

	require.NoError(t, first.conn.Close())
	a.handler.until(t, "a free place", func() bool { return !a.handler.online[keyOf(key(10))] })
	eventually(t, func() (int, bool) { n := a.Stats().Inbound; return n, n == 4 })
	meet(t, a, key(13))
}
