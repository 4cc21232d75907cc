package engine_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/wallet"
)

// purse is a wallet in memory that survives the crashes of its node: keys by
// number, coins as the chain says, leases.
type purse struct {
	name  string
	chain *chain

	mu     sync.Mutex
	keys   map[string]*btcec.PrivateKey // by script
	drawn  int
	leases []wallet.Lease
	serial byte
	bumped []wallet.BumpRequest
	rate   chainfee.SatPerVByte // the estimate
	// poor: mempools refuse what is published alone; packages are those sent.
	poor     bool
	packages []wallet.FeeSpec
	none     bool // the backend takes no packages
	// signing, if not nil, is called once, before anything is signed.
	signing func() error
}

var errDead = errors.New("the process is dead")

func newPurse(name string, c *chain) *purse {
	return &purse{name: name, chain: c, keys: make(map[string]*btcec.PrivateKey), rate: 2}
}

func (p *purse) NewAddress(context.Context, wallet.AddressType, bool) (btcutil.Address, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn++
	key := testkit.Key(fmt.Sprintf("%s-wallet-%d", p.name, p.drawn))
	address, err := btcutil.NewAddressTaproot(schnorr.SerializePubKey(key.PubKey()), &chaincfg.RegressionNetParams)
	if err != nil {
		return nil, err
	}
	script, err := txscript.PayToAddrScript(address)
	if err != nil {
		return nil, err
	}
	p.keys[string(script)] = key
	return address, nil
}

// script draws a script of the purse.
func (p *purse) script(t tester) []byte {
	t.Helper()
	address, err := p.NewAddress(context.Background(), wallet.P2TR, false)
	must(t, err)
	script, err := txscript.PayToAddrScript(address)
	must(t, err)
	return script
}

func (p *purse) owns(script []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[string(script)] != nil
}

func (p *purse) Coins(_ context.Context, minConfs int32) ([]wallet.Coin, error) {
	p.mu.Lock()
	leases := slices.Clone(p.leases)
	p.mu.Unlock()
	var coins []wallet.Coin
	for _, c := range p.chain.unspent(p.owns) {
		if c.Confirmations < int64(minConfs) {
			continue
		}
		for i, lease := range leases {
			if slices.Contains(lease.OutPoints, c.OutPoint) {
				c.Lease = &leases[i]
			}
		}
		coins = append(coins, c)
	}
	return coins, nil
}

// balance is what the purse holds in confirmed coins.
func (p *purse) balance() btcutil.Amount {
	var sum btcutil.Amount
	for _, c := range p.chain.unspent(p.owns) {
		if c.Confirmations > 0 {
			sum += c.Value
		}
	}
	return sum
}

func (p *purse) Transaction(_ context.Context, txid chainhash.Hash) (*btcwire.MsgTx, []*btcwire.TxOut, error) {
	tx, ok := p.chain.find(txid)
	if !ok {
		return nil, nil, wallet.ErrTxNotFound
	}
	return tx, nil, nil
}

