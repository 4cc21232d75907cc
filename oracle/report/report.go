// Package report is an index whose values the operator's own source reports, such as
// the staking yield of another chain: a file, or a program that is run, gives one
// line for each closed day.
//
// It computes nothing and can prove nothing: whoever contracts on such an index
// trusts the oracles that report it, and an operator registers it by name
// (docs/oracle.md). Its invariant: days are whole, in order and without gaps, values
// are exact integers, and neither file nor program can make it hold more than a fixed
// number of bytes.
package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Errors, wrapped with the index and the line.
var (
	// ErrConfig: the definition names no source, or two.
	ErrConfig = errors.New("reported index")
	// ErrReport: what the source reports is not what it must be.
	ErrReport = errors.New("report")
)

const (
	// maxReport bounds what a source may say, in bytes.
	maxReport = 16 << 20
	// maxValue bounds a value, so that counters cannot overflow.
	maxValue = 1<<40 - 1
	// commandTimeout bounds a run of the program.
	commandTimeout = 30 * time.Second
	// fresh is how long what was read is used again.
	fresh = 2 * time.Second
)

// Config is one reported index.
type Config struct {
	// Index is its definition.
	Index index.Reported
	// File is read, or Command run with its arguments, for the reports: one of them.
	// Each line is {"day":"20454","values":{"tot":"57369"}}, the first one of the
	// index's first day, with a value for every leg in decimal text.
	File    string
	Command []string
}

// Source reads reports. It implements oracle.Source and is safe for concurrent use.
type Source struct {
	cfg   Config
	entry index.Entry

	mu   sync.Mutex
	read time.Time
	days [][]uint64 // from the first day on
}

var _ oracle.Source = (*Source)(nil)

// New checks a definition. It fails with ErrConfig or index.ErrParams.
func New(cfg Config) (*Source, error) {
	if (cfg.File == "") == (len(cfg.Command) == 0) {
		return nil, fmt.Errorf("%w %q: name a file or a command", ErrConfig, cfg.Index.ID)
	}
	entry, err := cfg.Index.Entry()
	if err != nil {
		return nil, err
	}
	return &Source{cfg: cfg, entry: entry}, nil
}

// Entry implements oracle.Source.
func (s *Source) Entry() index.Entry { return s.entry }

// Closed implements oracle.Source: the last day that was reported.
func (s *Source) Closed(ctx context.Context) (uint32, error) {
	days, err := s.load(ctx)
	if err != nil {
		return 0, err
	}
	return s.entry.FirstDay + uint32(len(days)) - 1, nil //nolint:gosec // G115: bounded by maxReport
}

// Read implements oracle.Source.
func (s *Source) Read(ctx context.Context, day uint32) (oracle.Reading, error) {
	days, err := s.load(ctx)
	if err != nil {
		return oracle.Reading{}, err
	}
	if day < s.entry.FirstDay || uint64(day-s.entry.FirstDay) >= uint64(len(days)) {
		return oracle.Reading{}, fmt.Errorf("%s: %w: day %d was not reported", s.entry.ID, ErrReport, day)
	}
	r := oracle.Reading{Day: day, Values: days[day-s.entry.FirstDay], Counters: make([]uint64, len(s.entry.Legs))}
	for _, values := range days[:day-s.entry.FirstDay+1] {
		for i, v := range values {
			r.Counters[i] += v
		}
	}
	r.Record = func(counters []uint64) ([]byte, error) { return s.record(day, r.Values, counters) }
	return r, nil
}

// record is the published record of a day, canonical JSON: keys sorted, decimal text.
func (s *Source) record(day uint32, values, counters []uint64) ([]byte, error) {
	fields := map[string]string{"v": "1", "index": s.entry.ID, "day": strconv.FormatUint(uint64(day), 10)}
	for i, leg := range s.entry.Legs {
		fields["i_"+leg] = strconv.FormatUint(values[i], 10)
		fields["c_"+leg] = strconv.FormatUint(counters[i], 10)
	}
	return json.Marshal(fields)
}

// Blocks implements oracle.Source: there are none.
func (*Source) Blocks(context.Context, int32, int32) ([]json.RawMessage, error) {
	return []json.RawMessage{}, nil
}

// load reads all reports, unless it has just done so.
func (s *Source) load(ctx context.Context) ([][]uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.read.IsZero() && time.Since(s.read) < fresh {
		return s.days, nil
	}
	raw, err := s.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", s.entry.ID, ErrReport, err)
	}
	days, err := s.parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.entry.ID, err)
	}
	s.days, s.read = days, time.Now()
	return days, nil
}

func (s *Source) fetch(ctx context.Context) ([]byte, error) {
	if s.cfg.File == "" {
		return s.run(ctx)
	}
	f, err := os.Open(filepath.Clean(s.cfg.File))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return raw, nil
}

func (s *Source) run(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.cfg.Command[0], s.cfg.Command[1:]...) //nolint:gosec // G204: the operator's own program
	var out bounded
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("run %s: %w", s.cfg.Command[0], err)
	}
	return out.buf.Bytes(), nil
}

// bounded keeps what is written up to a little more than maxReport bytes. It does not
// embed the buffer, whose ReadFrom would go around the bound.
type bounded struct{ buf bytes.Buffer }

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.buf.Len()+len(p) > maxReport+1 {
		return 0, fmt.Errorf("more than %d bytes", maxReport)
	}
	return b.buf.Write(p)
}

// parse reads the lines, which must be of consecutive days from the first on.
func (s *Source) parse(raw []byte) ([][]uint64, error) {
	if len(raw) > maxReport {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrReport, maxReport)
	}
	var days [][]uint64
	for n, line := range bytes.Split(raw, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		values, err := s.parseLine(line, uint64(s.entry.FirstDay)+uint64(len(days)))
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrReport, n+1, err)
		}
		days = append(days, values)
	}
	if uint64(s.entry.FirstDay)+uint64(len(days)) > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %d days", ErrReport, len(days))
	}
	return days, nil
}

func (s *Source) parseLine(line []byte, want uint64) ([]uint64, error) {
	var l struct {
		Day    string            `json:"day"`
		Values map[string]string `json:"values"`
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return nil, err
	}
	if l.Day != strconv.FormatUint(want, 10) {
		return nil, fmt.Errorf("day %q, want %d", l.Day, want)
	}
	if len(l.Values) != len(s.entry.Legs) {
		return nil, fmt.Errorf("%d values, the index has %d legs", len(l.Values), len(s.entry.Legs))
	}
	values := make([]uint64, len(s.entry.Legs))
	for i, leg := range s.entry.Legs {
		v, err := strconv.ParseUint(l.Values[leg], 10, 64)
		if err != nil || v > maxValue {
			return nil, fmt.Errorf("value %q of leg %s, want a decimal of at most %d", l.Values[leg], leg, uint64(maxValue))
		}
		values[i] = v
	}
	return values, nil
}
