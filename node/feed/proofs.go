package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// proofs is what a light node has recomputed from the oracles' evidence, and what
// it still has to: the windows of its own contracts. It is kept in a file, so that
// a restart goes on.
type proofs struct {
	path string
	mu   sync.Mutex
	// asked are the windows of offers that were looked at, kept those of contracts;
	// the newest are last.
	asked, kept []window
	done        map[string][]uint32
	// failed are the days whose failure was told of.
	failed map[window]bool
}

// window is the days of a contract.
type window struct {
	Index string `json:"index"`
	First uint32 `json:"first"`
	Last  uint32 `json:"last"`
}

// maxAsked bounds the windows of offers that came to nothing.
const maxAsked = 1000

type proofsFile struct {
	Windows []window            `json:"windows"`
	Checked map[string][]uint32 `json:"checked"`
}

func openProofs(path string) (*proofs, error) {
	p := &proofs{path: path, done: map[string][]uint32{}, failed: map[window]bool{}}
	raw, err := os.ReadFile(path) //nolint:gosec // G304: a file of the data directory
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read recomputed days: %w", err)
	}
	var file proofsFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("read recomputed days %s (it may be deleted): %w", path, err)
	}
	p.kept = file.Windows
	if file.Checked != nil {
		p.done = file.Checked
	}
	return p, nil
}

func (p *proofs) save() error {
	raw, err := json.Marshal(proofsFile{Windows: p.kept, Checked: p.done})
	if err != nil {
		return err
	}
	return writeFile(p.path, raw)
}

// want notes the window of an offer.
func (p *proofs) want(id string, first, last uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := window{id, first, last}
	if slices.Contains(p.asked, w) || slices.Contains(p.kept, w) {
		return
	}
	p.asked = append(p.asked, w)
	if len(p.asked) > maxAsked {
		p.asked = p.asked[len(p.asked)-maxAsked:]
	}
}

// keep turns the windows that end at a day into those of contracts, and writes them
// down. Of a contract that came back from a recovery file only its last day is known.
func (p *proofs) keep(id string, last uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	ends := func(w window) bool { return w.Index == id && w.Last == last }
	before := len(p.kept)
	p.asked = slices.DeleteFunc(p.asked, func(w window) bool {
		if ends(w) && !slices.Contains(p.kept, w) {
			p.kept = append(p.kept, w)
		}
		return ends(w)
	})
	if !slices.ContainsFunc(p.kept, ends) {
		p.kept = append(p.kept, window{id, last, last})
	}
	if len(p.kept) == before {
		return nil
	}
	return p.save()
}

// missing returns the days of an index in windows of contracts up to a day that are
// not recomputed yet; from first on all of them if all is set.
func (p *proofs) missing(id string, first, upTo uint32, all bool) []uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var days []uint32
	add := func(from, to uint32) {
		for day := from; day <= min(to, upTo); day++ {
			if !slices.Contains(p.done[id], day) {
				days = append(days, day)
			}
		}
	}
	if all {
		add(first, upTo)
	} else {
		for _, w := range p.kept {
			if w.Index == id {
				add(max(w.First, first), w.Last)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

func (p *proofs) checked(id string, day uint32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[id] = append(p.done[id], day)
	return p.save()
}

// Checked returns the days of an index that were recomputed from evidence.
func (f *Feed) Checked(id string) []uint32 {
	f.proofs.mu.Lock()
	defer f.proofs.mu.Unlock()
	return slices.Clone(f.proofs.done[id])
}

// news says whether this is the first time that a day fails.
func (p *proofs) news(id string, day uint32) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.failed[window{id, day, day}]
	p.failed[window{id, day, day}] = true
	return !told
}

// followDays recomputes days on a light node. It is apart from followOracles, so that
// no attestation waits for it.
func (f *Feed) followDays(ctx context.Context) error {
	for {
		f.recompute(ctx)
		if !pause(ctx, f.cfg.Poll, f.check) {
			return nil
		}
	}
}

// recompute verifies the days of own contracts from the oracles' evidence and the own
// headers, and compares them with what was attested.
func (f *Feed) recompute(ctx context.Context) {
	for _, e := range f.registry.Entries() {
		if e.Chain == nil {
			continue
		}
		_, last, err := f.Closed(ctx, e.ID)
		if err != nil {
			f.log.Debug("no oracle tells the last closed day", "index", e.ID, "err", err)
			continue
		}
		for _, day := range f.proofs.missing(e.ID, e.FirstDay, last, f.cfg.CheckAll) {
			if ctx.Err() != nil {
				return
			}
			f.recomputeDay(ctx, e.ID, day)
		}
	}
}

func (f *Feed) recomputeDay(ctx context.Context, id string, day uint32) {
	err := f.CheckDay(ctx, id, day)
	switch {
	case errors.Is(err, ErrDiffers):
		f.alarms.raise(id, day, err.Error())
	case err != nil && f.proofs.news(id, day):
		f.log.Warn("day is not recomputed yet", "index", id, "day", day, "err", err)
	case err != nil:
		f.log.Debug("day is not recomputed yet", "index", id, "day", day, "err", err)
	default:
		f.alarms.clearDay(id, day)
		if err := f.proofs.checked(id, day); err != nil {
			f.log.Error("recomputed days are not kept", "err", err)
		}
	}
}

// CheckDay recomputes a closed day of a chain-derived index from evidence that an
// oracle gives and the backend's headers, and compares it with the difference of
// the attested counters. It fails with ErrDiffers if they are not equal, with the
// errors of index.Evidence.Verify if no oracle's evidence holds.
func (f *Feed) CheckDay(ctx context.Context, id string, day uint32) error {
	e, err := f.entry(id, "")
	if err != nil {
		return err
	}
	if e.Chain == nil {
		return fmt.Errorf("%w: %s is not computed from the chain", ErrIndex, id)
	}
	computed, err := f.fromEvidence(ctx, e, day)
	if err != nil {
		return err
	}
	for _, leg := range e.Legs {
		before, err := f.counterOf(ctx, e, leg, day-1)
		if err != nil {
			return err
		}
		after, err := f.counterOf(ctx, e, leg, day)
		if err != nil {
			return err
		}
		own, _ := computed.Leg(leg)
		if index.Saturate(before+own, e.CumDigits) != after {
			return fmt.Errorf("%w: %s/%s of day %d: %d attested, %d computed", ErrDiffers, id, leg, day, after-min(after, before), own)
		}
	}
	return nil
}

// fromEvidence returns the values that follow from the first evidence that holds.
func (f *Feed) fromEvidence(ctx context.Context, e index.Entry, day uint32) (index.Values, error) {
	var errs []error
	for _, key := range f.Allowed() {
		raw, err := f.api().Proof(ctx, key, e.ID, day)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		evidence, err := index.DecodeEvidence(raw)
		if err == nil && evidence.Day != day {
			err = fmt.Errorf("%w: it is of day %d", index.ErrEvidence, evidence.Day)
		}
		if err == nil {
			var d index.Day
			if d, _, err = evidence.Verify(*e.Chain, ownChain{ctx, f.cfg.Backend}); err == nil {
				return d.Value, nil
			}
		}
		errs = append(errs, fmt.Errorf("evidence of %s day %d by %x: %w", e.ID, day, key[:4], err))
	}
	return index.Values{}, fmt.Errorf("no evidence of %s day %d: %w", e.ID, day, errors.Join(errs...))
}
