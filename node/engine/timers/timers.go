// Package timers keeps the times at which contracts want to be woken.
//
// It knows two clocks, those of contract.Clock, and asks for them whenever a
// time may have come. It stores nothing: whoever starts again sets its timers
// again.
//
// Invariant: a timer is due once, never before its time, and after it as soon
// as the clock is known to be there.
package timers

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// recheck is how often the clocks are looked at although no timer is near: the
// node's clock may have been set, or the machine was asleep.
const recheck = 15 * time.Second

// timer is a Tick that a contract has asked for at a Unix second.
type timer struct {
	key [32]byte
	at  int64
}

// Timers are those of all contracts. They are safe for concurrent use.
type Timers struct {
	mu        sync.Mutex
	now, peer []timer // in the order of time
	wake      chan struct{}
}

// New returns no timers.
func New() *Timers { return &Timers{wake: make(chan struct{}, 1)} }

// Set asks for a contract to be woken.
func (t *Timers) Set(key [32]byte, asked contract.StartTimer) {
	t.mu.Lock()
	if asked.Peer {
		t.peer = inserted(t.peer, timer{key: key, at: asked.At})
	} else {
		t.now = inserted(t.now, timer{key: key, at: asked.At})
	}
	t.mu.Unlock()
	t.Poke()
}

// inserted puts a timer in its place.
func inserted(list []timer, t timer) []timer {
	at, _ := slices.BinarySearchFunc(list, t, func(a, b timer) int { return cmp.Compare(a.at, b.at) })
	return slices.Insert(list, at, t)
}

// Poke has the clocks looked at again.
func (t *Timers) Poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Run calls fire for each contract whose time has come by one of the clocks, until
// ctx ends.
func (t *Timers) Run(ctx context.Context, clock func() contract.Clock, fire func(key [32]byte)) {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		case <-alarm.C:
		}
		c := clock()
		due, wait := t.take(c.Now, c.Peer)
		for _, timer := range due {
			fire(timer.key)
		}
		alarm.Reset(wait)
	}
}

// take removes the timers that have come, and returns the time until the next
// one may.
func (t *Timers) take(now, peer int64) (due []timer, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait = recheck
	for _, of := range []struct {
		list *[]timer
		time int64
	}{{&t.now, now}, {&t.peer, peer}} {
		ripe := 0
		for ripe < len(*of.list) && (*of.list)[ripe].at <= of.time {
			ripe++
		}
		due = append(due, (*of.list)[:ripe]...)
		*of.list = (*of.list)[ripe:]
		if len(*of.list) > 0 {
			wait = min(wait, time.Duration((*of.list)[0].at-of.time)*time.Second)
		}
	}
	return due, wait
}
