package engine

import (
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// WallClock is the time of the machine.
type WallClock struct{}

// Now returns the present time.
func (WallClock) Now() time.Time { return time.Now() }

// Tip is ignored: the machine's time is its own.
func (WallClock) Tip(time.Time) {}

// ChainClock is the time in the header of the tip, for a private chain with
// chosen block times. Before the first tip it is the time it was made with. It
// is safe for concurrent use.
type ChainClock struct {
	mu  sync.Mutex
	tip time.Time
}

// NewChainClock returns a clock that stands at the given time until a tip comes.
func NewChainClock(start time.Time) *ChainClock { return &ChainClock{tip: start} }

// Now returns the time of the tip.
func (c *ChainClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tip
}

// Tip sets the time to that of a new tip's header.
func (c *ChainClock) Tip(header time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tip = header
}

// passing is the time by which deadlines between peers run: the machine's when
// the engine began, and from there on as much more as has really passed,
// whatever the machine's clock is set to.
type passing struct{ began time.Time }

// now returns Unix seconds.
func (p passing) now() int64 { return p.began.Add(time.Since(p.began)).Unix() }

// clock is the time of an event that happens now.
func (e *Engine) clock() contract.Clock {
	c := contract.Clock{Now: e.cfg.Clock.Now().Unix(), Peer: e.passing.now()}
	if tip := e.tip.Load(); tip != nil {
		c.MTP, c.Height = tip.MTP, tip.Height
	}
	return c
}

// fire lets a contract know that its time has come.
func (e *Engine) fire(key [32]byte) {
	a, ok := e.known(key)
	if !ok {
		return // it needs no time any more
	}
	a.post(func(m *mail) { m.due = true })
}
