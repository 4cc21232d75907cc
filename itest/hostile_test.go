package itest_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// hostileEnv says how many messages the hostile test sends; `make hostile` sets
// it.
const hostileEnv = "ALK_HOSTILE"

// Numbers of SECURITY.md P-7.
const (
	usualHostile  = 10_000
	hostilePeers  = 48
	halfStreams   = 1000
	memoryGrowth  = 64 << 20
	hostileBudget = wire.ReassemblyLimit
)

// TestHostilePeersStopNobody sends a node all kinds of bad messages over real
// connections, and begins a thousand segmented messages that never end. Meanwhile
// a contract with an honest peer is made, settled and final; nothing panics, and
// the node's memory grows by less than SECURITY.md P-7 allows.
func TestHostilePeersStopNobody(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	// A first contract gives real messages and ids to play with.
	first := m.open(miner, buyer, m.swap(1))
	target, err := peer.ParseAddress(miner.key + "@" + miner.port.Addr())
	require.NoError(t, err)
	a := &attack{target: target}
	a.corpus, a.ids = badCorpus(t, miner, first)
	a.left.Store(hostileMessages(t))
	before := mustMetric(t, miner.daemon, "process_resident_memory_bytes")
	frames := mustMetric(t, miner.daemon, `alkd_peer_frames_total{direction="in"}`)
	peak := atomic.Int64{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() { a.run(ctx, hostilePeers) })
	all.Go(func() {
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
			}
			if now, err := metric(ctx, miner.daemon, "process_resident_memory_bytes"); err == nil {
				peak.Store(max(peak.Load(), int64(now)))
			}
		}
	})
	hangUp := halfOpen(t, target, a.corpus[0], halfStreams)
	held := mustMetric(t, miner.daemon, "alkd_peer_reassembly_bytes")
	require.LessOrEqual(t, held, float64(hostileBudget))

	honest := m.open(miner, buyer, m.swap(1))
	honest.mature()
	first.both("Closing", "Closed")
	honest.both("Closing", "Closed")
	honest.final("Closed")
	first.final("Closed")
	hangUp()
	a.wait(t)
	cancel()
	all.Wait()
	require.Zero(t, mustMetric(t, miner.daemon, "alkd_peer_panics_total"))
	harness.Eventually(t, "the memory of unfinished messages", func(ctx context.Context) error {
		held, err := metric(ctx, miner.daemon, "alkd_peer_reassembly_bytes")
		if err == nil && held != 0 {
			err = fmt.Errorf("%.0f bytes are held", held)
		}
		return err
	})
	growth := float64(peak.Load()) - before
	t.Logf("%d bad messages sent, %d connections cut, %d answers; %.0f frames read; memory %.0f MB, at most %.0f MB more; segments held %.0f MB",
		a.sent.Load(), a.cut.Load(), a.heard.Load(), mustMetric(t, miner.daemon, `alkd_peer_frames_total{direction="in"}`)-frames,
		before/1e6, growth/1e6, held/1e6)
	require.Less(t, growth, float64(hostileBudget+memoryGrowth))
}

// badCorpus is one well-formed message of every kind, most of them of a real
// contract, and the ids that mean something to the node.
func badCorpus(t testing.TB, of *trader, d *deal) ([][]byte, [][32]byte) {
	t.Helper()
	seed, err := mnemonicSeed(of.mnemonic)
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(of.copied(1), fileOf(t, of)))
	require.NoError(t, err)
	record := unsealed(t, seed, file)
	tower, err := wire.DecodeTowerPackage(record.Tower)
	require.NoError(t, err)
	c := of.contract(d.name)
	contractID, temp := idOf(t, c.GetContractId()), idOf(t, c.GetTempId())
	hello := &wire.Hello{Chain: *chaincfg.RegressionNetParams.GenesisHash, Schemes: []uint8{wire.SchemeTaprootV1}, MaxList: wire.MaxList}
	messages := []wire.Message{
		hello, &wire.Ping{}, &wire.Pong{},
		&wire.OrdersRequest{RequestID: temp, Limit: 100}, &wire.Orders{RequestID: temp, Orders: [][]byte{[]byte("{}")}},
		&wire.OrderCancel{Cancel: []byte("{}")}, &wire.RFQ{Request: []byte("{}")},
		&wire.Funded{ContractID: contractID, SignHash: wire.MessageHash(tower.Sign)},
		&wire.Reject{ID: contractID, Refused: wire.TypeSign, Code: wire.RejectUnknownContract},
		&wire.CloseOffer{ContractID: contractID, OffererValue: btcutil.Amount(c.GetCollateralSat()), FeeRate: 3}, //nolint:gosec // G115: below 21e14
		&wire.CloseAccept{ContractID: contractID}, &wire.CloseComplete{ContractID: contractID},
		&wire.Resume{Contracts: []wire.ResumeEntry{{TempID: temp, Have: wire.HaveOffer | wire.HaveSign}}},
		&wire.Recover{}, &wire.Record{Offer: tower.Offer, Accept: tower.Accept, Sign: tower.Sign},
		&wire.Evidence{Proof: []byte("ALKE")},
	}
	corpus := make([][]byte, 0, len(messages)+3)
	for _, message := range messages {
		corpus = append(corpus, message.Encode())
	}
	return append(corpus, tower.Offer, tower.Accept, tower.Sign), [][32]byte{contractID, temp, {}}
}

