package itest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/itest/harness"
)

// TestTheBridgeIsDemonstrated runs alkdemo --evm and adds up again what it says: every
// position is burned by three holders or more, and what the vaults got was paid, went to
// miners, or is left for tokens that nobody burned.
func TestTheBridgeIsDemonstrated(t *testing.T) {
	harness.Long(t)
	out := demonstrated(t, "--evm", "--uniswap="+filepath.Join("..", "evmbridge", "contracts", "node_modules", "@uniswap"))
	var told struct {
		OK   bool `json:"ok"`
		Lots []struct {
			Contract string `json:"contract"`
			Side     string `json:"side"`
			Units    uint64 `json:"units"`
			VaultSat uint64 `json:"vault_sat"`
			Left     uint64 `json:"units_left"`
		} `json:"lots"`
		Redemptions []struct {
			Contract string `json:"contract"`
			Side     string `json:"side"`
			Holder   string `json:"holder"`
			Units    uint64 `json:"units"`
			ClaimSat uint64 `json:"claim_sat"`
			PaidSat  uint64 `json:"paid_sat"`
		} `json:"redemptions"`
		VaultSat uint64 `json:"vault_left_sat"`
		PaidSat  uint64 `json:"paid_sat"`
		FeeSat   uint64 `json:"fee_sat"`
	}
	require.NoError(t, json.Unmarshal(out, &told))
	require.True(t, told.OK)
	require.Len(t, told.Lots, 4)
	var vaults, paid uint64
	for _, l := range told.Lots {
		vaults += l.VaultSat
		burned, claimed, holders := uint64(0), uint64(0), map[string]bool{}
		for _, r := range told.Redemptions {
			if r.Contract == l.Contract && r.Side == l.Side {
				burned, claimed, paid = burned+r.Units, claimed+r.ClaimSat, paid+r.PaidSat
				holders[r.Holder] = true
			}
		}
		require.Equal(t, l.Units, burned+l.Left, "tokens of the %s %s", l.Side, l.Contract)
		require.GreaterOrEqual(t, len(holders), 3, "holders of the %s %s", l.Side, l.Contract)
		require.LessOrEqual(t, claimed, l.VaultSat)
		if l.Left == 0 {
			require.Equal(t, l.VaultSat, claimed, "all of the %s %s is claimed", l.Side, l.Contract)
		}
	}
	require.Equal(t, told.PaidSat, paid)
	require.Equal(t, vaults, told.PaidSat+told.FeeSat+told.VaultSat)
}

// TestTheMarketIsDemonstrated runs the main job and adds up again what it says: collateral is
// paid out, and each wallet holds what it was funded with and what its contracts made of it.
func TestTheMarketIsDemonstrated(t *testing.T) {
	harness.Long(t)
	out := demonstrated(t)
	var told struct {
		OK        bool `json:"ok"`
		Contracts []struct {
			Label         string           `json:"label"`
			CollateralSat int64            `json:"collateral_sat"`
			EndedBy       string           `json:"ended_by"`
			LockedSat     map[string]int64 `json:"locked_sat"`
			PaidSat       map[string]int64 `json:"paid_sat"`
			FeesSat       map[string]int64 `json:"fees_sat"`
		} `json:"contracts"`
		Transactions []struct {
			Txid string `json:"txid"`
		} `json:"transactions"`
	}
	require.NoError(t, json.Unmarshal(out, &told))
	require.True(t, told.OK)
	require.Len(t, told.Contracts, 7)
	require.GreaterOrEqual(t, len(told.Transactions), 2*len(told.Contracts))
	ends := map[string]bool{}
	for _, c := range told.Contracts {
		ends[c.EndedBy] = true
		require.Equal(t, c.CollateralSat, c.LockedSat["miner"]+c.LockedSat["buyer"], c.Label)
		paid, fees := c.PaidSat["miner"]+c.PaidSat["buyer"], c.FeesSat["miner"]+c.FeesSat["buyer"]
		require.InDelta(t, c.CollateralSat, paid, float64(fees), "%s pays out what it holds", c.Label)
	}
	require.True(t, ends["exit"] && ends["refund"], "%v", ends)
}

// demonstrated runs alkdemo with all programs beside it and returns its JSON.
func demonstrated(t *testing.T, args ...string) []byte {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"alkd", "alk", "alkoracle", "alkbridge", "alkdemo"} {
		require.NoError(t, os.Symlink(harness.Binary(t, name), filepath.Join(bin, name)))
	}
	btcd, err := regtest.FindBtcd(t.Context())
	require.NoError(t, err)
	args = append([]string{"--json", "--dir=" + t.TempDir()}, args...)
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "alkdemo"), args...) //nolint:gosec // G204: our own program
	cmd.Env = append(os.Environ(), "BTCD_EXE="+btcd)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	require.NoError(t, err)
	return out
}
