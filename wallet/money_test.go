package wallet_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/store"
)

func coins2ops(coins []wallet.Coin) []wire.OutPoint {
	ops := make([]wire.OutPoint, len(coins))
	for i, c := range coins {
		ops[i] = c.OutPoint
	}
	return ops
}

func TestConcurrentSendsNeverShareACoin(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	const coins, senders = 50, 100
	r.fund(w, coins, 50_000, wallet.P2TR)
	to := r.address(w)
	var (
		mu      sync.Mutex
		spentBy = make(map[wire.OutPoint]chainhash.Hash)
		group   sync.WaitGroup
		short   int
	)
	for i := range senders {
		group.Add(1)
		go func() {
			defer group.Done()
			sent, err := w.Send(t.Context(), wallet.SendRequest{
				Outputs: []wallet.Payment{{Address: to, Amount: 40_000}}, Fee: rate(chainfee.SatPerVByte(1 + i%3)), MinConfs: 1,
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				var missing *wallet.InsufficientFundsError
				if !errors.As(err, &missing) {
					t.Errorf("sender %d: %v", i, err)
				}
				short++
				return
			}
			for _, in := range sent.Tx.TxIn {
				if other, taken := spentBy[in.PreviousOutPoint]; taken {
					t.Errorf("%s is spent by %s and %s", in.PreviousOutPoint, other, sent.TxID)
				}
				spentBy[in.PreviousOutPoint] = sent.TxID
			}
		}()
	}
	group.Wait()
	require.Len(t, spentBy, coins, "every coin is spent once")
	require.Equal(t, senders-coins, short, "the others were told that nothing is free")
	r.mine(w, 1)
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Zero(t, b.Unconfirmed)
	require.Zero(t, b.Leased)
}

func TestALeaseIsExclusiveAndReleasedOnce(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	r.fund(w, 2, 100_000, wallet.P2TR)
	coins, err := w.Coins(t.Context(), 1)
	require.NoError(t, err)
	ops := coins2ops(coins)
	lease, err := w.Lease(t.Context(), "contract:1", ops[:1], time.Hour)
	require.NoError(t, err)
	_, err = w.Lease(t.Context(), "contract:2", ops, time.Hour)
	require.ErrorIs(t, err, wallet.ErrCoinLeased)
	require.ErrorContains(t, err, "contract:1")
	_, err = w.Lease(t.Context(), "contract:2", []wire.OutPoint{{Index: 5}}, time.Hour)
	require.ErrorIs(t, err, wallet.ErrUnknownCoin)
	leases, err := w.Leases(t.Context())
	require.NoError(t, err)
	require.Equal(t, []wallet.Lease{lease}, leases, "what failed leased nothing")

	// A payment that needs the leased coin is told who has it.
	_, err = w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: r.address(w), Amount: 150_000}}, Fee: rate(1)})
	var missing *wallet.InsufficientFundsError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, map[string]btcutil.Amount{"contract:1": 100_000}, missing.Leased)
	require.Equal(t, btcutil.Amount(100_000), missing.Available)
	require.Positive(t, missing.Missing())

	require.NoError(t, w.Close())
	w = r.open(false)
	defer func() { require.NoError(t, w.Close()) }()
	_, err = w.Lease(t.Context(), "contract:2", ops[:1], time.Hour)
	require.ErrorIs(t, err, wallet.ErrCoinLeased, "the lease survives a restart")

	var won, lost int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 20 {
		group.Add(1)
		go func() {
			defer group.Done()
			err := w.Release(t.Context(), lease.ID)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if errors.Is(err, wallet.ErrLeaseNotFound) {
				lost++
			}
		}()
	}
	group.Wait()
	require.Equal(t, []int{1, 19}, []int{won, lost})
	again, err := w.Lease(t.Context(), "contract:2", ops, time.Second)
	require.NoError(t, err)
	wait(t, "the lease expires", func() bool {
		b, err := w.Balance(t.Context())
		return err == nil && b.Confirmed == 200_000
	})
	require.ErrorIs(t, w.Release(t.Context(), again.ID), wallet.ErrLeaseNotFound)
	_, err = w.Extend(t.Context(), again.ID, time.Hour)
	require.ErrorIs(t, err, wallet.ErrLeaseNotFound)
}

