package wire

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// startHeader and chunkHeader are the bytes of a frame before its data.
const (
	startHeader = 2 + 4
	chunkHeader = 2
)

// ReassemblyLimit is how many bytes all peers of a node together may have under
// reassembly.
const ReassemblyLimit = 64 << 20

// Errors of segmentation. Both close the connection.
var (
	// ErrSegment: a frame breaks the rules of segmentation.
	ErrSegment = errors.New("breach of segmentation")
	// ErrBudget: all peers together have too much under reassembly.
	ErrBudget = errors.New("no room for another segment")
)

// SegmentStart is the first frame of a message longer than a frame.
type SegmentStart struct {
	// Total is the length of the original message, its type included.
	Total uint32
	// Data is the beginning of the message, type included. After Decode it
	// aliases the input.
	Data []byte
}

// Type returns TypeSegmentStart.
func (m *SegmentStart) Type() Type { return TypeSegmentStart }

// Encode returns the frame.
func (m *SegmentStart) Encode() []byte {
	w := begin(TypeSegmentStart, 4+len(m.Data))
	w.U32(m.Total)
	w.Raw(m.Data)
	return w.Bytes()
}

func (m *SegmentStart) isMessage() {}

func decodeSegmentStart(d *decoder) Message {
	m := &SegmentStart{Total: d.u32("total")}
	m.Data = d.next("data", d.r.Len())
	return m
}

// SegmentChunk is every later frame.
type SegmentChunk struct {
	// Data continues the message. After Decode it aliases the input.
	Data []byte
}

// Type returns TypeSegmentChunk.
func (m *SegmentChunk) Type() Type { return TypeSegmentChunk }

// Encode returns the frame.
func (m *SegmentChunk) Encode() []byte {
	w := begin(TypeSegmentChunk, len(m.Data))
	w.Raw(m.Data)
	return w.Bytes()
}

func (m *SegmentChunk) isMessage() {}

func decodeSegmentChunk(d *decoder) Message {
	return &SegmentChunk{Data: d.next("data", d.r.Len())}
}

// Segment cuts a whole message into frames, which are to be sent in order with
// nothing but ping and pong between them. A message that fits a frame is its
// own only frame. It fails with ErrSegment if the message is longer and not
// offer, accept, sign or record, or longer than MaxMessage. The frames may
// alias the message.
func Segment(message []byte) ([][]byte, error) {
	if len(message) <= MaxFrame {
		return [][]byte{message}, nil
	}
	head, err := HeadOf(message)
	if err != nil {
		return nil, err
	}
	if !kinds[head.Type].segmented || len(message) > MaxMessage {
		return nil, fmt.Errorf("%s of %d bytes: %w", head.Type, len(message), ErrSegment)
	}
	const first, later = MaxFrame - startHeader, MaxFrame - chunkHeader
	start := SegmentStart{Total: uint32(len(message)), Data: message[:first]} //nolint:gosec // G115: at most MaxMessage
	frames := [][]byte{start.Encode()}
	for rest := message[first:]; len(rest) > 0; {
		chunk := SegmentChunk{Data: rest[:min(later, len(rest))]}
		frames = append(frames, chunk.Encode())
		rest = rest[len(chunk.Data):]
	}
	return frames, nil
}

// Budget bounds the memory of all reassemblies of a node. An implementation is
// safe for concurrent use.
type Budget interface {
	// Acquire reserves n bytes and reports whether there was room.
	Acquire(n int) bool
	// Release gives n bytes back.
	Release(n int)
}

// ByteBudget is a Budget of a fixed number of bytes. It is safe for concurrent
// use; make it with NewByteBudget.
type ByteBudget struct {
	free atomic.Int64
}

// NewByteBudget returns a budget of limit bytes, usually ReassemblyLimit.
func NewByteBudget(limit int64) *ByteBudget {
	b := &ByteBudget{}
	b.free.Store(limit)
	return b
}

// Acquire reserves n bytes, n >= 0, and reports whether there was room.
func (b *ByteBudget) Acquire(n int) bool {
	if b.free.Add(-int64(n)) >= 0 {
		return true
	}
	b.free.Add(int64(n))
	return false
}

// Release gives n bytes back.
func (b *ByteBudget) Release(n int) { b.free.Add(int64(n)) }

// Free returns how many bytes are left.
func (b *ByteBudget) Free() int64 { return b.free.Load() }

