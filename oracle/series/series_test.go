package series_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
	"github.com/alkimiya/alkimiya/oracle/series"
)

var errAway = errors.New("the node is away")

// node serves a chain and fails after some blocks if told so.
type node struct {
	chain *indextest.Chain
	// left is how many blocks it still gives; negative: all.
	left int
	// gave is how many it gave.
	gave int
	// instead, if not nil, is what it gives for any block.
	instead *wire.MsgBlock
	// asked and answer, if not nil, hold it up at the first block.
	asked, answer chan struct{}
}

func (n *node) Tip(context.Context) (uint32, chainhash.Hash, error) {
	tip := n.chain.Tip()
	return tip, n.chain.Blocks[tip].BlockHash(), nil
}

func (n *node) HashAt(_ context.Context, height uint32) (chainhash.Hash, error) {
	if height > n.chain.Tip() {
		return chainhash.Hash{}, errAway
	}
	return n.chain.Blocks[height].BlockHash(), nil
}

func (n *node) find(hash chainhash.Hash) (*wire.MsgBlock, error) {
	for i := len(n.chain.Blocks) - 1; i >= 0; i-- {
		if n.chain.Blocks[i].BlockHash() == hash {
			return n.chain.Blocks[i], nil
		}
	}
	return nil, errAway
}

func (n *node) Header(_ context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	b, err := n.find(hash)
	if err != nil {
		return nil, err
	}
	return &b.Header, nil
}

func (n *node) Block(_ context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	if n.left == 0 {
		return nil, errAway
	}
	n.left--
	n.gave++
	if n.asked != nil && n.gave == 1 {
		close(n.asked)
		<-n.answer
	}
	if n.instead != nil {
		return n.instead, nil
	}
	return n.find(hash)
}

func open(t testing.TB, dir string, p index.Params) *series.Series {
	s, err := series.Open(series.Config{Dir: dir, Key: [32]byte{1}, Params: p, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return s
}

// grow mines blocks two hours apart, with a gap of two days now and then.
func grow(c *indextest.Chain, n int, salt uint32) {
	for range n {
		h := c.Tip() + 1
		at := uint32(c.Blocks[h-1].Header.Timestamp.Unix()) + 7200 //nolint:gosec // G115: small numbers
		if h == 1 {
			at = c.Params.FirstDay * index.DaySeconds
		}
		if h%40 == 0 {
			at += 2 * index.DaySeconds
		}
		c.Mine(at, 1e8+uint64(h%7)*1e6+uint64(salt), int(h%3), salt)
	}
}

// requireSame compares a series with what an engine gives for the whole chain.
func requireSame(t require.TestingT, s *series.Series, c *indextest.Chain) {
	blocks, _, err := c.Facts()
	require.NoError(t, err)
	e := index.NewEngine(c.Params, 0, nil)
	var want []index.Day
	for _, b := range blocks {
		days, err := e.Connect(b)
		require.NoError(t, err)
		want = append(want, days...)
	}
	got, err := s.Days(0, 1<<31)
	require.NoError(t, err)
	require.Equal(t, len(want), len(got))
	for i := range want {
		require.Equal(t, string(want[i].JSON()), string(got[i].JSON()))
	}
	last, ok, err := s.Last()
	require.NoError(t, err)
	require.Equal(t, len(want) > 0, ok)
	height, hash, ok, err := s.Tip()
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, c.Tip(), height)
	require.Equal(t, c.Blocks[height].BlockHash(), hash)
	if len(want) == 0 {
		return
	}
	require.Equal(t, want[len(want)-1].Day, last.Day)
	for _, d := range []index.Day{want[0], want[len(want)/2], last} {
		evidence, err := s.Evidence(d.Day)
		require.NoError(t, err)
		again, _, err := evidence.Verify(c.Params, c)
		require.NoError(t, err)
		require.Equal(t, d.Value, again.Value)
		counter, err := s.Counter(d.Day)
		require.NoError(t, err)
		require.Equal(t, d.Counter, counter)
	}
}

func TestASeriesFollowsReorganisationsAndRestarts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		chain := indextest.New()
		n := &node{chain: chain}
		s := open(t, dir, chain.Params)
		defer func() { require.NoError(rt, s.Close()) }()
		for i := range rapid.IntRange(1, 4).Draw(rt, "steps") {
			depth := min(rapid.SampledFrom([]int{0, 1, 6, 14, 60, 1000}).Draw(rt, "depth"), int(n.chain.Tip()))
			if depth > 0 {
				n.chain = n.chain.Clone(len(n.chain.Blocks) - depth)
			}
			grow(n.chain, depth+rapid.IntRange(0, 80).Draw(rt, "blocks"), uint32(i+1))
			n.left = rapid.IntRange(-1, 40).Draw(rt, "cut off after")
			if err := s.Sync(context.Background(), n); err != nil {
				require.ErrorIs(rt, err, errAway)
				if rapid.Bool().Draw(rt, "restart") {
					require.NoError(rt, s.Close())
					s = open(t, dir, chain.Params)
				}
				n.left = -1
				require.NoError(rt, s.Sync(context.Background(), n))
			}
			if n.chain.Tip() > 0 {
				requireSame(rt, s, n.chain)
			}
		}
	})
}

