package itest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func TestContractSettlesByAgreement(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders(harness.WithArgs("--t-settle=120"))
	d := m.open(miner, buyer, m.swap(2))
	d.mature()
	d.both("Closing")
	sold, bought := d.final("Closed")
	require.Equal(t, "settlement", sold.GetSpend().GetKind())
	require.Len(t, bought.GetAttestations(), 3)
	require.Equal(t, m.oracleKeys(), bought.GetTerms().GetOracles())
	require.NotNil(t, sold.Outcome)
}

// TestContractSettlesByCETWithoutThePeer: one party is away, first one and then the
// other, and finds the settlement when it is back.
func TestContractSettlesByCETWithoutThePeer(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders(harness.WithArgs("--t-settle=2"))
	for _, away := range []*trader{miner, buyer} {
		d := m.open(miner, buyer, m.swap(1))
		away.daemon.Stop()
		here := miner
		if away == miner {
			here = buyer
		}
		end := here.contract(d.name).GetTerms().GetEndDay()
		for m.today() <= end {
			m.endDay()
		}
		here.phase(d.name, "Settling")
		m.node.MustSee(txid(t, here.contract(d.name).GetCet().GetTxid()))
		m.minutes(1)
		away.daemon.Start()
		away.back()
		sold, _ := d.final("Closed")
		require.Equal(t, "cet", sold.GetSpend().GetKind())
		require.Equal(t, sold.GetCollateralSat(), sold.GetOwnPayoutSat()+sold.GetPeerPayoutSat(), "a CET pays exactly")
		miner.connected(buyer)
	}
}

// TestContractIsRefundedWhenOraclesAreSilent: one party alone takes both locks back
// to where they came from.
func TestContractIsRefundedWhenOraclesAreSilent(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	before := [2]int64{int64(miner.wealth()), int64(buyer.wealth())}
	d := m.open(miner, buyer, m.swap(1))
	m.silence()
	buyer.daemon.Stop()
	c := miner.contract(d.name)
	require.NoError(t, m.cal.Until(time.Unix(int64(c.GetRefundLocktime()), 0)))
	m.minutes(7) // the median time has to pass it, too
	miner.phase(d.name, "Refunding")
	m.node.MustSee(txid(t, miner.contract(d.name).GetRefund().GetTxid()))
	m.minutes(1)
	buyer.daemon.Start()
	buyer.back()
	sold, bought := d.final("Refunded")
	for i, side := range []*alkv1.Contract{sold, bought} {
		require.Equal(t, side.GetOwnLockSat(), side.GetOwnPayoutSat())
		fees := int64(side.GetFees().GetOwnFundingSat() + side.GetFees().GetOwnCetSat()) //nolint:gosec // an amount
		tr := []*trader{miner, buyer}[i]
		tr.holds(func(*alkv1.GetBalanceResponse) bool { return int64(tr.wealth()) == before[i]-fees })
	}
}

// TestContractEndsEarlyByAgreement: a price is proposed, declined, proposed again
// and approved; both are paid what was agreed, less the shared fee.
func TestContractEndsEarlyByAgreement(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders(harness.WithArgs("--t-close=60"))
	d := m.open(miner, buyer, m.swap(3))
	collateral := miner.contract(d.name).GetCollateralSat()
	asked := func(price uint64) uint32 {
		harness.Eventually(t, "no other proposal to be open", func(ctx context.Context) error {
			_, err := buyer.Contracts.CloseContract(ctx, &alkv1.CloseContractRequest{Contract: d.name, OwnSat: price, SatPerVbyte: 2})
			return err
		})
		var attempt uint32
		harness.Eventually(t, "the proposal", func(context.Context) error {
			decision := miner.contract(d.name).GetDecision()
			if decision.GetKind() != "close" || decision.GetPeerSat() != price {
				return fmt.Errorf("asked %v", decision)
			}
			attempt = decision.GetAttempt()
			return nil
		})
		return attempt
	}
	attempt := asked(collateral)
	_, err := miner.Contracts.DeclineClose(t.Context(), &alkv1.DeclineCloseRequest{Contract: d.name, Attempt: attempt})
	require.NoError(t, err)
	// A refusal names no attempt: one that comes after a new proposal would end that.
	harness.Eventually(t, "the buyer to hear of it", func(ctx context.Context) error {
		history, err := buyer.Contracts.GetHistory(ctx, &alkv1.GetHistoryRequest{Contract: d.name, Limit: 1000})
		if err == nil && !slices.ContainsFunc(history.GetEntries(), func(e *alkv1.HistoryEntry) bool { return e.GetEvent() == "PeerReject" }) {
			err = errors.New("no refusal")
		}
		return err
	})
	attempt = asked(collateral / 2)
	_, err = miner.Contracts.ApproveClose(t.Context(), &alkv1.ApproveCloseRequest{Contract: d.name, Attempt: attempt})
	require.NoError(t, err)
	d.both("Closing")
	sold, _ := d.final("CoopClosed")
	require.Equal(t, "exit", sold.GetSpend().GetKind())
	require.InDelta(t, collateral/2, sold.GetOwnPayoutSat(), 500)
}

