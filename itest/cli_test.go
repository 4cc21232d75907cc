package itest_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
)

// cli runs alk against a daemon.
type cli struct {
	t      testing.TB
	daemon *harness.Daemon
	dir    string
}

func (c *cli) run(args ...string) harness.Result {
	c.t.Helper()
	return harness.Run(c.t, "alk", "", append([]string{
		"--datadir", c.daemon.DataDir(), "--network", "regtest", "--rpc-server", c.daemon.RPCAddr(),
	}, args...)...)
}

// must runs alk, which has to succeed, and decodes what it prints as JSON.
func (c *cli) must(into any, args ...string) {
	c.t.Helper()
	result := c.run(append(args, "--json")...)
	require.Zero(c.t, result.ExitCode, "alk %v: %s", args, result.Stderr)
	if into != nil {
		require.NoError(c.t, json.Unmarshal([]byte(result.Stdout), into), result.Stdout)
	}
}

func (c *cli) secret(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	require.NoError(c.t, os.WriteFile(path, []byte(text+"\n"), 0o600))
	return path
}

func TestAPersonUsesAlk(t *testing.T) {
	node := startNode(t)
	c := &cli{t: t, daemon: harness.StartAlkd(t, harness.WithNode(node, "")), dir: t.TempDir()}
	pass := c.secret("pass", passphrase)

	closed := c.run("wallet", "balance")
	require.NotZero(t, closed.ExitCode)
	require.Contains(t, closed.Stderr, "hint:")

	var created struct {
		Mnemonic []string `json:"mnemonic"`
	}
	c.must(&created, "wallet", "create", "--passphrase-file", pass)
	require.Len(t, created.Mnemonic, 24)
	c.must(nil, "wallet", "sync", "--wait")

	var address struct {
		Address string `json:"address"`
	}
	c.must(&address, "wallet", "address")
	node.MustPay(scriptOf(t, address.Address), 2_000_000)
	node.MustMine(1)
	var balance struct {
		ConfirmedSat string `json:"confirmed_sat"`
	}
	harness.Eventually(t, "the coins", func(context.Context) error {
		c.must(&balance, "wallet", "balance")
		if balance.ConfirmedSat != "2000000" {
			return errNotYet
		}
		return nil
	})
	table := c.run("wallet", "balance")
	require.Zero(t, table.ExitCode)
	require.Contains(t, table.Stdout, "2,000,000")

	var sent struct {
		Transaction struct {
			Txid string `json:"txid"`
		} `json:"transaction"`
	}
	c.must(&address, "wallet", "address")
	c.must(&sent, "wallet", "send", address.Address, "0.005btc", "--sat-per-vbyte", "2", "--yes")
	c.must(&sent, "wallet", "bump", sent.Transaction.Txid, "--sat-per-vbyte", "10")
	require.Len(t, sent.Transaction.Txid, 64)

	dust := c.run("wallet", "send", address.Address, "100", "--yes", "--sat-per-vbyte", "1")
	require.NotZero(t, dust.ExitCode)
	require.Contains(t, dust.Stderr, "dust")
	poor := c.run("wallet", "send", address.Address, "3btc", "--yes", "--sat-per-vbyte", "1")
	require.Contains(t, poor.Stderr, "missing")
	mainnet := c.run("wallet", "send", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", "1000", "--yes", "--sat-per-vbyte", "1")
	require.Contains(t, mainnet.Stderr, "mainnet")

	c.must(nil, "wallet", "lock")
	wrong := c.run("wallet", "unlock", "--passphrase-file", c.secret("wrong", "not the passphrase"))
	require.NotZero(t, wrong.ExitCode)
	require.Contains(t, wrong.Stderr, "passphrase")
	c.must(nil, "wallet", "unlock", "--passphrase-file", pass)
	c.must(nil, "info")
	c.must(nil, "stop")
	require.NoError(t, c.daemon.AwaitExit())
	gone := c.run("info")
	require.Equal(t, 3, gone.ExitCode, gone.Stderr)
}
