package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// daySeconds is the length of a day of any index, in Unix seconds.
const daySeconds = 86400

// Errors of sources, wrapped with the index and the day.
var (
	// ErrMismatch: what the source says does not follow from its own evidence.
	ErrMismatch = errors.New("value does not follow from its evidence")
	// ErrDefinition: a definition contradicts itself or another one of the same id.
	ErrDefinition = errors.New("definition of an index")
)

// Kinds of sources.
const (
	// KindHP1 is an index computed from the chain.
	KindHP1 = "hp1"
	// KindReported is an index whose values the operator's own source reports.
	KindReported = "reported"
)

// Leg is the name of a part of an index that the service itself knows.
const legFee = "fee"

// A Definition is what is fixed about an index for ever.
type Definition struct {
	// ID is [a-z0-9-]{1,32}.
	ID string
	// Kind is KindHP1 or KindReported.
	Kind string
	// Parameters are the canonical JSON of all that fixes the index, Hash its hash:
	// an id is bound to it for ever.
	Parameters []byte
	Hash       [32]byte
	// DayUnit and CumUnit are the units of the day and cum events.
	DayUnit, CumUnit string
	// Legs are the parts that are attested, such as tot, sub, fee.
	Legs []string
	// FirstDay is the first Unix day that counts.
	FirstDay uint32
	// DayDigits and CumDigits are how many binary digits the events have.
	DayDigits, CumDigits int
	// MaturityDelay is how many seconds after the end of a day its events are
	// mature; with 0 the clock is not asked.
	MaturityDelay uint32
}

// An Occasion is one event of an index before it is announced.
type Occasion struct {
	ID         string
	Descriptor attest.DigitEvent
	Maturity   uint32
	// Leg is the leg's place in Definition.Legs, Cum says that the event is about
	// the counter.
	Leg int
	Cum bool
}

// CumEvent is the id of the event about the counter of a leg after a day.
func (d Definition) CumEvent(day uint32, leg string) string { return d.event("cum", day, leg) }

// DayEvent is the id of the event about a leg of one day.
func (d Definition) DayEvent(day uint32, leg string) string { return d.event("day", day, leg) }

func (d Definition) event(kind string, day uint32, leg string) string {
	return d.ID + "/" + kind + "/" + strconv.FormatUint(uint64(day), 10) + "/" + leg
}

// Maturity is when the events of a day are mature, Unix seconds.
func (d Definition) Maturity(day uint32) uint32 {
	at := (uint64(day)+1)*daySeconds + uint64(d.MaturityDelay)
	return uint32(min(at, math.MaxUint32)) //nolint:gosec // G115: bounded
}

// Occasions are the events of a day: the counter's first, in the order of legs.
func (d Definition) Occasions(day uint32) []Occasion {
	list := make([]Occasion, 0, 2*len(d.Legs))
	for _, cum := range []bool{true, false} {
		for i, leg := range d.Legs {
			o := Occasion{Maturity: d.Maturity(day), Leg: i, Cum: cum}
			if cum {
				o.ID = d.CumEvent(day, leg)
				o.Descriptor = attest.DigitEvent{Base: 2, Unit: d.CumUnit, Digits: uint16(d.CumDigits)} //nolint:gosec // G115: check bounds it
			} else {
				o.ID = d.DayEvent(day, leg)
				o.Descriptor = attest.DigitEvent{Base: 2, Unit: d.DayUnit, Digits: uint16(d.DayDigits)} //nolint:gosec // G115: check bounds it
			}
			list = append(list, o)
		}
	}
	return list
}

// check fails with ErrDefinition.
func (d Definition) check() error {
	bad := func(what string) error { return fmt.Errorf("%w %q: %s", ErrDefinition, d.ID, what) }
	switch {
	case !name(d.ID):
		return bad("id is not [a-z0-9-]{1,32}")
	case d.Kind != KindHP1 && d.Kind != KindReported:
		return bad("kind")
	case len(d.Legs) == 0:
		return bad("no legs")
	case d.DayDigits < 1 || d.DayDigits > attest.MaxDigits, d.CumDigits < 1 || d.CumDigits > attest.MaxDigits:
		return bad(fmt.Sprintf("digits are not 1 to %d", attest.MaxDigits))
	case len(d.Parameters) == 0 || d.Hash == [32]byte{}:
		return bad("no parameters")
	}
	for i, leg := range d.Legs {
		if !name(leg) {
			return bad("name of a leg is not [a-z0-9-]{1,32}")
		}
		for _, other := range d.Legs[:i] {
			if leg == other {
				return bad("a leg comes twice")
			}
		}
	}
	return nil
}

// name says whether s is [a-z0-9-]{1,32}.
func name(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// A Reading is what a source says of one closed day. The source has recomputed it
// from its evidence.
type Reading struct {
	Day uint32
	// Values are those of the legs, in the order of Definition.Legs, exact.
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
	// Definition never changes.
	Definition() Definition
	// Closed returns the last closed day, FirstDay-1 before the first.
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
