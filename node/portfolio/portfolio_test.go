package portfolio_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/wallet"
)

const today = 20_460

// world answers with its fields.
type world struct {
	views   []engine.View
	txs     []wallet.TxSummary
	balance wallet.Balance
	// growth moves the forecast.
	growth float64
	err    error
}

func (w *world) Contracts(_ context.Context, f engine.Filter) ([]engine.View, error) {
	var out []engine.View
	for _, v := range w.views {
		after := f.After == (engine.Key{}) || string(v.Key[:]) > string(f.After[:])
		wanted := len(f.Phases) == 0
		for _, p := range f.Phases {
			wanted = wanted || p == v.Phase
		}
		if after && wanted && len(out) < f.Limit {
			out = append(out, v)
		}
	}
	return out, w.err
}

func (w *world) Value(_ context.Context, t payout.Terms) (pricer.Valuation, pricer.Priced, error) {
	m := pricer.Market{
		Now: today * 86_400, Work: pricer.WorkOf(125_725_000_000_000), Unit: 86.4e18, Height: 935_000, Subsidy: 5_000_000_000,
		Halving: 210_000, ToRetarget: 1_000, Spacing: 600, Growth: []float64{w.growth}, MeanFee: 1_000_000, Vol: 0.035, FeeVol: 0.3,
	}
	var days uint32
	if t.StartDay < today {
		days = today - t.StartDay
	}
	p, err := pricer.FromTerms(t, days, 50_000*uint64(days))
	if err != nil {
		return pricer.Valuation{}, p, err
	}
	v, err := m.Price(p)
	return v, p, err
}

func (w *world) Balance(context.Context) (wallet.Balance, error) { return w.balance, nil }

func (w *world) Transactions(context.Context, int) ([]wallet.TxSummary, error) { return w.txs, nil }

func (w *world) Now() time.Time { return time.Unix(today*86_400+3_600, 0) }

func (w *world) book() *portfolio.Book { return portfolio.New(w, w, w, w) }

// view is a 30-day margin swap of 5 PH/s.
func view(n byte, side payout.Side, phase contract.Phase, start uint32) engine.View {
	t := payout.Terms{
		Instrument: payout.SwapM, Index: "hp1/tot", StartDay: start, EndDay: start + 29, Base: 1_000_000, Digits: 30, Bucket: 10,
		Notional: 5_000, K: 50_000, F: 32_000, C: 68_000, Threshold: 1, Oracles: [][32]byte{{1}},
	}
	return engine.View{
		Key: engine.Key{n}, Side: side, Phase: phase, Terms: t, Collateral: btcutil.Amount(t.M()), //nolint:gosec // far below
		OwnLock: btcutil.Amount(t.Lock(side)), PeerLock: btcutil.Amount(t.Lock(side.Other())), //nolint:gosec // far below
		Funding: &engine.TxView{Txid: chainhash.Hash{n, 1}},
	}
}

func TestAShortSwapHedgesItsNotionalAndIsMarkedAgainstTheForward(t *testing.T) {
	w := &world{views: []engine.View{
		view(1, payout.Short, contract.Active, today), view(2, payout.Long, contract.Active, today),
		view(3, payout.Short, contract.Offered, today),
	}}
	p, err := w.book().Portfolio(t.Context(), portfolio.Request{Hashrate: 20_000})
	require.NoError(t, err)
	require.Len(t, p.Positions, 3)
	short, long := p.Positions[0], p.Positions[1]
	require.Equal(t, w.views[0].Collateral, *short.Mark+*long.Mark, "both sides together are worth the collateral")
	require.InDelta(t, 5_000, *short.Hedge, 1)
	require.InDelta(t, -5_000, *long.Hedge, 1)
	require.Negative(t, int64(*short.Profit()), "the forward is above the rate")
	require.Equal(t, w.views[0].OwnLock+w.views[1].OwnLock, p.Locked)
	require.Equal(t, w.views[2].OwnLock, p.Reserved)
	require.InDelta(t, 0, p.Hedged, 1)
	require.Equal(t, []portfolio.Expiry{{Day: today + 29, Positions: 2, OwnLock: p.Locked, Mark: p.Mark}}, p.Expiries)

	w.views = w.views[:1]
	p, err = w.book().Portfolio(t.Context(), portfolio.Request{Hashrate: 20_000})
	require.NoError(t, err)
	require.InDelta(t, 0.25, *p.Ratio, 1e-3, "5 of 20 PH/s for all 30 days")
	p, err = w.book().Portfolio(t.Context(), portfolio.Request{Hashrate: 20_000, Horizon: 60})
	require.NoError(t, err)
	require.InDelta(t, 0.125, *p.Ratio, 1e-3)
	w.views[0] = view(1, payout.Short, contract.Active, today-20)
	p, err = w.book().Portfolio(t.Context(), portfolio.Request{})
	require.NoError(t, err)
	require.InDelta(t, 5_000.0/3, p.Hedged, 1, "10 days are left of the next 30")
	require.Nil(t, p.Ratio)
}

