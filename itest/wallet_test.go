package itest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// onEachBackend runs a test on the embedded light client and on every full node
// that is there.
func onEachBackend(t *testing.T, test func(t *testing.T, node *harness.Node, backend harness.Option)) {
	harness.OnEachNode(t, func(t *testing.T, node *harness.Node) {
		t.Run("rpc", func(t *testing.T) { test(t, node, harness.WithNode(node, "")) })
	})
	t.Run("neutrino", func(t *testing.T) {
		node := harness.StartBtcd(t)
		node.MustActivate(time.Time{})
		test(t, node, harness.WithNeutrino(node.P2PAddr()))
	})
}

func TestWalletLifeCycle(t *testing.T) {
	onEachBackend(t, func(t *testing.T, node *harness.Node, backend harness.Option) {
		u := newUser(t, backend)
		require.Len(t, u.mnemonic, 24)
		u.fund(node, 2, 1_000_000)

		// Pay somebody outside, watch it confirm.
		sent := u.send("bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6", 1_500_000, 4)
		txid, err := chainhash.NewHashFromStr(sent.GetTxid())
		require.NoError(t, err)
		node.MustSee(*txid)
		events := u.watch(sent.GetTxid(), 2)
		node.MustMine(2)
		require.Equal(t, alkv1.TxEvent_TX_EVENT_CONFIRMED, (<-events).GetEvent())
		change := int64(500_000 - sent.GetFeeSat())
		u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == change })

		// Labels.
		coins, err := u.Wallet.ListCoins(t.Context(), &alkv1.ListCoinsRequest{})
		require.NoError(t, err)
		require.Len(t, coins.GetCoins(), 1)
		_, err = u.Wallet.LabelCoin(t.Context(), &alkv1.LabelCoinRequest{Outpoint: coins.GetCoins()[0].GetOutpoint(), Label: "change"})
		require.NoError(t, err)

		// A new passphrase, lock, the old one is refused, unlock.
		_, err = u.Wallet.ChangePassphrase(t.Context(), &alkv1.ChangePassphraseRequest{
			OldPassphrase: []byte(passphrase), NewPassphrase: []byte("another passphrase"),
		})
		require.NoError(t, err)
		_, err = u.Wallet.Lock(t.Context(), &alkv1.LockRequest{})
		require.NoError(t, err)
		_, err = u.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
		requireReason(t, err, "wallet_closed")
		_, err = u.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte(passphrase)})
		requireReason(t, err, "wrong_passphrase")
		_, err = u.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte("another passphrase")})
		require.NoError(t, err)
		_, err = u.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte("another passphrase")})
		requireReason(t, err, "wallet_open")
		u.synced()
		coins, err = u.Wallet.ListCoins(t.Context(), &alkv1.ListCoinsRequest{})
		require.NoError(t, err)
		require.Equal(t, "change", coins.GetCoins()[0].GetLabel())
	})
}

// watch streams what happens to a transaction.
func (u *user) watch(txid string, depth uint32) <-chan *alkv1.WatchTransactionResponse {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), harness.Patience)
	u.t.Cleanup(cancel)
	stream, err := u.Wallet.WatchTransaction(ctx, &alkv1.WatchTransactionRequest{Txid: txid, Depth: depth})
	require.NoError(u.t, err)
	events := make(chan *alkv1.WatchTransactionResponse, 16)
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		defer close(events)
		for stream.Receive() {
			events <- stream.Msg()
		}
	}()
	u.t.Cleanup(func() {
		cancel()
		done.Wait()
		if err := stream.Close(); err != nil {
			u.t.Logf("close stream: %v", err)
		}
	})
	return events
}

func TestRestoreFromMnemonicFindsAllCoins(t *testing.T) {
	onEachBackend(t, func(t *testing.T, node *harness.Node, backend harness.Option) {
		if strings.Contains(t.Name(), "neutrino") {
			harness.Long(t)
		}
		first := newUser(t, backend)
		// Skip addresses, use both branches, and spend some of it.
		for range 12 {
			first.address()
		}
		first.fund(node, 5, 300_000)
		first.send(first.address(), 700_000, 2)
		node.MustMine(1)
		first.syncedTo(node)
		first.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetUnconfirmedSat() == 0 })
		want := first.balance()
		first.daemon.Stop()

		second := &user{t: t, daemon: harness.StartAlkd(t, backend)}
		c := second.dial("")
		bad := append([]string{}, first.mnemonic...)
		bad[6] = "abandonn"
		_, err := c.Wallet.Restore(t.Context(), &alkv1.RestoreRequest{Mnemonic: bad, Passphrase: []byte(passphrase)})
		requireReason(t, err, "bad_mnemonic")
		require.ErrorContains(t, err, "7", "the error names the word")
		harness.Eventually(t, "the wallet to be restored", func(ctx context.Context) error {
			_, err := c.Wallet.Restore(ctx, &alkv1.RestoreRequest{Mnemonic: first.mnemonic, Passphrase: []byte(passphrase), RecoveryWindow: 50})
			return err
		})
		second.Client = second.dial("admin.macaroon")
		second.syncedTo(node)
		second.synced()
		second.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == want.GetConfirmedSat() })
		coins, err := second.Wallet.ListCoins(t.Context(), &alkv1.ListCoinsRequest{})
		require.NoError(t, err)
		require.Len(t, coins.GetCoins(), 4, "two untouched coins, the payment and its change")
		second.send(second.address(), 100_000, 1)
	})
}

