package oracle

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

var (
	_ api.Records = (*Service)(nil)
	_ api.Indices = (*Service)(nil)
)

// Info implements api.Records.
func (s *Service) Info(context.Context) (api.Info, error) {
	found := s.lastStatus()
	own := s.announcer().Key()
	info := api.Info{
		Version: s.cfg.Version, Network: s.cfg.Network, Key: own[:], Time: found.now,
		Chain:   api.ChainInfo{Height: found.node.Height, Hash: found.node.Hash, Time: found.node.Time},
		Indices: found.indices, Reasons: found.reasons, Alarms: s.alarms.list(),
		Signing: found.now != 0 && len(found.reasons) == 0,
	}
	if info.Indices == nil {
		info.Indices = []api.IndexInfo{}
	}
	if info.Reasons == nil {
		info.Reasons = []string{}
	}
	for i, k := range s.keys {
		key := k.Key()
		described := api.KeyInfo{Key: key[:], Announces: k.announces}
		if _, mark, err := s.store.Log(key, math.MaxInt64, 1, k.published.Load()); err == nil {
			described.Mark = mark.Encode()
		}
		if !k.announces {
			next := s.keys[i+1].Key()
			endorsement := k.Endorse(next)
			described.Successor, described.Endorsement = next[:], endorsement[:]
		}
		info.Keys = append(info.Keys, described)
	}
	if f := s.cfg.Federation; f != nil {
		info.Federation = &api.FederationInfo{Threshold: f.Set.Threshold(), Members: s.describePeers()}
	}
	return info, nil
}

func (s *Service) describePeers() []api.MemberInfo {
	list := make([]api.MemberInfo, len(s.peers))
	for i, p := range s.peers {
		seen, err := p.state()
		list[i] = api.MemberInfo{Key: p.member.Key[:], URL: p.member.URL, Seen: seen, Error: err}
		if mark, err := s.store.PeerMark(p.member.Key); err == nil {
			list[i].Mark = mark.Encode()
		}
	}
	return list
}

// public makes an event as anybody may see it.
func (k *signingKey) public(e store.Event, full bool) (api.Event, error) {
	a, err := attest.DecodeAnnouncement(e.Announcement)
	if err != nil {
		return api.Event{}, fmt.Errorf("stored announcement of %q: %w", e.ID, err)
	}
	key := k.Key()
	out := api.Event{ID: e.ID, Key: key[:], Maturity: a.Event.Maturity}
	if d, ok := a.Event.Descriptor.(attest.DigitEvent); ok {
		out.Unit, out.Digits = d.Unit, int(d.Digits)
	}
	if e.Attestation != nil && e.Place >= k.published.Load() {
		e.Attestation = nil // it is not counted by a mark outside the store yet
	}
	if e.Attestation != nil {
		v, err := valueOf(e.Attestation)
		if err != nil {
			return out, fmt.Errorf("stored attestation of %q: %w", e.ID, err)
		}
		out.Value = fmt.Sprint(v)
	}
	if full {
		out.Announcement, out.Attestation = e.Announcement, e.Attestation
	}
	return out, nil
}

// Event implements api.Records.
func (s *Service) Event(key *[32]byte, id string) (api.Event, error) {
	for i := len(s.keys) - 1; i >= 0; i-- {
		k := s.keys[i]
		if key != nil && k.Key() != *key {
			continue
		}
		e, err := s.store.Event(k.Key(), id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return api.Event{}, err
		}
		return k.public(e, true)
	}
	return api.Event{}, fmt.Errorf("%w: event %q", api.ErrNotFound, id)
}

// Events implements api.Records.
func (s *Service) Events(q api.EventsQuery) (page api.Events, err error) {
	k := s.announcer()
	if q.Key != nil {
		if k = s.key(*q.Key); k == nil {
			return page, fmt.Errorf("%w: key %x", api.ErrNotFound, *q.Key)
		}
	}
	page.Events = []api.Event{}
	err = s.store.Events(k.Key(), q.Prefix, q.After, func(e store.Event) error {
		out, err := k.public(e, q.Full)
		if err != nil {
			return err
		}
		if q.Attested != nil && *q.Attested != (out.Value != "") {
			return nil
		}
		if len(page.Events) == q.Limit {
			page.Next = page.Events[q.Limit-1].ID
			return records.ErrStop
		}
		page.Events = append(page.Events, out)
		return nil
	})
	return page, err
}

