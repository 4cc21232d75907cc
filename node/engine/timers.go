package engine

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
	key Key
	at  int64
}

// timers are those of all contracts, by the two clocks of contract.Clock, each
// list in the order of time. Safe for concurrent use.
type timers struct {
	mu        sync.Mutex
	now, peer []timer
	wake      chan struct{}
}

func newTimers() *timers { return &timers{wake: make(chan struct{}, 1)} }

// setTimer asks for a Tick of a contract.
func (e *Engine) setTimer(key Key, asked contract.StartTimer) {
	t := e.timers
	t.mu.Lock()
	if asked.Peer {
		t.peer = inserted(t.peer, timer{key: key, at: asked.At})
	} else {
		t.now = inserted(t.now, timer{key: key, at: asked.At})
	}
	t.mu.Unlock()
	t.poke()
}

// inserted puts a timer in its place.
func inserted(list []timer, t timer) []timer {
	at, _ := slices.BinarySearchFunc(list, t, func(a, b timer) int { return cmp.Compare(a.at, b.at) })
	return slices.Insert(list, at, t)
}

// poke has the clocks looked at again.
func (t *timers) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// keepTime lets contracts know when their time has come, until ctx ends.
func (e *Engine) keepTime(ctx context.Context) error {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-e.timers.wake:
		case <-alarm.C:
		}
		clock := e.clock()
		due, wait := e.timers.take(clock.Now, clock.Peer)
		for _, t := range due {
			e.fire(t.key)
		}
		alarm.Reset(wait)
	}
}

// take removes the timers that have come, and returns the time until the next
// one may.
func (t *timers) take(now, peer int64) (due []timer, wait time.Duration) {
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

// fire lets a contract know that its time has come.
func (e *Engine) fire(key Key) {
	a, ok := e.known(key)
	if !ok {
		return // it needs no time any more
	}
	a.post(func(m *mail) { m.due = true })
}
