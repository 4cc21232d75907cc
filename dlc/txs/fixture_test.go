package txs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// tester is what helpers need of a test: *testing.T, *testing.B, *testing.F and
// *rapid.T have it.
type tester interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// dice is a reproducible source of choices, a hash of a seed and a counter.
type dice struct {
	seed [32]byte
	next uint64
}

func newDice(seed uint64) *dice {
	return &dice{seed: sha256.Sum256(binary.BigEndian.AppendUint64([]byte("txs"), seed))}
}

func (d *dice) bytes() [32]byte {
	d.next++
	return sha256.Sum256(binary.BigEndian.AppendUint64(d.seed[:], d.next))
}

func (d *dice) u64() uint64 {
	b := d.bytes()
	return binary.BigEndian.Uint64(b[:])
}

// below returns a number from 0 to n-1.
func below[T ~int | ~int64 | ~uint8 | ~uint32](d *dice, n T) T {
	return T(d.u64() % uint64(n))
}

func (d *dice) amount(from, to btcutil.Amount) btcutil.Amount {
	return from + below(d, to-from+1)
}

func (d *dice) key() *btcec.PrivateKey {
	b := d.bytes()
	key, _ := btcec.PrivKeyFromBytes(b[:])
	return key
}

// script returns a script of any of the five forms.
func (d *dice) script() []byte {
	h := d.bytes()
	switch below(d, 5) {
	case 0:
		return concat([]byte{0x76, 0xa9, 0x14}, h[:20], []byte{0x88, 0xac})
	case 1:
		return concat([]byte{0xa9, 0x14}, h[:20], []byte{0x87})
	case 2:
		return concat([]byte{0x00, 0x14}, h[:20])
	case 3:
		return concat([]byte{0x00, 0x20}, h[:])
	default:
		return taproot(d.key())
	}
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// taproot is the script of the output key x(d*G), without a tweak.
func taproot(key *btcec.PrivateKey) []byte {
	return concat([]byte{0x51, 0x20}, schnorr.SerializePubKey(key.PubKey()))
}

func keyHash(key *btcec.PrivateKey) []byte {
	return concat([]byte{0x00, 0x14}, btcutil.Hash160(key.PubKey().SerializeCompressed()))
}

func point(key *btcec.PrivateKey) [33]byte {
	return [33]byte(key.PubKey().SerializeCompressed())
}

// prevTx serialises, without witness, a transaction whose output vout holds value.
func (d *dice) prevTx(script []byte, value btcutil.Amount, vout uint32) []byte {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash(d.bytes())}, nil, nil))
	for range vout {
		tx.AddTxOut(wire.NewTxOut(below(d, int64(1e9)), d.script()))
	}
	tx.AddTxOut(wire.NewTxOut(int64(value), script))
	var out bytes.Buffer
	if err := tx.SerializeNoWitness(&out); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// player is a party with its secrets: its keys and those of its coins.
type player struct {
	internal, contract *btcec.PrivateKey
	wallet             []*btcec.PrivateKey
	party              txs.Party
}

// add gives the player a coin, P2TR or P2WPKH.
func (p *player) add(d *dice, value btcutil.Amount, form txs.Form) {
	key := d.key()
	script := keyHash(key)
	if form == txs.P2TR {
		script = taproot(key)
	}
	vout := below(d, uint32(3))
	p.wallet = append(p.wallet, key)
	p.party.Inputs = append(p.party.Inputs, txs.Input{
		Serial: d.u64(), PrevTx: d.prevTx(script, value, vout), Vout: vout,
	})
}

// deal is an agreement together with both players.
type deal struct {
	players [2]*player
	txs.Agreement
}

// newDeal makes an agreement of random keys, scripts, amounts, serial ids and
// coins. Change is now and then nothing, dust, or just not dust.
func newDeal(t tester, d *dice) *deal {
	t.Helper()
	out := &deal{Agreement: txs.Agreement{
		Long:        below(d, txs.Role(2)),
		FundSerial:  d.u64(),
		FundRate:    1 + below(d, txs.FeeRate(300)),
		CETRate:     1 + below(d, txs.FeeRate(300)),
		CETLocktime: 500_000_000 + below(d, uint32(1_500_000_000)),
	}}
	out.RefundLocktime = out.CETLocktime + txs.MinRefundDelay + below(d, uint32(txs.MaxRefundDelay-txs.MinRefundDelay+1))
	for role := range out.players {
		p := &player{internal: d.key(), contract: d.key()}
		p.party = txs.Party{
			Internal: point(p.internal), Contract: point(p.contract),
			Collateral:   d.amount(txs.MinTotalCollateral/2, 1e9),
			PayoutScript: d.script(), PayoutSerial: d.u64(),
			ChangeScript: d.script(), ChangeSerial: d.u64(),
		}
		for range below(d, 3) {
			p.add(d, d.amount(1000, 20_000), d.form())
		}
		p.finish(t, d, out.FundRate, out.CETRate)
		out.players[role], out.Parties[role] = p, p.party
	}
	return out
}

