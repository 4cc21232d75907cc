package watch

import (
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Height is the height of a block; the genesis block has 0.
type Height int32

// ID names a watch. IDs of one Core are never used twice.
type ID uint64

// Point is a block's place in a chain.
type Point struct {
	Height Height
	Hash   chainhash.Hash
}

// Site is where a transaction stands in the best chain.
type Site struct {
	Block Point
	// Index is the transaction's position in its block; 0 is the coinbase.
	Index uint32
	TxID  chainhash.Hash
	// Tx is shared with others and must not be changed.
	Tx *wire.MsgTx
}

// Event is what happened to one watch. The types are Confirmed, Unconfirmed,
// Spent, SpendReorged, Progress and DepthReached.
//
// The events of a transaction watch are Confirmed and Unconfirmed in turns,
// those of an outpoint watch Spent and SpendReorged. Between them come Progress
// and DepthReached, each with another depth than the event before.
//
//sumtype:decl
type Event interface {
	// Of is the watch concerned.
	Of() ID
	isEvent()
}

// Confirmed says that a watched transaction is in the best chain. If Depth is at
// least the watch's target, DepthReached follows at once.
type Confirmed struct {
	Watch ID
	Site  Site
	// Depth counts from the transaction's block: 1 at the tip.
	Depth uint32
}

// Unconfirmed says that the block of an earlier Confirmed left the best chain.
type Unconfirmed struct {
	Watch ID
	// Site is where the transaction was.
	Site Site
}

// Spent says that a watched output is spent in the best chain. If Depth is at
// least the watch's target, DepthReached follows at once.
type Spent struct {
	Watch    ID
	OutPoint wire.OutPoint
	// Site is the place of the spending transaction, Input the index of its
	// input that spends OutPoint.
	Site  Site
	Input uint32
	// Depth counts from the spending block: 1 at the tip.
	Depth uint32
}

// SpendReorged says that the block of an earlier Spent left the best chain.
type SpendReorged struct {
	Watch    ID
	OutPoint wire.OutPoint
	// Site is where the spending transaction was.
	Site Site
}

// Progress says that the depth changed and is below the target, also when it
// had been reached before a reorganisation.
type Progress struct {
	Watch         ID
	Depth, Target uint32
}

// DepthReached says that the depth is now at least the target. Deeper blocks
// bring no further event.
type DepthReached struct {
	Watch  ID
	Target uint32
}

// Of returns the watch.
func (e Confirmed) Of() ID { return e.Watch }

// Of returns the watch.
func (e Unconfirmed) Of() ID { return e.Watch }

// Of returns the watch.
func (e Spent) Of() ID { return e.Watch }

// Of returns the watch.
func (e SpendReorged) Of() ID { return e.Watch }

// Of returns the watch.
func (e Progress) Of() ID { return e.Watch }

// Of returns the watch.
func (e DepthReached) Of() ID { return e.Watch }

func (Confirmed) isEvent()    {}
func (Unconfirmed) isEvent()  {}
func (Spent) isEvent()        {}
func (SpendReorged) isEvent() {}
func (Progress) isEvent()     {}
func (DepthReached) isEvent() {}

// MaxQueued is the most events Coalesce leaves in a queue.
const MaxQueued = 3

// Coalesce appends e to the undelivered events of the same watch and drops what
// a late reader no longer needs: depths that were overtaken, and confirmations
// or spends taken back before they were delivered. The queue must be a result
// of Coalesce or empty; it is changed in place. Who reads the rest ends with the
// same view as who read everything, but may be told the same depth twice.
func Coalesce(queue []Event, e Event) []Event {
	switch e.(type) {
	case Progress, DepthReached:
		return append(dropDepth(queue), e)
	case Unconfirmed, SpendReorged:
		queue = dropDepth(queue)
		if n := len(queue); n > 0 && isArrival(queue[n-1]) {
			return queue[:n-1]
		}
		return append(queue, e)
	case Confirmed, Spent:
		return append(queue, e)
	}
	panic("watch: unknown event type")
}

// dropDepth removes a depth at the end of the queue.
func dropDepth(queue []Event) []Event {
	if n := len(queue); n > 0 {
		switch queue[n-1].(type) {
		case Progress, DepthReached:
			return queue[:n-1]
		case Confirmed, Unconfirmed, Spent, SpendReorged:
		}
	}
	return queue
}

func isArrival(e Event) bool {
	switch e.(type) {
	case Confirmed, Spent:
		return true
	case Unconfirmed, SpendReorged, Progress, DepthReached:
	}
	return false
}