func TestASeriesGoesOnWhereItWasCutOff(t *testing.T) {
	chain := indextest.New()
	grow(chain, 250, 1)
	n := &node{chain: chain, left: 230}
	dir := t.TempDir()
	s := open(t, dir, chain.Params)
	require.ErrorIs(t, s.Sync(context.Background(), n), errAway)
	require.NoError(t, s.Close())
	s = open(t, dir, chain.Params)
	defer func() { require.NoError(t, s.Close()) }()
	n.left, n.gave = -1, 0
	require.NoError(t, s.Sync(context.Background(), n))
	require.Equal(t, 21, n.gave, "only what was missing is fetched")
	requireSame(t, s, chain)
	rows, err := s.Rows(30, 60)
	require.NoError(t, err)
	require.Len(t, rows, 31)
	require.False(t, rows[0].Provisional)
	tip, err := s.Rows(240, 250)
	require.NoError(t, err)
	require.True(t, tip[10].Provisional)
	_, err = s.Rows(0, 251)
	require.ErrorIs(t, err, series.ErrUnknown)
	_, err = s.Day(99_999)
	require.ErrorIs(t, err, series.ErrUnknown)
	open, err := s.Provisional()
	require.NoError(t, err)
	last, _, err := s.Last()
	require.NoError(t, err)
	require.Equal(t, last.CloseHeight, open[0].Height)
	require.Equal(t, uint32(250), open[len(open)-1].Height)
}

func TestProvisionalBlocksDoNotWaitForASync(t *testing.T) {
	chain := indextest.New()
	s := open(t, t.TempDir(), chain.Params)
	defer func() { require.NoError(t, s.Close()) }()
	rows, err := s.Provisional()
	require.NoError(t, err)
	require.Empty(t, rows)
	grow(chain, 5, 1)
	require.NoError(t, s.Sync(context.Background(), &node{chain: chain, left: -1}))
	grow(chain, 150, 1)
	n := &node{chain: chain, left: -1, asked: make(chan struct{}), answer: make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- s.Sync(context.Background(), n) }()
	<-n.asked
	rows, err = s.Provisional()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, uint32(5), rows[5].Height)
	close(n.answer)
	require.NoError(t, <-done)
}

// TestASourceThatLiesIsRefused lets a node give blocks that its own chain forbids:
// the store keeps what came before them, and goes on when the node is mended.
func TestASourceThatLiesIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *wire.MsgBlock)
		want   error
	}{
		"no work":        {func(b *wire.MsgBlock) { workless(b) }, index.ErrHeader},
		"another target": {func(b *wire.MsgBlock) { b.Header.Bits = 0x1d00ffff }, index.ErrHeader},
		"old time":       {func(b *wire.MsgBlock) { b.Header.Timestamp = time.Unix(1, 0); work(b) }, index.ErrHeader},
		"fewer fees":     {func(b *wire.MsgBlock) { b.Transactions[0].TxOut[0].Value-- }, index.ErrBlock},
		"no coinbase":    {func(b *wire.MsgBlock) { b.Transactions = nil }, index.ErrBlock},
	} {
		chain := indextest.New()
		grow(chain, 60, 1)
		good := *chain.Blocks[60]
		bad := good
		bad.Transactions = append([]*wire.MsgTx{good.Transactions[0].Copy()}, good.Transactions[1:]...)
		c.change(&bad)
		chain.Blocks[60] = &bad
		s := open(t, t.TempDir(), chain.Params)
		require.ErrorIs(t, s.Sync(context.Background(), &node{chain: chain, left: -1}), c.want, name)
		height, _, _, err := s.Tip()
		require.NoError(t, err)
		require.Equal(t, uint32(59), height, name)
		chain.Blocks[60] = &good
		grow(chain, 20, 1)
		require.NoError(t, s.Sync(context.Background(), &node{chain: chain, left: -1}), name)
		requireSame(t, s, chain)
		require.NoError(t, s.Close())
	}
}

// work finds a nonce on regtest, where every second hash will do; workless finds one
// that is not enough.
func work(b *wire.MsgBlock) {
	for hash := b.BlockHash(); hash[31] > 0x7e; hash = b.BlockHash() {
		b.Header.Nonce++
	}
}

