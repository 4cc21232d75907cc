package itest_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

func info(t *testing.T, o *harness.Oracle) api.Info {
	t.Helper()
	i, err := api.Probe(t.Context(), http.DefaultTransport, o.URL())
	require.NoError(t, err)
	return i
}

// signing waits until an oracle says that it signs, or that it does not.
func signing(t *testing.T, o *harness.Oracle, want bool) {
	t.Helper()
	harness.Eventually(t, fmt.Sprintf("signing %v", want), func(context.Context) error {
		i := info(t, o)
		if i.Signing != want || !want && len(i.Reasons) == 0 {
			return fmt.Errorf("%w: %v", errNotYet, i.Reasons)
		}
		return nil
	})
}

func TestAStaleBackupDoesNotSignUntilItIsConfirmed(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	args := []string{fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=6"}
	oracles := newCouncil(t, c.node, 3, args...)
	old := oracles.oracles[0]
	c.mineTo(c.first + 1)
	c.settle()
	oracles.agreed(event(index.Cum, c.first, "tot"))
	file := filepath.Join(t.TempDir(), "backup")
	old.Must(nil, "backup", file)
	again := old.Command("backup", file)
	require.NotZero(t, again.ExitCode, "a backup replaces no file")
	c.mineTo(c.first + 2)
	c.settle()
	lost := event(index.Cum, c.first+1, "tot")
	oracles.agreed(lost)
	before := attestation(t, old, lost)
	kept(t, oracles.oracles[1], old.Key)
	old.Stop()

	restored := harness.RestoreOracle(t, file, old, harness.WithNode(c.node, ""), harness.WithArgs(args...))
	for _, o := range oracles.oracles[1:] {
		restored.AddArgs(fmt.Sprintf("--member=%x@%s", o.Key, o.URL()))
	}
	restored.Start()
	signing(t, restored, false)
	require.Contains(t, strings.Join(info(t, restored).Reasons, " "), "restored from a backup")
	require.Empty(t, attestation(t, restored, lost))
	restored.Restart()
	signing(t, restored, false)
	require.Contains(t, restored.Command("status").Stdout, "not signing")

	var done struct {
		Imported int `json:"imported"`
		Fenced   int `json:"fenced_through"`
	}
	restored.Must(&done, "confirm")
	require.Equal(t, 6, done.Imported)
	require.NotZero(t, done.Fenced)
	signing(t, restored, true)
	require.Equal(t, before, attestation(t, restored, lost), "what it had signed, bit for bit")
	for day := c.first + 3; day <= c.first+5; day++ {
		c.mineTo(day)
	}
	c.settle()
	after := event(index.Cum, c.first+4, "tot")
	values := map[uint64]bool{}
	for _, o := range []*harness.Oracle{restored, oracles.oracles[1]} {
		values[attested(t, o, after)] = true
	}
	require.Len(t, values, 1, "beyond the fence it attests what the others do")
}

// attested waits for what an oracle attests of an event.
func attested(t *testing.T, o *harness.Oracle, id string) (value uint64) {
	t.Helper()
	c, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: o.Key, URL: o.URL()}}})
	require.NoError(t, err)
	harness.Eventually(t, "the attestation of "+id, func(ctx context.Context) error {
		b, err := c.Attestation(ctx, o.Key, id)
		if err == nil {
			value, err = b.Number()
		}
		return err
	})
	return value
}

// kept waits until an oracle has the whole log of another.
func kept(t *testing.T, by *harness.Oracle, key [32]byte) {
	t.Helper()
	c, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: by.Key, URL: by.URL()}}})
	require.NoError(t, err)
	harness.Eventually(t, "the log at another oracle", func(ctx context.Context) error {
		m, err := c.Mark(ctx, by.Key, key)
		if err == nil && m.Count < 12 {
			err = errNotYet
		}
		return err
	})
}