func idOf(t testing.TB, text string) [32]byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	require.Len(t, raw, 32)
	return [32]byte(raw)
}

// fileOf is the name of the only recovery file of a trader.
func fileOf(t testing.TB, of *trader) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(of.recoveryFolder(), "*.alkb"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return filepath.Base(found[0])
}

// mnemonicSeed is the seed of a trader's words.
func mnemonicSeed(words []string) (keys.Seed, error) {
	m, err := keys.ParseMnemonic(strings.Join(words, " "))
	if err != nil {
		return keys.Seed{}, err
	}
	return m.Seed("")
}

// unsealed opens a recovery file as a node with the seed does.
func unsealed(t testing.TB, seed keys.Seed, file []byte) contract.Recovery {
	t.Helper()
	path := filepath.Join(t.TempDir(), keys.FileName)
	require.NoError(t, keys.Create(path, keys.Contents{Network: "regtest", Seed: seed, Birthday: time.Unix(1_700_000_000, 0)},
		[]byte(passphrase), keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})))
	ring, err := keys.Open(path, "regtest", []byte(passphrase))
	require.NoError(t, err)
	defer ring.Close()
	secret, err := ring.BackupKey()
	require.NoError(t, err)
	seal, err := backup.NewSeal("regtest", secret)
	require.NoError(t, err)
	raw, err := seal.Open(file)
	require.NoError(t, err)
	record, err := contract.DecodeRecovery(raw)
	require.NoError(t, err)
	return record
}

// attack sends messages of every bad kind to one node.
type attack struct {
	target peer.Address
	corpus [][]byte
	ids    [][32]byte
	left   atomic.Int64
	sent   atomic.Int64
	cut    atomic.Int64
	heard  atomic.Int64
}

// rounds is how many messages go over one connection at most.
const rounds = 400

// run attacks with a number of peers until all messages are sent or ctx ends.
func (a *attack) run(ctx context.Context, peers int) {
	var all sync.WaitGroup
	for i := range peers {
		all.Go(func() { a.peer(ctx, uint64(i)) }) //nolint:gosec // G115: a handful
	}
	all.Wait()
}

// wait returns when all bad messages are sent; of a hundred thousand that takes
// minutes, but some are always sent while one waits.
func (a *attack) wait(t *testing.T) {
	t.Helper()
	for left := a.left.Load(); left > 0; {
		before := left
		harness.Eventually(t, "more bad messages to be sent", func(context.Context) error {
			if left = a.left.Load(); left > 0 && left == before {
				return fmt.Errorf("%d are left", left)
			}
			return nil
		})
	}
}

// peer connects again and again, now and then as somebody else.
func (a *attack) peer(ctx context.Context, n uint64) {
	dice := rand.New(rand.NewPCG(n, 8430)) //nolint:gosec // G404: repeatable
	from := net.IPv4(127, 0, 2, byte(1+n%200))
	for ctx.Err() == nil && a.left.Load() > 0 {
		var secret [32]byte
		binary.BigEndian.PutUint64(secret[:], 1+n<<32+dice.Uint64N(50))
		key, _ := btcec.PrivKeyFromBytes(secret[:])
		r, err := harness.DialRogue(a.target, key, from)
		if err != nil {
			continue // it may have been displaced
		}
		a.connection(ctx, r, dice)
		a.heard.Add(r.Heard.Load())
		r.Close()
	}
}

// connection sends bad messages over one connection until it is cut.
func (a *attack) connection(ctx context.Context, r *harness.Rogue, dice *rand.Rand) {
	if dice.IntN(20) > 0 && r.Send(a.corpus[0]) != nil { // else no hello
		return
	}
	for range rounds {
		if ctx.Err() != nil || a.left.Add(-1) < 0 {
			return
		}
		a.sent.Add(1)
		if a.one(r, dice) != nil || !r.Sync() {
			a.cut.Add(1)
			return
		}
	}
}

