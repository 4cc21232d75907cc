package engine

import (
	"container/heap"
	"context"
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

// timers are those of all contracts, by the two clocks of contract.Clock. Safe
// for concurrent use.
type timers struct {
	mu        sync.Mutex
	now, peer timerHeap
	wake      chan struct{}
}

func newTimers() *timers { return &timers{wake: make(chan struct{}, 1)} }

// setTimer asks for a Tick of a contract.
func (e *Engine) setTimer(key Key, timerOf contract.StartTimer) {
	t := e.timers
	t.mu.Lock()
	if timerOf.Peer {
		heap.Push(&t.peer, timer{key: key, at: timerOf.At})
	} else {
		heap.Push(&t.now, timer{key: key, at: timerOf.At})
	}
	t.mu.Unlock()
	t.poke()
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
		heap *timerHeap
		time int64
	}{{&t.now, now}, {&t.peer, peer}} {
		for len(*of.heap) > 0 && (*of.heap)[0].at <= of.time {
			due = append(due, heap.Pop(of.heap).(timer)) //nolint:forcetypeassert // ours alone
		}
		if len(*of.heap) > 0 {
			wait = min(wait, time.Duration((*of.heap)[0].at-of.time)*time.Second)
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

// timerHeap orders timers by when they are due.
type timerHeap []timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h timerHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)        { *h = append(*h, x.(timer)) } //nolint:forcetypeassert // ours alone
func (h *timerHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
