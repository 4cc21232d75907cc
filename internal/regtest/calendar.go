package regtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// ErrFuture means that a chain's own time would run ahead of the wall clock, which
// nodes do not accept: it began too late.
var ErrFuture = errors.New("chain would run ahead of the clock")

// day is the length of an index day.
const day = 24 * time.Hour

// Calendar gives a chain times of its own: it begins in the past and passes as
// many blocks a day as it is told, whatever time it is. Blocks that are mined
// otherwise, in a reorganisation for instance, take its time from Now
// (Options.Now) and do not move it. It is not safe for concurrent use.
type Calendar struct {
	// Each, if not nil, is called before each block, to put fees into it for
	// instance.
	Each func() error

	node *Node
	at   time.Time
	step time.Duration
}

// NewCalendar returns a Calendar in which the block at ActivationHeight has the
// time first, and later ones come perDay a day, 1 to 1,440. Its Now is the
// Options.Now of the node that Begin is given.
func NewCalendar(first time.Time, perDay int) (*Calendar, error) {
	if perDay < 1 || perDay > int(day/time.Minute) {
		return nil, fmt.Errorf("calendar of %d blocks a day", perDay)
	}
	return &Calendar{at: first.Truncate(time.Second), step: day / time.Duration(perDay)}, nil
}

// Begin activates the chain of a new node.
func (c *Calendar) Begin(n *Node) error {
	c.node = n
	return n.Activate(c.at)
}

// Now is the time of the last block.
func (c *Calendar) Now() time.Time { return c.at }

// Next is the time that the next block will have.
func (c *Calendar) Next() time.Time { return c.at.Add(c.step) }

// Block mines one block, with the mempool's transactions. It is ErrFuture if its
// time has not come.
func (c *Calendar) Block() (chainhash.Hash, error) { return c.BlockAt(c.Next()) }

// BlockAt is Block for a time of its own, after that of the last one.
func (c *Calendar) BlockAt(next time.Time) (chainhash.Hash, error) {
	if next.After(time.Now().Add(time.Hour)) {
		return chainhash.Hash{}, fmt.Errorf("%w: at %s", ErrFuture, next.UTC().Format(time.DateTime))
	}
	if c.Each != nil {
		if err := c.Each(); err != nil {
			return chainhash.Hash{}, err
		}
	}
	hashes, err := c.node.MineAt(next)
	if err != nil {
		return chainhash.Hash{}, err
	}
	c.at = next
	return hashes[0], nil
}

// Blocks mines so many blocks.
func (c *Calendar) Blocks(count int) error {
	for range count {
		if _, err := c.Block(); err != nil {
			return err
		}
	}
	return nil
}

// EndDay mines to the end of the present day (UTC), and then, a minute apart, as
// many blocks as it takes for the median time to pass it and for the block that
// does so to have confirmations.
func (c *Calendar) EndDay(confirmations int) error {
	midnight := c.at.UTC().Truncate(day).Add(day)
	for c.Next().Before(midnight) {
		if _, err := c.Block(); err != nil {
			return err
		}
	}
	for i := range medianBlocks/2 + confirmations + 1 {
		if _, err := c.BlockAt(midnight.Add(time.Duration(i) * time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// Until mines until the last block is not before t.
func (c *Calendar) Until(t time.Time) error {
	for c.at.Before(t) {
		if _, err := c.Block(); err != nil {
			return err
		}
	}
	return nil
}
