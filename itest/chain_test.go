package itest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func TestReorgTurnsAConfirmedPaymentBackAndForth(t *testing.T) {
	for _, depth := range []int{1, 2, 3, 6} {
		t.Run(fmt.Sprintf("depth %d", depth), func(t *testing.T) {
			if depth != 2 {
				harness.Long(t) // the short set has the depth that btcwallet alone gets wrong
			}
			node := harness.StartBtcd(t)
			node.MustActivate(time.Time{})
			u := newUser(t, harness.WithNode(node, ""))
			tx := node.MustPay(scriptOf(t, u.address()), 777_000)
			txid := tx.TxHash()
			u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetUnconfirmedSat() == 777_000 })
			node.MustMine(depth)
			u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == 777_000 })
			events := u.watch(txid.String(), uint32(depth)) //nolint:gosec // 1 to 6
			require.Equal(t, alkv1.TxEvent_TX_EVENT_CONFIRMED, (<-events).GetEvent())

			node.MustReorg(depth)
			require.Equal(t, alkv1.TxEvent_TX_EVENT_UNCONFIRMED, (<-events).GetEvent())
			u.syncedTo(node)
			u.holds(func(b *alkv1.GetBalanceResponse) bool {
				return b.GetConfirmedSat() == 0 && b.GetUnconfirmedSat() == 777_000
			})
			node.MustSee(txid)
			node.MustMine(depth)
			again := <-events
			require.Equal(t, alkv1.TxEvent_TX_EVENT_CONFIRMED, again.GetEvent())
			require.EqualValues(t, depth, again.GetDepth())
			u.syncedTo(node)
			u.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == 777_000 })
		})
	}
}

func TestDaemonOutlivesItsNode(t *testing.T) {
	node := harness.StartBtcd(t)
	node.MustActivate(time.Time{})
	proxy := harness.StartProxy(t, node.RPCHost())
	proxy.MustCut()
	u := &user{t: t, daemon: harness.StartAlkd(t, harness.WithNode(node, proxy.Addr()))}
	closed := u.dial("")
	_, err := closed.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte(passphrase)})
	requireReason(t, err, "chain_unavailable")
	proxy.MustRestore()
	harness.Eventually(t, "the wallet to be created", func(ctx context.Context) error {
		_, err := closed.Wallet.Create(ctx, &alkv1.CreateRequest{Passphrase: []byte(passphrase)})
		return err
	})
	u.Client = u.dial("admin.macaroon")
	u.synced()
	u.fund(node, 1, 500_000)

	proxy.MustCut()
	to := "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
	request := &alkv1.SendRequest{Outputs: []*alkv1.Payment{{Address: to, AmountSat: 100_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 3}}
	_, err = u.Wallet.Send(t.Context(), request)
	requireReason(t, err, "chain_unavailable")
	require.EqualValues(t, 500_000, u.balance().GetConfirmedSat(), "the wallet can be looked at")
	state, err := u.State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, state.GetSync().GetBackendError())
	node.MustMine(2)
	proxy.MustRestore()
	u.syncedTo(node)
	harness.Eventually(t, "payments to work again", func(ctx context.Context) error {
		answer, err := u.Wallet.Send(ctx, request)
		if err != nil {
			return err
		}
		txid, err := chainhash.NewHashFromStr(answer.GetTransaction().GetTxid())
		if err != nil {
			return err
		}
		return node.WaitMempool(ctx, *txid)
	})
}
