package timers_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine/timers"
)

// clocks are two that are set by hand, besides what passes.
type clocks struct {
	mu    sync.Mutex
	began time.Time
	ahead int64 // of the node's clock
}

func (c *clocks) read() contract.Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := int64(time.Since(c.began) / time.Second)
	return contract.Clock{Now: passed + c.ahead, Peer: passed}
}

func (c *clocks) leap(seconds int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += seconds
}

// running has timers run in a bubble, and collects who was woken when.
func running(t *testing.T, do func(t *testing.T, c *clocks, ts *timers.Timers, woken func() map[byte]int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, ts := &clocks{began: time.Now()}, timers.New()
		var mu sync.Mutex
		fired := make(map[byte]int)
		ctx, cancel := context.WithCancel(t.Context())
		go ts.Run(ctx, c.read, func(key [32]byte) {
			mu.Lock()
			defer mu.Unlock()
			fired[key[0]]++
		})
		do(t, c, ts, func() map[byte]int {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			now := make(map[byte]int)
			for key, n := range fired {
				now[key] = n
			}
			return now
		})
		cancel()
		synctest.Wait()
	})
}

func TestATimerIsDueOnceAndInTime(t *testing.T) {
	running(t, func(t *testing.T, _ *clocks, ts *timers.Timers, woken func() map[byte]int) {
		ts.Set([32]byte{1}, contract.StartTimer{At: 100})
		ts.Set([32]byte{2}, contract.StartTimer{At: 40, Peer: true})
		time.Sleep(39 * time.Second)
		require.Empty(t, woken())
		time.Sleep(time.Second)
		require.Equal(t, map[byte]int{2: 1}, woken())
		time.Sleep(time.Hour)
		require.Equal(t, map[byte]int{1: 1, 2: 1}, woken())
	})
}

func TestATimeThatIsPastIsDueAtOnce(t *testing.T) {
	running(t, func(t *testing.T, _ *clocks, ts *timers.Timers, woken func() map[byte]int) {
		ts.Set([32]byte{1}, contract.StartTimer{At: -5})
		require.Equal(t, map[byte]int{1: 1}, woken())
	})
}

// TestALeapOfTheNodesClockWakesItsTimersOnly: those of peers run by real time.
func TestALeapOfTheNodesClockWakesItsTimersOnly(t *testing.T) {
	running(t, func(t *testing.T, c *clocks, ts *timers.Timers, woken func() map[byte]int) {
		ts.Set([32]byte{1}, contract.StartTimer{At: 86_400})
		ts.Set([32]byte{2}, contract.StartTimer{At: 86_400, Peer: true})
		c.leap(86_400)
		ts.Poke()
		require.Equal(t, map[byte]int{1: 1}, woken())
	})
}

// TestAClockThatWasSetIsNoticed although nobody says so.
func TestAClockThatWasSetIsNoticed(t *testing.T) {
	running(t, func(t *testing.T, c *clocks, ts *timers.Timers, woken func() map[byte]int) {
		ts.Set([32]byte{1}, contract.StartTimer{At: 86_400})
		require.Empty(t, woken())
		c.leap(86_400)
		time.Sleep(15 * time.Second)
		require.Equal(t, map[byte]int{1: 1}, woken())
	})
}

// TestNoTimerIsLostWhateverTheOrder: each of many is due once, at its second.
func TestNoTimerIsLostWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(0, 60), 1, 40).Draw(rt, "times")
		running(t, func(t *testing.T, _ *clocks, ts *timers.Timers, woken func() map[byte]int) {
			for i, at := range times {
				ts.Set([32]byte{byte(i)}, contract.StartTimer{At: at, Peer: i%2 == 0})
			}
			for second := range int64(61) {
				due := 0
				for _, at := range times {
					if at <= second {
						due++
					}
				}
				if got := len(woken()); got != due {
					t.Fatalf("%d woken after %d s, want %d of %v", got, second, due, times)
				}
				time.Sleep(time.Second)
			}
			for key, n := range woken() {
				if n != 1 {
					t.Fatalf("timer %d was due %d times", key, n)
				}
			}
		})
	})
}
