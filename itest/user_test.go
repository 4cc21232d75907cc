package itest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

const passphrase = "an itest passphrase"

// user is a person with a daemon.
type user struct {
	t      testing.TB
	daemon *harness.Daemon
	*client.Client
	mnemonic []string
}

// newUser starts a daemon and creates its wallet.
func newUser(t testing.TB, opts ...harness.Option) *user {
	t.Helper()
	u := &user{t: t, daemon: harness.StartAlkd(t, opts...)}
	c := u.dial("")
	harness.Eventually(t, "the wallet to be created", func(ctx context.Context) error {
		answer, err := c.Wallet.Create(ctx, &alkv1.CreateRequest{Passphrase: []byte(passphrase)})
		u.mnemonic = answer.GetMnemonic()
		return err
	})
	u.Client = u.dial("admin.macaroon")
	u.synced()
	return u
}

func (u *user) file(name string) string { return filepath.Join(u.daemon.DataDir(), "regtest", name) }

// dial connects with one of the ready-made macaroons, or with none.
func (u *user) dial(macaroon string) *client.Client {
	u.t.Helper()
	o := client.Options{Addr: u.daemon.RPCAddr(), TLSCertPath: u.file("tls.cert")}
	if macaroon != "" {
		o.MacaroonPath = u.file(macaroon)
	}
	c, err := client.Dial(o)
	require.NoError(u.t, err)
	u.t.Cleanup(c.Close)
	return c
}

// unlock opens the wallet of a daemon that has started again.
func (u *user) unlock() {
	u.t.Helper()
	c := u.dial("")
	harness.Eventually(u.t, "the wallet to be unlocked", func(ctx context.Context) error {
		_, err := c.Wallet.Unlock(ctx, &alkv1.UnlockRequest{Passphrase: []byte(passphrase)})
		return err
	})
	u.Client = u.dial("admin.macaroon")
	u.synced()
}

func (u *user) synced() {
	u.t.Helper()
	harness.Eventually(u.t, "the wallet to follow the chain", u.following)
}

// following fails with how far the wallet is if it does not follow the chain yet.
func (u *user) following(ctx context.Context) error {
	answer, err := u.Wallet.GetSync(ctx, &alkv1.GetSyncRequest{})
	if err != nil {
		return err
	}
	if s := answer.GetSync(); !s.GetSynced() || s.GetRecovering() {
		return fmt.Errorf("at %d of %d, recovering %v %s", s.GetWalletHeight(), s.GetChainHeight(), s.GetRecovering(), s.GetBackendError())
	}
	return nil
}

// syncedTo waits until the wallet stands on the node's tip; a light client
// hears of a block later than it calls itself synced.
func (u *user) syncedTo(node *harness.Node) {
	u.t.Helper()
	hash, _, err := node.RPC().GetBestBlock()
	require.NoError(u.t, err)
	harness.Eventually(u.t, "the wallet to reach the node's tip", func(ctx context.Context) error {
		answer, err := u.Wallet.GetSync(ctx, &alkv1.GetSyncRequest{})
		if err != nil {
			return err
		}
		if s := answer.GetSync(); !s.GetSynced() || s.GetWalletBlockHash() != hash.String() {
			return fmt.Errorf("at %d (%s), want %s", s.GetWalletHeight(), s.GetWalletBlockHash(), hash)
		}
		return nil
	})
}

func (u *user) address() string {
	u.t.Helper()
	answer, err := u.Wallet.NewAddress(u.t.Context(), &alkv1.NewAddressRequest{})
	require.NoError(u.t, err)
	return answer.GetAddress()
}

func scriptOf(t testing.TB, address string) []byte {
	t.Helper()
	decoded, err := btcutil.DecodeAddress(address, regtest.Params())
	require.NoError(t, err)
	script, err := txscript.PayToAddrScript(decoded)
	require.NoError(t, err)
	return script
}

// fund gives the user count confirmed coins of amount.
func (u *user) fund(node *harness.Node, count int, amount btcutil.Amount) {
	u.t.Helper()
	before := u.balance()
	for range count {
		node.MustPay(scriptOf(u.t, u.address()), amount)
	}
	node.MustMine(1)
	u.holds(func(b *alkv1.GetBalanceResponse) bool {
		return b.GetConfirmedSat() == before.GetConfirmedSat()+int64(amount)*int64(count)
	})
}

func (u *user) balance() *alkv1.GetBalanceResponse {
	u.t.Helper()
	answer, err := u.Wallet.GetBalance(u.t.Context(), &alkv1.GetBalanceRequest{})
	require.NoError(u.t, err)
	return answer
}

// holds waits until the balance satisfies ok.
func (u *user) holds(ok func(b *alkv1.GetBalanceResponse) bool) {
	u.t.Helper()
	harness.Eventually(u.t, "the balance", func(ctx context.Context) error {
		answer, err := u.Wallet.GetBalance(ctx, &alkv1.GetBalanceRequest{})
		if err != nil {
			return err
		}
		if !ok(answer) {
			return fmt.Errorf("balance is %v", answer)
		}
		return nil
	})
}

func (u *user) send(address string, amount uint64, rate uint64) *alkv1.SentTransaction {
	u.t.Helper()
	answer, err := u.Wallet.Send(u.t.Context(), &alkv1.SendRequest{
		Outputs: []*alkv1.Payment{{Address: address, AmountSat: amount}}, Fee: &alkv1.FeeSpec{SatPerVbyte: rate},
	})
	require.NoError(u.t, err)
	return answer.GetTransaction()
}

// requireReason checks the stable code of an error.
func requireReason(t testing.TB, err error, code string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, client.Reason(err).GetCode(), "%v", err)
}

var errNotYet = errors.New("not yet")
