package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// told returns the lines after a cursor, with their cursors.
func told(t *testing.T, s *store.Store, after uint64, limit int) (lines []string) {
	t.Helper()
	check(t, s.Lines(after, limit, func(cursor uint64, key [32]byte, line []byte) error {
		lines = append(lines, fmt.Sprintf("%d %x %s", cursor, key[:1], line))
		return nil
	}))
	return lines
}

func TestLogKeepsItsOrderOverRestarts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if got := told(t, s, 0, 10); got != nil {
		t.Fatalf("a new log holds %v", got)
	}
	for i := range 3 {
		cursor, err := s.Tell([32]byte{byte(i)}, nil, fmt.Appendf(nil, "line %d", i))
		check(t, err)
		if cursor != uint64(i)+1 {
			t.Fatalf("line %d got cursor %d", i, cursor)
		}
	}
	check(t, s.SetPlace([]byte("here")))
	check(t, s.Close())
	s = open(t, dir)
	defer func() { check(t, s.Close()) }()
	_, err := s.Tell([32]byte{9}, nil, []byte("after"))
	check(t, err)
	if got := fmt.Sprint(told(t, s, 1, 2)); got != "[2 01 line 1 3 02 line 2]" {
		t.Fatal(got)
	}
	if got := fmt.Sprint(told(t, s, 3, 10)); got != "[4 09 after]" {
		t.Fatal(got)
	}
	n, err := s.TrimLog(3, 10)
	check(t, err)
	if got := fmt.Sprint(n, told(t, s, 0, 10)); got != "2 [3 02 line 2 4 09 after]" {
		t.Fatal(got)
	}
	place, err := s.Place()
	check(t, err)
	if string(place) != "here" {
		t.Fatalf("place %q", place)
	}
}

func TestALineOfAnEffectIsToldOnce(t *testing.T) {
	s := fresh(t)
	first := stateOf(1, contract.Offered)
	check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, []contract.Effect{
		contract.Notify{Tag: contract.Tag{Seq: 5}, Notice: contract.NoticePhase},
	}))
	id := uint64(5)
	_, err := s.Tell(first.Key(), &id, []byte("once"))
	check(t, err)
	_, err = s.Tell(first.Key(), &id, []byte("twice"))
	if !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a second time: %v", err)
	}
	if got := told(t, s, 0, 10); len(got) != 1 {
		t.Fatal(got)
	}
	undone, err := s.Undone(first.Key())
	check(t, err)
	if len(undone) != 0 {
		t.Fatalf("left: %v", undone)
	}
}

// TestReadersOfTheLogMissNothing lets writers and a reader run side by side:
// the reader, going on after the last cursor it saw, sees every line once.
func TestReadersOfTheLogMissNothing(t *testing.T) {
	s := fresh(t)
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := s.Tell([32]byte{1}, nil, fmt.Append(nil, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var seen int
	var last uint64
	read := func() {
		check(t, s.Lines(last, 1000, func(cursor uint64, _ [32]byte, _ []byte) error {
			if cursor <= last {
				t.Errorf("cursor %d after %d", cursor, last)
			}
			last = cursor
			seen++
			return nil
		}))
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		read()
	}
	if seen != writers*each {
		t.Fatalf("saw %d of %d lines", seen, writers*each)
	}
}