func (d *dice) form() txs.Form {
	if below(d, 2) == 0 {
		return txs.P2TR
	}
	return txs.P2WPKH
}

// finish adds the coin that brings the change to a value worth trying.
func (p *player) finish(t tester, d *dice, fund, cet txs.FeeRate) {
	t.Helper()
	form := d.form()
	trial := *p
	trial.wallet, trial.party.Inputs = nil, append([]txs.Input(nil), p.party.Inputs...)
	trial.add(d, 10*p.party.Collateral, form)
	funds, err := trial.party.Fund(fund, cet)
	if err != nil {
		t.Fatal(err)
	}
	change, err := txs.ParseScript(p.party.ChangeScript)
	if err != nil {
		t.Fatal(err)
	}
	want := []btcutil.Amount{0, 1, change.Dust() - 1, change.Dust(), d.amount(0, 1e8), d.amount(0, 1e6)}[below(d, 6)]
	p.add(d, 10*p.party.Collateral-funds.Change+want, form)
}

// build builds the deal's transactions.
func (d *deal) build(t tester) *txs.Contract {
	t.Helper()
	c, err := txs.Build(d.Agreement)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signInput returns the witness of one input by the wallet key of its coin.
func signInput(t tester, tx *wire.MsgTx, prevouts []*wire.TxOut, index int, key *btcec.PrivateKey) wire.TxWitness {
	t.Helper()
	outputs := map[wire.OutPoint]*wire.TxOut{}
	for i, in := range tx.TxIn {
		outputs[in.PreviousOutPoint] = prevouts[i]
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outputs)
	hashes := txscript.NewTxSigHashes(tx, fetcher)
	out := prevouts[index]
	if out.PkScript[0] == txscript.OP_1 {
		hash, err := txscript.CalcTaprootSignatureHash(hashes, txscript.SigHashDefault, tx, index, fetcher)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := schnorr.Sign(key, hash)
		if err != nil {
			t.Fatal(err)
		}
		return wire.TxWitness{signature.Serialize()}
	}
	witness, err := txscript.WitnessSignature(tx, hashes, index, out.Value, out.PkScript, txscript.SigHashAll, key, true)
	if err != nil {
		t.Fatal(err)
	}
	return witness
}

// fundingWitnesses signs a player's inputs of the funding transaction, in the
// order of its message.
func (p *player) fundingWitnesses(t tester, f *txs.Funding, role txs.Role) []wire.TxWitness {
	t.Helper()
	var out []wire.TxWitness
	for i, at := range f.Inputs(role) {
		out = append(out, signInput(t, f.Tx(), f.PrevOutputs(), at, p.wallet[i]))
	}
	return out
}

// signLeaf signs the hash of a CET or refund with both contract keys.
func (d *deal) signLeaf(t tester, out txs.Output, hash [32]byte) (offerer, accepter [64]byte) {
	t.Helper()
	var signatures [2][64]byte
	for role, p := range d.players {
		var err error
		signatures[role], err = out.SignLeaf(txs.Role(role), p.contract, hash, sha256.Sum256(hash[:]))
		if err != nil {
			t.Fatal(err)
		}
	}
	return signatures[txs.Offerer], signatures[txs.Accepter]
}

// closeNonces makes a nonce for each player.
func (d *deal) closeNonces(t tester, dice *dice, out txs.Output, message *[32]byte) (nonces [2]*txs.SecretNonce) {
	t.Helper()
	for role, p := range d.players {
		random := dice.bytes()
		var err error
		nonces[role], err = txs.NewNonce(p.internal, &random, txs.NonceTerms{
			Role: txs.Role(role), Output: out, Message: message, ContractID: dice.bytes(), Attempt: uint32(role),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return nonces
}

// signClose runs a MuSig2 session of both players.
func (d *deal) signClose(t tester, dice *dice, out txs.Output, message [32]byte) [64]byte {
	t.Helper()
	nonces := d.closeNonces(t, dice, out, &message)
	session, err := txs.NewKeyPath(out, message, nonces[0].Public(), nonces[1].Public())
	if err != nil {
		t.Fatal(err)
	}
	var partials [2][32]byte
	for role, p := range d.players {
		if partials[role], err = session.Sign(txs.Role(role), p.internal, nonces[role]); err != nil {
			t.Fatal(err)
		}
		if err := session.Verify(txs.Role(role), partials[role]); err != nil {
			t.Fatal(err)
		}
	}
	signature, err := session.Aggregate(partials[0], partials[1])
	if err != nil {
		t.Fatal(err)
	}
	return signature
}
