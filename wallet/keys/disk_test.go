package keys_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/keys"
)

var (
	cheap    = keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 8, Threads: 1})
	right    = []byte("correct horse")
	birthday = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
)

func testSeed(t testing.TB) keys.Seed {
	t.Helper()
	b := make([]byte, keys.SeedSize)
	for i := range b {
		b[i] = byte(i + 0x40)
	}
	s, err := keys.NewSeed(b)
	require.NoError(t, err)
	return s
}

func contents(t testing.TB) keys.Contents {
	return keys.Contents{Network: "regtest", Seed: testSeed(t), Birthday: birthday}
}

func create(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), keys.FileName)
	require.NoError(t, keys.Create(path, contents(t), right, cheap))
	return path
}

func open(t testing.TB, path string, passphrase []byte) *keys.Ring {
	t.Helper()
	r, err := keys.Open(path, "regtest", passphrase)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

func seedOf(t testing.TB, r *keys.Ring) []byte {
	t.Helper()
	var got []byte
	require.NoError(t, r.WithSeed(func(s []byte) error {
		got = bytes.Clone(s)
		return nil
	}))
	return got
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path) //nolint:gosec // a file of the test's own directory
	require.NoError(t, err)
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, b, 0o600))
}

func TestCreateThenOpenGivesTheSameKeys(t *testing.T) {
	path := create(t)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays")

	r := open(t, path, right)
	require.Equal(t, testSeed(t).Bytes(), seedOf(t, r))
	require.Equal(t, birthday, r.Birthday())
	require.Equal(t, "regtest", r.Network())

	id := keys.KeyID{1, 2, 3}
	internal, contract, err := r.ContractKeys(id)
	require.NoError(t, err)
	wantI, wantC, err := keys.DeriveContractKeys(testSeed(t).Bytes(), 1, id)
	require.NoError(t, err)
	require.Equal(t, wantI.Serialize(), internal.Serialize())
	require.Equal(t, wantC.Serialize(), contract.Serialize())

	node, err := r.NodeKey()
	require.NoError(t, err)
	require.Equal(t, slowHardened(testSeed(t).Bytes(), 8430, 1, 0, 0), node.Serialize())
	backup, err := r.BackupKey()
	require.NoError(t, err)
	require.Equal(t, slowHardened(testSeed(t).Bytes(), 8430, 1, 2), backup[:])
}

func TestMainnetUsesCoinZero(t *testing.T) {
	path := filepath.Join(t.TempDir(), keys.FileName)
	c := contents(t)
	c.Network = "mainnet"
	require.NoError(t, keys.Create(path, c, right, cheap))
	r, err := keys.Open(path, "mainnet", right)
	require.NoError(t, err)
	defer r.Close()
	node, err := r.NodeKey()
	require.NoError(t, err)
	require.Equal(t, slowHardened(testSeed(t).Bytes(), 8430, 0, 0, 0), node.Serialize())
}

// The other tests take a cheap key; nobody gets one who does not ask for it.
func TestTheDefaultCostIsTakenAndStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), keys.FileName)
	require.NoError(t, keys.Create(path, contents(t), right))
	raw, err := os.ReadFile(path) //nolint:gosec // a file of this test
	require.NoError(t, err)
	cost := raw[len("ALKK")+2+1+len("regtest"):][:9]
	require.Equal(t, []byte{0, 0, 0, 3, 0, 1, 0, 0, 4}, cost, "3 passes, 64 MiB, 4 threads")
	require.Equal(t, testSeed(t).Bytes(), seedOf(t, open(t, path, right)))
}

func TestStoreKeysAreDistinctAndPerFile(t *testing.T) {
	a, b := open(t, create(t), right), open(t, create(t), right)
	seen := map[[32]byte]bool{}
	labels := []keys.StoreLabel{keys.LabelWalletDB, keys.LabelContractStore, keys.LabelWalletStore, keys.LabelMacaroons}
	for _, r := range []*keys.Ring{a, b} {
		for _, l := range labels {
			k, err := r.StoreKey(l)
			require.NoError(t, err)
			again, err := r.StoreKey(l)
			require.NoError(t, err)
			require.Equal(t, k, again)
			require.False(t, seen[k])
			seen[k] = true
		}
	}
	key, err := a.StoreKey(keys.LabelWalletDB)
	require.NoError(t, err)
	pass, err := a.WalletPassphrase()
	require.NoError(t, err)
	require.Equal(t, hex.EncodeToString(key[:]), string(pass))
	mac, err := a.MacaroonPassword()
	require.NoError(t, err)
	require.NotEqual(t, pass, mac)
}

