package oracle

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// ErrNobodyToAsk says that no mark of this oracle was found anywhere, so that only the
// operator's word would confirm the store.
var ErrNobodyToAsk = errors.New("nobody has kept anything of this oracle")

// maxBundle bounds a file with a log.
const maxBundle = 256 << 20

// A Confirmation is how an operator ends the doubt about a store.
type Confirmation struct {
	// From are further places that may have kept this oracle's log: addresses of
	// oracles, files with an answer of /v1/log, files of marks.
	From []string `json:"from"`
	// Fence confirms without evidence: whatever is mature now and not attested is
	// never attested by this oracle.
	Fence bool `json:"fence"`
	// Vouch says that what was kept elsewhere is the oracle's last word, so that
	// nothing needs to be fenced off.
	Vouch bool `json:"vouch"`
}

// A Confirmed is what came of it.
type Confirmed struct {
	// Imported is how many attestations were taken back.
	Imported int `json:"imported"`
	// Found are the places that had kept a mark.
	Found []string `json:"found"`
	// FencedThrough is the maturity up to which nothing more is attested, 0 for none.
	FencedThrough uint32 `json:"fenced_through"`
}

// Confirm ends the doubt about a store that was restored or copied. It asks the
// federation and the places named for what they have kept of this oracle's log,
// takes back what is missing here, and then fences off what is mature and not
// attested, since nobody can know that the lost state did not attest it in its last
// moment. The operator says by calling it that no other process uses the keys. It
// fails with ErrNobodyToAsk, attest.ErrMark, or with what is wrong with the evidence;
// the store then stays in doubt.
func (s *Service) Confirm(ctx context.Context, c Confirmation) (done Confirmed, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		done, err = s.confirm(ctx, c)
		return err
	})
	return done, err
}

func (s *Service) confirm(ctx context.Context, c Confirmation) (Confirmed, error) {
	done := Confirmed{Found: []string{}}
	if doubt, err := s.store.Doubts(); err != nil || doubt == "" {
		return done, err
	}
	keepers, err := s.keepers(c.From)
	if err != nil {
		return done, err
	}
	var kept []attest.Mark
	for _, k := range keepers {
		marks, imported, err := s.takeBack(ctx, k)
		done.Imported += imported
		if err != nil {
			return done, fmt.Errorf("%s: %w", k.name, err)
		}
		if len(marks) > 0 {
			kept = append(kept, marks...)
			done.Found = append(done.Found, k.name)
		}
	}
	if len(kept) == 0 && !c.Fence {
		return done, ErrNobodyToAsk
	}
	// Every keeper's marks once more: an early one may lie on another log than a
	// later one.
	for _, m := range kept {
		if err := s.store.CheckMark(m); err != nil {
			return done, err
		}
	}
	if err := s.endDoubt(c, kept, &done); err != nil {
		return done, err
	}
	if err := s.store.TieAnchor(s.cfg.Anchor, rand.Reader); err != nil {
		return done, err
	}
	for _, t := range s.tracks {
		t.next, t.announced, t.counters, t.fees = t.start, t.start-1, nil, nil
	}
	s.log.Info("store confirmed", "imported", done.Imported, "found", len(done.Found), "fenced_through", done.FencedThrough)
	marks, _, err := s.ownMarks()
	if err != nil {
		return done, err
	}
	return done, s.keepMarks(marks)
}

func (s *Service) endDoubt(c Confirmation, kept []attest.Mark, done *Confirmed) error {
	if c.Vouch {
		return s.store.Confirm(s.keyList(), kept)
	}
	found := s.lastStatus()
	through := max(found.now, found.node.Time) + maxAhead
	if found.now == 0 {
		return fmt.Errorf("%w: the clock is not known yet; try again", ErrConfig)
	}
	done.FencedThrough = uint32(min(max(through, 0), math.MaxUint32))
	return s.store.Fence(s.keyList(), done.FencedThrough)
}

func (s *Service) lastStatus() status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// A keeper may have kept part of this oracle's log.
type keeper struct {
	name string
	// mark returns the keeper's highest mark of a key, log its entries from a place on.
	// Both fail with api.ErrNotFound if it has none.
	mark func(ctx context.Context, key [32]byte) (attest.Mark, error)
	log  func(ctx context.Context, key [32]byte, from uint64) ([]store.Entry, attest.Mark, error)
}

