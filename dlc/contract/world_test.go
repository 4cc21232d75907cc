package contract_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// tester is what helpers need of *testing.T, *testing.F and *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

func must[T any](t tester, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return v
}

// block is a block of the simulated chain.
type block struct {
	txs  []*btcwire.MsgTx
	time int64
}

// chain is one simulated chain with one mempool that everybody sees. It checks
// scripts, values and locktimes.
type chain struct {
	t       tester
	coins   map[btcwire.OutPoint]*btcwire.TxOut
	blocks  []block
	mempool []*btcwire.MsgTx
}

// base is the height below the first simulated block.
const base = 1000

func (c *chain) height() uint32 { return uint32(base + len(c.blocks)) } //nolint:gosec // short chains

// mtp stands for the median time past: the time of the tip.
func (c *chain) mtp() int64 { return c.blocks[len(c.blocks)-1].time }

// outputs returns the unspent outputs after the blocks and the given further
// transactions.
func (c *chain) outputs(more []*btcwire.MsgTx) map[btcwire.OutPoint]*btcwire.TxOut {
	utxo := map[btcwire.OutPoint]*btcwire.TxOut{}
	for p, out := range c.coins {
		utxo[p] = out
	}
	apply := func(tx *btcwire.MsgTx) {
		for _, in := range tx.TxIn {
			delete(utxo, in.PreviousOutPoint)
		}
		for i, out := range tx.TxOut {
			utxo[btcwire.OutPoint{Hash: tx.TxHash(), Index: uint32(i)}] = out
		}
	}
	for _, b := range c.blocks {
		for _, tx := range b.txs {
			apply(tx)
		}
	}
	for _, tx := range more {
		apply(tx)
	}
	return utxo
}

// fee returns what a transaction pays, or false if it is not valid on top of
// the outputs.
func (c *chain) fee(tx *btcwire.MsgTx, utxo map[btcwire.OutPoint]*btcwire.TxOut) (int64, bool) {
	var fee int64
	var prevouts []*btcwire.TxOut
	for _, in := range tx.TxIn {
		out, ok := utxo[in.PreviousOutPoint]
		if !ok {
			return 0, false
		}
		prevouts = append(prevouts, out)
		fee += out.Value
	}
	for _, out := range tx.TxOut {
		fee -= out.Value
	}
	if tx.LockTime != 0 && c.mtp() <= int64(tx.LockTime) || fee < 0 {
		return 0, false
	}
	return fee, valid(c.t, tx, prevouts)
}

// submit offers a transaction to the mempool; one that pays more replaces what
// it conflicts with, if that may be replaced. It reports whether the
// transaction is known afterwards.
func (c *chain) submit(tx *btcwire.MsgTx) bool {
	id := tx.TxHash()
	known := func(all []*btcwire.MsgTx) bool {
		return slices.ContainsFunc(all, func(o *btcwire.MsgTx) bool { return o.TxHash() == id })
	}
	if known(c.mempool) || slices.ContainsFunc(c.blocks, func(b block) bool { return known(b.txs) }) {
		return true
	}
	var conflicts int64
	var rest []*btcwire.MsgTx
	for _, other := range c.mempool {
		if !clash(tx, other) {
			rest = append(rest, other)
			continue
		}
		fee, _ := c.fee(other, c.outputs(before(c.mempool, other)))
		conflicts += fee
		if other.TxIn[0].Sequence > 0xfffffffd {
			return false
		}
	}
	fee, ok := c.fee(tx, c.outputs(rest))
	if !ok || fee <= conflicts && len(rest) != len(c.mempool) {
		return false
	}
	c.mempool = rest
	c.clean()
	c.mempool = append(c.mempool, tx)
	return true
}

func before(all []*btcwire.MsgTx, tx *btcwire.MsgTx) []*btcwire.MsgTx {
	return all[:slices.Index(all, tx)]
}

func clash(a, b *btcwire.MsgTx) bool {
	for _, in := range a.TxIn {
		for _, other := range b.TxIn {
			if in.PreviousOutPoint == other.PreviousOutPoint {
				return true
			}
		}
	}
	return false
}

// clean drops what the mempool can no longer hold.
func (c *chain) clean() {
	var kept []*btcwire.MsgTx
	for _, tx := range c.mempool {
		if _, ok := c.fee(tx, c.outputs(kept)); ok {
			kept = append(kept, tx)
		}
	}
	c.mempool = kept
}

// mine puts the mempool, or only the given transactions, into a block.
func (c *chain) mine(time int64, only ...*btcwire.MsgTx) {
	c.clean()
	in := slices.Clone(c.mempool)
	if only != nil {
		in = nil
		for _, tx := range only {
			if _, ok := c.fee(tx, c.outputs(in)); ok {
				in = append(in, tx)
			}
		}
	}
	c.blocks = append(c.blocks, block{txs: in, time: max(time, c.mtp())})
	c.mempool = slices.DeleteFunc(slices.Clone(c.mempool), func(tx *btcwire.MsgTx) bool { return slices.Contains(in, tx) })
	c.clean()
}

