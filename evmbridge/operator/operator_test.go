package operator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

const (
	begin = 1_700_000_000
	hour  = 3600
)

// town is three operators with real connections between them, over chains in memory.
type town struct {
	t         *testing.T
	domain    spv.Domain
	committee vault.Committee
	ops       []*member
	height    uint32
	now       uint64
	// coins are the vault's outputs, view the burns; pool are transactions on their way.
	coins []relayer.Output
	view  *ledger.View
	pool  []*wire.MsgTx
	// unclear says that nobody can tell what a batch pays.
	unclear bool
	rate    vault.FeeRate // of the network, 2 if it is 0
	// passedOver was paid to a vault before it was looked for.
	passedOver wire.OutPoint
}

// member is one operator.
type member struct {
	town     *town
	key      *btcec.PrivateKey
	dir      string
	identity *operator.Identity
	vaults   *operator.Vaults
	store    *operator.Store
	anchors  *vault.Store
	self     *vault.Operator
	server   *http.Server
	address  string
	pay      *operator.Payments
	dead     bool
	// cosigners are the others.
	cosigners []operator.Cosigner
}

var salt = [32]byte{7}

// everywhere says of a lot that all own nodes know its mint.
func everywhere([32]byte) (bool, error) { return true, nil }

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, height: 300, now: begin, domain: spv.Domain{ChainID: big.NewInt(1337), Bridge: spv.Address{1}}}
	w.view = &ledger.View{Head: &types.Header{Number: big.NewInt(50), Time: begin}, Final: &types.Header{Number: big.NewInt(49)}}
	w.committee.Threshold = 2
	for i := range 3 {
		w.ops = append(w.ops, &member{town: w, key: testkit.Key(fmt.Sprintf("operator %d", i)), dir: t.TempDir()})
	}
	slices.SortFunc(w.ops, func(a, b *member) int {
		return bytes.Compare(schnorr.SerializePubKey(a.key.PubKey()), schnorr.SerializePubKey(b.key.PubKey()))
	})
	for _, m := range w.ops {
		w.committee.Operators = append(w.committee.Operators, [32]byte(schnorr.SerializePubKey(m.key.PubKey())))
	}
	for i, m := range w.ops {
		m.open(i)
	}
	for _, m := range w.ops {
		m.serve()
	}
	for _, m := range w.ops {
		m.meet()
	}
	return w
}

func (m *member) open(i int) {
	t := m.town.t
	t.Helper()
	var err error
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	m.identity, err = operator.NewIdentity([32]byte{byte(i + 1)}) //nolint:gosec // G115: three of them
	check(err)
	m.vaults = operator.NewVaults(vault.Deployment{ChainID: 1337, Bridge: m.town.domain.Bridge}, m.town.committee)
	m.town.mint(m.vaults, salt)
	check(m.vaults.Follow(m.town.view, everywhere))
	m.store, err = operator.Open(filepath.Join(m.dir, "operator"), [32]byte{1})
	check(err)
	m.anchors, err = vault.Open(filepath.Join(m.dir, "anchors"), [32]byte{1})
	check(err)
	t.Cleanup(func() {
		if err := errors.Join(m.store.Close(), m.anchors.Close()); err != nil {
			t.Error(err)
		}
	})
	m.self, err = vault.NewOperator(vault.OperatorConfig{
		Key: m.key, Attestation: testkit.Key(fmt.Sprintf("attestation %d", i)), Domain: m.town.domain,
		Limits: vault.Limits{Rate: 50, Batch: 1e8}, Burns: m.town, Coins: m.town, Anchors: m.anchors, Lots: m.town, VaultOf: m.vaults.Of,
		NewVault: m.vaults.New,
	})
	check(err)
}

