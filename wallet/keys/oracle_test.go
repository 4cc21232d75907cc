package keys_test

import (
	"encoding/hex"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/keys"
)

// TestOracleKeysFollowTheirPaths walks the paths step by step.
func TestOracleKeysFollowTheirPaths(t *testing.T) {
	raw := make([]byte, keys.SeedSize)
	for i := range raw {
		raw[i] = byte(i)
	}
	seed, err := keys.NewSeed(raw)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), keys.FileName)
	cheap := keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 8, Threads: 1})
	require.NoError(t, keys.Create(path, keys.Contents{Network: "regtest", Seed: seed, Birthday: time.Unix(1_700_000_000, 0)}, []byte("passphrase"), cheap))
	ring, err := keys.Open(path, "regtest", []byte("passphrase"))
	require.NoError(t, err)
	defer ring.Close()
	seen := map[string]bool{}
	for generation := range uint32(3) {
		secret, nonces, err := ring.OracleKeys(generation)
		require.NoError(t, err)
		for leaf, got := range [][32]byte{secret, nonces} {
			key, err := hdkeychain.NewMaster(raw, &chaincfg.RegressionNetParams)
			require.NoError(t, err)
			for _, step := range []uint32{8430, 1, 3, generation, uint32(leaf)} {
				key, err = key.Derive(hdkeychain.HardenedKeyStart + step)
				require.NoError(t, err)
			}
			want, err := key.ECPrivKey()
			require.NoError(t, err)
			require.Equal(t, hex.EncodeToString(want.Serialize()), hex.EncodeToString(got[:]))
			seen[hex.EncodeToString(got[:])] = true
		}
	}
	require.Len(t, seen, 6)
	ring.Close()
	_, _, err = ring.OracleKeys(0)
	require.ErrorIs(t, err, keys.ErrClosed)
}
