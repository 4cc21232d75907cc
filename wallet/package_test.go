package wallet_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/btcsuite/btcd/btcjson"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/mempool"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// full stands before a real btcd and does what Bitcoin Core's mempool does when
// it is full: what pays less than least sat/vB is taken only in a package. btcd's
// own mempool is never full and takes no packages.
type full struct {
	chain.Backend
	least atomic.Int64
	fees  func(tx *wire.MsgTx) btcutil.Amount
	// packages are those that were taken.
	packages [][]*wire.MsgTx
}

type fullSource struct {
	walletchain.Interface
	b *full
}

func (b *full) Source() (walletchain.Interface, error) {
	inner, err := b.Backend.Source()
	return &fullSource{Interface: inner, b: b}, err
}

func (b *full) poor(txs ...*wire.MsgTx) bool {
	var size int64
	var fee btcutil.Amount
	for _, tx := range txs {
		size += mempool.GetTxVirtualSize(btcutil.NewTx(tx))
		fee += b.fees(tx)
	}
	least := b.least.Load()
	return least > 0 && int64(fee) < size*least
}

func (s *fullSource) TestMempoolAccept(txs []*wire.MsgTx, most float64) ([]*btcjson.TestMempoolAcceptResult, error) {
	all, err := s.Interface.TestMempoolAccept(txs, most)
	if err == nil && all[0].Allowed && s.b.poor(txs[0]) {
		all[0].Allowed, all[0].RejectReason = false, "mempool min fee not met"
	}
	return all, err
}

func (s *fullSource) MapRPCErr(err error) error {
	if err.Error() == "mempool min fee not met" {
		return walletchain.ErrMempoolMinFeeNotMet
	}
	return s.Interface.MapRPCErr(err)
}

func (s *fullSource) SubmitPackage(txs []*wire.MsgTx, _ *float64) (*btcjson.SubmitPackageResult, error) {
	if len(txs) == 0 {
		return nil, errors.New("no transactions provided")
	}
	if s.b.poor(txs...) {
		reason := "package feerate too low"
		return &btcjson.SubmitPackageResult{PackageMsg: "transaction failed", TxResults: map[string]btcjson.SubmitPackageTxResult{
			"": {TxID: txs[0].TxHash(), Error: &reason},
		}}, nil
	}
	for _, tx := range txs {
		if _, err := s.SendRawTransaction(tx, true); err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
	}
	s.b.packages = append(s.b.packages, txs)
	return &btcjson.SubmitPackageResult{PackageMsg: "success"}, nil
}

// fee is what a transaction pays; all that it spends is in known.
func feeFrom(known map[chainhash.Hash]*wire.MsgTx, tx *wire.MsgTx) (fee btcutil.Amount) {
	for _, in := range tx.TxIn {
		if parent := known[in.PreviousOutPoint.Hash]; parent != nil {
			fee += btcutil.Amount(parent.TxOut[in.PreviousOutPoint.Index].Value)
		}
	}
	for _, out := range tx.TxOut {
		fee -= btcutil.Amount(out.Value)
	}
	return fee
}

// foreign has the wallet pay to a script that anybody can spend, and returns a
// transaction that spends it back to the wallet, which the wallet does not know,
// at about 1 sat/vB.
func (r *rig) foreign(w *wallet.Wallet, value btcutil.Amount, known map[chainhash.Hash]*wire.MsgTx) *wire.MsgTx {
	r.t.Helper()
	anyone := []byte{txscript.OP_TRUE}
	hash := sha256.Sum256(anyone)
	address, err := btcutil.NewAddressWitnessScriptHash(hash[:], regtest.Params())
	require.NoError(r.t, err)
	sent, err := w.Send(r.t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: address.EncodeAddress(), Amount: value}}, Fee: rate(2)})
	require.NoError(r.t, err)
	r.mine(w, 1)
	known[sent.TxID] = sent.Tx
	back, err := w.NewAddress(r.t.Context(), wallet.P2TR, false)
	require.NoError(r.t, err)
	script, err := txscript.PayToAddrScript(back)
	require.NoError(r.t, err)
	tx := wire.NewMsgTx(2)
	for i, out := range sent.Tx.TxOut {
		if btcutil.Amount(out.Value) == value {
			tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: sent.TxID, Index: uint32(i)}, nil, wire.TxWitness{anyone}))
		}
	}
	tx.AddTxOut(wire.NewTxOut(int64(value)-110, script))
	known[tx.TxHash()] = tx
	return tx
}

