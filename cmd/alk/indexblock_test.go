package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
)

func runAlk(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{in: strings.NewReader(in), out: &stdout, err: &stderr}
	code = a.run(context.Background(), args)
	return stdout.String(), stderr.String(), code
}

// TestIndexBlockGivesTheFiguresOfTheSpecification uses real mainnet blocks.
func TestIndexBlockGivesTheFiguresOfTheSpecification(t *testing.T) {
	args := []string{"index", "block"}
	for _, h := range []string{"831328", "831329", "831330"} {
		args = append(args, testkit.DataPath(t, "blocks/mainnet-"+h+".bin"))
	}
	out, errs, code := runAlk(t, "", args...)
	require.Zero(t, code, errs)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	for i, want := range []map[string]string{
		{"height": "831328", "time": "1708475256", "cbout": "641343420", "rawfee": "16343420", "qr": "4022848462", "i_raw": "4022", "i_tot_raw": "157862"},
		{"height": "831329", "time": "1708476268", "cbout": "648143585", "rawfee": "23143585", "qr": "5696673972", "i_raw": "5696", "i_tot_raw": "159536"},
		{"height": "831330", "time": "1708477824", "cbout": "653455136", "rawfee": "28455136", "qr": "7004084831", "i_raw": "7004", "i_tot_raw": "160844"},
	} {
		var got map[string]string
		require.NoError(t, json.Unmarshal([]byte(lines[i]), &got))
		want["bits"], want["work"], want["subsidy"] = "170371b1", "351012846022445927321616", "625000000"
		want["qs"], want["i_sub"] = "153840523536", "153840"
		want["hash"] = got["hash"]
		require.True(t, strings.HasPrefix(got["hash"], "0000000000000000000"), got["hash"])
		require.Equal(t, want, got)
	}
}

func TestIndexBlockReadsHexAndRefusesWhatIsNoBlock(t *testing.T) {
	var raw bytes.Buffer
	require.NoError(t, chaincfg.RegressionNetParams.GenesisBlock.Serialize(&raw))
	out, errs, code := runAlk(t, hex.EncodeToString(raw.Bytes())+"\n", "--network=regtest", "index", "block", "--height=0", "-")
	require.Zero(t, code, errs)
	require.Contains(t, out, `"i_sub":"80000"`)

	_, errs, code = runAlk(t, hex.EncodeToString(raw.Bytes()[:100]), "--network=regtest", "index", "block", "-")
	require.NotZero(t, code)
	require.Contains(t, errs, "not a serialised block")
	_, errs, code = runAlk(t, hex.EncodeToString(append(raw.Bytes(), 0)), "--network=regtest", "index", "block", "-")
	require.NotZero(t, code)
	require.Contains(t, errs, "1 bytes after it")
	_, errs, code = runAlk(t, "", "--network=signet", "index", "block", "-")
	require.NotZero(t, code)
	require.Contains(t, errs, "mainnet and regtest have an index")
}
