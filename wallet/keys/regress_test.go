package keys_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The seed lay on the disk in plain text (dlcdevkit 139).
func TestRegressDdk139(t *testing.T) {
	path := create(t)
	seed := testSeed(t).Bytes()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, e := range entries {
		raw := read(t, filepath.Join(filepath.Dir(path), e.Name()))
		for _, secret := range [][]byte{seed[:16], seed[16:32], []byte(hex.EncodeToString(seed)[:16]), right} {
			require.False(t, bytes.Contains(raw, secret), e.Name())
		}
	}
}
