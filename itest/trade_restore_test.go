package itest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func mustTx(t testing.TB, raw []byte) *wire.MsgTx {
	t.Helper()
	tx := wire.NewMsgTx(2)
	require.NoError(t, tx.Deserialize(bytes.NewReader(raw)))
	return tx
}

// another makes a machine with the words of a trader whose own is gone, and
// nothing else than what opts bring.
func (m *market) another(of *trader, opts ...harness.Option) *trader {
	m.t.Helper()
	tr := &trader{m: m, port: harness.ReservePort(m.t), key: of.key}
	opts = append([]harness.Option{
		harness.WithNode(m.node, ""), harness.WithArgs(m.arguments(tr.port)...), harness.WithPassphrase(passphrase),
	}, opts...)
	tr.user = &user{t: m.t, daemon: harness.StartAlkd(m.t, opts...), mnemonic: of.mnemonic}
	c := tr.dial("")
	harness.Eventually(m.t, "the wallet to be restored", func(ctx context.Context) error {
		_, err := c.Wallet.Restore(ctx, &alkv1.RestoreRequest{Mnemonic: of.mnemonic, Passphrase: []byte(passphrase)})
		return err
	})
	tr.back()
	return tr
}

// recoveryFolder is where a trader's daemon keeps recovery files.
func (tr *trader) recoveryFolder() string {
	return filepath.Join(tr.daemon.DataDir(), "regtest", "recovery")
}

// copied waits until the trader's folder has a file for each of so many contracts,
// and copies it as it is then.
func (tr *trader) copied(files int) string {
	tr.t.Helper()
	dir := filepath.Join(tr.t.TempDir(), "copy")
	harness.Eventually(tr.t, "the recovery files", func(context.Context) error {
		found, err := filepath.Glob(filepath.Join(tr.recoveryFolder(), "*.alkb"))
		if err == nil && len(found) != files {
			err = errors.New("not as many as contracts")
		}
		return err
	})
	require.NoError(tr.t, os.CopyFS(dir, os.DirFS(tr.recoveryFolder())))
	return dir
}

// TestContractsComeBackFromWordsAndFiles loses a machine with two contracts. From
// the mnemonic and the recovery files another one settles the first and refunds
// the second, without the peer.
func TestContractsComeBackFromWordsAndFiles(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	settles := m.open(miner, buyer, m.swap(1))
	refunds := m.open(miner, buyer, m.swap(2))
	dir := buyer.copied(2)
	buyer.daemon.Stop()
	miner.daemon.Stop()

	restored := m.another(buyer, harness.WithArgs("--backup="+dir))
	require.NotEqual(t, buyer.daemon.DataDir(), restored.daemon.DataDir())
	restored.phase(settles.name, "Active")
	restored.phase(refunds.name, "Active")
	m.endDay()
	restored.phase(settles.name, "Settling")
	m.silence()
	m.node.MustSee(restored.spend(settles.name))
	m.minutes(6)
	c := restored.phase(settles.name, "Closed")
	require.Equal(t, "cet", c.GetSpend().GetKind())

	c = restored.contract(refunds.name)
	require.NoError(t, m.cal.Until(time.Unix(int64(c.GetRefundLocktime()), 0)))
	m.minutes(7)
	restored.phase(refunds.name, "Refunding")
	m.node.MustSee(txid(t, restored.contract(refunds.name).GetRefund().GetTxid()))
	m.minutes(6)
	c = restored.phase(refunds.name, "Refunded")
	require.Equal(t, c.GetOwnLockSat(), c.GetOwnPayoutSat())
	paid := int64(restored.contract(settles.name).GetOwnPayoutSat() + c.GetOwnPayoutSat()) //nolint:gosec // G115: below 21e14
	restored.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() >= paid })

	// The miner, back at last, finds both contracts as they ended.
	miner.daemon.Start()
	miner.back()
	miner.phase(settles.name, "Closed")
	miner.phase(refunds.name, "Refunded")
}

// TestOwnFilesComeBeforeThePeer has the peer call before the recovery file can be
// read: the machine meets nobody, says why, and goes on when the file is back.
func TestOwnFilesComeBeforeThePeer(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	d := m.open(miner, buyer, m.swap(1))
	dir := buyer.copied(1)
	buyer.daemon.Stop()
	found, err := filepath.Glob(filepath.Join(dir, "*.alkb"))
	require.NoError(t, err)
	away := dir + ".alkb"
	require.NoError(t, os.Rename(found[0], away))
	require.NoError(t, os.Mkdir(found[0], 0o700)) // a folder cannot be read as a file

	restored := m.another(buyer, harness.WithArgs("--backup="+dir))
	var unread string
	harness.Eventually(t, "the file to be looked at", func(ctx context.Context) error {
		state, err := restored.Backup.GetBackup(ctx, &alkv1.GetBackupRequest{})
		if unread = state.GetUnread(); err == nil && !strings.Contains(unread, filepath.Base(found[0])) {
			err = fmt.Errorf("unread: %q", unread)
		}
		return err
	})
	address := miner.key + "@" + miner.port.Addr()
	_, err = restored.Peers.AddPeer(t.Context(), &alkv1.AddPeerRequest{Address: address})
	require.NoError(t, err)
	_, err = restored.Peers.ConnectPeer(t.Context(), &alkv1.ConnectPeerRequest{Address: address})
	require.Equal(t, connect.CodeFailedPrecondition, connect.CodeOf(err))
	require.ErrorContains(t, err, "own recovery files are not taken over yet")
	list, err := restored.Contracts.ListContracts(t.Context(), &alkv1.ListContractsRequest{All: true})
	require.NoError(t, err)
	require.Empty(t, list.GetContracts())

	require.NoError(t, os.Remove(found[0]))
	require.NoError(t, os.Rename(away, found[0]))
	restored.phase(d.name, "Active")
	restored.connected(miner)
	state, err := restored.Backup.GetBackup(t.Context(), &alkv1.GetBackupRequest{})
	require.NoError(t, err)
	require.Empty(t, state.GetUnread())
	require.Empty(t, state.GetKept())
	require.FileExists(t, found[0])
}

// TestContractsComeBackFromThePeer loses a machine and its files; the peer gives
// the contract back, and it is settled by both.
func TestContractsComeBackFromThePeer(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	d := m.open(miner, buyer, m.swap(1))
	buyer.daemon.Stop()
	restored := m.another(buyer)
	list, err := restored.Contracts.ListContracts(t.Context(), &alkv1.ListContractsRequest{All: true})
	require.NoError(t, err)
	require.Empty(t, list.GetContracts())
	restored.meet(miner)
	c := restored.phase(d.name, "Active")
	require.Equal(t, "accepter", c.GetRole())
	require.Equal(t, miner.contract(d.name).GetContractId(), c.GetContractId())
	d.buyer = restored
	d.mature()
	d.both("Closing", "Settling", "Closed")
	d.final("Closed")
}
