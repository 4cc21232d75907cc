package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Errors of sources, wrapped with the index and the day.
var (
	// ErrMismatch: what a source says does not follow from its own evidence.
	ErrMismatch = errors.New("value does not follow from its evidence")
	// ErrNotReady: a source is still reading what it needs to know; it is no alarm.
	ErrNotReady = errors.New("index is being brought up to date")
)

// Kinds of indices in Info.
const (
	kindHP1      = "hp1"
	kindReported = "reported"
)

func kindOf(e index.Entry) string {
	if e.Chain != nil {
		return kindHP1
	}
	return kindReported
}

// An occasion is one event of an index before it is announced.
type occasion struct {
	id         string
	descriptor attest.DigitEvent
	maturity   uint32
	// leg is the leg's place in Entry.Legs, cum says that the event is about the
	// counter.
	leg int
	cum bool
}

func eventID(e index.Entry, kind index.EventKind, day uint32, leg string) string {
	return index.EventID{Index: e.ID, Kind: kind, Day: day, Leg: leg}.String()
}

// occasions are the events of a day: the counter's first, in the order of legs.
func occasions(e index.Entry, day uint32) []occasion {
	list := make([]occasion, 0, 2*len(e.Legs))
	for i, leg := range e.Legs {
		list = append(list, occasion{
			id: eventID(e, index.Cum, day, leg), maturity: e.Maturity(day), leg: i, cum: true,
			descriptor: attest.DigitEvent{Base: 2, Unit: e.CumUnit, Digits: uint16(e.CumDigits)},
		})
	}
	for i, leg := range e.Legs {
		list = append(list, occasion{
			id: eventID(e, index.DayValue, day, leg), maturity: e.Maturity(day), leg: i,
			descriptor: attest.DigitEvent{Base: 2, Unit: e.DayUnit, Digits: uint16(e.DayDigits)},
		})
	}
	return list
}

// legOf is the place of a leg, -1 if the index has none of that name.
func legOf(e index.Entry, name string) int { return slices.Index(e.Legs, name) }

// A Reading is what a source says of one closed day. The source has recomputed it
// from its evidence.
type Reading struct {
	Day uint32
	// Values are those of the legs, in the order of Entry.Legs, exact.
	Values []uint64
	// Counters are what the source itself counts up to this day, should nobody know
	// what was attested of the day before.
	Counters []uint64
	// Record makes the published record, canonical JSON, given the counters that are
	// attested.
	Record func(counters []uint64) ([]byte, error)
	// Proof is what the record can be recomputed from; it may be empty.
	Proof []byte
	// CloseHeight and CloseHash are the block that closed the day, as people write
	// it; "" if no chain closes it.
	CloseHeight int32
	CloseHash   string
}

// A Source is one index.
type Source interface {
	// Entry is the index's entry in the registry; it never changes.
	Entry() index.Entry
	// Closed returns the last closed day, FirstDay-1 before the first. It fails with
	// ErrNotReady until that is known.
	Closed(ctx context.Context) (uint32, error)
	// Read returns a closed day. It fails with ErrMismatch.
	Read(ctx context.Context, day uint32) (Reading, error)
	// Blocks returns the series of blocks first to last; empty if the index has none.
	Blocks(ctx context.Context, first, last int32) ([]json.RawMessage, error)
}

// Node is the oracle's Bitcoin node.
type Node interface {
	// Status asks for the tip and whether it can be relied on.
	Status(ctx context.Context) (NodeStatus, error)
	// HashAt returns the hash of the block at a height, as people write it, "" above
	// the tip.
	HashAt(ctx context.Context, height int32) (string, error)
}

// NodeStatus is what a node says of itself.
type NodeStatus struct {
	Height int32
	Hash   string
	// Time is the tip's header time, Unix seconds.
	Time int64
	// Behind and Minority are reasons why the node's chain is not the one to attest
	// from: it is not there yet, or its peers follow another one. "" if it is fine.
	Behind, Minority string
}

// Clock says what time it is.
type Clock interface {
	// Now returns Unix seconds.
	Now(ctx context.Context) (int64, error)
}