func (m *member) serve() {
	t := m.town.t
	t.Helper()
	var others []operator.Fingerprint
	for _, o := range m.town.ops {
		if o != m {
			others = append(others, o.identity.Fingerprint())
		}
	}
	s := operator.NewServer(operator.ServerConfig{
		Self: m.self, Domain: m.town.domain, Vaults: m.vaults, Store: m.store, Anchors: m.anchors, Contracts: m.town, Burns: m.town,
		Network: m.town, Spendable: func(o wire.OutPoint) bool { return m.town.spendable(m, o) }, Peers: others,
		Binds: func(r spv.Redemption, o wire.OutPoint) bool { return m.pay.Binds(r, o) }, Others: func() []operator.Cosigner { return m.cosigners }, Height: func() uint32 { return m.town.height }, Now: func() uint64 { return m.town.now },
		Log: slog.New(slog.DiscardHandler),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.address = l.Addr().String()
	handler := s.Handler()
	m.server = &http.Server{
		TLSConfig: m.identity.Server(), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if m.dead {
				http.Error(w, "dead", http.StatusServiceUnavailable)
				return
			}
			handler.ServeHTTP(w, r)
		}),
	}
	ended := make(chan error, 1)
	go func() { ended <- m.server.ServeTLS(l, "", "") }()
	t.Cleanup(func() {
		if err := m.server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func (m *member) peer(other *member) *operator.Peer {
	p := operator.NewPeer(m.identity, operator.PeerConfig{
		Key: other.self.Key(), Address: other.address, Fingerprint: other.identity.Fingerprint(),
	}, m.vaults)
	m.town.t.Cleanup(p.Close)
	return p
}

func (m *member) meet() {
	m.cosigners = nil
	for _, o := range m.town.ops {
		if o != m {
			m.cosigners = append(m.cosigners, m.peer(o))
		}
	}
	m.pay = operator.NewPayments(operator.PaymentsConfig{
		Self: m.self, Committee: m.town.committee, Domain: m.town.domain, Limits: vault.Limits{Rate: 50, Batch: 1e8}, Vaults: m.vaults,
		Store: m.store, Anchors: m.anchors, Burns: m.town, Network: m.town, Batches: m.town, Cosigners: m.cosigners, Log: slog.New(slog.DiscardHandler),
	})
}

func (m *member) step() error {
	return m.pay.Step(m.town.t.Context(), m.town.view, m.town.coins, m.town.height)
}

// FeeRate and Submit are operator.Network: a pool that takes a replacement only for a
// higher fee.
func (w *town) FeeRate(context.Context) (vault.FeeRate, error) { return max(w.rate, 2), nil }

func (w *town) Submit(_ context.Context, tx *wire.MsgTx) error {
	for i, known := range w.pool {
		if known.TxHash() == tx.TxHash() {
			return nil
		}
		for _, in := range tx.TxIn {
			if slices.ContainsFunc(known.TxIn, func(k *wire.TxIn) bool { return k.PreviousOutPoint == in.PreviousOutPoint }) {
				if w.fee(tx) <= w.fee(known) {
					return errors.New("insufficient fee for a replacement")
				}
				w.pool = slices.Delete(w.pool, i, i+1)
				return w.Submit(context.Background(), tx)
			}
		}
	}
	w.pool = append(w.pool, tx)
	return nil
}

// Pooled is operator.Network, too.
func (w *town) Pooled(_ context.Context, txid chainhash.Hash) (bool, error) {
	return slices.ContainsFunc(w.pool, func(tx *wire.MsgTx) bool { return tx.TxHash() == txid }), nil
}

func (w *town) fee(tx *wire.MsgTx) (fee int64) {
	for _, in := range tx.TxIn {
		fee += w.coin(in.PreviousOutPoint).Value
	}
	for _, out := range tx.TxOut {
		fee -= out.Value
	}
	return fee
}

func (w *town) coin(o wire.OutPoint) *relayer.Output {
	for i := range w.coins {
		if w.coins[i].Outpoint == o {
			return &w.coins[i]
		}
	}
	w.t.Fatalf("no coin %v", o)
	return nil
}

// Finalized is vault.Burns, Output vault.Coins.
func (w *town) Finalized(_ context.Context, rid [32]byte) (bool, error) {
	return slices.ContainsFunc(w.view.Redemptions, func(r *ledger.Redemption) bool { return r.RID == rid && r.State == ledger.Requested }), nil
}

func (w *town) Output(_ context.Context, o wire.OutPoint) ([]byte, btcutil.Amount, error) {
	for _, c := range w.coins {
		if c.Outpoint == o && c.Spent == nil {
			return c.Script, btcutil.Amount(c.Value), nil
		}
	}
	return nil, 0, vault.ErrNotVault
}

// Read is operator.Contracts, VerifyLot vault.LotVerifier: a package's salt says whether
// its lot is sound.
func (w *town) Read(pkg *bridgev1.LotPackage) (spv.SeriesKey, spv.Terms, spv.Address, error) {
	key := spv.SeriesKey{Hi: 1}
	v, err := w.ops[0].vaults.New([32]byte(pkg.GetVaultSalt()))
	if err != nil {
		return key, spv.Terms{}, spv.Address{}, err
	}
	return key, spv.Terms{SeriesID: key.ID(), VaultSalt: [32]byte(pkg.GetVaultSalt()), VaultScript: v.Script()}, spv.Address{9}, nil
}

var errUnsound = errors.New("unsound")

func (w *town) VerifyLot(ctx context.Context, _ spv.SeriesKey, t spv.Terms, _ spv.Address) error {
	pkg, err := operator.PackageOf(ctx)
	if err != nil || [32]byte(pkg.GetVaultSalt()) != t.VaultSalt || t.VaultSalt[0] == 0xff {
		return errors.Join(errUnsound, err)
	}
	return nil
}

// fund gives the vault a coin that is deep.
func (w *town) fund(value int64) wire.OutPoint {
	w.t.Helper()
	v, err := w.ops[0].vaults.New(salt)
	w.must(err)
	return w.paidTo(v.Script(), value)
}

func (w *town) paidTo(script []byte, value int64) wire.OutPoint {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash{byte(len(w.coins)), 1}}, nil, nil)) //nolint:gosec // G115: few
	tx.AddTxOut(wire.NewTxOut(value, script))
	w.add(&relayer.Found{Tx: tx, Txid: tx.TxHash(), Height: w.height - 10})
	return wire.OutPoint{Hash: tx.TxHash()}
}

