package peer

import (
	"errors"
	"fmt"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// verdict is what is to be done with a frame that came.
type verdict uint8

const (
	// drop: it is complete for now, or to be ignored.
	drop verdict = iota
	// echo: a ping, whose data is to be sent back.
	echo
	// echoed: a pong.
	echoed
	// deliver: a whole message for the Handler.
	deliver
	// refuse: a whole message that is refused and costs not the connection.
	refuse
)

// errAgain: a second hello.
var errAgain = errors.New("hello came twice")

// inbox judges the frames of one peer after its hello. Not safe for concurrent
// use.
type inbox struct {
	segments *wire.Reassembler
	maxList  uint32
	// began is when the message under reassembly began.
	began time.Time
}

// take judges one frame. It returns the whole message with deliver, the eight
// bytes with echo and echoed, and the message to answer with refuse. An error
// ends the session.
func (b *inbox) take(frame []byte, now time.Time) (verdict, []byte, error) {
	before := b.segments.InProgress()
	message, err := b.segments.Frame(frame)
	if err != nil {
		return drop, nil, err
	}
	if !before && b.segments.InProgress() {
		b.began = now
	}
	if message == nil {
		return drop, nil, nil
	}
	m, err := wire.DecodeMaxList(message, b.maxList)
	if err != nil {
		return b.refused(message, err)
	}
	switch m := m.(type) {
	case *wire.Ping:
		return echo, m.Data[:], nil
	case *wire.Pong:
		return echoed, m.Data[:], nil
	case *wire.Unknown:
		return drop, nil, nil
	case *wire.Hello:
		return drop, nil, errAgain
	case *wire.SegmentStart, *wire.SegmentChunk:
		return drop, nil, fmt.Errorf("%s within a segment: %w", m.Type(), wire.ErrSegment)
	case *wire.Reject:
		if m.Refused == wire.TypeHello {
			return drop, nil, fmt.Errorf("%w: %s", ErrRefused, m.Code)
		}
		return deliver, message, nil
	case *wire.OrdersRequest, *wire.Orders, *wire.Offer, *wire.Accept, *wire.Sign, *wire.Funded,
		*wire.CloseOffer, *wire.CloseAccept, *wire.CloseComplete, *wire.Resume, *wire.Recover, *wire.Record,
		*wire.Evidence, *wire.OrderCancel, *wire.RFQ:
		return deliver, message, nil
	}
	return drop, nil, fmt.Errorf("%s: %w", m.Type(), wire.ErrUnknownEven)
}

// refused says what becomes of a message that does not decode.
func (b *inbox) refused(message []byte, err error) (verdict, []byte, error) {
	if wire.Closes(err) {
		return drop, nil, err
	}
	if answer, ok := wire.Refusal(message, err); ok {
		return refuse, answer.Encode(), nil
	}
	return drop, nil, nil
}

// deadline is until when the next frame must have come, at the latest by idle.
func (b *inbox) deadline(idle time.Time, segment time.Duration) time.Time {
	if end := b.began.Add(segment); b.segments.InProgress() && end.Before(idle) {
		return end
	}
	return idle
}
