package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// offlineFlags are what a daemon would know.
type offlineFlags struct {
	live      bool
	base      string
	oracles   int
	fund, cet uint32
}

func (f *offlineFlags) add(cmd *cobra.Command) {
	s := cmd.Flags()
	s.BoolVar(&f.live, "live", false, "ask the daemon for what is not given: index, oracles, bands, fee rates, reference price")
	s.StringVar(&f.base, "base", "0", "without --live: the index's counter before the first day")
	s.IntVar(&f.oracles, "oracles", 3, "without --live: how many oracles there are")
	s.Uint32Var(&f.fund, "fund-rate", 0, "fee rate of the funding transaction, sat/vB (without --live: 5)")
	s.Uint32Var(&f.cet, "cet-rate", 0, "fee rate of settlement and refund, sat/vB (without --live: 5)")
}

const (
	offlineRate   = 5
	offlineDigits = 30
	offlineIndex  = "hp1/tot"
)

func (a *app) simulateCommand() *cobra.Command {
	var terms termsFlags
	var off offlineFlags
	var side string
	var bench, table bool
	cmd := &cobra.Command{
		Use: "simulate", Short: "Say what a contract would be: collateral, fees, break-even, payoffs, signatures", Args: cobra.NoArgs,
		Long: "Say what a contract would be. It works offline from the flags alone, for which floor and cap are\n" +
			"needed; with --live the daemon fills in what is not given and adds the reference price.\n\n" +
			"With --bench the contract's signatures are really made and verified on this machine, with keys and\n" +
			"oracles that are thrown away: how long one side takes for its adaptor points, its own list and the\n" +
			"peer's, by one processor and by all, the median of " + strconv.Itoa(benchRounds) + " rounds. --json puts the times, in\n" +
			"nanoseconds, into the field \"bench\".",
		Example: "  alk contract simulate --side short --size 5PH --rate 42350 --floor 27000 --cap 58000 --days 30 --bench\n" +
			"  alk contract simulate --side short --size 5PH --rate 42350 --floor 27000 --cap 58000 --bucket 6 --bench --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.simulation(cmd.Context(), &terms, off, side)
			if err != nil {
				return err
			}
			if !bench {
				return a.showSimulation(s, table, nil)
			}
			measured, err := runBenchmark(s.GetTerms())
			if err != nil {
				return err
			}
			return a.showSimulation(s, table, &measured)
		},
	}
	terms.add(cmd)
	off.add(cmd)
	cmd.Flags().StringVar(&side, "side", "short", "long or short")
	cmd.Flags().BoolVar(&bench, "bench", false, "make and verify the signatures on this machine, and say how long that takes")
	cmd.Flags().BoolVar(&table, "table", false, "print the whole table of payoffs")
	return cmd
}

// simulation asks the daemon, or computes from the flags alone.
func (a *app) simulation(ctx context.Context, flags *termsFlags, off offlineFlags, side string) (*alkv1.Simulation, error) {
	draft, err := flags.draft(false)
	if err != nil {
		return nil, err
	}
	if off.live {
		var resp *alkv1.SimulateContractResponse
		err := a.with(ctx, a.dial, func(ctx context.Context, c *client.Client) (err error) {
			resp, err = c.Contracts.SimulateContract(ctx, &alkv1.SimulateContractRequest{Offer: &alkv1.OfferContractRequest{
				Side: side, Terms: draft, FundSatPerVbyte: off.fund, CetSatPerVbyte: off.cet,
			}})
			return err
		})
		return resp.GetSimulation(), err
	}
	terms, err := off.terms(draft, side, a.now().Unix())
	if err != nil {
		return nil, err
	}
	s, err := engine.Estimate(terms, or(off.fund, offlineRate), or(off.cet, offlineRate), payout.MaxSlots)
	if err != nil {
		return nil, &problem{err: err, exit: exitFailed, reason: "bad_terms"}
	}
	return rpc.EncodeSimulation(s, nil), nil
}

func or(v, usual uint32) uint32 {
	if v == 0 {
		return usual
	}
	return v
}

// terms completes a draft without a daemon. The keys of the oracles are
// placeholders: nothing here depends on them.
func (f offlineFlags) terms(d *alkv1.TermsDraft, side string, now int64) (payout.Terms, error) {
	t := payout.Terms{Digits: offlineDigits, Notional: d.GetNotionalThs(), K: d.GetK(), K2: d.GetKc(), FaceValue: d.GetFaceValue(), Premium: d.GetPremium()}
	var err error
	if t.Instrument, err = payout.ParseInstrument(d.GetProduct()); err != nil {
		return t, err
	}
	if t.Index = d.GetIndex(); t.Index == "" {
		t.Index = offlineIndex
	}
	if t.StartDay = d.GetStartDay(); t.StartDay == 0 {
		t.StartDay = uint32(max(0, now)/daySeconds) + 1 //nolint:gosec // until the year 11 million
	}
	if d.GetDays() == 0 || d.GetDays() > payout.MaxDays {
		return t, errUsage("", "%d days, 1 to %d are possible", d.GetDays(), payout.MaxDays)
	}
	t.EndDay = t.StartDay + d.GetDays() - 1
	if t.Event, err = payout.EventID(t.Index, t.EndDay); err != nil {
		return t, err
	}
	if t.Base, err = parseSats(f.base); err != nil {
		return t, err
	}
	if err := f.bands(&t, d); err != nil {
		return t, err
	}
	switch side {
	case "long":
	case "short":
		t.Offerer = payout.Short
	default:
		return t, errUsage("use long or short", "unknown side %q", side)
	}
	if f.oracles < 1 || f.oracles > 7 {
		return t, errUsage("", "%d oracles, 1 to 7 are possible", f.oracles)
	}
	for i := range f.oracles {
		var key [32]byte
		binary.BigEndian.PutUint64(key[:], uint64(i)+1)
		t.Oracles = append(t.Oracles, key)
	}
	if t.Threshold = uint16(d.GetThreshold()); t.Threshold == 0 { //nolint:gosec // Validate bounds it by the oracles
		t.Threshold = uint16(f.oracles/2 + 1)
	}
	return t, f.bucket(&t, d)
}

