package definition_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/definition"
	"github.com/alkimiya/alkimiya/oracle/index"
)

const stake = `
id = "stake"
legs = ["tot"]
day-unit = "gwei/ETH/day"
cum-unit = "gwei/ETH"
day-digits = 20
cum-digits = 30
first-day = 20454
maturity-delay = 43200
`

// TestAFileGivesTheSameIndexToEverybody pins the parameter hash, which peers compare.
func TestAFileGivesTheSameIndexToEverybody(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "stake.toml")
	require.NoError(t, os.WriteFile(path, []byte(stake+`file = "stake.jsonl"`), 0o600))
	atOracle, err := definition.Read(path)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "stake.jsonl"), atOracle.File)
	atNode, err := definition.Parse([]byte(stake))
	require.NoError(t, err)
	require.Equal(t, atOracle.Entry.Hash(), atNode.Entry.Hash())
	require.Equal(t,
		`{"cum_digits":"30","cum_unit":"gwei/ETH","day_digits":"20","day_unit":"gwei/ETH/day","first_day":"20454","id":"stake","legs":"tot","maturity_delay":"43200","source":"reported"}`,
		string(atNode.Entry.Parameters))
	hash := atNode.Entry.Hash()
	require.Equal(t, "e9f32012bd7645b2305d119b462bd730de9b315b22631994fb35779314c26cf9", hex.EncodeToString(hash[:]))
	usual, err := definition.Parse([]byte("id = 'stake'\nday-unit = 'gwei/ETH/day'\ncum-unit = 'gwei/ETH'\nfirst-day = 20454\nmaturity-delay = 43200\n"))
	require.NoError(t, err)
	require.Equal(t, hash, usual.Entry.Hash(), "one leg, 20 and 30 digits are usual")
}

func TestFilesThatDefineNoIndexAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"":                         index.ErrParams,
		stake + `colour = "red"`:   definition.ErrFile,
		`id = 3`:                   definition.ErrFile,
		stake + `day-digits = 30`:  definition.ErrFile,
		`{"id":"stake"}`:           definition.ErrFile,
		"id = 'Stake'":             index.ErrParams,
		stake[:60] + "legs = 'tot": definition.ErrFile,
		string(bytes.Repeat([]byte{'#'}, definition.MaxFile+1)): definition.ErrFile,
	} {
		_, err := definition.Parse([]byte(text))
		require.ErrorIs(t, err, want, "%.80s", text)
	}
	_, err := definition.Read(filepath.Join(t.TempDir(), "none.toml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	long := filepath.Join(t.TempDir(), "long.toml")
	require.NoError(t, os.WriteFile(long, bytes.Repeat([]byte{'#'}, 2*definition.MaxFile), 0o600))
	_, err = definition.Read(long)
	require.ErrorIs(t, err, definition.ErrFile)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(stake))
	f.Add([]byte(stake + "command = ['a', 'b']\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := definition.Parse(raw)
		if err == nil && d.Entry.Check() != nil {
			t.Fatalf("%q gives an entry that is none", raw)
		}
	})
}