func workless(b *wire.MsgBlock) {
	for hash := b.BlockHash(); hash[31] <= 0x7f; hash = b.BlockHash() {
		b.Header.Nonce++
	}
}

// TestASeriesBeginsNearItsFirstDay uses an index whose first day is late in the
// chain: nothing long before it is fetched, and the days are the same.
func TestASeriesBeginsNearItsFirstDay(t *testing.T) {
	chain := indextest.New()
	grow(chain, 400, 1)
	late := *chain
	late.Params.FirstDay += 20
	n := &node{chain: &late, left: -1}
	s := open(t, t.TempDir(), late.Params)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Sync(context.Background(), n))
	require.Less(t, n.gave, 300)
	requireSame(t, s, &late)
}

// TestADayIsTakenBackWithTheBlockThatMadeItFinal shortens the chain by one block, as an
// operator does who declares a block invalid.
func TestADayIsTakenBackWithTheBlockThatMadeItFinal(t *testing.T) {
	chain := indextest.New()
	s := open(t, t.TempDir(), chain.Params)
	defer func() { require.NoError(t, s.Close()) }()
	sync := func(c *indextest.Chain) (day uint32, ok bool) {
		require.NoError(t, s.Sync(t.Context(), &node{chain: c, left: -1}))
		requireSame(t, s, c)
		last, ok, err := s.Last()
		require.NoError(t, err)
		return last.Day, ok
	}
	before := uint32(0)
	for seen := 0; seen < 4; {
		grow(chain, 1, 1)
		day, ok := sync(chain)
		if !ok || day == before {
			continue
		}
		seen++
		shorter, _ := sync(chain.Clone(len(chain.Blocks) - 1))
		require.Equal(t, before, shorter)
		if seen > 1 {
			_, err := s.Day(day)
			require.ErrorIs(t, err, series.ErrUnknown)
		}
		before, _ = sync(chain)
		require.Equal(t, day, before)
	}
}

// TestManyEmptyDaysAreCompletedAfterACrash has more empty days in a row than are
// written at once; a crash leaves some of them.
func TestManyEmptyDaysAreCompletedAfterACrash(t *testing.T) {
	chain := indextest.New()
	grow(chain, 30, 1)
	last := chain.Blocks[30].Header.Timestamp.Unix()
	for i := range uint32(40) {
		chain.Mine(uint32(last)+1500*index.DaySeconds+i*7200, 1e8, 0, i) //nolint:gosec // G115: small numbers
	}
	dir := t.TempDir()
	s := open(t, dir, chain.Params)
	require.NoError(t, s.Sync(t.Context(), &node{chain: chain, left: -1}))
	requireSame(t, s, chain)
	require.NoError(t, s.ForgetDays(chain.Params.FirstDay+700))
	require.NoError(t, s.Close())
	s = open(t, dir, chain.Params)
	defer func() { require.NoError(t, s.Close()) }()
	day, _, err := s.Last()
	require.NoError(t, err)
	require.Equal(t, chain.Params.FirstDay+700, day.Day)
	require.NoError(t, s.Sync(t.Context(), &node{chain: chain, left: -1}))
	requireSame(t, s, chain)
	_, err = s.Counter(chain.Params.FirstDay + 5000)
	require.ErrorIs(t, err, series.ErrUnknown)
	none, err := s.Counter(chain.Params.FirstDay - 1)
	require.NoError(t, err)
	require.Zero(t, none)
}

func TestASourceThatGivesAnotherBlockIsRefused(t *testing.T) {
	chain := indextest.New()
	grow(chain, 30, 1)
	s := open(t, t.TempDir(), chain.Params)
	defer func() { require.NoError(t, s.Close()) }()
	err := s.Sync(t.Context(), &node{chain: chain, left: -1, instead: chain.Blocks[7]})
	require.ErrorIs(t, err, series.ErrSource)
}

func TestAStoreIsOfOneIndexForEver(t *testing.T) {
	p := index.HP1Regtest()
	dir := t.TempDir()
	require.NoError(t, open(t, dir, p).Close())
	p.ClipMult++
	_, err := series.Open(series.Config{Dir: dir, Key: [32]byte{1}, Params: p, Logger: slog.Default()})
	require.ErrorIs(t, err, index.ErrMutable)
}

