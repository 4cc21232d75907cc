package fund_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// owner is a real wallet on a real btcd.
type owner struct {
	t      *testing.T
	node   *regtest.Node
	wallet *wallet.Wallet
	fund   *fund.Fund
}

// startChain starts a btcd and a backend on it.
func startChain(t *testing.T) (*regtest.Node, *btcd.Backend) {
	t.Helper()
	node, err := regtest.Start(t.Context(), regtest.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, node.Stop()) })
	require.NoError(t, node.Activate(time.Time{}))
	backend := btcd.New(btcd.Config{
		Host: node.RPCHost(), User: node.RPCUser(), Pass: node.RPCPass(), Cert: node.CertPEM(),
		Params: regtest.Params(), Dir: t.TempDir(),
	})
	require.NoError(t, backend.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, backend.Stop()) })
	return node, backend
}

func newOwner(t *testing.T, node *regtest.Node, backend *btcd.Backend) *owner {
	t.Helper()
	words, err := keys.NewMnemonic(rand.Reader)
	require.NoError(t, err)
	seed, err := words.Seed("")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "keys.alk")
	require.NoError(t, keys.Create(file, keys.Contents{
		Network: "regtest", Seed: seed, Birthday: time.Now().Add(-time.Hour),
	}, []byte("passphrase"), keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})))
	ring, err := keys.Open(file, "regtest", []byte("passphrase"))
	require.NoError(t, err)
	t.Cleanup(ring.Close)
	w, err := wallet.Open(t.Context(), wallet.Config{
		Dir: filepath.Join(t.TempDir(), "wallet"), Params: regtest.Params(), Backend: backend, Keys: ring, Fresh: true,
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	return &owner{t: t, node: node, wallet: w, fund: fund.New(w, w, ring, rand.Reader)}
}

// coin pays a coin to the wallet and confirms it.
func (o *owner) coin(value btcutil.Amount, kind wallet.AddressType) btcwire.OutPoint {
	o.t.Helper()
	address, err := o.wallet.NewAddress(o.t.Context(), kind, false)
	require.NoError(o.t, err)
	script, err := txscript.PayToAddrScript(address)
	require.NoError(o.t, err)
	tx, err := o.node.Pay(script, value)
	require.NoError(o.t, err)
	_, err = o.node.Mine(1)
	require.NoError(o.t, err)
	var point btcwire.OutPoint
	require.Eventually(o.t, func() bool {
		coins, err := o.wallet.Coins(o.t.Context(), 1)
		require.NoError(o.t, err)
		for _, c := range coins {
			if c.OutPoint.Hash == tx.TxHash() {
				point = c.OutPoint
				return true
			}
		}
		return false
	}, 60*time.Second, 10*time.Millisecond)
	return point
}

func (o *owner) party(key byte, collateral btcutil.Amount, coins ...btcwire.OutPoint) wire.Party {
	o.t.Helper()
	p, err := o.fund.Party(o.t.Context(), fund.PartyRequest{
		Key: [32]byte{key}, Collateral: collateral, FundRate: 5, CETRate: 3, Coins: coins,
	})
	require.NoError(o.t, err)
	return p
}

func txParty(p wire.Party) txs.Party {
	party := txs.Party{
		Internal: p.Internal, Contract: p.Contract, Collateral: p.Collateral, PayoutScript: p.Payout, PayoutSerial: p.PayoutSerial,
		ChangeScript: p.Change, ChangeSerial: p.ChangeSerial,
	}
	for _, in := range p.Inputs {
		party.Inputs = append(party.Inputs, txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
	}
	return party
}

// TestTwoWalletsFundOneContract signs a funding transaction with coins of every
// kind from two wallets, and both ways back; the script interpreter judges.
func TestTwoWalletsFundOneContract(t *testing.T) {
	node, backend := startChain(t)
	a, b := newOwner(t, node, backend), newOwner(t, node, backend)
	a.coin(150_000, wallet.P2TR)
	a.coin(160_000, wallet.P2WPKH)
	b.coin(400_000, wallet.P2WPKH)
	b.coin(900_000, wallet.P2TR)

	// Two coins where one does not suffice; the smallest that does where one does.
	parties := [2]wire.Party{a.party(1, 200_000), b.party(1, 300_000)}
	require.Len(t, parties[0].Inputs, 2)
	require.Len(t, parties[1].Inputs, 1)
	contract, err := txs.Build(txs.Agreement{
		Parties: [2]txs.Party{txParty(parties[0]), txParty(parties[1])}, Long: txs.Offerer, FundSerial: 7,
		FundRate: 5, CETRate: 3, CETLocktime: 1_800_000_000, RefundLocktime: 1_802_000_000,
	})
	require.NoError(t, err)
	require.EqualValues(t, 400_000, contract.Funding.Funds(txs.Accepter).Total)

	var witnesses [2][]btcwire.TxWitness
	for role, o := range []*owner{a, b} {
		signed, err := o.fund.Witnesses(t.Context(), contract.Funding, txs.Role(role))
		require.NoError(t, err)
		for _, w := range signed {
			witnesses[role] = append(witnesses[role], w)
		}
		cancel, err := o.fund.Cancel(t.Context(), contract.Funding, txs.Role(role), parties[role].Change, 5)
		require.NoError(t, err)
		require.Len(t, cancel.TxIn, len(parties[role].Inputs))
	}
	_, err = contract.Funding.Complete(witnesses[0], witnesses[1])
	require.NoError(t, err)

	// A close that the second wallet adds a coin to.
	build := func(in *wire.CancelInput) (*txs.Close, error) {
		return contract.Settlement.Close(txs.CloseTerms{
			Values: [2]btcutil.Amount{250_000, 250_000}, Rate: 4,
			Cancel: &txs.CancelInput{PrevTx: in.PrevTx, Vout: in.Vout, ChangeScript: in.Change},
		})
	}
	r := fund.CancelRequest{Key: [32]byte{1}, Rate: 4, Build: build}
	for _, in := range contract.Funding.Tx().TxIn {
		r.Busy = append(r.Busy, in.PreviousOutPoint)
	}
	before, err := b.wallet.Leases(t.Context())
	require.NoError(t, err)
	refused := errors.New("no such close")
	_, err = b.fund.CancelInput(t.Context(), fund.CancelRequest{
		Key: r.Key, Rate: r.Rate, Busy: r.Busy, Build: func(*wire.CancelInput) (*txs.Close, error) { return nil, refused },
	})
	require.ErrorIs(t, err, refused)
	leases, err := b.wallet.Leases(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, before, leases, "what came to nothing holds no coin")
	cancel, err := b.fund.CancelInput(t.Context(), r)
	require.NoError(t, err)
	built, err := build(cancel.Input)
	require.NoError(t, err)
	require.NoError(t, built.VerifyCancelWitness(cancel.Input.Witness))
	require.NoError(t, txs.VerifyTx(cancel.Void, built.PrevOutputs()[1:]))

	// What a crash left leased is used again, and what a close holds is not.
	again, err := b.fund.CancelInput(t.Context(), r)
	require.NoError(t, err)
	coin := again.Void.TxIn[0].PreviousOutPoint
	require.Equal(t, cancel.Void.TxIn[0].PreviousOutPoint, coin)
	r.Busy = append(r.Busy, coin)
	_, err = b.fund.CancelInput(t.Context(), r)
	require.ErrorIs(t, err, fund.ErrNoSpare)
	require.NoError(t, b.fund.Free(t.Context(), again))
	require.NoError(t, b.fund.Free(t.Context(), cancel), "once more is no change")
	leases, err = b.wallet.Leases(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, before, leases)

	_, err = a.fund.CancelInput(t.Context(), fund.CancelRequest{Key: [32]byte{1}, Rate: 4, Busy: r.Busy, Build: build})
	require.ErrorIs(t, err, fund.ErrNoSpare)
}

func TestCoinsBelongToOneContract(t *testing.T) {
	node, backend := startChain(t)
	o := newOwner(t, node, backend)
	first := o.coin(500_000, wallet.P2TR)
	second := o.coin(600_000, wallet.P2TR)

	p := o.party(1, 100_000, second)
	require.Len(t, p.Inputs, 1)
	_, err := o.fund.Party(t.Context(), fund.PartyRequest{Key: [32]byte{2}, Collateral: 100_000, FundRate: 5, CETRate: 3, Coins: []btcwire.OutPoint{second}})
	require.ErrorIs(t, err, fund.ErrCoins)
	require.NoError(t, o.fund.Reserve(t.Context(), [32]byte{1}, []btcwire.OutPoint{second}), "again is no change")
	require.ErrorIs(t, o.fund.Reserve(t.Context(), [32]byte{2}, []btcwire.OutPoint{first, second}), wallet.ErrCoinLeased)
	require.NoError(t, o.fund.Release(t.Context(), [32]byte{9}), "nothing to release")
	o.fund.Recycle([33]byte{}, wire.Party{Payout: []byte("seen"), Change: []byte("before")})
	q := o.party(2, 100_000)
	require.Equal(t, []byte("seen"), q.Payout, "the peer has seen it")
	require.NoError(t, o.fund.Release(t.Context(), [32]byte{2}))
	q = o.party(2, 100_000)
	require.NotEqual(t, p.KeyID, q.KeyID)
	require.NotEqual(t, p.Payout, q.Payout)

	_, err = o.fund.Party(t.Context(), fund.PartyRequest{Key: [32]byte{3}, Collateral: 100_000, FundRate: 5, CETRate: 3})
	require.ErrorIs(t, err, wallet.ErrInsufficientFunds)
	require.ErrorContains(t, err, "leased by \"contract 01")

	// What a crash left is freed, what a contract needs is not.
	lease, err := o.wallet.Leases(t.Context())
	require.NoError(t, err)
	require.Len(t, lease, 2)
	ended, err := o.fund.Reconcile(t.Context(), func(key [32]byte) bool { return key == [32]byte{1} })
	require.NoError(t, err)
	require.Equal(t, 1, ended)
	require.NoError(t, o.fund.Reserve(t.Context(), [32]byte{3}, []btcwire.OutPoint{first}))
	for range 2 {
		require.NoError(t, o.fund.Release(t.Context(), [32]byte{1}))
	}
	_, err = o.wallet.Lease(t.Context(), "somebody", []btcwire.OutPoint{second}, time.Hour)
	require.NoError(t, err)
	ended, err = o.fund.Reconcile(t.Context(), func([32]byte) bool { return false })
	require.NoError(t, err)
	require.Equal(t, 1, ended, "leases of others stay")
}

func TestAFailureLeavesNothingReserved(t *testing.T) {
	node, backend := startChain(t)
	o := newOwner(t, node, backend)
	o.coin(500_000, wallet.P2TR)
	broken := fund.New(o.wallet, o.wallet, nil, failing{})
	_, err := broken.Party(t.Context(), fund.PartyRequest{Key: [32]byte{1}, Collateral: 100_000, FundRate: 5, CETRate: 3})
	require.ErrorIs(t, err, keys.ErrRandom)
	leases, err := o.wallet.Leases(context.Background())
	require.NoError(t, err)
	require.Empty(t, leases)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, context.DeadlineExceeded }