func TestFeesAreRaisedByReplacementAndByChild(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 2, 1_000_000, wallet.P2TR)
	outside := "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
	sent, err := w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: outside, Amount: 990_000}}, Fee: rate(1), Label: "slow"})
	require.NoError(t, err)
	// The change is too small for the new fee: one more coin goes in.
	bumped, err := w.Bump(t.Context(), wallet.BumpRequest{TxID: sent.TxID, Fee: rate(100)})
	require.NoError(t, err)
	require.Equal(t, sent.TxID, *bumped.Replaces)
	require.Len(t, bumped.Tx.TxIn, 2)
	require.GreaterOrEqual(t, bumped.Fee, btcutil.Amount(100*bumped.VSize))
	pool, err := r.node.RPC().GetRawMempool()
	require.NoError(t, err)
	require.Equal(t, []*chainhash.Hash{&bumped.TxID}, pool, "the network has the replacement only")
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1_010_000-bumped.Fee, b.Total(), "the replaced change is not counted")

	child, err := w.Bump(t.Context(), wallet.BumpRequest{TxID: bumped.TxID, Method: wallet.BumpCPFP, Fee: rate(120)})
	require.NoError(t, err)
	require.Equal(t, bumped.TxID, child.Tx.TxIn[0].PreviousOutPoint.Hash)
	require.GreaterOrEqual(t, child.Fee+bumped.Fee, btcutil.Amount(120*(child.VSize+bumped.VSize)))
	_, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: bumped.TxID, Method: wallet.BumpRBF, Fee: rate(200)})
	require.ErrorIs(t, err, wallet.ErrNotBumpable, "its change is spent")
	_, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: bumped.TxID, Method: wallet.BumpCPFP, Fee: rate(110)})
	require.ErrorIs(t, err, wallet.ErrNotBumpable, "the child pays more already")
	first := child
	child, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: bumped.TxID, Method: wallet.BumpCPFP, Fee: wallet.FeeSpec{Rate: 150, AllowHigh: true}})
	require.NoError(t, err)
	require.Equal(t, first.TxID, *child.Replaces, "there is one child at a time")
	require.GreaterOrEqual(t, child.Fee+bumped.Fee, btcutil.Amount(150*(child.VSize+bumped.VSize)))
	r.mine(w, 1)
	_, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: child.TxID, Fee: rate(200)})
	require.ErrorIs(t, err, wallet.ErrNotBumpable)
	require.ErrorContains(t, err, "in block")
	_, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: sent.TxID, Fee: rate(200)})
	require.ErrorIs(t, err, wallet.ErrTxNotFound)
	b, err = w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 1_010_000 - bumped.Fee - child.Fee}, b)
}

func TestBadPaymentsAreRefusedAndLeaseNothing(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	good := r.address(w)
	one := func(address string, amount btcutil.Amount) []wallet.Payment {
		return []wallet.Payment{{Address: address, Amount: amount}}
	}
	for name, c := range map[string]struct {
		req  wallet.SendRequest
		want error
	}{
		"mainnet address": {wallet.SendRequest{Outputs: one("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", 1e4)}, wallet.ErrWrongNetworkAddress},
		"signet address":  {wallet.SendRequest{Outputs: one("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", 1e4)}, wallet.ErrWrongNetworkAddress},
		"no address":      {wallet.SendRequest{Outputs: one("bcrt1nonsense", 1e4)}, wallet.ErrBadAddress},
		"empty address":   {wallet.SendRequest{Outputs: one("", 1e4)}, wallet.ErrBadAddress},
		"dust":            {wallet.SendRequest{Outputs: one(good, 329)}, wallet.ErrDust},
		"zero":            {wallet.SendRequest{Outputs: one(good, 0)}, wallet.ErrDust},
		"negative":        {wallet.SendRequest{Outputs: one(good, -1)}, wallet.ErrBadRequest},
		"more than money": {wallet.SendRequest{Outputs: one(good, btcutil.MaxSatoshi+1)}, wallet.ErrBadRequest},
		"sum overflows": {wallet.SendRequest{Outputs: append(one(good, btcutil.MaxSatoshi), one(good, btcutil.MaxSatoshi)...)},
			wallet.ErrBadRequest},
		"no outputs":     {wallet.SendRequest{}, wallet.ErrBadRequest},
		"too much":       {wallet.SendRequest{Outputs: one(good, 999_999)}, wallet.ErrInsufficientFunds},
		"rate absurd":    {wallet.SendRequest{Outputs: one(good, 1e5), Fee: rate(1001)}, wallet.ErrFeeTooHigh},
		"rate overflows": {wallet.SendRequest{Outputs: one(good, 1e5), Fee: wallet.FeeSpec{Rate: 1 << 62, AllowHigh: true}}, wallet.ErrFeeTooHigh},
		"fee absurd":     {wallet.SendRequest{Outputs: one(good, 1e5), Fee: rate(300)}, wallet.ErrFeeTooHigh},
		"target absurd":  {wallet.SendRequest{Outputs: one(good, 1e5), Fee: wallet.FeeSpec{Target: 5000}}, wallet.ErrBadRequest},
		"long label":     {wallet.SendRequest{Outputs: one(good, 1e5), Label: string(make([]byte, 501))}, wallet.ErrBadRequest},
		"foreign coin":   {wallet.SendRequest{Outputs: one(good, 1e5), Coins: []wire.OutPoint{{Index: 1}}, Fee: rate(1)}, wallet.ErrUnknownCoin},
		"all to two":     {wallet.SendRequest{Outputs: append(one(good, 0), one(good, 0)...), All: true, Fee: rate(1)}, wallet.ErrBadRequest},
	} {
		if c.req.Fee == (wallet.FeeSpec{}) {
			c.req.Fee = rate(1)
		}
		_, err := w.Send(t.Context(), c.req)
		require.ErrorIs(t, err, c.want, name)
		b, err := w.Balance(t.Context())
		require.NoError(t, err)
		require.Equal(t, wallet.Balance{Confirmed: 1_000_000}, b, name)
	}
	plan, err := w.Preview(t.Context(), wallet.SendRequest{Outputs: one(good, 1e5), Fee: rate(3)})
	require.NoError(t, err)
	require.InDelta(t, 3*plan.VSize, int64(plan.Fee), 6, "sizes are estimated upwards")
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 1_000_000}, b, "a plan leases nothing")
}