func TestChangePassphraseKeepsAllKeys(t *testing.T) {
	path := create(t)
	before := open(t, path, right)
	changed := []byte("another one")
	require.NoError(t, keys.ChangePassphrase(path, "regtest", right, changed, cheap))

	_, err := keys.Open(path, "regtest", right)
	require.ErrorIs(t, err, keys.ErrWrongPassphrase)
	after := open(t, path, changed)
	require.Equal(t, seedOf(t, before), seedOf(t, after))
	require.Equal(t, before.Birthday(), after.Birthday())
	k1, err := before.StoreKey(keys.LabelContractStore)
	require.NoError(t, err)
	k2, err := after.StoreKey(keys.LabelContractStore)
	require.NoError(t, err)
	require.Equal(t, k1, k2)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestChangePassphraseRefusals(t *testing.T) {
	path := create(t)
	before := read(t, path)
	fresh := []byte("long enough")
	require.ErrorIs(t, keys.ChangePassphrase(path, "regtest", []byte("not the one"), fresh, cheap), keys.ErrWrongPassphrase)
	require.ErrorIs(t, keys.ChangePassphrase(path, "regtest", right, []byte("short"), cheap), keys.ErrWeakPassphrase)
	require.ErrorIs(t, keys.ChangePassphrase(path, "mainnet", right, fresh, cheap), keys.ErrNetwork)
	require.ErrorIs(t, keys.ChangePassphrase(path+"x", "regtest", right, fresh, cheap), keys.ErrNotFound)
	require.ErrorIs(t, keys.ChangePassphrase(path, "regtest", right, fresh, cheap, keys.WithRand(strings.NewReader("x"))), keys.ErrRandom)
	after := read(t, path)
	require.Equal(t, before, after)
}

func TestCreateRefusals(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, keys.FileName)
	with := func(change func(*keys.Contents)) keys.Contents {
		c := contents(t)
		change(&c)
		return c
	}
	cases := map[string]struct {
		c    keys.Contents
		pass []byte
		opts []keys.Option
		want error
	}{
		"weak passphrase":  {contents(t), []byte("1234567"), nil, keys.ErrWeakPassphrase},
		"no passphrase":    {contents(t), nil, nil, keys.ErrWeakPassphrase},
		"unknown network":  {with(func(c *keys.Contents) { c.Network = "bitcoin" }), right, nil, keys.ErrNetwork},
		"no seed":          {with(func(c *keys.Contents) { c.Seed = keys.Seed{} }), right, nil, keys.ErrSeed},
		"no birthday":      {with(func(c *keys.Contents) { c.Birthday = time.Time{} }), right, nil, keys.ErrBirthday},
		"too much memory":  {contents(t), right, []keys.Option{keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 1<<20 + 1, Threads: 1})}, keys.ErrCost},
		"too little":       {contents(t), right, []keys.Option{keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 8, Threads: 2})}, keys.ErrCost},
		"too many passes":  {contents(t), right, []keys.Option{keys.WithCost(keys.Cost{Time: 17, MemoryKiB: 64, Threads: 1})}, keys.ErrCost},
		"no pass":          {contents(t), right, []keys.Option{keys.WithCost(keys.Cost{MemoryKiB: 64, Threads: 1})}, keys.ErrCost},
		"no thread":        {contents(t), right, []keys.Option{keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 64})}, keys.ErrCost},
		"no randomness":    {contents(t), right, []keys.Option{keys.WithRand(strings.NewReader(""))}, keys.ErrRandom},
		"short of salt":    {contents(t), right, []keys.Option{keys.WithRand(io.LimitReader(counter{}, 40))}, keys.ErrRandom},
		"short of nonce":   {contents(t), right, []keys.Option{keys.WithRand(io.LimitReader(counter{}, 50))}, keys.ErrRandom},
		"constant sources": {contents(t), right, []keys.Option{keys.WithRand(zeros{})}, keys.ErrRandom},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := keys.Create(path, c.c, c.pass, append([]keys.Option{cheap}, c.opts...)...)
			require.ErrorIs(t, err, c.want)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
		})
	}
	_, err := keys.NewSeed(make([]byte, 32))
	require.ErrorIs(t, err, keys.ErrSeed)
	require.ErrorIs(t, keys.Create(filepath.Join(dir, "no", "dir"), contents(t), right, cheap), os.ErrNotExist)
}