// A copy of the data directory, put back over the original, does not sign either; and
// a new key takes over.
func TestACopiedDataDirectoryAndANewKey(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	oracles := newCouncil(t, c.node, 1, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=6")
	o := oracles.oracles[0]
	c.mineTo(c.first + 1)
	c.settle()
	first := oracles.agreed(event(index.Cum, c.first, "tot"))
	o.Stop()
	saved := filepath.Join(t.TempDir(), "saved")
	require.NoError(t, os.CopyFS(saved, os.DirFS(o.DataDir())))
	o.Start()
	signing(t, o, true)
	o.Kill()
	require.NoError(t, os.RemoveAll(o.DataDir()))
	require.NoError(t, os.CopyFS(o.DataDir(), os.DirFS(saved)))
	require.NoError(t, os.Chmod(o.NetworkDir(), 0o700)) //nolint:gosec // a folder
	o.Start()
	signing(t, o, false)
	refused := o.Command("confirm")
	require.NotZero(t, refused.ExitCode)
	require.Contains(t, refused.Stderr, "nobody has kept")
	require.Contains(t, refused.Stderr, "--fence")
	o.Must(nil, "confirm", "--fence")
	signing(t, o, true)

	refused = o.Command("rotate")
	require.Contains(t, refused.Stderr, "in use by another")
	o.Stop()
	var rotated struct {
		Key         api.Bytes `json:"key"`
		Endorsement api.Bytes `json:"endorsement"`
	}
	o.Must(&rotated, "rotate")
	require.NoError(t, attest.VerifyEndorsement(o.Key, [32]byte(rotated.Key), [64]byte(rotated.Endorsement)))
	o.Start()
	signing(t, o, true)
	i := info(t, o)
	require.Equal(t, rotated.Key, i.Key)
	require.Len(t, i.Keys, 2)
	next := *o
	next.Key = [32]byte(rotated.Key)
	require.Equal(t, first, attested(t, &next, event(index.Cum, c.first, "tot")), "what stands is attested by both keys")
}

// Block files give the same index as the node's RPC.
func TestAnOracleReadsBlockFiles(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	c.mineTo(c.first + 1)
	c.settle()
	dir := t.TempDir()
	writeBlockFile(t, c, filepath.Join(dir, "blk00000.dat"))
	o := harness.NewOracle(t, harness.WithArgs("--backend=files", "--block-dir="+dir, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=2"))
	o.Start()
	client, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: o.Key, URL: o.URL()}}})
	require.NoError(t, err)
	require.Equal(t, c.value(c.tip(), c.first).Fee, attested(t, o, event(index.DayValue, c.first, "fee")))
	evidence(t, client, o.Key, c.first)
}

// writeBlockFile writes the chain as a node's block file, in the order of heights.
func writeBlockFile(t *testing.T, c *calendar, path string) {
	t.Helper()
	f, err := os.Create(path) //nolint:gosec // G304: of the test
	require.NoError(t, err)
	w := bufio.NewWriter(f)
	height, err := c.node.RPC().GetBlockCount()
	require.NoError(t, err)
	for h := range height + 1 {
		hash, err := c.node.RPC().GetBlockHash(h)
		require.NoError(t, err)
		block, err := c.node.RPC().GetBlock(hash)
		require.NoError(t, err)
		head := binary.LittleEndian.AppendUint32(nil, uint32(chaincfg.RegressionNetParams.Net))
		head = binary.LittleEndian.AppendUint32(head, uint32(block.SerializeSize())) //nolint:gosec // G115: a block
		_, err = w.Write(head)
		require.NoError(t, err)
		require.NoError(t, block.Serialize(w))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
}

// Strangers send whatever they like; the oracle goes on answering others.
func TestHostileHTTPClients(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	o := harness.NewOracle(t, harness.WithNode(c.node, ""), harness.WithArgs(fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=2", "--max-connections-per-address=40"))
	o.Start()
	long := strings.Repeat("x", 100_000)
	var open []net.Conn
	defer func() {
		for _, conn := range open {
			require.NoError(t, conn.Close())
		}
	}()
	dial := func() net.Conn {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", o.RPCAddr())
		require.NoError(t, err)
		return conn
	}
	for i, text := range []string{
		"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x00\x00\x00\x00",
		"GET /" + long + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX: " + long + "\r\n\r\n",
		"POST /create-numeric HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + long,
		"GET /v1/info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"GET /v1/announcement/../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn := dial()
		// The oracle may close while we still write.
		_, _ = io.WriteString(conn, text)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
		answer, err := io.ReadAll(io.LimitReader(conn, 1<<20))
		if err == nil && len(answer) > 0 {
			require.NotContains(t, string(answer), "HTTP/1.1 200", "%d: %s", i, answer)
		}
		require.NoError(t, conn.Close())
	}
	for range 30 { // slow ones, that never end their request
		conn := dial()
		_, err := io.WriteString(conn, "GET /v1/info HTTP/1.1\r\nHost: ")
		require.NoError(t, err)
		open = append(open, conn)
	}
	require.Equal(t, "regtest", info(t, o).Network)
	signing(t, o, true)
}
