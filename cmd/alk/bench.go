package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// benchRounds is how often the work is done; the median counts.
const benchRounds = 5

// timing is how long one side's work on one contract takes.
type timing struct {
	Workers int           `json:"workers"`
	Points  time.Duration `json:"points_ns"`
	Sign    time.Duration `json:"sign_ns"`
	Verify  time.Duration `json:"verify_ns"`
	All     time.Duration `json:"all_ns"`
}

// benchmark is what was measured on this machine, by one processor first and then, if
// there are more, by all. Times are nanoseconds, medians of Rounds.
type benchmark struct {
	Signatures     int      `json:"signatures"`
	ListBytes      int      `json:"list_bytes"`
	Processors     int      `json:"processors"`
	Platform       string   `json:"platform"`
	Implementation string   `json:"implementation"`
	Rounds         int      `json:"rounds"`
	Times          []timing `json:"times"`
}

// runBenchmark signs and verifies a contract like the given one, with throw-away keys
// and oracles.
func runBenchmark(t *alkv1.Terms) (benchmark, error) {
	terms, err := decodeBench(t)
	if err != nil {
		return benchmark{}, err
	}
	bench, err := newBench(terms)
	if err != nil {
		return benchmark{}, err
	}
	b := benchmark{
		Signatures: len(bench.slots), Processors: runtime.NumCPU(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Implementation: secp.Implementation(), Rounds: benchRounds,
	}
	workers := []int{1}
	if b.Processors > 1 {
		workers = append(workers, b.Processors)
	}
	for _, n := range workers {
		median, err := bench.median(n)
		if err != nil {
			return b, err
		}
		b.Times = append(b.Times, median)
	}
	b.ListBytes = len(bench.list.Encode())
	return b, nil
}

// showSimulation prints a simulation and what was measured, nil if nothing was: one
// object of JSON, or tables.
func (a *app) showSimulation(s *alkv1.Simulation, table bool, b *benchmark) error {
	if b == nil || !a.json {
		if err := a.show(s, func(w io.Writer) { simulationRows(w, s, table) }); err != nil || b == nil {
			return err
		}
		return b.print(a.out)
	}
	raw, err := marshal(s)
	if err != nil {
		return err
	}
	fields := make(map[string]json.RawMessage)
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	if fields["bench"], err = json.Marshal(b); err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	out.SetIndent("", "  ")
	return out.Encode(fields)
}

// print prints a table for people.
func (b *benchmark) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row(w)
	row(w, "ON THIS MACHINE", fmt.Sprintf("%d signatures, %s, %s field", b.Signatures, b.Platform, b.Implementation))
	head := []any{"PROCESSORS"}
	for _, t := range b.Times {
		head = append(head, t.Workers, "EACH")
	}
	row(w, head...)
	for _, step := range []struct {
		name string
		of   func(timing) time.Duration
	}{
		{"adaptor points", func(t timing) time.Duration { return t.Points }},
		{"signing", func(t timing) time.Duration { return t.Sign }},
		{"verifying the peer's", func(t timing) time.Duration { return t.Verify }},
		{"in all", func(t timing) time.Duration { return t.All }},
	} {
		cells := []any{step.name}
		for _, t := range b.Times {
			took := step.of(t)
			cells = append(cells, took.Round(100*time.Microsecond), (took / time.Duration(max(1, b.Signatures))).Round(10*time.Nanosecond))
		}
		row(w, cells...)
	}
	return w.Flush()
}

// decodeBench takes from terms what the work depends on.
func decodeBench(t *alkv1.Terms) (payout.Terms, error) {
	i, err := payout.ParseInstrument(t.GetProduct())
	if err != nil {
		return payout.Terms{}, err
	}
	return payout.Terms{
		Instrument: i, Index: t.GetIndex(), Event: t.GetEvent(), StartDay: t.GetStartDay(), EndDay: t.GetEndDay(), Base: t.GetBase(),
		Digits: uint8(t.GetDigits()), Bucket: uint8(t.GetBucket()), Notional: t.GetNotionalThs(), K: t.GetK(), K2: t.GetKc(), //nolint:gosec // valid terms
		F: t.GetFloor(), C: t.GetCap(), FaceValue: t.GetFaceValue(), Premium: t.GetPremium(),
		Threshold: uint16(t.GetThreshold()), Oracles: make([][32]byte, len(t.GetOracles())), //nolint:gosec // valid terms
	}, nil
}

