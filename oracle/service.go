package oracle

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// ErrConfig says that the service's configuration contradicts itself or its store.
var ErrConfig = errors.New("oracle configuration")

// Places at which tests kill the program.
const (
	pointAnnounceSigned = "oracle/announce-signed"
	pointAnnounceStored = "oracle/announce-stored"
	pointAttestSigned   = "oracle/attest-signed"
	pointAttestStored   = "oracle/attest-stored"
	pointMarkWritten    = "oracle/mark-written"
	pointMarksKept      = "oracle/marks-kept"
	pointPublished      = "oracle/published"
	pointPeerStored     = "oracle/peer-stored"
)

// CrashPoints lists the names of all places at which a build with crash points can be
// killed.
func CrashPoints() []string {
	return []string{
		pointAnnounceSigned, pointAnnounceStored, pointAttestSigned, pointAttestStored,
		pointMarkWritten, pointMarksKept, pointPublished, pointPeerStored,
	}
}

// Defaults of Config.
const (
	defaultBatch = 120
	defaultPoll  = 5 * time.Second
	// pageSize is how many entries of another oracle's log are asked for at once.
	pageSize = 200
)

// Config is what the service runs by.
type Config struct {
	// Network is the network's name, for Info.
	Network, Version string
	// Signers are the oracle's keys, the oldest first: the last one announces, the
	// others attest what they have announced.
	Signers []*attest.Signer
	Store   *store.Store
	Sources []Source
	// Horizon is how many days after the last closed one are announced. Starts are
	// the first days to announce, by index, where they are later than the index's.
	Horizon uint32
	Starts  map[string]uint32
	Node    Node
	Clock   Clock
	// Federation is the set that this oracle's last key belongs to; nil for none.
	Federation *Federation
	// MarkFiles are where the high-water marks are kept beside the store, on other
	// disks if possible; at least one.
	MarkFiles []string
	// Anchor is the file that tells the data directory from its copies.
	Anchor string
	// Batch is how many events are signed and written at once, Poll how often the
	// service looks; 0 is the default.
	Batch int
	Poll  time.Duration
	// MaxSkew is how far the clocks of other oracles may differ, in seconds; 0 means
	// that the clock is compared with nothing: it is the chain's own.
	MaxSkew int64
	Logger  *slog.Logger
}

// Federation is what the operator says about the other oracles.
type Federation struct {
	// Set has this oracle's announcing key and those of the members.
	Set federation.Set
	// Members are the others.
	Members []api.Member
	// Client reads them.
	Client *api.Client
}

// A signingKey is one of the oracle's keys.
type signingKey struct {
	*attest.Signer
	announces bool
	// published is how many attestations of its log anybody may see.
	published atomic.Uint64
}

// A track is how far the service is with one source. The work loop owns it.
type track struct {
	source Source
	def    index.Entry
	start  uint32
	// announced is the last day of which every event is known to be announced,
	// next the first that may have something to attest.
	announced, next uint32
	// counters are those attested of the day next-1; nil if they are to be looked up.
	counters []uint64
	// fees are the last values of the fee leg, the oldest first.
	fees []uint64
	// checked is the tip at which the last attested day was compared with the chain.
	checked string
}

// Service is one oracle. It is made by New; its methods are safe for concurrent use.
type Service struct {
	cfg    Config
	log    *slog.Logger
	store  *store.Store
	keys   []*signingKey
	tracks []*track
	peers  []*peer
	alarms *alarms
	// orders are done by the work loop, between two rounds.
	orders chan func(context.Context)

	mu     sync.Mutex // of all below, which the work loop writes and others read
	status status
}

// status is what the last round has found.
type status struct {
	now     int64
	node    NodeStatus
	reasons []string
	indices []api.IndexInfo
}