func TestAttestedPositionsAreExactAndOthersMayHaveNoMark(t *testing.T) {
	done := view(1, payout.Short, contract.Attested, today-30)
	paid := btcutil.Amount(1_234_567)
	done.OwnPayout = &paid
	strange := view(2, payout.Short, contract.Active, today)
	strange.Terms.Index = "hp9/wind"
	w := &world{views: []engine.View{done, strange}}
	p, err := w.book().Portfolio(t.Context(), portfolio.Request{})
	require.NoError(t, err)
	require.True(t, p.Positions[0].Attested)
	require.Equal(t, paid, *p.Positions[0].Mark)
	require.ErrorIs(t, p.Positions[1].Unpriced, pricer.ErrTerms)
	require.Nil(t, p.Positions[1].Profit())
	require.Equal(t, 1, p.Unpriced)
	require.Equal(t, paid, p.Mark)
	require.Zero(t, p.Hedged)
	_, err = w.book().Portfolio(t.Context(), portfolio.Request{Horizon: 366})
	require.ErrorIs(t, err, portfolio.ErrRequest)
	w.err = errors.New("closed")
	_, err = w.book().Portfolio(t.Context(), portfolio.Request{})
	require.ErrorIs(t, err, w.err)
}

func TestAllContractsArePagedThrough(t *testing.T) {
	w := &world{}
	for i := range 1_201 {
		v := view(0, payout.Short, contract.Active, today)
		v.Key = engine.Key{byte(i >> 8), byte(i)}
		w.views = append(w.views, v)
	}
	w.views[0].Key = engine.Key{0, 0, 1}
	r, err := w.book().Report(t.Context(), time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, w.views[0].OwnLock*1_201, r.Locked)
}

func line(r portfolio.Report, s portfolio.Source) int64 {
	for _, l := range r.Lines {
		if l.Source == s {
			return int64(l.Amount)
		}
	}
	return 0
}

func at(day int) time.Time { return time.Unix(int64(today+day)*86_400, 0) }

