package itest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func TestAFullDiskRefusesPaymentsAndLosesNothing(t *testing.T) {
	harness.Long(t)
	dir := t.TempDir()
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=256m,mode=700", "tmpfs", dir) //nolint:gosec // a folder of the test
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("SKIP-LOUD: full disk: a small file system cannot be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil { //nolint:gosec // a folder of the test
			t.Errorf("unmount: %v %s", err, out)
		}
	})
	node := startNode(t)
	u := newUser(t, harness.WithNode(node, ""), harness.WithDataDir(filepath.Join(dir, "data")))
	u.fund(node, 1, 500_000)
	request := &alkv1.SendRequest{Outputs: []*alkv1.Payment{{Address: u.address(), AmountSat: 100_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 2}}

	ballast := filepath.Join(dir, "ballast")
	fill := exec.CommandContext(t.Context(), "dd", "if=/dev/zero", "of="+ballast, "bs=1M", "count=300") //nolint:gosec // a folder of the test
	require.Error(t, fill.Run(), "the file system is full")
	require.NoError(t, os.Truncate(ballast, fileSize(t, ballast)-(16<<20)))
	_, err := u.Wallet.Send(t.Context(), request)
	requireReason(t, err, "disk_full")
	require.EqualValues(t, 500_000, u.balance().GetConfirmedSat())

	require.NoError(t, os.Remove(ballast))
	_, err = u.Wallet.Send(t.Context(), request)
	require.NoError(t, err)
	u.daemon.Restart()
	u.unlock()
	require.Zero(t, u.balance().GetLeasedSat())
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}