func TestLeasesSurviveKill9(t *testing.T) {
	node := harness.StartBtcd(t)
	node.MustActivate(time.Time{})
	u := newUser(t, harness.WithNode(node, ""))
	u.fund(node, 3, 400_000)
	coins, err := u.Wallet.ListCoins(t.Context(), &alkv1.ListCoinsRequest{})
	require.NoError(t, err)
	leased, err := u.Wallet.LeaseCoins(t.Context(), &alkv1.LeaseCoinsRequest{
		Coins: []*alkv1.OutPoint{coins.GetCoins()[0].GetOutpoint()}, Owner: "contract:42", DurationSeconds: 3600,
	})
	require.NoError(t, err)
	funded, err := u.Wallet.FundPsbt(t.Context(), &alkv1.FundPsbtRequest{
		Outputs: []*alkv1.Payment{{Address: u.address(), AmountSat: 350_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 1},
		Owner: "psbt:1", LeaseSeconds: 3600,
	})
	require.NoError(t, err)
	u.daemon.Kill()
	u.daemon.Start()
	u.unlock()

	leases, err := u.Wallet.ListLeases(t.Context(), &alkv1.ListLeasesRequest{})
	require.NoError(t, err)
	require.Len(t, leases.GetLeases(), 2)
	b := u.balance()
	require.EqualValues(t, 400_000, b.GetConfirmedSat())
	require.EqualValues(t, 800_000, b.GetLeasedSat())
	_, err = u.Wallet.Send(t.Context(), &alkv1.SendRequest{
		Outputs: []*alkv1.Payment{{Address: u.address(), AmountSat: 500_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 1},
	})
	requireReason(t, err, "insufficient_funds")
	require.ErrorContains(t, err, "contract:42")
	for _, id := range []string{leased.GetLease().GetId(), funded.GetLease().GetId()} {
		_, err = u.Wallet.ReleaseLease(t.Context(), &alkv1.ReleaseLeaseRequest{Id: id})
		require.NoError(t, err)
		_, err = u.Wallet.ReleaseLease(t.Context(), &alkv1.ReleaseLeaseRequest{Id: id})
		requireReason(t, err, "lease_not_found")
	}
	require.EqualValues(t, 1_200_000, u.balance().GetConfirmedSat())
}

func TestConcurrentSendsNeverShareACoin(t *testing.T) {
	harness.Long(t) // package wallet has the same without processes
	node := harness.StartBtcd(t)
	node.MustActivate(time.Time{})
	u := newUser(t, harness.WithNode(node, ""))
	const coins, senders = 50, 100
	u.fund(node, coins, 60_000)
	to := u.address()
	var mu sync.Mutex
	spent := make(map[string]string)
	var group sync.WaitGroup
	var refused int
	for i := range senders {
		group.Add(1)
		go func() {
			defer group.Done()
			answer, err := u.Wallet.Send(t.Context(), &alkv1.SendRequest{
				Outputs: []*alkv1.Payment{{Address: to, AmountSat: 50_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 1},
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
				return
			}
			for _, in := range answer.GetTransaction().GetSpends() {
				key := fmt.Sprint(in.GetOutpoint())
				if other := spent[key]; other != "" {
					t.Errorf("sender %d: %s is spent by %s too", i, key, other)
				}
				spent[key] = answer.GetTransaction().GetTxid()
			}
		}()
	}
	group.Wait()
	require.Len(t, spent, coins)
	require.Equal(t, senders-coins, refused)
	pool, err := node.RPC().GetRawMempool()
	require.NoError(t, err)
	require.Len(t, pool, coins)
	node.MustMine(1)
	u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetUnconfirmedSat() == 0 && b.GetLeasedSat() == 0 })
}