func TestBlockFilesAreASource(t *testing.T) {
	chain := indextest.New()
	grow(chain, 120, 1)
	stale := chain.Clone(100)
	grow(stale, 5, 9)
	for name, mask := range map[string][]byte{"plain": nil, "masked": {1, 2, 3, 4, 5, 6, 7, 8}} {
		dir := t.TempDir()
		writeFiles(t, dir, mask, chain, stale.Blocks[100:])
		files, err := series.OpenFiles(dir, wire.TestNet, chain.Params.Genesis)
		require.NoError(t, err, name)
		s := open(t, t.TempDir(), chain.Params)
		require.NoError(t, s.Sync(context.Background(), files))
		requireSame(t, s, chain)
		require.NoError(t, s.Close())
	}
	_, err := series.OpenFiles(t.TempDir(), wire.TestNet, chain.Params.Genesis)
	require.ErrorIs(t, err, series.ErrFiles)
	_, err = series.OpenFiles(chainFiles(t, chain), wire.TestNet, chainhash.Hash{1})
	require.ErrorIs(t, err, series.ErrFiles, "no such genesis block")
}

func chainFiles(t *testing.T, chain *indextest.Chain) string {
	dir := t.TempDir()
	writeFiles(t, dir, nil, chain, nil)
	return dir
}

func TestDamagedBlockFilesAreRefused(t *testing.T) {
	whole := indextest.New()
	grow(whole, 120, 1)
	replace := func(height uint32, change func(b *wire.MsgBlock)) *indextest.Chain {
		chain := whole.Clone(len(whole.Blocks))
		b := *chain.Blocks[height]
		change(&b)
		chain.Blocks[height] = &b
		return chain
	}
	_, err := series.OpenFiles(chainFiles(t, replace(120, workless)), wire.TestNet, whole.Params.Genesis)
	require.ErrorIs(t, err, index.ErrHeader)
	require.ErrorIs(t, err, series.ErrFiles)

	// A header that is changed further down links to nothing: the chain ends there.
	files, err := series.OpenFiles(chainFiles(t, replace(80, func(b *wire.MsgBlock) { b.Header.Version++; work(b) })), wire.TestNet, whole.Params.Genesis)
	require.NoError(t, err)
	tip, _, err := files.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint32(80), tip)

	// A transaction that is changed is found when its block is read.
	files, err = series.OpenFiles(chainFiles(t, replace(90, func(b *wire.MsgBlock) {
		b.Transactions = append([]*wire.MsgTx{b.Transactions[0].Copy()}, b.Transactions[1:]...)
		b.Transactions[0].TxOut[0].Value++
	})), wire.TestNet, whole.Params.Genesis)
	require.NoError(t, err)
	s := open(t, t.TempDir(), whole.Params)
	defer func() { require.NoError(t, s.Close()) }()
	require.ErrorIs(t, s.Sync(t.Context(), files), index.ErrBlock)
	height, _, _, err := s.Tip()
	require.NoError(t, err)
	require.Equal(t, uint32(89), height)

	// A length that no block has.
	dir := chainFiles(t, whole)
	name := filepath.Join(dir, "blk00001.dat")
	raw, err := os.ReadFile(name) //nolint:gosec // G304: a file of the test
	require.NoError(t, err)
	long := bytes.Clone(raw)
	binary.LittleEndian.PutUint32(long[4:], 1<<31)
	require.NoError(t, os.WriteFile(name, long, 0o600)) //nolint:gosec // G703: a file of the test
	_, err = series.OpenFiles(dir, wire.TestNet, whole.Params.Genesis)
	require.ErrorIs(t, err, series.ErrFiles)

	// A last block that is not whole yet.
	first := 8 + int(binary.LittleEndian.Uint32(raw[4:]))
	require.NoError(t, os.WriteFile(name, raw[:first+100], 0o600)) //nolint:gosec // G703: a file of the test
	files, err = series.OpenFiles(dir, wire.TestNet, whole.Params.Genesis)
	require.NoError(t, err)
	tip, _, err = files.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint32(60), tip, "60 blocks in the first file, one whole in the second")
}

func writeFiles(t *testing.T, dir string, mask []byte, chain *indextest.Chain, stale []*wire.MsgBlock) {
	blocks := append(append([]*wire.MsgBlock(nil), stale...), chain.Blocks...)
	for i, part := range [][]*wire.MsgBlock{blocks[:60], blocks[60:]} {
		var out bytes.Buffer
		for _, b := range part {
			var raw bytes.Buffer
			require.NoError(t, b.Serialize(&raw))
			require.NoError(t, binary.Write(&out, binary.LittleEndian, []uint32{uint32(wire.TestNet), uint32(raw.Len())})) //nolint:gosec // G115: small numbers
			out.Write(raw.Bytes())
		}
		out.Write(make([]byte, 200))
		all := out.Bytes()
		for j := range all {
			if len(mask) > 0 {
				all[j] ^= mask[j%len(mask)]
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "blk0000"+string(rune('0'+i))+".dat"), all, 0o600))
	}
	if mask != nil {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "xor.dat"), mask, 0o600))
	}
}