// add makes coins of the outputs that may pay to a vault, known or not.
func (w *town) add(f *relayer.Found) {
	for i, out := range f.Tx.TxOut {
		if len(out.PkScript) == 34 && out.PkScript[0] == txscript.OP_1 {
			w.coins = append(w.coins, relayer.Output{
				Outpoint: wire.OutPoint{Hash: f.Txid, Index: uint32(i)}, Value: out.Value, Script: out.PkScript, In: f,
			})
		}
	}
}

// burn requests a redemption.
func (w *town) burn(sats, fee uint64) *ledger.Redemption {
	n := uint64(len(w.view.Redemptions))
	script := append([]byte{0x00, 0x14, byte(n)}, make([]byte, 19)...) //nolint:gosec // G115: few
	r := &ledger.Redemption{
		Redemption: spv.Redemption{Sats: sats, MaxFee: fee, Deadline: w.now + 72*hour, Nonce: n, Script: script}, State: ledger.Requested, Block: 1,
	}
	r.RID = r.Redemption.RID()
	w.view.Redemptions = append(w.view.Redemptions, r)
	return r
}

// pass lets time pass.
func (w *town) pass(seconds uint64) {
	w.now += seconds
	w.view.Head = &types.Header{Number: w.view.Head.Number, Time: w.now}
}

// mine puts the pool into a block and the payments of it to the proof.
func (w *town) mine() {
	w.height++
	for _, tx := range w.pool {
		f := &relayer.Found{Tx: tx, Txid: tx.TxHash(), Height: w.height}
		for _, in := range tx.TxIn {
			w.coin(in.PreviousOutPoint).Spent = f
		}
		w.add(f)
	}
	w.pool = nil
}

func (w *town) proven() {
	for _, c := range w.coins {
		if c.Spent == nil {
			continue
		}
		for _, r := range w.match(c.Spent.Tx) {
			r.State, r.Time = ledger.Paid, w.now
		}
	}
}

func (w *town) match(tx *wire.MsgTx) []*ledger.Redemption {
	w.t.Helper()
	batch, err := relayer.MatchBatch(w.domain, tx, w.view.Redemptions)
	w.must(err)
	return batch
}