func TestWhatMempoolsRefuseGoesAsAPackage(t *testing.T) {
	r := newRig(t)
	known := make(map[chainhash.Hash]*wire.MsgTx)
	gate := &full{Backend: r.backend, fees: func(tx *wire.MsgTx) btcutil.Amount { return feeFrom(known, tx) }}
	r.behind = gate
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	poor := r.foreign(w, 100_000, known)
	gate.least.Store(5)

	err := w.Publish(t.Context(), poor, "cet")
	require.ErrorIs(t, err, wallet.ErrFeeTooLow)
	require.ErrorIs(t, err, wallet.ErrBelowMempool)
	_, err = w.PublishPackage(t.Context(), poor, "cet", rate(4))
	require.ErrorIs(t, err, wallet.ErrRejected, "4 sat/vB are not enough")
	require.ErrorContains(t, err, "package feerate too low")
	gate.least.Store(300)
	_, err = w.PublishPackage(t.Context(), poor, "cet", rate(400))
	require.ErrorIs(t, err, wallet.ErrRejected, "without haste a quarter of the output is the most")
	gate.least.Store(5)
	pool, err := r.node.RPC().GetRawMempool()
	require.NoError(t, err)
	require.Empty(t, pool)

	sent, err := w.PublishPackage(t.Context(), poor, "cet", rate(8))
	require.NoError(t, err)
	require.Len(t, gate.packages, 1)
	require.Equal(t, poor.TxHash(), sent.Tx.TxIn[0].PreviousOutPoint.Hash)
	size := mempool.GetTxVirtualSize(btcutil.NewTx(poor)) + sent.VSize
	require.InDelta(t, 8*size, int64(sent.Fee), 8, "both pay 8 sat/vB out of the child")
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, 100_000-110-sent.Fee, b.Unconfirmed)

	// It is raised later as any other child is, up to what it is for.
	child, err := w.Bump(t.Context(), wallet.BumpRequest{TxID: poor.TxHash(), Method: wallet.BumpCPFP, Fee: wallet.FeeSpec{Rate: 400, AllowHigh: true}})
	require.NoError(t, err)
	require.Equal(t, sent.TxID, *child.Replaces)
	require.Len(t, child.Tx.TxIn, 1)
	child, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: poor.TxHash(), Method: wallet.BumpCPFP, Fee: wallet.FeeSpec{Rate: 900, AllowHigh: true}})
	require.NoError(t, err)
	require.Len(t, child.Tx.TxIn, 1, "it pays what the output holds, and no further coin")
	require.Less(t, child.Fee, btcutil.Amount(100_000-110-330))
	require.Greater(t, child.Fee, btcutil.Amount(97_000))
	_, err = w.Bump(t.Context(), wallet.BumpRequest{TxID: poor.TxHash(), Method: wallet.BumpCPFP, Fee: wallet.FeeSpec{Rate: 1000, AllowHigh: true}})
	require.ErrorIs(t, err, wallet.ErrNotBumpable, "it would cost more than the output holds")
	r.mine(w, 1)
	b, err = w.Balance(t.Context())
	require.NoError(t, err)
	require.Zero(t, b.Unconfirmed)
}

func TestABackendWithoutPackagesIsSaidToHaveNone(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	_, err := w.PublishPackage(t.Context(), r.foreign(w, 100_000, map[chainhash.Hash]*wire.MsgTx{}), "cet", rate(8))
	require.ErrorIs(t, err, wallet.ErrNoPackages)
	_, err = w.PublishPackage(t.Context(), nil, "cet", rate(8))
	require.ErrorIs(t, err, wallet.ErrBadRequest)
}