// New checks the configuration against itself and the store: an index's id is bound
// for ever to the parameters it was first used with, and a store that is older than
// a mark file, or a copy, is put in doubt. It fails with ErrConfig,
// index.ErrParams or index.ErrMutable.
func New(cfg Config) (*Service, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	s := &Service{
		cfg: cfg, log: cfg.Logger, store: cfg.Store, alarms: newAlarms(cfg.Logger),
		orders: make(chan func(context.Context)),
	}
	for i, signer := range cfg.Signers {
		s.keys = append(s.keys, &signingKey{Signer: signer, announces: i == len(cfg.Signers)-1})
	}
	if err := s.addSources(); err != nil {
		return nil, err
	}
	if err := s.addPeers(); err != nil {
		return nil, err
	}
	if err := s.store.CheckAnchor(cfg.Anchor, rand.Reader); err != nil {
		return nil, err
	}
	if err := s.checkMarkFiles(); err != nil {
		return nil, err
	}
	for _, k := range s.keys {
		mark, err := s.store.Mark(k.Key())
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		k.published.Store(mark.Count)
	}
	return s, nil
}

func (c *Config) complete() error {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Batch <= 0 {
		c.Batch = defaultBatch
	}
	if c.Poll <= 0 {
		c.Poll = defaultPoll
	}
	switch {
	case len(c.Signers) == 0:
		return fmt.Errorf("%w: no key", ErrConfig)
	case len(c.Sources) == 0:
		return fmt.Errorf("%w: no index", ErrConfig)
	case len(c.MarkFiles) == 0 || c.Anchor == "":
		return fmt.Errorf("%w: no mark file or anchor", ErrConfig)
	case c.Store == nil || c.Node == nil || c.Clock == nil:
		return fmt.Errorf("%w: no store, node or clock", ErrConfig)
	}
	return nil
}

func (s *Service) addSources() error {
	for _, source := range s.cfg.Sources {
		def := source.Entry()
		if err := def.Check(); err != nil {
			return err
		}
		if s.track(def.ID) != nil {
			return fmt.Errorf("%w: index %q comes twice", ErrConfig, def.ID)
		}
		hash := def.Hash()
		err := s.store.PutMetaOnce("index/"+def.ID, hash[:])
		if errors.Is(err, records.ErrImmutable) {
			return fmt.Errorf("%w: %q was used with others before", index.ErrMutable, def.ID)
		}
		if err != nil {
			return err
		}
		start := max(def.FirstDay, s.cfg.Starts[def.ID])
		s.tracks = append(s.tracks, &track{source: source, def: def, start: start, announced: start - 1, next: start})
	}
	for id := range s.cfg.Starts {
		if s.track(id) == nil {
			return fmt.Errorf("%w: a start of index %q, which is not attested", ErrConfig, id)
		}
	}
	return nil
}

func (s *Service) track(index string) *track {
	for _, t := range s.tracks {
		if t.def.ID == index {
			return t
		}
	}
	return nil
}

// announcer is the key that announces.
func (s *Service) announcer() *signingKey { return s.keys[len(s.keys)-1] }

func (s *Service) key(key [32]byte) *signingKey {
	for _, k := range s.keys {
		if k.Key() == key {
			return k
		}
	}
	return nil
}

// keyList are the x-only keys, the oldest first.
func (s *Service) keyList() [][32]byte {
	list := make([][32]byte, len(s.keys))
	for i, k := range s.keys {
		list[i] = k.Key()
	}
	return list
}

// checkMarkFiles doubts a store that is older than a mark file says.
func (s *Service) checkMarkFiles() error {
	for _, path := range s.cfg.MarkFiles {
		marks, err := ReadMarks(path)
		if err != nil {
			return err
		}
		for _, m := range marks {
			if s.key(m.Key) == nil {
				continue // of a key that is not used any more
			}
			if err := s.store.CheckMark(m); err != nil {
				if err := s.store.Doubt(fmt.Sprintf("mark file %s: %v", path, err)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Run works until ctx ends. It is called once.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.work(ctx) })
	for _, p := range s.peers {
		group.Go(func() error { return s.follow(ctx, p) })
	}
	return group.Wait()
}

// work does a round, and another one each time the poll interval is over.
func (s *Service) work(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case order := <-s.orders:
			order(ctx)
		case <-timer.C:
			s.round(ctx)
			timer.Reset(s.cfg.Poll)
		}
	}
}

