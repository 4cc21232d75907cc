package keys_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"github.com/tyler-smith/go-bip39"

	"github.com/alkimiya/alkimiya/wallet/keys"
)

const abandon12 = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(read(t, filepath.Join("testdata", name)), into))
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func TestBIP39ReferenceVectors(t *testing.T) {
	var file struct {
		Passphrase string
		Vectors    []struct{ Entropy, Mnemonic, Seed string }
	}
	readVectors(t, "bip39.json", &file)
	counts := map[int]int{}
	for _, v := range file.Vectors {
		m, err := keys.MnemonicOf(unhex(t, v.Entropy))
		require.NoError(t, err)
		require.Equal(t, v.Mnemonic, m.Reveal())

		parsed, err := keys.ParseMnemonic(v.Mnemonic)
		require.NoError(t, err)
		seed, err := parsed.Seed(file.Passphrase)
		require.NoError(t, err)
		require.Equal(t, v.Seed, hex.EncodeToString(seed.Bytes()))
		counts[len(parsed.Words())]++
	}
	require.GreaterOrEqual(t, len(file.Vectors), 8)
	for _, n := range []int{12, 18, 24} {
		require.Positive(t, counts[n], "%d words", n)
	}
}

func TestNewMnemonicHas24WordsThatParse(t *testing.T) {
	a, err := keys.NewMnemonic(rand.Reader)
	require.NoError(t, err)
	b, err := keys.NewMnemonic(rand.Reader)
	require.NoError(t, err)
	require.Len(t, a.Words(), 24)
	require.NotEqual(t, a.Reveal(), b.Reveal())
	again, err := keys.ParseMnemonic(a.Reveal())
	require.NoError(t, err)
	require.Equal(t, a.Reveal(), again.Reveal())
}

func TestRandomSourceFailureFailsClosed(t *testing.T) {
	broken := errors.New("device gone")
	sources := map[string]io.Reader{
		"none":     nil,
		"error":    iotest.ErrReader(broken),
		"short":    bytes.NewReader([]byte{1, 2, 3}),
		"empty":    bytes.NewReader(nil),
		"constant": bytes.NewReader(make([]byte, 1000)),
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			m, err := keys.NewMnemonic(src)
			require.ErrorIs(t, err, keys.ErrRandom)
			require.Empty(t, m.Reveal())
			id, err := keys.NewKeyID(src)
			require.ErrorIs(t, err, keys.ErrRandom)
			require.Zero(t, id)
		})
	}
	_, err := keys.NewMnemonic(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

func TestParseMnemonicToleratesCaseSpaceAndUnicodeForm(t *testing.T) {
	want, err := keys.ParseMnemonic(abandon12)
	require.NoError(t, err)
	for _, text := range []string{
		"  " + strings.ToUpper(abandon12) + "\n",
		strings.ReplaceAll(abandon12, " ", "\t\r\n "),
		strings.ReplaceAll(abandon12, " ", "\u3000"),         // ideographic space
		strings.ReplaceAll(abandon12, "about", "\uff41bout"), // full-width a
	} {
		got, err := keys.ParseMnemonic(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want.Reveal(), got.Reveal())
	}
}

func TestSeedPassphraseIsNormalised(t *testing.T) {
	m, err := keys.ParseMnemonic(abandon12)
	require.NoError(t, err)
	composed, err := m.Seed("caf\u00e9")
	require.NoError(t, err)
	decomposed, err := m.Seed("cafe\u0301")
	require.NoError(t, err)
	none, err := m.Seed("")
	require.NoError(t, err)
	require.True(t, bytes.Equal(composed.Bytes(), decomposed.Bytes()))
	require.False(t, bytes.Equal(composed.Bytes(), none.Bytes()))
}

func TestBadMnemonicNamesTheWord(t *testing.T) {
	replace := func(i int, w string) string {
		words := strings.Fields(abandon12)
		words[i-1] = w
		return strings.Join(words, " ")
	}
	cases := []struct {
		name, text string
		want       keys.MnemonicError
	}{
		{"typo", replace(3, "abandn"), keys.MnemonicError{Word: 3, Count: 12, Text: "abandn", Closest: []string{"abandon"}, Reason: keys.UnknownWord}},
		{"swapped letters", replace(12, "abuot"), keys.MnemonicError{Word: 12, Count: 12, Text: "abuot", Closest: []string{"about"}, Reason: keys.UnknownWord}},
		{"abbreviation", replace(1, "aban"), keys.MnemonicError{Word: 1, Count: 12, Text: "aban", Closest: []string{"abandon"}, Reason: keys.UnknownWord}},
		{"no idea", replace(2, "qqqqqqqqq"), keys.MnemonicError{Word: 2, Count: 12, Text: "qqqqqqqqq", Reason: keys.UnknownWord}},
		{"not letters", replace(5, "42"), keys.MnemonicError{Word: 5, Count: 12, Text: "42", Reason: keys.UnknownWord}},
		{"upper case typo", replace(3, "ZOOO"), keys.MnemonicError{Word: 3, Count: 12, Text: "zooo", Closest: []string{"zoo"}, Reason: keys.UnknownWord}},
		{"unknown before count", "abandon zebr", keys.MnemonicError{Word: 2, Count: 2, Text: "zebr", Closest: []string{"zebra"}, Reason: keys.UnknownWord}},
		{"empty", " \n", keys.MnemonicError{Count: 0, Reason: keys.WrongCount}},
		{"eleven", strings.TrimSuffix(abandon12, " about"), keys.MnemonicError{Count: 11, Reason: keys.WrongCount}},
		{"nine", strings.Repeat("abandon ", 9), keys.MnemonicError{Count: 9, Reason: keys.WrongCount}},
		{"twenty-five", strings.Repeat("abandon ", 25), keys.MnemonicError{Count: 25, Reason: keys.WrongCount}},
		{"checksum", strings.Repeat("abandon ", 12), keys.MnemonicError{Count: 12, Reason: keys.BadChecksum}},
		{"order", strings.Repeat("zoo ", 11) + "about", keys.MnemonicError{Count: 12, Reason: keys.BadChecksum}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := keys.ParseMnemonic(c.text)
			var bad *keys.MnemonicError
			require.ErrorAs(t, err, &bad)
			require.ErrorIs(t, err, keys.ErrMnemonic)
			require.Equal(t, c.want, *bad)
			if bad.Text != "" {
				require.NotContains(t, err.Error(), bad.Text)
			}
			for _, w := range bad.Closest {
				require.Contains(t, bad.Hint(), w)
				require.NotContains(t, err.Error(), w)
			}
		})
	}
}

func TestHugeMnemonicInputIsRefused(t *testing.T) {
	_, err := keys.ParseMnemonic(strings.Repeat("x", 10_000_000))
	require.ErrorIs(t, err, keys.ErrMnemonic)
	_, err = keys.ParseMnemonic(strings.Repeat("abandon ", 1_000_000))
	require.ErrorIs(t, err, keys.ErrMnemonic)
}

func TestZeroMnemonicHasNoSeed(t *testing.T) {
	_, err := keys.Mnemonic{}.Seed("")
	require.ErrorIs(t, err, keys.ErrMnemonic)
}

func FuzzParseMnemonic(f *testing.F) {
	f.Add(abandon12)
	f.Add("zoo zoo zoo")
	f.Add("\u3000\uff41bout \xff")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := keys.ParseMnemonic(text)
		if err != nil {
			if !errors.Is(err, keys.ErrMnemonic) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		if !bip39.IsMnemonicValid(m.Reveal()) {
			t.Fatalf("accepted an invalid mnemonic")
		}
	})
}
