package peer

import (
	"context"
	"sync"
)

// letter is a message on its way: the frames that are left of it.
type letter struct {
	frames [][]byte
	size   int
}

// outbox is the bounded queue of messages to one peer. Safe for concurrent use.
type outbox struct {
	limit int
	// ready tells the writer that there may be something.
	ready chan struct{}

	mu      sync.Mutex
	letters []letter
	size    int
	closed  bool
	// room is closed, and made anew, when bytes have left.
	room chan struct{}
}

func newOutbox(limit int) *outbox {
	return &outbox{limit: limit, ready: make(chan struct{}, 1), room: make(chan struct{})}
}

// push queues a message, and waits as long as there is no room. It fails with
// ErrNotConnected after close, and when ctx ends.
func (o *outbox) push(ctx context.Context, frames [][]byte, size int) error {
	for {
		o.mu.Lock()
		if o.closed {
			o.mu.Unlock()
			return ErrNotConnected
		}
		if len(o.letters) == 0 || o.size+size <= o.limit {
			o.letters = append(o.letters, letter{frames: frames, size: size})
			o.size += size
			o.mu.Unlock()
			o.wake()
			return nil
		}
		room := o.room
		o.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// next returns the next frame, nil if there is none.
func (o *outbox) next() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.letters) == 0 {
		return nil
	}
	return o.letters[0].frames[0]
}

// wake makes ready ready.
func (o *outbox) wake() {
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

// sent takes the frame that next returned off the queue.
func (o *outbox) sent() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.letters) == 0 {
		return
	}
	first := &o.letters[0]
	if first.frames = first.frames[1:]; len(first.frames) > 0 {
		o.wake()
		return
	}
	o.size -= first.size
	o.letters[0] = letter{}
	if o.letters = o.letters[1:]; len(o.letters) == 0 {
		o.letters = nil
	} else {
		o.wake()
	}
	close(o.room)
	o.room = make(chan struct{})
}

// close drops what is queued; who waits for room is told.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	o.closed, o.letters, o.size = true, nil, 0
	close(o.room)
}