// do lets the work loop do something, and waits for it.
func (s *Service) do(ctx context.Context, f func(ctx context.Context) error) error {
	done := make(chan error, 1)
	select {
	case s.orders <- func(work context.Context) { done <- f(work) }:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// round announces what is to be announced and attests what may be attested. What
// hinders it is an alarm, and tried again in the next round.
func (s *Service) round(ctx context.Context) {
	found := s.look(ctx)
	doubt, err := s.store.Doubts()
	if err != nil {
		doubt = err.Error()
	}
	s.alarms.set(found.now, AlarmUnconfirmed, "", doubt)
	if doubt != "" {
		found.reasons = append(found.reasons, doubt)
	}
	if err := s.publish(); err != nil {
		found.reasons = append(found.reasons, err.Error())
		s.alarms.raise(found.now, AlarmStore, "marks", err.Error())
	} else {
		s.alarms.clear(AlarmStore, "marks")
	}
	// What hinders one index does not hinder the others.
	ready := len(found.reasons) == 0
	for _, t := range s.tracks {
		if ctx.Err() != nil {
			return
		}
		closed, err := t.source.Closed(ctx)
		failure := text(err)
		if errors.Is(err, ErrNotReady) {
			failure = ""
		}
		s.alarms.set(found.now, AlarmSource, t.def.ID, failure)
		if err != nil {
			found.reasons = append(found.reasons, err.Error())
			closed = max(t.next, t.def.FirstDay) - 1
		} else if doubt == "" {
			err = s.announceUpTo(ctx, t, closed)
			s.alarms.set(found.now, AlarmStore, t.def.ID+" announcements", text(err))
		}
		if err == nil && ready {
			found.reasons = append(found.reasons, s.attestUpTo(ctx, t, closed, found)...)
		}
		s.watch(ctx, t, closed, found)
		found.indices = append(found.indices, s.describe(t, closed))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = found
}

// text is what an error says, "" for none and for the end of the program.
func text(err error) string {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	return err.Error()
}

// look asks node and clock.
func (s *Service) look(ctx context.Context) status {
	var found status
	now, err := s.cfg.Clock.Now(ctx)
	if err != nil {
		found.now = s.lastNow()
		found.reasons = append(found.reasons, "clock: "+err.Error())
	} else {
		found.now = now
	}
	found.node, err = s.cfg.Node.Status(ctx)
	s.alarms.set(found.now, AlarmNode, "", text(err))
	if err != nil {
		found.reasons = append(found.reasons, err.Error())
		return found
	}
	skew := ""
	if s.cfg.MaxSkew > 0 && found.node.Time > found.now+maxAhead {
		skew = fmt.Sprintf("the tip of the chain is %d s ahead of this clock", found.node.Time-found.now)
	}
	for code, reason := range map[string]string{AlarmBehind: found.node.Behind, AlarmMinority: found.node.Minority, AlarmClock: skew} {
		s.alarms.set(found.now, code, "node", reason)
		if reason != "" {
			found.reasons = append(found.reasons, reason)
		}
	}
	slices.Sort(found.reasons)
	return found
}

// maxAhead is how far a block's time may be ahead of a right clock, in seconds.
const maxAhead = 2*3600 + 600

func (s *Service) lastNow() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status.now
}

// publish keeps the marks beside the store and lets everybody see what they count.
func (s *Service) publish() error {
	marks, behind, err := s.ownMarks()
	if err != nil || !behind {
		return err
	}
	return s.keepMarks(marks)
}

// ownMarks are the newest marks of the keys that have attested, and whether one counts
// more than is public.
func (s *Service) ownMarks() (marks []attest.Mark, behind bool, err error) {
	for _, k := range s.keys {
		mark, err := s.store.Mark(k.Key())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		marks = append(marks, mark)
		behind = behind || mark.Count > k.published.Load()
	}
	return marks, behind, nil
}

func (s *Service) keepMarks(marks []attest.Mark) error {
	for _, path := range s.cfg.MarkFiles {
		if err := writeMarks(path, marks); err != nil {
			return err
		}
	}
	crashpoint.Here(pointMarksKept)
	for _, m := range marks {
		if k := s.key(m.Key); k != nil {
			k.published.Store(m.Count)
		}
	}
	crashpoint.Here(pointPublished)
	return nil
}