func (p *purse) SignPSBT(_ context.Context, packet *psbt.Packet) ([]uint32, error) {
	p.mu.Lock()
	signing := p.signing
	p.signing = nil
	p.mu.Unlock()
	if signing != nil {
		if err := signing(); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	prevouts := make(map[btcwire.OutPoint]*btcwire.TxOut)
	for i, in := range packet.UnsignedTx.TxIn {
		prevouts[in.PreviousOutPoint] = packet.Inputs[i].WitnessUtxo
	}
	fetcher := txscript.NewMultiPrevOutFetcher(prevouts)
	hashes := txscript.NewTxSigHashes(packet.UnsignedTx, fetcher)
	var signed []uint32
	for i := range packet.Inputs {
		key := p.keys[string(packet.Inputs[i].WitnessUtxo.PkScript)]
		if key == nil {
			continue
		}
		hash, err := txscript.CalcTaprootSignatureHash(hashes, txscript.SigHashDefault, packet.UnsignedTx, i, fetcher)
		if err != nil {
			return nil, err
		}
		sig, err := schnorr.Sign(key, hash)
		if err != nil {
			return nil, err
		}
		packet.Inputs[i].TaprootKeySpendSig = sig.Serialize()
		signed = append(signed, uint32(i))
	}
	return signed, nil
}

func (p *purse) Lease(_ context.Context, owner string, points []btcwire.OutPoint, d time.Duration) (wallet.Lease, error) {
	held := make(map[btcwire.OutPoint]bool)
	for _, c := range p.chain.unspent(p.owns) {
		held[c.OutPoint] = true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, point := range points {
		if !held[point] {
			return wallet.Lease{}, fmt.Errorf("%w: %s", wallet.ErrUnknownCoin, point)
		}
		for _, lease := range p.leases {
			if slices.Contains(lease.OutPoints, point) {
				return wallet.Lease{}, fmt.Errorf("%w: %s", wallet.ErrCoinLeased, point)
			}
		}
	}
	p.serial++
	lease := wallet.Lease{ID: wallet.LeaseID{p.serial}, Owner: owner, OutPoints: slices.Clone(points), Expiry: time.Now().Add(d)}
	p.leases = append(p.leases, lease)
	return lease, nil
}

func (p *purse) Leases(context.Context) ([]wallet.Lease, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.leases), nil
}

func (p *purse) Release(_ context.Context, id wallet.LeaseID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, lease := range p.leases {
		if lease.ID == id {
			p.leases = slices.Delete(p.leases, i, i+1)
			return nil
		}
	}
	return wallet.ErrLeaseNotFound
}

func (p *purse) Publish(_ context.Context, tx *btcwire.MsgTx, _ string) error {
	p.mu.Lock()
	poor := p.poor
	p.mu.Unlock()
	if _, known := p.chain.find(tx.TxHash()); poor && !known {
		return fmt.Errorf("%w: %w", wallet.ErrFeeTooLow, wallet.ErrBelowMempool)
	}
	if err := p.chain.submit(tx); err != nil {
		return fmt.Errorf("%w: %w", wallet.ErrRejected, err)
	}
	return nil
}

func (p *purse) PublishPackage(_ context.Context, tx *btcwire.MsgTx, _ string, fee wallet.FeeSpec) (wallet.Sent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.none {
		return wallet.Sent{}, wallet.ErrNoPackages
	}
	if err := p.chain.submit(tx); err != nil {
		return wallet.Sent{}, fmt.Errorf("%w: %w", wallet.ErrRejected, err)
	}
	p.packages = append(p.packages, fee)
	return wallet.Sent{}, nil
}

func (p *purse) Bump(_ context.Context, r wallet.BumpRequest) (wallet.Sent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bumped = append(p.bumped, r)
	return wallet.Sent{}, nil
}

func (p *purse) EstimateFee(context.Context, uint32) (chainfee.SatPerVByte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate, nil
}

// verify runs the script interpreter over a transaction.
func (c *chain) verify(tx *btcwire.MsgTx) error {
	var prevouts []*btcwire.TxOut
	for _, in := range tx.TxIn {
		parent, ok := c.find(in.PreviousOutPoint.Hash)
		if !ok || int(in.PreviousOutPoint.Index) >= len(parent.TxOut) {
			return fmt.Errorf("unknown input %s", in.PreviousOutPoint)
		}
		prevouts = append(prevouts, parent.TxOut[in.PreviousOutPoint.Index])
	}
	return txs.VerifyTx(tx, prevouts)
}

// seedOf is a stand-in for a party's seed.
func seedOf(name string) []byte {
	h := sha256.Sum256([]byte("seed of " + name))
	return append(h[:], h[:]...)
}

// Forget does nothing: the purse reads the chain anew for every question.
func (p *purse) Forget(*btcwire.MsgTx) error { return nil }