// one sends one bad message, which may be several frames.
func (a *attack) one(r *harness.Rogue, dice *rand.Rand) error {
	message := a.corpus[dice.IntN(len(a.corpus))]
	switch dice.IntN(12) {
	case 0: // replayed as it is, out of any order
	case 1: // of another contract, or of another peer's
		message = a.named(message, dice)
	case 2: // reflected
		if told := r.Told(); len(told) > 0 {
			message = told[dice.IntN(len(told))]
		}
	case 3: // unknown, and odd
		message = append([]byte{byte(dice.IntN(200)), byte(dice.IntN(256) | 1)}, message[:min(len(message), 40)]...) //nolint:gosec // G115: chance, or small by construction
	case 4: // as long as a frame may be
		message = append(message[:2:2], make([]byte, wire.MaxFrame-2)...)
	case 5: // an interleaved or unfinished segment
		return r.Send(segmentOf(message, dice))
	case 6: // twice
		if err := r.Send(clip(message)); err != nil {
			return err
		}
	case 7, 8:
		message = flipped(message, dice)
	case 9:
		message = message[:dice.IntN(len(message)+1)]
	case 10:
		message = a.named(flipped(message, dice), dice)
	default:
		message = spliced(message, a.corpus[dice.IntN(len(a.corpus))], dice)
	}
	if len(message) > wire.MaxFrame && dice.IntN(2) == 0 {
		if frames, err := wire.Segment(message); err == nil {
			for _, frame := range frames {
				if err := r.Send(frame); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return r.Send(clip(message))
}

func clip(message []byte) []byte { return message[:min(len(message), wire.MaxFrame)] }

// named gives a message the id of something that exists.
func (a *attack) named(message []byte, dice *rand.Rand) []byte {
	if len(message) < 34 || len(a.ids) == 0 {
		return message
	}
	named := append([]byte(nil), message...)
	id := a.ids[dice.IntN(len(a.ids))]
	copy(named[2:], id[:])
	return named
}

// flipped changes a few bits, or writes a length that lies.
func flipped(message []byte, dice *rand.Rand) []byte {
	bad := append([]byte(nil), message...)
	for range 1 + dice.IntN(3) {
		at := dice.IntN(len(bad))
		switch dice.IntN(3) {
		case 0:
			bad[at] ^= 1 << dice.IntN(8)
		case 1:
			bad[at] = byte(dice.IntN(256)) //nolint:gosec // G115: chance, or small by construction
		default:
			for i := at; i < min(len(bad), at+1+dice.IntN(9)); i++ {
				bad[i] = 0xff
			}
		}
	}
	return bad
}

func spliced(a, b []byte, dice *rand.Rand) []byte {
	return append(append([]byte(nil), a[:dice.IntN(len(a)+1)]...), b[dice.IntN(len(b)+1):]...)
}

// segmentOf is a first or a later frame of a message that may be too short, or
// lies about its length.
func segmentOf(message []byte, dice *rand.Rand) []byte {
	total := []uint32{0, wire.MaxFrame, wire.MaxFrame + 1, 200_000, wire.MaxMessage, wire.MaxMessage + 1, 0xffffffff}[dice.IntN(7)]
	padded := append(append([]byte(nil), message...), make([]byte, wire.MaxFrame)...)
	if dice.IntN(3) == 0 {
		chunk := wire.SegmentChunk{Data: padded[:dice.IntN(wire.MaxFrame-2)]}
		return chunk.Encode()
	}
	data := padded[:wire.MaxFrame-6]
	if dice.IntN(4) == 0 {
		data = data[:dice.IntN(len(data))]
	}
	start := wire.SegmentStart{Total: total, Data: data}
	return start.Encode()
}

// halfOpen begins a long offer on each of many connections and sends no more.
// It returns when all have begun, and the function it returns hangs up.
func halfOpen(t *testing.T, target peer.Address, hello []byte, streams int) (hangUp func()) {
	t.Helper()
	var mu sync.Mutex
	var open []*harness.Rogue
	var all sync.WaitGroup
	next := make(chan int)
	for range 8 {
		all.Go(func() {
			for i := range next {
				var secret [32]byte
				binary.BigEndian.PutUint64(secret[:], uint64(1<<40+i)) //nolint:gosec // G115: small
				key, _ := btcec.PrivKeyFromBytes(secret[:])
				r, err := harness.DialRogue(target, key, net.IPv4(127, 0, 3, byte(1+i%250))) //nolint:gosec // G115: small
				if err != nil {
					continue
				}
				offer := make([]byte, 200_000)
				binary.BigEndian.PutUint16(offer, uint16(wire.TypeOffer))
				binary.BigEndian.PutUint64(offer[2:], uint64(i)) //nolint:gosec // G115: small
				frames, err := wire.Segment(offer)
				if err == nil && r.Send(hello) == nil && r.Send(frames[0]) == nil {
					_ = r.SendPart(frames[1], 30_000)
				}
				mu.Lock()
				open = append(open, r)
				mu.Unlock()
			}
		})
	}
	for i := range streams {
		next <- i
	}
	close(next)
	all.Wait()
	require.Len(t, open, streams)
	return func() {
		for _, r := range open {
			r.Close()
		}
	}
}

// metric reads one number of a daemon's metrics.
func metric(ctx context.Context, d *harness.Daemon, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.MetricsAddr()+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(text, 64)
		}
	}
	return 0, errors.Join(fmt.Errorf("no metric %s", name), lines.Err())
}

func mustMetric(t testing.TB, d *harness.Daemon, name string) float64 {
	t.Helper()
	v, err := metric(t.Context(), d, name)
	require.NoError(t, err)
	return v
}

// hostileMessages is how many bad messages are to be sent.
func hostileMessages(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv(hostileEnv)
	if text == "" {
		return usualHostile
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return n
}