type counter struct{}

func (counter) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i)
	}
	return len(b), nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestCreateNeverOverwrites(t *testing.T) {
	path := create(t)
	before := read(t, path)
	require.ErrorIs(t, keys.Create(path, contents(t), right, cheap), keys.ErrExists)

	// A file that turns up while the key is being stretched is kept, too.
	late := filepath.Join(t.TempDir(), keys.FileName)
	turnUp := keys.WithStep(func(step string) error {
		if step == "move" {
			return os.WriteFile(late, []byte("not ours"), 0o600)
		}
		return nil
	})
	require.ErrorIs(t, keys.Create(late, contents(t), right, cheap, turnUp), keys.ErrExists)
	got := read(t, late)
	require.Equal(t, "not ours", string(got))

	after := read(t, path)
	require.Equal(t, before, after)
}

func TestConcurrentCreateMakesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), keys.FileName)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = keys.Create(path, contents(t), right, cheap) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		require.ErrorIs(t, err, keys.ErrExists)
	}
	require.Equal(t, 1, made)
	open(t, path, right)
}

func TestOpenRefusals(t *testing.T) {
	path := create(t)
	_, err := keys.Open(path, "regtest", []byte("correct house"))
	require.ErrorIs(t, err, keys.ErrWrongPassphrase)
	_, err = keys.Open(path, "regtest", nil)
	require.ErrorIs(t, err, keys.ErrWrongPassphrase)
	_, err = keys.Open(path, "mainnet", right)
	require.ErrorIs(t, err, keys.ErrNetwork)
	_, err = keys.Open(path, "moonnet", right)
	require.ErrorIs(t, err, keys.ErrNetwork)
	_, err = keys.Open(filepath.Join(t.TempDir(), "none"), "regtest", right)
	require.ErrorIs(t, err, keys.ErrNotFound)
	_, err = keys.Open(t.TempDir(), "regtest", right)
	require.ErrorIs(t, err, keys.ErrCorrupt)

	huge := filepath.Join(t.TempDir(), "huge")
	write(t, huge, make([]byte, 1<<20))
	_, err = keys.Open(huge, "regtest", right)
	require.ErrorIs(t, err, keys.ErrCorrupt)
}

func TestEveryDamagedByteIsRefusedAsDamage(t *testing.T) {
	path := create(t)
	good := read(t, path)
	bad := filepath.Join(t.TempDir(), "bad")
	check := func(b []byte, format string, args ...any) {
		t.Helper()
		write(t, bad, b)
		_, err := keys.Open(bad, "regtest", right)
		require.ErrorIs(t, err, keys.ErrCorrupt, fmt.Sprintf(format, args...))
		require.NotErrorIs(t, err, keys.ErrWrongPassphrase)
	}
	for i := range good {
		for _, mask := range []byte{1, 0x80, 0xff} {
			b := bytes.Clone(good)
			b[i] ^= mask
			check(b, "byte %d mask %x", i, mask)
		}
	}
	for n := range good {
		check(good[:n], "truncated to %d", n)
	}
	check(append(bytes.Clone(good), 0), "one byte more")
}

