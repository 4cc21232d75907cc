package peer

import (
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Inbox lets the fuzzer judge frames without a connection.
type Inbox struct{ b inbox }

// NewInbox returns an inbox that takes its memory from budget.
func NewInbox(budget wire.Budget, expect func(wire.Head, uint32) error) *Inbox {
	return &Inbox{b: inbox{maxList: wire.MaxList, segments: wire.NewReassembler(budget, expect)}}
}

// Take judges a frame: the message for the Handler, or what is to be answered.
func (i *Inbox) Take(frame []byte) (delivered, answered []byte, err error) {
	what, data, err := i.b.take(frame, time.Time{})
	switch what {
	case deliver:
		return data, nil, err
	case refuse:
		return nil, data, err
	case echo:
		pong := wire.Pong{Data: [8]byte(data)}
		return nil, pong.Encode(), err
	case drop, echoed:
	}
	return nil, nil, err
}

// ErrUnreached is why no session came of a call.
var ErrUnreached = errUnreached

// Backoff shows the pause after a number of failures.
func (h *Host) Backoff(failures int) time.Duration { return h.backoff(failures) }