// all lets every operator who is not dead take a step, and returns what they said.
func (w *town) all() error {
	var errs []error
	for _, m := range w.ops {
		if !m.dead {
			errs = append(errs, m.step())
		}
	}
	return errors.Join(errs...)
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Redemptions are paid in one batch, by two of three; a restart and the others make no
// second payment.
func TestRedemptionsArePaidInOneBatch(t *testing.T) {
	w := newTown(t)
	w.fund(100_000)
	w.fund(50_000)
	a, b, stingy := w.burn(60_000, 2000), w.burn(70_000, 2000), w.burn(10_000, 501)
	w.ops[2].dead = true
	for range 3 {
		w.must(w.all())
		w.height++
	}
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 1 {
		t.Fatalf("%d payments", len(w.pool))
	}
	paid := w.match(w.pool[0])
	if len(paid) != 3 || !slices.Contains(paid, a) || !slices.Contains(paid, b) || !slices.Contains(paid, stingy) {
		t.Errorf("%d redemptions are paid", len(paid))
	}
	txid := w.pool[0].TxHash()
	for _, m := range w.ops[:2] { // a restart of what keeps nothing in memory
		m.meet()
	}
	w.must(w.all())
	if len(w.pool) != 1 || w.pool[0].TxHash() != txid {
		t.Error("another payment was made")
	}
	w.mine()
	w.proven()
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Error("what is paid is paid again")
	}
}

// Whoever allows too small a fee waits; he does not stall the others.
func TestOneStingyRedemptionStallsNoOther(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.burn(50_000, 10)
	w.burn(60_000, 3000)
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 1 || len(w.match(w.pool[0])) != 1 {
		t.Fatalf("pool of %d", len(w.pool))
	}
}

// A coin that a payment in flight spends binds no other redemption: that waits for the
// change, or for the payment to go stale.
func TestACoinInFlightBindsNoOtherRedemption(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.burn(50_000, 3000)
	w.pass(3 * hour)
	w.must(w.all())
	first := w.pool[0].TxHash()
	late := w.burn(60_000, 3000)
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 1 || w.pool[0].TxHash() != first {
		t.Fatal("the payment in flight is replaced")
	}
	for _, m := range w.ops {
		if _, err := m.anchors.Anchor(late.RID); err == nil {
			t.Error("the late redemption is bound")
		}
	}
	w.mine()
	w.proven()
	for range 6 {
		w.mine()
	}
	w.must(w.all())
	if len(w.pool) != 1 || !slices.Contains(w.match(w.pool[0]), late) {
		t.Error("the late redemption is not paid out of the change")
	}
}

// A payment that stays in no block is made anew for more, and pays what it paid.
func TestAStalePaymentIsReplacedForMore(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	w.must(w.all())
	before := w.pool[0]
	late := w.burn(20_000, 10_000)
	w.pass(3 * hour)
	w.height += 6
	w.must(w.all())
	if len(w.pool) != 1 || w.fee(w.pool[0]) <= w.fee(before) || w.pool[0].TxIn[0].PreviousOutPoint != before.TxIn[0].PreviousOutPoint {
		t.Fatal("it is not replaced")
	}
	paid := w.match(w.pool[0])
	if !slices.Contains(paid, r) || !slices.Contains(paid, late) {
		t.Errorf("the replacement pays %d redemptions", len(paid))
	}
}

// Operators who bound a redemption to different coins agree on a batch that spends both.
func TestAnchorsOfOthersAreTakenIn(t *testing.T) {
	w := newTown(t)
	first, second := w.fund(90_000), w.fund(80_000)
	r := w.burn(50_000, 10_000)
	w.must(w.ops[0].anchors.Bind([][32]byte{r.RID}, first, []wire.OutPoint{first}))
	w.must(w.ops[1].anchors.Bind([][32]byte{r.RID}, second, []wire.OutPoint{second}))
	w.ops[2].dead = true
	w.pass(3 * hour)
	w.must(w.ops[0].step())
	if len(w.pool) != 1 || len(w.pool[0].TxIn) != 2 {
		t.Fatal("no batch that spends both")
	}
}