// pop takes the tip's transactions back to the mempool; with forget they are
// gone.
func (c *chain) pop(forget bool) {
	tip := c.blocks[len(c.blocks)-1]
	c.blocks = c.blocks[:len(c.blocks)-1]
	if !forget {
		c.mempool = slices.Concat(tip.txs, c.mempool)
	}
	c.clean()
}

// find returns where a transaction is: its block's height, 0 for the mempool.
func (c *chain) each(f func(tx *btcwire.MsgTx, height uint32)) {
	for i, b := range c.blocks {
		for _, tx := range b.txs {
			f(tx, base+uint32(i)+1)
		}
	}
	for _, tx := range c.mempool {
		f(tx, 0)
	}
}

// money returns what the scripts hold in the chain.
func (c *chain) money(scripts [][]byte) int64 {
	var sum int64
	for _, out := range c.outputs(nil) {
		if slices.ContainsFunc(scripts, func(s []byte) bool { return bytes.Equal(s, out.PkScript) }) {
			sum += out.Value
		}
	}
	return sum
}

// dice is a reproducible source of bytes.
type dice struct {
	seed [32]byte
	next uint64
}

func newDice(name string) *dice { return &dice{seed: sha256.Sum256([]byte(name))} }

func (d *dice) bytes() [32]byte {
	d.next++
	return sha256.Sum256(binary.BigEndian.AppendUint64(d.seed[:], d.next))
}

// Read implements io.Reader.
func (d *dice) Read(b []byte) (int, error) {
	for i := 0; i < len(b); {
		block := d.bytes()
		i += copy(b[i:], block[:])
	}
	return len(b), nil
}

func taproot(key *btcec.PrivateKey) []byte {
	x := xOnly(key)
	return append([]byte{0x51, 0x20}, x[:]...)
}

func xOnly(key *btcec.PrivateKey) [32]byte {
	p := point(key)
	return [32]byte(p[1:])
}

func point(key *btcec.PrivateKey) [33]byte {
	return recall(func() [33]byte { return [33]byte(key.PubKey().SerializeCompressed()) }, "point", key.Serialize())
}

func amount(sat uint64) btcutil.Amount { return btcutil.Amount(sat) } //nolint:gosec // at most M

// prevTx makes a coin of the key: the transaction without witness, and its
// outpoint.
func prevTx(t tester, name string, key *btcec.PrivateKey, value btcutil.Amount) ([]byte, btcwire.OutPoint, *btcwire.TxOut) {
	t.Helper()
	tx := btcwire.NewMsgTx(2)
	tx.AddTxIn(btcwire.NewTxIn(&btcwire.OutPoint{Hash: chainhash.Hash(sha256.Sum256([]byte(name)))}, nil, nil))
	tx.AddTxOut(btcwire.NewTxOut(int64(value), taproot(key)))
	return serialize(t, tx, true), btcwire.OutPoint{Hash: tx.TxHash()}, tx.TxOut[0]
}

func serialize(t tester, tx *btcwire.MsgTx, bare bool) []byte {
	t.Helper()
	var b bytes.Buffer
	err := tx.Serialize(&b)
	if bare {
		b.Reset()
		err = tx.SerializeNoWitness(&b)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	return b.Bytes()
}

func parse(t tester, raw []byte) *btcwire.MsgTx {
	t.Helper()
	tx := &btcwire.MsgTx{}
	if err := tx.Deserialize(bytes.NewReader(raw)); err != nil {
		t.Fatalf("%v", err)
	}
	return tx
}

// signInput signs a taproot coin of the key.
func signInput(t tester, tx *btcwire.MsgTx, prevouts []*btcwire.TxOut, index int, key *btcec.PrivateKey) btcwire.TxWitness {
	t.Helper()
	hash := inputHash(t, tx, prevouts, index)
	sig := recall(func() []byte {
		signature, err := schnorr.Sign(key, hash[:])
		return must(t, signature, err).Serialize()
	}, "input", hash[:], key.Serialize())
	return btcwire.TxWitness{bytes.Clone(sig)}
}

// inputHash is what the key path of an input signs.
func inputHash(t tester, tx *btcwire.MsgTx, prevouts []*btcwire.TxOut, index int) [32]byte {
	t.Helper()
	outputs := map[btcwire.OutPoint]*btcwire.TxOut{}
	for i, in := range tx.TxIn {
		outputs[in.PreviousOutPoint] = prevouts[i]
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outputs)
	hash, err := txscript.CalcTaprootSignatureHash(txscript.NewTxSigHashes(tx, fetcher), txscript.SigHashDefault, tx, index, fetcher)
	return [32]byte(must(t, hash, err))
}

// as decodes a message of a known type.
func as[M wire.Message](t tester, raw []byte) M {
	t.Helper()
	decoded, err := wire.Decode(raw)
	m, ok := must(t, decoded, err).(M)
	if !ok {
		t.Fatalf("a %s", decoded.Type())
	}
	return m
}
