package relayer_test

import (
	"context"
	"crypto/ecdsa"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

const start = 1_700_000_000

// bitcoin is a chain of headers with work at regtest's target.
type bitcoin struct{ headers [][]byte }

func (b *bitcoin) Tip(context.Context) (uint32, error) { return uint32(len(b.headers) - 1), nil } //nolint:gosec // G115: short

func (b *bitcoin) Header(_ context.Context, height uint32) ([]byte, error) {
	return b.headers[height], nil
}

func (b *bitcoin) mine(n int, salt byte) {
	for range n {
		h := make([]byte, spv.HeaderLen)
		h[36] = salt
		if len(b.headers) > 0 {
			hash := spv.DoubleSHA256(b.headers[len(b.headers)-1])
			copy(h[4:], hash[:])
		}
		binary.LittleEndian.PutUint32(h[68:], uint32(start-200*600+600*len(b.headers))) //nolint:gosec // G115: a time
		binary.LittleEndian.PutUint32(h[72:], 0x207fffff)
		for nonce := uint32(0); ; nonce++ {
			binary.LittleEndian.PutUint32(h[76:], nonce)
			if hash := spv.DoubleSHA256(h); hash[31] < 0x7f {
				break
			}
		}
		b.headers = append(b.headers, h)
	}
}

// desk is a relayer with both its chains.
type desk struct {
	t      *testing.T
	btc    *bitcoin
	chain  *simchain.Chain
	evmNow uint64
	now    time.Time
	relay  common.Address
	dir    string
	outbox *relayer.Outbox
	sender *relayer.Sender
	post   *relayer.Headers
	budget *big.Int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, btc: &bitcoin{}, evmNow: start, now: time.Unix(start, 0), dir: t.TempDir(), budget: big.NewInt(1e18)}
	d.btc.mine(20, 0)
	key := d.key()
	var err error
	d.chain, err = simchain.Start(simchain.Config{Time: start, Alloc: types.GenesisAlloc{
		crypto.PubkeyToAddress(key.PublicKey): {Balance: new(big.Int).Lsh(big.NewInt(1), 100)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	limit := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(1))
	contract := bindings.NewCheckpointRelay()
	id, err := d.chain.Client().ChainID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.relay, _, err = bind.DeployContract(bind.NewKeyedTransactor(key, id), common.FromHex(bindings.CheckpointRelayMetaData.Bin),
		d.chain.Client(), contract.PackConstructor(d.btc.headers[15], 15, start-200*600, limit, true, [32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	d.commit()
	d.open()
	t.Cleanup(func() {
		if err := errors.Join(d.outbox.Close(), d.chain.Close()); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *desk) key() *ecdsa.PrivateKey {
	key := testkit.Key("relayer").ToECDSA()
	key.Curve = crypto.S256()
	return key
}

// open opens the outbox and a sender over it, as a start of the program does.
func (d *desk) open() {
	d.t.Helper()
	var err error
	if d.outbox, err = relayer.Open(d.dir, [32]byte{7}); err != nil {
		d.t.Fatal(err)
	}
	client := d.chain.Client()
	d.sender = relayer.NewSender(relayer.SenderConfig{
		Key: d.key(), Account: client, Market: client, Outbox: d.outbox, Log: slog.New(slog.DiscardHandler),
		Budget: d.budget, Patience: time.Minute, Now: func() time.Time { return d.now },
	})
	d.post = &relayer.Headers{
		Relay: d.relay, Bitcoin: d.btc, Caller: client, Outbox: d.outbox, Cadence: relayer.Cadence{Every: 10, Most: 25},
	}
}

func (d *desk) restart() {
	d.t.Helper()
	if err := d.outbox.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
}

func (d *desk) commit() {
	d.t.Helper()
	d.evmNow++
	if _, err := d.chain.Commit(d.t.Context(), d.evmNow); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) step() {
	d.t.Helper()
	if err := d.sender.Step(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) posted(now, want bool) {
	d.t.Helper()
	got, err := d.post.Step(d.t.Context(), now)
	if err != nil || got != want {
		d.t.Fatalf("posted %v, %v; want %v", got, err, want)
	}
}

// tip returns the height of the relay's tip.
func (d *desk) tip() uint64 {
	d.t.Helper()
	contract := bindings.NewCheckpointRelay()
	at := contract.Instance(d.chain.Client(), d.relay)
	hash, err := bind.Call(at, &bind.CallOpts{}, contract.PackTip(), contract.UnpackTip)
	if err != nil {
		d.t.Fatal(err)
	}
	packed, err := bind.Call(at, &bind.CallOpts{}, contract.PackCheckpoint(hash), contract.UnpackCheckpoint)
	if err != nil {
		d.t.Fatal(err)
	}
	return new(big.Int).And(packed, big.NewInt(1<<32-1)).Uint64()
}

// batch is the call that the desk's next headers make.
func (d *desk) batch(id string, n int) {
	d.t.Helper()
	headers := d.btc.headers
	data := bindings.NewCheckpointRelay().PackAddHeaders(slices.Concat(headers[5:16]...), slices.Concat(headers[16:16+n]...))
	if err := d.outbox.Enqueue(id, d.relay, data); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) done(id string) (ok, known bool) {
	d.t.Helper()
	ok, known, err := d.outbox.Done(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return ok, known
}

func TestHeadersArePostedWhenTheyAreDue(t *testing.T) {
	d := newDesk(t)
	d.posted(false, false) // four new headers are not ten
	d.posted(true, true)   // a proof needs them
	d.posted(true, true)   // the same again is the same call
	d.step()
	d.commit()
	if got := d.tip(); got != 19 {
		t.Fatalf("tip %d", got)
	}
	d.btc.mine(60, 1)
	for want := uint64(44); want <= 69; want += 25 { // 25 a transaction
		d.posted(false, true)
		d.step()
		d.commit()
		if got := d.tip(); got != want {
			t.Fatalf("tip %d, want %d", got, want)
		}
	}
	d.posted(false, true)
	d.step()
	d.commit()
	d.posted(true, false)
	if got := d.tip(); got != 79 {
		t.Errorf("tip %d", got)
	}
}

// A branch of Bitcoin that the relay is not on is posted at once, from where they part.
func TestABitcoinReorgIsPostedAtOnce(t *testing.T) {
	d := newDesk(t)
	d.posted(true, true)
	d.step()
	d.commit()
	d.btc.headers = d.btc.headers[:17]
	d.btc.mine(5, 9)
	d.posted(false, true)
	d.step()
	d.commit()
	if got := d.tip(); got != 21 {
		t.Errorf("tip %d", got)
	}
	d.btc.headers = d.btc.headers[:10]
	d.btc.mine(30, 3)
	if _, err := d.post.Step(t.Context(), true); !errors.Is(err, relayer.ErrForeignChain) {
		t.Errorf("a chain without the anchor: %v", err)
	}
}

func TestACallIsDoneWhenItsBlockIsFinal(t *testing.T) {
	d := newDesk(t)
	d.batch("a", 3)
	d.step()
	d.commit()
	d.step()
	if _, known := d.done("a"); known {
		t.Fatal("done before its block is final")
	}
	d.chain.Finalize()
	d.step()
	if ok, known := d.done("a"); !ok || !known {
		t.Fatalf("done %v, accepted %v", known, ok)
	}
	d.batch("a", 3) // once more, after it is done
	d.restart()
	d.step()
	d.commit()
	if nonce := d.nonce(); nonce != 2 {
		t.Errorf("nonce %d: a call was sent twice", nonce)
	}
	if err := d.outbox.Enqueue("a", d.relay, []byte{1}); !errors.Is(err, records.ErrImmutable) {
		t.Errorf("another call under the same id: %v", err)
	}
}

func (d *desk) nonce() uint64 {
	d.t.Helper()
	nonce, err := d.chain.Client().NonceAt(d.t.Context(), crypto.PubkeyToAddress(d.key().PublicKey), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return nonce
}

// A transaction that waits is replaced by one that pays more, up to the budget.
func TestAStuckTransactionIsReplacedWithinItsBudget(t *testing.T) {
	d := newDesk(t)
	d.batch("a", 3)
	d.step()
	first := d.pending(nil)
	d.step()
	if got := d.pending(nil); got.Hash() != first.Hash() {
		t.Fatal("replaced before its time")
	}
	d.now = d.now.Add(time.Minute)
	d.step()
	second := d.pending(first)
	if second.Nonce() != first.Nonce() || second.GasTipCap().Cmp(first.GasTipCap()) <= 0 || second.GasFeeCap().Cmp(first.GasFeeCap()) <= 0 {
		t.Fatalf("replaced by %v and %v", second.GasTipCap(), second.GasFeeCap())
	}
	d.budget.Mul(second.GasFeeCap(), new(big.Int).SetUint64(second.Gas())) // exactly what it costs now
	d.now = d.now.Add(time.Minute)
	d.step()
	if got := d.pending(nil); got.Hash() != second.Hash() {
		t.Error("replaced beyond the budget")
	}
	d.commit()
	d.chain.Finalize()
	d.step()
	if ok, known := d.done("a"); !ok || !known {
		t.Errorf("done %v, accepted %v", known, ok)
	}
	d.budget.SetInt64(1)
	d.batch("b", 4)
	if err := d.sender.Step(t.Context()); !errors.Is(err, relayer.ErrBudget) {
		t.Errorf("a call beyond its budget: %v", err)
	}
	if d.nonce() != 2 {
		t.Error("it was sent")
	}
}

// pending returns the only transaction that waits in the pool, once it is another one than
// before; the pool takes what it was given up in its own time.
func (d *desk) pending(before *types.Transaction) *types.Transaction {
	d.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var content struct {
			Pending map[string]map[string]*types.Transaction `json:"pending"`
		}
		if err := d.chain.Client().Client().CallContext(d.t.Context(), &content, "txpool_content"); err != nil {
			d.t.Fatal(err)
		}
		for _, byNonce := range content.Pending {
			for _, tx := range byNonce {
				if before == nil || tx.Hash() != before.Hash() {
					return tx
				}
			}
		}
	}
	d.t.Fatal("nothing is pending")
	return nil
}

// The EVM chain takes a block back, and the pool forgets it: the call is sent again.
func TestAnEVMReorgLosesNoCall(t *testing.T) {
	d := newDesk(t)
	d.chain.Finalize()
	before := d.chain.Head().Number.Uint64()
	d.batch("a", 3)
	d.step()
	d.commit()
	d.step()
	if err := d.chain.Reorg(before); err != nil {
		t.Fatal(err)
	}
	d.chain.Drop()
	d.restart()
	d.step()
	d.commit()
	d.chain.Finalize()
	d.step()
	if ok, known := d.done("a"); !ok || !known || d.tip() != 18 {
		t.Errorf("done %v, accepted %v, tip %d", known, ok, d.tip())
	}
}

// Transactions that a restart finds unsent, in the middle of others, are sent again:
// a gap of nonces closes.
func TestGapsOfNoncesClose(t *testing.T) {
	d := newDesk(t)
	for i := range 3 {
		d.batch(fmt.Sprintf("call %d", i), i+1)
	}
	d.step()
	d.chain.Drop()
	d.restart()
	d.step()
	d.commit()
	d.chain.Finalize()
	d.step()
	for i := range 3 {
		if ok, known := d.done(fmt.Sprintf("call %d", i)); !ok || !known {
			t.Errorf("call %d: done %v, accepted %v", i, known, ok)
		}
	}
	if got := d.nonce(); got != 4 {
		t.Errorf("nonce %d", got)
	}
}

// A call that the contract would refuse is not sent, stays, and holds up no other.
func TestARefusedCallHoldsUpNoOther(t *testing.T) {
	d := newDesk(t)
	if err := d.outbox.Enqueue("a", d.relay, []byte{1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	d.batch("b", 3)
	if err := d.sender.Step(t.Context()); err == nil {
		t.Error("a call that would be refused is sent")
	}
	d.commit()
	d.chain.Finalize()
	if err := d.sender.Step(t.Context()); err == nil {
		t.Error("the refused call is forgotten")
	}
	if ok, known := d.done("b"); !ok || !known {
		t.Error("a call that is refused held up another one")
	}
}