// bands wants floor and cap, which only a daemon knows otherwise.
func (f offlineFlags) bands(t *payout.Terms, d *alkv1.TermsDraft) error {
	var missing []string
	for _, b := range []struct {
		name string
		has  bool
		from *uint64
		to   *uint64
	}{
		{"--floor", t.Instrument == payout.SwapM || t.Instrument == payout.Put || t.Instrument == payout.Collar, d.Floor, &t.F},
		{"--cap", t.Instrument != payout.Put, d.Cap, &t.C},
	} {
		switch {
		case b.from != nil:
			*b.to = *b.from
		case b.has:
			missing = append(missing, b.name)
		}
	}
	if len(missing) > 0 {
		return errUsage("add it, or --live to take that of the standard series", "%s is needed", strings.Join(missing, " and "))
	}
	return nil
}

func (f offlineFlags) bucket(t *payout.Terms, d *alkv1.TermsDraft) error {
	if d.Bucket != nil {
		if d.GetBucket() > payout.MaxBucket {
			return errUsage("", "bucket exponent %d, at most %d", d.GetBucket(), payout.MaxBucket)
		}
		t.Bucket = uint8(d.GetBucket()) //nolint:gosec // bounded above
		return nil
	}
	j, err := t.DefaultBucket(payout.MaxSlots)
	if err != nil {
		return &problem{err: err, exit: exitFailed, reason: "bad_terms"}
	}
	t.Bucket = j
	return nil
}

// linesOfTable is how many payoffs are shown unless all are wanted.
const linesOfTable = 12

// simulationRows prints what a contract would be.
func simulationRows(w io.Writer, s *alkv1.Simulation, all bool) {
	row(w, "you are", s.GetSide())
	termsRows(w, s.GetTerms())
	row(w, "locks", fmt.Sprintf("you %s + peer %s = %s sat", sat(s.GetOwnLockSat()), sat(s.GetPeerLockSat()), sat(s.GetCollateralSat())))
	fees := s.GetFees()
	row(w, "miner fees", fmt.Sprintf("you %s, peer %s sat (%d and %d sat/vB)", sat(fees.GetOwnFundingSat()+fees.GetOwnCetSat()),
		sat(fees.GetPeerFundingSat()+fees.GetPeerCetSat()), s.GetFundSatPerVbyte(), s.GetCetSatPerVbyte()))
	row(w, "at most", fmt.Sprintf("%s sat gained, %s sat lost, before fees", sat(s.GetMaxProfitSat()), sat(s.GetMaxLossSat())))
	for _, b := range s.GetBreakevens() {
		row(w, "break-even", fmt.Sprintf("at a mean of %s sat per %s and day", rounded(b.GetPerDay()), unitName(s.GetTerms().GetIndex())))
	}
	row(w, "payouts", fmt.Sprintf("%s different ones", sat(uint64(s.GetPayouts()))))
	row(w, "signatures", fmt.Sprintf("%s by each side, %s bytes", sat(uint64(s.GetSignatures())), sat(uint64(s.GetListBytes()))))
	if s.GetCetLocktime() > 0 {
		row(w, "matures", moment(int64(s.GetCetLocktime()))+" UTC")
		row(w, "refund from", moment(int64(s.GetRefundLocktime()))+" UTC")
	}
	valuationRows(w, s.GetValuation(), s.GetTerms(), s.GetSide())
	for _, text := range s.GetWarnings() {
		row(w, "note", text)
	}
	row(w)
	row(w, "MEAN PER DAY", "LONG GETS", "SHORT GETS", "YOUR PROFIT")
	for _, p := range some(s.GetTable(), all) {
		row(w, rounded(p.GetPerDay()), sat(p.GetLongSettledSat()), sat(s.GetCollateralSat()-p.GetLongSettledSat()), signed(p.GetOwnProfitSat()))
	}
}

// some thins a table out, keeping both ends.
func some(points []*alkv1.PayoffPoint, all bool) []*alkv1.PayoffPoint {
	if all || len(points) <= linesOfTable {
		return points
	}
	out := make([]*alkv1.PayoffPoint, linesOfTable)
	for i := range out {
		out[i] = points[i*(len(points)-1)/(linesOfTable-1)]
	}
	return out
}

// valuationRows prints what the reference pricer says.
func valuationRows(w io.Writer, v *alkv1.Valuation, t *alkv1.Terms, side string) {
	if v == nil {
		return
	}
	row(w, "reference price", fmt.Sprintf("%s (quoted %s), indicative", rounded(v.GetFairPrice()), rounded(v.GetPrice())))
	row(w, "expected mean", fmt.Sprintf("%s sat per %s and day; %s of what is to come is certain", rounded(v.GetForecastPerDay()),
		unitName(t.GetIndex()), percent(v.GetCertain())))
	if v.ImpliedGrowth != nil {
		row(w, "implied growth", percent(v.GetImpliedGrowth())+" of difficulty at each retarget")
	}
	sign := 1.0
	if side == "short" {
		sign = -1
	}
	row(w, "if you hold it", fmt.Sprintf("%+.0f sat for one point of growth, %+.0f for 0.01 BTC of fees a block, %+.0f for 1 sat a day, %+.0f a day passing",
		sign*v.GetPerGrowthPointSat(), sign*v.GetPerFeeSat(), sign*v.GetDeltaSat(), sign*v.GetThetaSat()))
}