func TestWhileTheNodeIsAwayNothingIsLostAndPaymentsFollow(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	packet, err := w.NewPSBT([]wallet.Payment{{Address: r.address(w), Amount: 600_000}}, nil)
	require.NoError(t, err)
	funded, err := w.FundPSBT(t.Context(), wallet.FundRequest{Packet: packet, Fee: rate(2), Owner: "me", LeaseFor: time.Hour})
	require.NoError(t, err)
	_, err = w.FinalizePSBT(t.Context(), funded.Packet)
	require.ErrorIs(t, err, wallet.ErrNotSigned)
	signed, err := w.SignPSBT(t.Context(), funded.Packet)
	require.NoError(t, err)
	require.Equal(t, []uint32{0}, signed)
	tx, err := w.FinalizePSBT(t.Context(), funded.Packet)
	require.NoError(t, err)

	to := r.address(w)
	require.NoError(t, r.node.Kill())
	_, err = w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: to, Amount: 1e5}}, Fee: rate(1)})
	require.ErrorIs(t, err, chain.ErrUnavailable)
	_, err = w.NewAddress(t.Context(), wallet.P2TR, false)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorIs(t, w.Publish(t.Context(), tx, "later"), wallet.ErrQueued)
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Leased: 1_000_000}, b)
	require.Error(t, w.Sync(t.Context()).BackendError)

	require.NoError(t, r.node.Restart(t.Context()))
	txid := tx.TxHash()
	require.NoError(t, r.node.WaitMempool(t.Context(), txid), "the stored payment follows by itself")
	r.mine(w, 1)
	wait(t, fmt.Sprintf("%s confirmed", txid), func() bool {
		txs, err := w.Transactions(t.Context(), 1)
		return err == nil && len(txs) == 1 && txs[0].TxID == txid && txs[0].Confirmations == 1
	})
}

func TestPlansAndRefusalsUseUpNoChangeAddress(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	to := r.address(w)
	for range 5 {
		_, err := w.Preview(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: to, Amount: 1e5}}, Fee: rate(1)})
		require.NoError(t, err)
		_, err = w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: to, Amount: 1e5}}, Fee: rate(400)})
		require.ErrorIs(t, err, wallet.ErrFeeTooHigh)
		_, err = w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: to, Amount: 5e6}}, Fee: rate(1)})
		require.ErrorIs(t, err, wallet.ErrInsufficientFunds)
	}
	change, err := w.NewAddress(t.Context(), wallet.P2TR, true)
	require.NoError(t, err)
	want, err := keys.BIP86Address(r.seed.Bytes(), &chaincfg.MainNetParams, 1, 0)
	require.NoError(t, err)
	require.Equal(t, want.Output[:], change.ScriptAddress(), "a restored wallet looks past few unused addresses only")
}

func TestTheNameOfTheWalletsOwnLeasesIsRefused(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	coins, err := w.Coins(t.Context(), 1)
	require.NoError(t, err)
	_, err = w.Lease(t.Context(), "alkd payment", coins2ops(coins), time.Hour)
	require.ErrorIs(t, err, wallet.ErrBadRequest)
}

// A crash in the middle of a release must neither keep the coins nor the wallet
// from opening, even if somebody else has leased the coins meanwhile.
func TestAHalfDoneReleaseIsCompletedAtTheNextStart(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	coins, err := w.Coins(t.Context(), 1)
	require.NoError(t, err)
	lease, err := w.Lease(t.Context(), "contract:9", coins2ops(coins), time.Hour)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	key, err := r.ring.StoreKey(keys.LabelWalletStore)
	require.NoError(t, err)
	st, err := store.Open(filepath.Join(r.dir, "store"), key)
	require.NoError(t, err)
	record, err := st.Lease(lease.ID)
	require.NoError(t, err)
	record.State = store.LeaseReleasing
	require.NoError(t, st.PutLease(record))
	require.NoError(t, st.Close())

	w = r.open(false)
	defer func() { require.NoError(t, w.Close()) }()
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 1_000_000}, b)
	require.ErrorIs(t, w.Release(t.Context(), lease.ID), wallet.ErrLeaseNotFound)
}
