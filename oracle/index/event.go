package index

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrEventID says that a text is not the id of an event of an index.
var ErrEventID = errors.New("not an event id of an index")

// EventKind says what an event attests.
type EventKind string

// The kinds of events.
const (
	// Cum is the counter after a day, what contracts settle on.
	Cum EventKind = "cum"
	// DayValue is the value of one day.
	DayValue EventKind = "day"
)

// EventID names an event: `<index>/<kind>/<day>/<leg>`.
type EventID struct {
	Index string
	Kind  EventKind
	Day   uint32
	Leg   string
}

// String returns the event id as it is announced.
func (e EventID) String() string {
	return e.Index + "/" + string(e.Kind) + "/" + strconv.FormatUint(uint64(e.Day), 10) + "/" + e.Leg
}

// ParseEventID reads an event id and accepts only what String writes; ErrEventID.
func ParseEventID(s string) (EventID, error) {
	parts := strings.Split(s, "/")
	bad := func(what string) (EventID, error) { return EventID{}, fmt.Errorf("%w: %s of %q", ErrEventID, what, s) }
	if len(s) > 255 || len(parts) != 4 {
		return bad("form")
	}
	day, err := strconv.ParseUint(parts[2], 10, 32)
	e := EventID{Index: parts[0], Kind: EventKind(parts[1]), Day: uint32(day), Leg: parts[3]}
	switch {
	case !ValidName(e.Index):
		return bad("index")
	case e.Kind != Cum && e.Kind != DayValue:
		return bad("kind")
	case err != nil || day > MaxDay || strconv.FormatUint(day, 10) != parts[2]:
		return bad("day")
	case !ValidName(e.Leg):
		return bad("leg")
	}
	return e, nil
}

// Saturate returns the value that an event of so many binary digits signs for v.
func Saturate(v uint64, digits uint8) uint64 {
	return min(v, 1<<digits-1)
}