// rehash repairs the hash at the end, as somebody who means harm would.
func rehash(b []byte) []byte {
	body := b[:len(b)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestForgedFileIsRefused(t *testing.T) {
	path := create(t)
	good := read(t, path)
	const costAt = 4 + 2 + 1 + len("regtest")
	forge := func(change func([]byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return rehash(b)
	}
	cases := map[string]struct {
		file []byte
		want error
	}{
		"newer version":  {forge(func(b []byte) { b[5] = 2 }), keys.ErrNewer},
		"version zero":   {forge(func(b []byte) { b[5] = 0 }), keys.ErrCorrupt},
		"other network":  {forge(func(b []byte) { copy(b[7:], "mainnet") }), keys.ErrNetwork},
		"no network":     {forge(func(b []byte) { copy(b[7:], "\xff\xff") }), keys.ErrCorrupt},
		"name too long":  {forge(func(b []byte) { b[6] = 0xff }), keys.ErrCorrupt},
		"endless passes": {forge(func(b []byte) { binary.BigEndian.PutUint32(b[costAt:], 1<<31) }), keys.ErrCorrupt},
		"4 TiB":          {forge(func(b []byte) { binary.BigEndian.PutUint32(b[costAt+4:], 1<<32-1) }), keys.ErrCorrupt},
		"no threads":     {forge(func(b []byte) { b[costAt+8] = 0 }), keys.ErrCorrupt},
		"salt":           {forge(func(b []byte) { b[costAt+9] ^= 1 }), keys.ErrWrongPassphrase},
		"nonce":          {forge(func(b []byte) { b[costAt+9+16] ^= 1 }), keys.ErrWrongPassphrase},
		"sealed":         {forge(func(b []byte) { b[costAt+9+16+24] ^= 1 }), keys.ErrWrongPassphrase},
		"cost":           {forge(func(b []byte) { b[costAt+3] = 2 }), keys.ErrWrongPassphrase},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad")
			write(t, bad, c.file)
			_, err := keys.Open(bad, "regtest", right)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestNewerFileOfAnotherLayoutIsNewer(t *testing.T) {
	b := append([]byte("ALKK\x01\x00"), make([]byte, 5000)...)
	sum := sha256.Sum256(b)
	_, _, err := keys.ParseFile(append(b, sum[:]...))
	require.ErrorIs(t, err, keys.ErrNewer)
}

// copyDir is the directory as a crash at this moment would leave it.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	return filepath.Join(to, keys.FileName)
}

func TestCrashAtAnyStepOfChangeLeavesOldOrNew(t *testing.T) {
	path := create(t)
	changed := []byte("another one")
	var crashed []string
	var steps []string
	record := keys.WithStep(func(step string) error {
		steps = append(steps, step)
		crashed = append(crashed, copyDir(t, filepath.Dir(path)))
		return nil
	})
	require.NoError(t, keys.ChangePassphrase(path, "regtest", right, changed, cheap, record))
	crashed = append(crashed, copyDir(t, filepath.Dir(path)))
	require.Equal(t, []string{"create", "write", "write", "sync file", "move", "sync directory"}, steps)

	for i, p := range crashed {
		in, not := right, changed
		if i > 4 {
			in, not = changed, right
		}
		_, err := keys.Open(p, "regtest", not)
		require.ErrorIs(t, err, keys.ErrWrongPassphrase, "crash %d", i)
		require.Equal(t, testSeed(t).Bytes(), seedOf(t, open(t, p, in)), "crash %d", i)
		// A leftover does not disturb the next change.
		require.NoError(t, keys.ChangePassphrase(p, "regtest", in, []byte("third time"), cheap))
		open(t, p, []byte("third time"))
		entries, err := os.ReadDir(filepath.Dir(p))
		require.NoError(t, err)
		require.Len(t, entries, 1)
	}
}

func TestCrashAtAnyStepOfCreateLeavesNothingOrAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), keys.FileName)
	var crashed []string
	record := keys.WithStep(func(string) error {
		crashed = append(crashed, copyDir(t, filepath.Dir(path)))
		return nil
	})
	require.NoError(t, keys.Create(path, contents(t), right, cheap, record))
	require.Len(t, crashed, 7)
	for i, p := range crashed {
		_, err := keys.Open(p, "regtest", right)
		if i > 4 {
			require.NoError(t, err, "crash %d", i)
			continue
		}
		require.ErrorIs(t, err, keys.ErrNotFound, "crash %d", i)
		require.NoError(t, keys.Create(p, contents(t), right, cheap))
	}
}

func TestFailingDiskLeavesTheOldFileOrNone(t *testing.T) {
	full := errors.New("no space left on device")
	for k := range 6 {
		failAt := func() keys.Option {
			n := 0
			return keys.WithStep(func(string) error {
				n++
				if n == k+1 {
					return full
				}
				return nil
			})
		}
		path := create(t)
		require.ErrorIs(t, keys.ChangePassphrase(path, "regtest", right, []byte("another one"), cheap, failAt()), full)
		if k < 5 {
			open(t, path, right)
		} else {
			open(t, path, []byte("another one"))
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Len(t, entries, 1)

		dir := t.TempDir()
		fresh := filepath.Join(dir, keys.FileName)
		require.ErrorIs(t, keys.Create(fresh, contents(t), right, cheap, failAt()), full)
		entries, err = os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries, "step %d", k)
	}
}

func TestClosedRingHasNoSecrets(t *testing.T) {
	r := open(t, create(t), right)
	var alias []byte
	require.NoError(t, r.WithSeed(func(s []byte) error { alias = s; return nil }))
	r.Close()
	r.Close()
	require.Equal(t, make([]byte, keys.SeedSize), alias, "wiped")

	require.ErrorIs(t, r.WithSeed(func([]byte) error { return nil }), keys.ErrClosed)
	_, err := r.NodeKey()
	require.ErrorIs(t, err, keys.ErrClosed)
	_, _, err = r.ContractKeys(keys.KeyID{})
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = r.BackupKey()
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = r.StoreKey(keys.LabelWalletDB)
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = r.WalletPassphrase()
	require.ErrorIs(t, err, keys.ErrClosed)
	_, err = r.MacaroonPassword()
	require.ErrorIs(t, err, keys.ErrClosed)
	require.Equal(t, birthday, r.Birthday())
}

func TestWithSeedReturnsTheCallersError(t *testing.T) {
	mine := errors.New("mine")
	require.ErrorIs(t, open(t, create(t), right).WithSeed(func([]byte) error { return mine }), mine)
}

func TestSecretsNeverPrint(t *testing.T) {
	m, err := keys.ParseMnemonic("void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold")
	require.NoError(t, err)
	seed := testSeed(t)
	ring := open(t, create(t), right)
	hidden := struct { // fmt does not ask types in unexported fields
		m keys.Mnemonic
		s keys.Seed
		r *keys.Ring
	}{m, seed, ring}

	var out bytes.Buffer
	logs := []*slog.Logger{
		slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug - 4})),
		slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug - 4})),
	}
	for _, v := range []any{m, &m, seed, &seed, ring, contents(t), hidden, &hidden, []any{m, seed, ring}, map[string]any{"k": m}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, l := range logs {
			l.Info("value", "v", v)
			l.With("v", v).Debug("value", slog.Any("w", v))
		}
	}
	_, err = keys.ParseMnemonic(strings.Replace(m.Reveal(), "unfold", "unfolt", 1))
	fmt.Fprintln(&out, err)
	for _, l := range logs {
		l.Error("mnemonic", "err", err)
	}
	printed := out.String()
	require.Contains(t, printed, "[secret]")
	for _, canary := range []string{
		"warrior", "unfol", "clutch", string(seed.Bytes()[:8]), hex.EncodeToString(seed.Bytes()[:4]),
		strings.ToUpper(hex.EncodeToString(seed.Bytes()[8:12])), "64 65 66", "0x40, 0x41", "64, 65",
	} {
		require.False(t, strings.Contains(printed, canary), canary)
	}
}

func FuzzParseFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), keys.FileName)
	require.NoError(f, keys.Create(path, contents(f), right, cheap))
	good := read(f, path)
	f.Add(good[:len(good)-sha256.Size])
	f.Add([]byte("ALKK\x00\x01\x07regtest"))
	f.Add([]byte("ALKK\x00\x02"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		for _, b := range [][]byte{body, append(bytes.Clone(body), sum[:]...)} {
			_, cost, err := keys.ParseFile(b)
			switch {
			case err == nil:
				if cost.MemoryKiB > 1<<20 || cost.Time > 16 {
					t.Fatalf("unbounded cost %+v", cost)
				}
			case !errors.Is(err, keys.ErrCorrupt) && !errors.Is(err, keys.ErrNewer):
				t.Fatalf("untyped error: %v", err)
			}
		}
	})
}