// Log implements api.Records.
func (s *Service) Log(key [32]byte, from uint64, limit int) (api.Log, error) {
	end := uint64(math.MaxUint64)
	if k := s.key(key); k != nil {
		end = k.published.Load()
	}
	entries, mark, err := s.store.Log(key, from, limit, end)
	if errors.Is(err, store.ErrNotFound) {
		return api.Log{}, fmt.Errorf("%w: log of %x", api.ErrNotFound, key)
	}
	if err != nil {
		return api.Log{}, err
	}
	l := api.Log{Key: key[:], From: from, Mark: mark.Encode(), Entries: make([]api.LogEntry, len(entries))}
	for i, e := range entries {
		l.Entries[i] = api.LogEntry{Announcement: e.Announcement, Attestation: e.Attestation}
	}
	return l, nil
}

// BlockAt implements api.Records.
func (s *Service) BlockAt(ctx context.Context, height int32) (api.BlockAt, error) {
	found := s.lastStatus()
	hash, err := s.cfg.Node.HashAt(ctx, height)
	if err != nil {
		return api.BlockAt{}, err
	}
	tip := api.ChainInfo{Height: found.node.Height, Hash: found.node.Hash, Time: found.node.Time}
	return api.BlockAt{Tip: tip, Height: height, Hash: hash}, nil
}

func (s *Service) index(id string) (*track, error) {
	if t := s.track(id); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%w: index %q", api.ErrNotFound, id)
}

func (s *Service) day(index string, day uint32) (store.Day, error) {
	if _, err := s.index(index); err != nil {
		return store.Day{}, err
	}
	d, err := s.store.Day(index, day)
	if errors.Is(err, store.ErrNotFound) {
		return d, fmt.Errorf("%w: day %d of %s", api.ErrNotFound, day, index)
	}
	return d, err
}

// Day implements api.Indices.
func (s *Service) Day(_ context.Context, index string, day uint32) ([]byte, error) {
	d, err := s.day(index, day)
	return d.Record, err
}

// Proof implements api.Indices.
func (s *Service) Proof(_ context.Context, index string, day uint32) ([]byte, error) {
	d, err := s.day(index, day)
	if err == nil && len(d.Proof) == 0 {
		err = fmt.Errorf("%w: proof of day %d of %s", api.ErrNotFound, day, index)
	}
	return d.Proof, err
}

// Days implements api.Indices.
func (s *Service) Days(_ context.Context, index string, from uint32, limit int) (api.Days, error) {
	out := api.Days{Index: index, Days: []api.Day{}}
	if _, err := s.index(index); err != nil {
		return out, err
	}
	days, err := s.store.Days(index, from, limit+1)
	if err != nil {
		return out, err
	}
	for i, d := range days {
		if i == limit {
			out.Next = d.Day
			break
		}
		out.Days = append(out.Days, api.Day{Day: d.Day, Record: d.Record})
	}
	return out, nil
}

// Blocks implements api.Indices.
func (s *Service) Blocks(ctx context.Context, index string, first, last int32) (api.Blocks, error) {
	t, err := s.index(index)
	if err != nil {
		return api.Blocks{}, err
	}
	blocks, err := t.source.Blocks(ctx, first, last)
	if err != nil {
		return api.Blocks{}, err
	}
	return api.Blocks{Index: index, Blocks: blocks}, nil
}

// Keys are the oracle's x-only keys in hexadecimal, the oldest first.
func (s *Service) Keys() []string {
	list := make([]string, len(s.keys))
	for i, k := range s.keys {
		key := k.Key()
		list[i] = hex.EncodeToString(key[:])
	}
	return list
}