// TestContractWithADoubleSpentInputIsVoid: the buyer has signed, and spends his
// coins elsewhere from another machine.
func TestContractWithADoubleSpentInputIsVoid(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.trader(2), m.trader(1)
	miner.meet(buyer)
	stolen := newRestored(t, m, buyer).takesAll()
	d := m.sign(miner, buyer, m.swap(1))
	hash, err := m.node.RPC().SendRawTransaction(stolen, true)
	require.NoError(t, err)
	m.node.MustSee(*hash)
	m.minutes(6)
	d.both("Aborted")
	miner.nothingLeased()
	miner.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == 2*marketCoin })
}

// takesAll signs a transaction that spends all coins, and keeps it back.
func (u *user) takesAll() *wire.MsgTx {
	u.t.Helper()
	const rate, fee = 200, 50_000
	outside := "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
	funded, err := u.Wallet.FundPsbt(u.t.Context(), &alkv1.FundPsbtRequest{
		Outputs: []*alkv1.Payment{{Address: outside, AmountSat: marketCoin - fee}}, Fee: &alkv1.FeeSpec{SatPerVbyte: rate, AllowHigh: true},
	})
	require.NoError(u.t, err)
	signed, err := u.Wallet.SignPsbt(u.t.Context(), &alkv1.SignPsbtRequest{Psbt: funded.GetPsbt()})
	require.NoError(u.t, err)
	final, err := u.Wallet.FinalizePsbt(u.t.Context(), &alkv1.FinalizePsbtRequest{Psbt: signed.GetPsbt()})
	require.NoError(u.t, err)
	var tx wire.MsgTx
	require.NoError(u.t, tx.Deserialize(bytes.NewReader(final.GetRawTx())))
	require.Len(u.t, tx.TxIn, 1)
	return &tx
}

// newRestored makes another machine with the words of a trader with one coin.
func newRestored(t testing.TB, m *market, of *trader) *user {
	t.Helper()
	u := &user{t: t, daemon: harness.StartAlkd(t, harness.WithNode(m.node, ""), harness.WithArgs("--clock=chain"))}
	c := u.dial("")
	harness.Eventually(t, "the wallet to be restored", func(ctx context.Context) error {
		_, err := c.Wallet.Restore(ctx, &alkv1.RestoreRequest{Mnemonic: of.mnemonic, Passphrase: []byte(passphrase)})
		return err
	})
	u.Client = u.dial("admin.macaroon")
	u.synced()
	u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == marketCoin })
	return u
}

// TestContractFollowsReorganisations takes away the block of the funding and that of
// the CET, at several depths.
func TestContractFollowsReorganisations(t *testing.T) {
	harness.Long(t)
	depths := []int{1, 2, 3, 6}
	if testing.Short() {
		depths = []int{2}
	}
	m := newMarket(t)
	miner, buyer := m.traders(harness.WithArgs("--t-settle=2"))
	for _, depth := range depths {
		d := m.sign(miner, buyer, m.swap(1))
		m.minutes(depth)
		d.both("Active")
		m.node.MustReorg(depth)
		m.node.MustSee(txid(t, miner.contract(d.name).GetFunding().GetTxid()))
		d.both("Active", "Broadcast", "Confirmed")
		m.minutes(2)
		d.both("Active")

		buyer.daemon.Stop() // so that the CET settles
		end := miner.contract(d.name).GetTerms().GetEndDay()
		for m.today() <= end {
			m.endDay()
		}
		miner.phase(d.name, "Settling")
		cet := txid(t, miner.contract(d.name).GetCet().GetTxid())
		m.node.MustSee(cet)
		m.minutes(depth)
		buyer.daemon.Start()
		buyer.back()
		if depth >= 6 {
			d.both("Closed")
		}
		m.node.MustReorg(depth)
		m.node.MustSee(cet)
		m.minutes(7)
		sold, bought := d.both("Closed")
		require.Equal(t, "cet", sold.GetSpend().GetKind())
		require.Equal(t, sold.GetSpend().GetTxid(), bought.GetSpend().GetTxid())
		miner.connected(buyer)
	}
}