// bench is what the work is done on.
type bench struct {
	set      *attest.Set
	slots    []digits.Slot
	messages [][32]byte
	key      *btcec.PrivateKey
	list     adaptor.List
}

func newBench(t payout.Terms) (*bench, error) {
	set, err := throwAwayOracles(&t)
	if err != nil {
		return nil, err
	}
	slots, err := t.Slots(payout.MaxSlots)
	if err != nil {
		return nil, err
	}
	key, err := btcec.NewPrivateKey()
	if err != nil {
		return nil, err
	}
	return &bench{set: set, slots: slots, messages: messagesOf(slots), key: key}, nil
}

// median does the work benchRounds times, after once for the caches, and returns the
// median of each step.
func (b *bench) median(workers int) (timing, error) {
	rounds := make([]timing, 0, benchRounds)
	for i := range benchRounds + 1 {
		t, err := b.round(adaptor.Workers(workers))
		if err != nil {
			return timing{}, err
		}
		if i > 0 {
			rounds = append(rounds, t)
		}
	}
	of := func(step func(timing) time.Duration) time.Duration {
		all := make([]time.Duration, len(rounds))
		for i, t := range rounds {
			all[i] = step(t)
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return timing{
		Workers: workers,
		Points:  of(func(t timing) time.Duration { return t.Points }),
		Sign:    of(func(t timing) time.Duration { return t.Sign }),
		Verify:  of(func(t timing) time.Duration { return t.Verify }),
		All:     of(func(t timing) time.Duration { return t.All }),
	}, nil
}

// round does the work once.
func (b *bench) round(workers adaptor.Option) (timing, error) {
	var t timing
	var aux [32]byte
	if _, err := io.ReadFull(rand.Reader, aux[:]); err != nil {
		return t, err
	}
	start := time.Now()
	points, err := adaptor.Points(b.set, b.slots, workers)
	if err != nil {
		return t, err
	}
	t.Points = time.Since(start)
	signing := time.Now()
	b.list, err = adaptor.SignList(b.key, points, b.messages, aux, workers)
	if err != nil {
		return t, err
	}
	t.Sign = time.Since(signing)
	pub := [32]byte(b.key.PubKey().SerializeCompressed()[1:])
	verifying := time.Now()
	err = adaptor.VerifyList(pub, b.set, b.slots, b.messages, b.list, rand.Reader, workers)
	t.Verify, t.All = time.Since(verifying), time.Since(start)
	return t, err
}

// messagesOf stands for the hashes of the CETs: one for each payout.
func messagesOf(slots []digits.Slot) [][32]byte {
	out := make([][32]byte, len(slots))
	for i, s := range slots {
		out[i] = sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.Y))
	}
	return out
}

// throwAwayOracles announces the event of terms by as many new oracles as they
// have, and puts their keys into the terms.
func throwAwayOracles(t *payout.Terms) (*attest.Set, error) {
	var all []attest.Announcement
	for range t.Oracles {
		var secret, seed [32]byte
		for _, b := range [][]byte{secret[:], seed[:]} {
			if _, err := io.ReadFull(rand.Reader, b); err != nil {
				return nil, err
			}
		}
		s, err := attest.NewSigner(secret, seed)
		if err != nil {
			return nil, err
		}
		defer s.Wipe()
		a, err := s.Announce(t.Event, attest.DigitEvent{Base: 2, Unit: "bench", Digits: uint16(t.Digits)}, 2_000_000_000)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b attest.Announcement) int { return slices.Compare(a.Key[:], b.Key[:]) })
	for i, a := range all {
		t.Oracles[i] = a.Key
	}
	return attest.CheckSet(all, attest.Want{
		Keys: t.Oracles, Threshold: int(t.Threshold), EventID: t.Event, Unit: "bench", Digits: int(t.Digits),
	}, nil)
}