// Reassembler puts the frames of one peer together again. There is one message
// under reassembly at a time, and its bytes are allocated as they arrive, at
// most twice as many as have come. It has no clock: the caller ends a
// reassembly that takes longer than T_SEGMENT with Abort. It is not safe for
// concurrent use.
type Reassembler struct {
	budget Budget
	expect func(head Head, total uint32) error
	total  int
	held   []byte
}

// NewReassembler returns a Reassembler that takes its memory from budget. When
// the first frame of a message has come, expect is asked whether the contract's
// state expects that message at all; its error ends the reassembly. For record
// the head has no id.
func NewReassembler(budget Budget, expect func(head Head, total uint32) error) *Reassembler {
	return &Reassembler{budget: budget, expect: expect}
}

// InProgress says whether a message is under reassembly.
func (r *Reassembler) InProgress() bool { return r.total > 0 }

// Abort drops what is under reassembly and gives its memory back. It must be
// called when the connection ends.
func (r *Reassembler) Abort() {
	r.budget.Release(cap(r.held))
	r.held, r.total = nil, 0
}

// Frame takes the next frame and returns a whole message, or nil if more frames
// must come. A message of one frame is returned as it is. Any error ends the
// reassembly and closes the connection (ErrSegment, ErrBudget, tlv.ErrTruncated,
// or what expect returned).
func (r *Reassembler) Frame(frame []byte) ([]byte, error) {
	message, err := r.frame(frame)
	if err != nil {
		r.Abort()
		return nil, err
	}
	return message, nil
}

func (r *Reassembler) frame(frame []byte) ([]byte, error) {
	if len(frame) > MaxFrame {
		return nil, fmt.Errorf("frame of %d bytes: %w", len(frame), ErrSegment)
	}
	d := &decoder{r: tlv.NewReader(frame)}
	t := Type(d.u16("type"))
	if d.err != nil {
		return nil, d.err
	}
	switch {
	case t == TypeSegmentStart && !r.InProgress():
		return nil, r.start(d, len(frame))
	case t == TypeSegmentChunk && r.InProgress():
		return r.chunk(d.r.Peek())
	case t == TypeSegmentStart, t == TypeSegmentChunk:
		return nil, fmt.Errorf("%s out of order: %w", t, ErrSegment)
	case r.InProgress() && t != TypePing && t != TypePong:
		return nil, fmt.Errorf("%s between segments: %w", t, ErrSegment)
	default:
		return frame, nil
	}
}

func (r *Reassembler) start(d *decoder, length int) error {
	total := d.u32("total")
	if d.err != nil {
		return d.err
	}
	if total <= MaxFrame || total > MaxMessage {
		return fmt.Errorf("total %d: %w", total, ErrSegment)
	}
	if length != MaxFrame {
		return fmt.Errorf("first frame of %d bytes: %w", length, ErrSegment)
	}
	data := d.r.Peek()
	head, err := HeadOf(data)
	if err != nil {
		return err
	}
	if !kinds[head.Type].segmented {
		return fmt.Errorf("%s: %w", head.Type, ErrSegment)
	}
	if err := r.expect(head, total); err != nil {
		return fmt.Errorf("%s: %w", head.Type, err)
	}
	if !r.budget.Acquire(len(data)) {
		return ErrBudget
	}
	r.total = int(total)
	r.held = append(make([]byte, 0, len(data)), data...)
	return nil
}

func (r *Reassembler) chunk(data []byte) ([]byte, error) {
	if want := min(r.total-len(r.held), MaxFrame-chunkHeader); len(data) != want {
		return nil, fmt.Errorf("chunk of %d bytes instead of %d: %w", len(data), want, ErrSegment)
	}
	if err := r.grow(len(r.held) + len(data)); err != nil {
		return nil, err
	}
	r.held = append(r.held, data...)
	if len(r.held) < r.total {
		return nil, nil
	}
	message := r.held
	r.Abort()
	return message, nil
}

// grow makes room for need bytes: twice as many as there were or what is needed,
// and never more than the message has.
func (r *Reassembler) grow(need int) error {
	if need <= cap(r.held) {
		return nil
	}
	room := max(need, min(r.total, 2*cap(r.held)))
	if !r.budget.Acquire(room - cap(r.held)) {
		return ErrBudget
	}
	r.held = append(make([]byte, 0, room), r.held...)
	return nil
}