// With two operators dead nothing is paid.
func TestOneOperatorAlonePaysNothing(t *testing.T) {
	w := newTown(t)
	w.fund(90_000)
	w.burn(50_000, 10_000)
	w.ops[1].dead, w.ops[2].dead = true, true
	w.pass(3 * hour)
	if err := w.ops[0].step(); !errors.Is(err, vault.ErrTooFew) {
		t.Errorf("one of three: %v", err)
	}
	if len(w.pool) != 0 {
		t.Error("it is paid")
	}
}

// An anchor that something else spent is released once that is a hundred blocks deep.
func TestAnAnchorIsReleasedOnceItsSpendIsDeep(t *testing.T) {
	w := newTown(t)
	lost := w.fund(90_000)
	w.fund(80_000)
	r := w.burn(50_000, 10_000)
	for _, m := range w.ops {
		w.must(m.anchors.Bind([][32]byte{r.RID}, lost, []wire.OutPoint{lost}))
	}
	theft := wire.NewMsgTx(2)
	theft.AddTxIn(wire.NewTxIn(&lost, nil, nil))
	theft.AddTxOut(wire.NewTxOut(80_000, r.Script))
	w.pool = []*wire.MsgTx{theft}
	w.mine()
	w.pass(3 * hour)
	w.height += 98
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Errorf("99 deep: %d payments", len(w.pool))
	}
	w.height++
	// Those who look first ask others that have not looked yet.
	for err := w.all(); err != nil; err = w.all() {
		if !errors.Is(err, operator.ErrSpent) {
			t.Fatal(err)
		}
	}
	if len(w.pool) != 1 || !slices.Contains(w.match(w.pool[0]), r) {
		t.Error("it is not paid out of another coin")
	}
}

// Only the operators of the deployment may ask for signatures; anybody may ask for an
// attestation, which only a sound lot gets, and its contract is kept.
func TestStrangersGetAttestationsAndNoSignatures(t *testing.T) {
	w := newTown(t)
	coin := w.fund(90_000)
	r := w.burn(50_000, 10_000)
	stranger := &member{town: w, vaults: w.ops[0].vaults}
	var err error
	stranger.identity, err = operator.NewIdentity([32]byte{0xee})
	w.must(err)
	peer := stranger.peer(w.ops[0])
	v, err := w.ops[0].vaults.New(salt)
	w.must(err)
	batch, err := vault.Build(w.domain, []vault.Coin{{Outpoint: coin, Value: 90_000, Vault: v}}, []spv.Redemption{r.Redemption}, v, 2)
	w.must(err)
	if _, _, err := peer.Sign(t.Context(), batch); err == nil {
		t.Error("a stranger gets signatures")
	}
	if _, _, err := w.ops[1].peer(w.ops[0]).Sign(t.Context(), batch); err != nil {
		t.Errorf("an operator gets none: %v", err)
	}
	pkg := &bridgev1.LotPackage{VaultSalt: bytes.Repeat([]byte{3}, 32)}
	sig, err := peer.Attest(t.Context(), pkg, w.now+hour)
	w.must(err)
	_, terms, to, err := w.Read(pkg)
	w.must(err)
	if _, err := relayer.SignerOf(w.domain.AttestDigest(terms.ID(), to, w.now+hour), sig); err != nil {
		t.Errorf("attestation: %v", err)
	}
	if _, err := w.ops[0].store.Package(terms.ID()); err != nil {
		t.Errorf("its contract is not kept: %v", err)
	}
	if _, err := peer.Attest(t.Context(), pkg, w.now+25*hour); err == nil {
		t.Error("an attestation for more than a day")
	}
	if _, err := peer.Attest(t.Context(), &bridgev1.LotPackage{VaultSalt: bytes.Repeat([]byte{0xff}, 32)}, w.now+hour); err == nil {
		t.Error("an unsound lot is attested")
	}
	wrong := operator.NewPeer(stranger.identity, operator.PeerConfig{
		Key: w.ops[0].self.Key(), Address: w.ops[0].address, Fingerprint: w.ops[1].identity.Fingerprint(),
	}, w.ops[0].vaults)
	t.Cleanup(wrong.Close)
	if _, err := wrong.Attest(t.Context(), pkg, w.now+hour); !errors.Is(err, operator.ErrPeer) {
		t.Errorf("an operator with another certificate: %v", err)
	}
}
