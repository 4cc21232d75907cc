package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// A peer is another oracle of the federation, which is followed.
type peer struct {
	member api.Member

	mu   sync.Mutex
	seen int64
	err  string
}

func (p *peer) note(seen int64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = text(err)
	if err == nil {
		p.seen = seen
	}
}

func (p *peer) state() (seen int64, err string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen, p.err
}

func (s *Service) addPeers() error {
	f := s.cfg.Federation
	if f == nil {
		return nil
	}
	own := s.announcer().Key()
	if _, in := f.Set.Index(own); !in || f.Client == nil || f.Set.Len() != len(f.Members)+1 {
		return fmt.Errorf("%w: the federation is not this oracle's key and the members", ErrConfig)
	}
	for _, m := range f.Members {
		if _, in := f.Set.Index(m.Key); !in || m.Key == own {
			return fmt.Errorf("%w: member %x is not in the federation, or this oracle", ErrConfig, m.Key)
		}
		s.peers = append(s.peers, &peer{member: m})
	}
	return nil
}

// follow keeps a copy of a peer's log, and asks it what it has kept of ours.
func (s *Service) follow(ctx context.Context, p *peer) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		s.followAndTell(ctx, p)
		timer.Reset(s.cfg.Poll)
	}
}

// followAndTell follows a peer once and raises or clears the alarms about it.
func (s *Service) followAndTell(ctx context.Context, p *peer) {
	err := s.followOnce(ctx, p)
	if ctx.Err() != nil {
		return
	}
	now := s.lastNow()
	p.note(now, err)
	subject := fmt.Sprintf("%x", p.member.Key[:4])
	contradiction, silence := "", text(err)
	if errors.Is(err, attest.ErrMark) || errors.Is(err, attest.ErrSignature) || errors.Is(err, api.ErrInvalid) {
		contradiction, silence = silence, ""
	}
	s.alarms.set(now, AlarmPeer, subject, contradiction)
	s.alarms.set(now, AlarmSilent, subject, silence)
}

func (s *Service) followOnce(ctx context.Context, p *peer) error {
	info, err := s.cfg.Federation.Client.Info(ctx, p.member.Key)
	if err != nil {
		return err
	}
	s.compareClocks(p, info)
	if err := s.followLog(ctx, p); err != nil {
		return err
	}
	return s.askAboutUs(ctx, p)
}

// compareClocks raises an alarm if a peer's clock is far from ours.
func (s *Service) compareClocks(p *peer, info api.Info) {
	now := s.lastNow()
	if s.cfg.MaxSkew == 0 || now == 0 {
		return
	}
	said := ""
	if d := info.Time - now; d > s.cfg.MaxSkew || -d > s.cfg.MaxSkew {
		said = fmt.Sprintf("the clock of oracle %x differs by %d s", p.member.Key[:4], d)
	}
	s.alarms.set(now, AlarmClock, fmt.Sprintf("%x", p.member.Key[:4]), said)
}

// followLog fetches what a peer has attested since the last time.
func (s *Service) followLog(ctx context.Context, p *peer) error {
	for ctx.Err() == nil {
		have, err := s.store.PeerMark(p.member.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		entries, mark, err := s.fetchLog(ctx, p.member.Key, p.member.Key, have.Count)
		if errors.Is(err, api.ErrNotFound) && have.Count == 0 {
			return nil // it has attested nothing yet
		}
		if err != nil {
			return err
		}
		if err := s.store.PutPeer(entries, mark); err != nil {
			return err
		}
		crashpoint.Here(pointPeerStored)
		if len(entries) == 0 {
			return nil
		}
		s.compareEntries(p, entries)
	}
	return ctx.Err()
}

// fetchLog fetches a page of key's log from the oracle of asked, with the mark that
// commits to it.
func (s *Service) fetchLog(ctx context.Context, asked, key [32]byte, from uint64) ([]store.Entry, attest.Mark, error) {
	return fetchLog(ctx, s.cfg.Federation.Client, asked, key, from)
}

func fetchLog(ctx context.Context, c *api.Client, asked, key [32]byte, from uint64) ([]store.Entry, attest.Mark, error) {
	l, err := c.Log(ctx, asked, key, from, pageSize)
	if err != nil {
		return nil, attest.Mark{}, err
	}
	return readLog(l)
}

// readLog takes entries and mark from an answer.
func readLog(l api.Log) ([]store.Entry, attest.Mark, error) {
	mark, err := attest.DecodeMark(l.Mark)
	if err != nil {
		return nil, mark, fmt.Errorf("%w: %w", api.ErrInvalid, err)
	}
	if !bytes.Equal(mark.Key[:], l.Key) {
		return nil, mark, fmt.Errorf("%w: mark of another key", api.ErrInvalid)
	}
	entries := make([]store.Entry, len(l.Entries))
	for i, e := range l.Entries {
		entries[i] = store.Entry{Announcement: e.Announcement, Attestation: e.Attestation}
	}
	return entries, mark, nil
}

// compareEntries looks for values of a peer that differ from ours.
func (s *Service) compareEntries(p *peer, entries []store.Entry) {
	for _, e := range entries {
		b, err := attest.DecodeAttestation(e.Attestation)
		if err != nil {
			continue // PutPeer has decoded it
		}
		theirs, err := b.Number()
		own, known, ownErr := s.ownValue(b.EventID)
		if ownErr == nil && known && (err != nil || theirs != own) {
			s.log.Warn("another oracle attested another value", "event_id", b.EventID, "oracle", fmt.Sprintf("%x", p.member.Key[:4]), "theirs", theirs, "ours", own)
		}
	}
}

// askAboutUs asks what a peer has kept of our own log: if it has more than we have, or
// something else, then this store is old or another oracle uses our key.
func (s *Service) askAboutUs(ctx context.Context, p *peer) error {
	for _, k := range s.keys {
		mark, err := s.cfg.Federation.Client.Mark(ctx, p.member.Key, k.Key())
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		err = s.store.CheckMark(mark)
		if errors.Is(err, store.ErrUnconfirmed) || errors.Is(err, attest.ErrMark) {
			err = s.store.Doubt(fmt.Sprintf("oracle %x: %v", p.member.Key[:4], err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