// keepers are the members of the federation and the places that the operator names.
func (s *Service) keepers(from []string) ([]keeper, error) {
	var list []keeper
	if f := s.cfg.Federation; f != nil {
		for _, p := range s.peers {
			list = append(list, remoteKeeper(f.Client, p.member))
		}
	}
	for _, place := range from {
		k, err := s.namedKeeper(place)
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, nil
}

func remoteKeeper(c *api.Client, m api.Member) keeper {
	return keeper{
		name: m.URL,
		mark: func(ctx context.Context, key [32]byte) (attest.Mark, error) { return c.Mark(ctx, m.Key, key) },
		log: func(ctx context.Context, key [32]byte, from uint64) ([]store.Entry, attest.Mark, error) {
			return fetchLog(ctx, c, m.Key, key, from)
		},
	}
}

func (s *Service) namedKeeper(place string) (keeper, error) {
	if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
		// The key under which the place is asked for is of no meaning here: what it has
		// kept is signed by our own.
		m := api.Member{Key: s.announcer().Key(), URL: place}
		c, err := api.NewClient(api.ClientConfig{Members: []api.Member{m}})
		if err != nil {
			return keeper{}, err
		}
		return remoteKeeper(c, m), nil
	}
	raw, err := readBounded(place)
	if err != nil {
		return keeper{}, err
	}
	var l api.Log
	if json.Unmarshal(raw, &l) == nil && len(l.Mark) > 0 {
		return fileKeeper(place, l), nil
	}
	marks, err := ReadMarks(place)
	if err != nil {
		return keeper{}, err
	}
	return keeper{
		name: place,
		mark: func(_ context.Context, key [32]byte) (attest.Mark, error) {
			for _, m := range marks {
				if m.Key == key {
					return m, nil
				}
			}
			return attest.Mark{}, api.ErrNotFound
		},
		log: func(context.Context, [32]byte, uint64) ([]store.Entry, attest.Mark, error) {
			return nil, attest.Mark{}, fmt.Errorf("%w: the file has marks and no attestations", store.ErrUnconfirmed)
		},
	}, nil
}

func fileKeeper(place string, l api.Log) keeper {
	log := func(_ context.Context, key [32]byte, from uint64) ([]store.Entry, attest.Mark, error) {
		entries, mark, err := readLog(l)
		if err != nil {
			return nil, mark, err
		}
		if mark.Key != key {
			return nil, mark, api.ErrNotFound
		}
		if from < l.From || from > l.From+uint64(len(entries)) {
			return nil, mark, fmt.Errorf("%w: the file begins at %d, %d attestations are here", store.ErrUnconfirmed, l.From, from)
		}
		return entries[from-l.From:], mark, nil
	}
	return keeper{
		name: place, log: log,
		mark: func(_ context.Context, key [32]byte) (attest.Mark, error) {
			mark, err := attest.DecodeMark(l.Mark)
			if err == nil && mark.Key != key {
				err = api.ErrNotFound
			}
			if err == nil {
				err = mark.Verify()
			}
			return mark, err
		},
	}
}

func readBounded(path string) (raw []byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if raw, err = io.ReadAll(io.LimitReader(f, maxBundle+1)); err != nil {
		return nil, err
	}
	if len(raw) > maxBundle {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", path, ErrConfig, maxBundle)
	}
	return raw, nil
}

// takeBack takes from a keeper what it has kept of our keys and is missing here. It
// returns the marks it had.
func (s *Service) takeBack(ctx context.Context, k keeper) (marks []attest.Mark, imported int, err error) {
	for _, own := range s.keys {
		mark, err := k.mark(ctx, own.Key())
		if errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrUnreachable) {
			continue
		}
		if err != nil {
			return marks, imported, err
		}
		n, err := s.takeLog(ctx, k, own.Key(), mark)
		imported += n
		if err != nil {
			return marks, imported, err
		}
		marks = append(marks, mark)
	}
	return marks, imported, nil
}

func (s *Service) takeLog(ctx context.Context, k keeper, key [32]byte, upTo attest.Mark) (imported int, err error) {
	for ctx.Err() == nil {
		have, err := s.store.Mark(key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return imported, err
		}
		if have.Count >= upTo.Count {
			return imported, nil
		}
		entries, mark, err := k.log(ctx, key, have.Count)
		if err != nil {
			return imported, err
		}
		if len(entries) == 0 {
			return imported, fmt.Errorf("%w: a mark of %d attestations, but not the attestations", store.ErrUnconfirmed, upTo.Count)
		}
		if err := s.store.Import(entries, mark); err != nil {
			return imported, err
		}
		imported += len(entries)
	}
	return imported, ctx.Err()
}