func TestEverySatoshiHasASource(t *testing.T) {
	won := view(1, payout.Short, contract.Closed, today-40)
	wonPays := won.OwnLock + 90_000
	won.OwnPayout, won.CET = &wonPays, &engine.TxView{Txid: chainhash.Hash{1, 2}}
	won.Spend = &engine.SpendView{Txid: chainhash.Hash{1, 2}}
	lost := view(2, payout.Long, contract.CoopClosed, today-40)
	lostPays := lost.OwnLock - 40_000
	lost.OwnPayout, lost.Spend = &lostPays, &engine.SpendView{Txid: chainhash.Hash{2, 2}}
	lost.Closes = []engine.CloseView{{Tx: engine.TxView{Txid: chainhash.Hash{2, 2}}}}
	open := view(3, payout.Short, contract.Active, today)
	withdrawn := view(4, payout.Short, contract.Aborted, today)
	withdrawn.Cancel = &engine.TxView{Txid: chainhash.Hash{4, 2}}
	w := &world{
		views: []engine.View{won, lost, open, withdrawn}, balance: wallet.Balance{Confirmed: 5},
		txs: []wallet.TxSummary{ // newest first
			{TxID: chainhash.Hash{4, 2}, Net: -300, Fee: 300, Time: at(0)},
			{TxID: chainhash.Hash{3, 1}, Net: -open.OwnLock - 700, Time: at(-1)},
			{TxID: chainhash.Hash{2, 2}, Net: lostPays - 55, Time: at(-9)},
			{TxID: chainhash.Hash{1, 2}, Net: wonPays, Time: at(-10)},
			{TxID: chainhash.Hash{9, 5}, Net: -20_141, Fee: 141, Time: at(-20)},
			{TxID: chainhash.Hash{9, 4}, Net: -200, Fee: 200, Time: at(-20), Label: "fee raised"},
			{TxID: chainhash.Hash{9, 3}, Net: 250_000, Time: at(-30), Label: "Mining pool payout"},
			{TxID: chainhash.Hash{9, 2}, Net: 312_500_000, Time: at(-35), Coinbase: true},
			{TxID: chainhash.Hash{2, 1}, Net: -lost.OwnLock - 600, Time: at(-40)},
			{TxID: chainhash.Hash{1, 1}, Net: -won.OwnLock - 500, Time: at(-40)},
			{TxID: chainhash.Hash{9, 1}, Net: 9_000_000, Time: at(-50)},
		},
	}
	r, err := w.book().Report(t.Context(), time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, r.WalletNet, r.Net)
	for s, want := range map[portfolio.Source]int64{
		portfolio.Mining: 312_750_000, portfolio.Received: 9_000_000, portfolio.Sent: -20_000,
		portfolio.OwnLock: -40_000 - int64(open.OwnLock), portfolio.PeerLock: 90_000,
		portfolio.FeePayment: -341, portfolio.FeeFunding: -500 - 600 - 700 - 300, portfolio.FeeSettlement: -55,
	} {
		require.Equal(t, want, line(r, s), s)
	}
	require.Len(t, r.Deals, 4)
	require.Equal(t, open.OwnLock, r.Locked)
	require.EqualValues(t, 5, r.Balance)
	byKey := map[engine.Key]portfolio.Deal{}
	for _, d := range r.Deals {
		byKey[d.View.Key] = d
	}
	require.EqualValues(t, 90_000-500, byKey[won.Key].Net())
	require.EqualValues(t, -40_000-600-55, byKey[lost.Key].Net())
	require.EqualValues(t, -40_000, byKey[lost.Key].Lost)
	require.EqualValues(t, -300, byKey[withdrawn.Key].Net())

	r, err = w.book().Report(t.Context(), at(-36), at(-9))
	require.NoError(t, err)
	require.Equal(t, r.WalletNet, r.Net)
	require.Len(t, r.Deals, 1)
	require.EqualValues(t, 312_750_000, line(r, portfolio.Mining))
	_, err = w.book().Report(t.Context(), at(1), at(1))
	require.ErrorIs(t, err, portfolio.ErrRequest)
}

// Whatever the wallet's history holds, the lines add up to it.
func TestLinesAddUpToTheHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{}
		var hashes []chainhash.Hash
		for n := range byte(rapid.IntRange(0, 4).Draw(t, "contracts")) { //nolint:gosec // small
			v := view(n+1, rapid.SampledFrom([]payout.Side{payout.Long, payout.Short}).Draw(t, "side"), contract.Closed, today)
			v.CET, v.Cancel = &engine.TxView{Txid: chainhash.Hash{n + 1, 2}}, &engine.TxView{Txid: chainhash.Hash{n + 1, 3}}
			if rapid.Bool().Draw(t, "settled") {
				paid := btcutil.Amount(rapid.Int64Range(0, int64(v.Collateral)).Draw(t, "paid"))
				v.OwnPayout, v.Spend = &paid, &engine.SpendView{Txid: chainhash.Hash{n + 1, 2}}
			}
			w.views = append(w.views, v)
			for i := range byte(3) {
				hashes = append(hashes, chainhash.Hash{n + 1, i + 1})
			}
		}
		hashes = append(hashes, chainhash.Hash{99}, chainhash.Hash{98})
		for _, h := range hashes {
			if rapid.Bool().Draw(t, "in history") {
				w.txs = append(w.txs, wallet.TxSummary{
					TxID: h, Net: btcutil.Amount(rapid.Int64Range(-1e12, 1e12).Draw(t, "net")),
					Fee: btcutil.Amount(rapid.Int64Range(0, 1e6).Draw(t, "fee")), Time: at(0), Coinbase: rapid.Bool().Draw(t, "coinbase"),
				})
			}
		}
		r, err := w.book().Report(t.Context(), time.Time{}, time.Time{})
		require.NoError(t, err)
		require.Equal(t, r.WalletNet, r.Net)
		var deals btcutil.Amount
		for _, d := range r.Deals {
			deals += d.Net()
		}
		var others btcutil.Amount
		for _, l := range r.Lines {
			switch l.Source {
			case portfolio.Mining, portfolio.Received, portfolio.Sent, portfolio.FeePayment:
				others += l.Amount
			case portfolio.OwnLock, portfolio.PeerLock, portfolio.FeeFunding, portfolio.FeeSettlement:
			}
		}
		require.Equal(t, r.Net, deals+others)
	})
}
