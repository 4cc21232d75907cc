package txs_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// change is a way to spoil the contract of PROTOCOL.md 17.
type change func(a *txs.Agreement)

func offererOf(f func(p *txs.Party)) change {
	return func(a *txs.Agreement) { f(&a.Parties[txs.Offerer]) }
}

// rewritten returns the deal's agreement after a change, sharing no slice with it.
func rewritten(t tester, f change) txs.Agreement {
	t.Helper()
	a := specDeal(t).Agreement
	for role := range a.Parties {
		a.Parties[role].Inputs = slices.Clone(a.Parties[role].Inputs)
		a.Parties[role].PayoutScript = slices.Clone(a.Parties[role].PayoutScript)
		a.Parties[role].ChangeScript = slices.Clone(a.Parties[role].ChangeScript)
	}
	f(&a)
	return a
}

// prevTxWith replaces the offerer's previous transaction.
func prevTxWith(raw []byte, vout uint32) change {
	return offererOf(func(p *txs.Party) { p.Inputs[0].PrevTx, p.Inputs[0].Vout = raw, vout })
}

// W11 of SECURITY.md: what a peer may say of its funding inputs that is not so.
func TestFundingInputLiesAreRefused(t *testing.T) {
	d := newDice(11)
	good := unhex(t, specPrevO)
	witness := wire.NewMsgTx(2)
	if err := witness.Deserialize(bytes.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	witness.TxIn[0].Witness = wire.TxWitness{{1}}
	segwit := unhex(t, serialize(t, witness))
	h := d.bytes()
	cases := map[string]struct {
		change change
		want   error
	}{
		"not segwit, P2PKH":       {prevTxWith(d.prevTx(concat([]byte{0x76, 0xa9, 20}, h[:20], []byte{0x88, 0xac}), 1e6, 0), 0), txs.ErrInput},
		"P2SH-wrapped":            {prevTxWith(d.prevTx(concat([]byte{0xa9, 20}, h[:20], []byte{0x87}), 1e6, 0), 0), txs.ErrInput},
		"P2WSH":                   {prevTxWith(d.prevTx(concat([]byte{0, 32}, h[:]), 1e6, 0), 0), txs.ErrInput},
		"witness version 2":       {prevTxWith(d.prevTx(concat([]byte{0x52, 32}, h[:]), 1e6, 0), 0), txs.ErrInput},
		"empty script":            {prevTxWith(d.prevTx(nil, 1e6, 0), 0), txs.ErrInput},
		"too little value":        {prevTxWith(d.prevTx(taproot(d.key()), 200_000, 0), 0), txs.ErrInput},
		"value beyond all money":  {prevTxWith(d.prevTx(taproot(d.key()), txs.MaxMoney+1, 0), 0), txs.ErrInput},
		"values beyond all money": {prevTxWith(concat(good[:46], []byte{2}, good[47:90], unhex(t, "0040075af0750700"), good[55:]), 0), txs.ErrInput},
		"negative value":          {prevTxWith(d.prevTx(taproot(d.key()), -1, 0), 0), txs.ErrInput},
		"no such output":          {prevTxWith(good, 1), txs.ErrInput},
		"no such output, far":     {prevTxWith(good, math.MaxUint32), txs.ErrInput},
		"missing transaction":     {prevTxWith(nil, 0), txs.ErrInput},
		"cut transaction":         {prevTxWith(good[:len(good)-1], 0), txs.ErrInput},
		"trailing bytes":          {prevTxWith(append(slices.Clone(good), 0), 0), txs.ErrInput},
		"with its witness":        {prevTxWith(segwit, 0), txs.ErrInput},
		"huge transaction":        {prevTxWith(make([]byte, txs.MaxPrevTx+1), 0), txs.ErrInput},
		"no inputs":               {offererOf(func(p *txs.Party) { p.Inputs = nil }), txs.ErrInput},
		"33 inputs": {offererOf(func(p *txs.Party) {
			for i := uint64(100); len(p.Inputs) < txs.MaxInputs+1; i++ {
				p.Inputs = append(p.Inputs, txs.Input{Serial: i, PrevTx: d.prevTx(taproot(d.key()), 1e6, 0)})
			}
		}), txs.ErrInput},
		"more than 500,000 bytes": {offererOf(func(p *txs.Party) {
			for i := uint64(100); i < 106; i++ {
				p.Inputs = append(p.Inputs, txs.Input{Serial: i, PrevTx: make([]byte, txs.MaxPrevTx)})
			}
		}), txs.ErrInput},
		"one coin twice": {offererOf(func(p *txs.Party) {
			p.Inputs = append(p.Inputs, txs.Input{Serial: 99, PrevTx: good})
		}), txs.ErrInput},
		"the other's coin": {func(a *txs.Agreement) {
			a.Parties[txs.Offerer].Inputs = append(a.Parties[txs.Offerer].Inputs,
				txs.Input{Serial: 99, PrevTx: a.Parties[txs.Accepter].Inputs[0].PrevTx})
		}, txs.ErrInput},
		"serial clash with the other": {offererOf(func(p *txs.Party) { p.Inputs[0].Serial = 1 }), txs.ErrSerial},
		"serial clash with itself": {offererOf(func(p *txs.Party) {
			p.Inputs = append(p.Inputs, txs.Input{Serial: 2, PrevTx: d.prevTx(taproot(d.key()), 1e6, 0)})
		}), txs.ErrSerial},
	}
	for name, c := range cases {
		if _, err := txs.Build(rewritten(t, c.change)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// W11 again: the receiver's own coin in the peer's list, and coins that occur in
// both.
func TestOwnOutPointsAreRefused(t *testing.T) {
	a := specDeal(t).Agreement
	o, err := a.Parties[txs.Offerer].Fund(a.FundRate, a.CETRate)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := a.Parties[txs.Accepter].Fund(a.FundRate, a.CETRate)
	if err != nil {
		t.Fatal(err)
	}
	mine := func(op wire.OutPoint) bool { return op == acc.Coins[0].OutPoint }
	if err := txs.CheckOutPoints(mine, o.Coins, acc.Coins); err != nil {
		t.Errorf("own coins of the receiver's own list: %v", err)
	}
	for name, err := range map[string]error{
		"own coin": txs.CheckOutPoints(mine, acc.Coins),
		"twice":    txs.CheckOutPoints(nil, append(o.Coins, o.Coins...)),
		"in both":  txs.CheckOutPoints(nil, o.Coins, o.Coins),
	} {
		if !errors.Is(err, txs.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// W11 again: a witness of another form than the one that fees counted on.
func TestWitnessLiesAreRefused(t *testing.T) {
	d := specDeal(t)
	c := d.build(t)
	good := d.players[1].fundingWitnesses(t, c.Funding, txs.Accepter)[0]
	der, key := good[0], good[1]
	schnorr64 := make([]byte, 64)
	highS := negateS(t, shortSignature(newDice(12)))
	cases := map[string]struct {
		form    txs.Form
		witness wire.TxWitness
	}{
		"none":                     {txs.P2WPKH, nil},
		"no signature":             {txs.P2WPKH, wire.TxWitness{nil, key}},
		"one item":                 {txs.P2WPKH, wire.TxWitness{der}},
		"three items":              {txs.P2WPKH, wire.TxWitness{der, key, nil}},
		"uncompressed key":         {txs.P2WPKH, wire.TxWitness{der, make([]byte, 65)}},
		"SIGHASH_NONE":             {txs.P2WPKH, wire.TxWitness{append(slices.Clone(der[:len(der)-1]), 2), key}},
		"SIGHASH_ALL|ANYONECANPAY": {txs.P2WPKH, wire.TxWitness{append(slices.Clone(der[:len(der)-1]), 0x81), key}},
		"not DER":                  {txs.P2WPKH, wire.TxWitness{append(make([]byte, 70), 1), key}},
		"padded":                   {txs.P2WPKH, wire.TxWitness{append(make([]byte, 72), 1), key}},
		"high S":                   {txs.P2WPKH, wire.TxWitness{highS, key}},
		"schnorr, 65 bytes":        {txs.P2TR, wire.TxWitness{make([]byte, 65)}},
		"schnorr, 63 bytes":        {txs.P2TR, wire.TxWitness{schnorr64[:63]}},
		"annex":                    {txs.P2TR, wire.TxWitness{schnorr64, {0x50}}},
		"script path":              {txs.P2TR, wire.TxWitness{schnorr64, {0x51}, make([]byte, 33)}},
		"no witness":               {txs.P2TR, nil},
		"form of no input":         {txs.P2WSH, wire.TxWitness{schnorr64}},
	}
	for name, c := range cases {
		if err := txs.CheckWitness(c.form, c.witness); !errors.Is(err, txs.ErrWitness) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, lists := range map[string][2][]wire.TxWitness{
		"wrong count":     {nil, {good}},
		"wrong signature": {{{schnorr64}}, {good}},
		"swapped":         {{good}, {{schnorr64}}},
	} {
		if _, err := c.Funding.Complete(lists[0], lists[1]); !errors.Is(err, txs.ErrWitness) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Funding.VerifyWitnesses(txs.Accepter, []wire.TxWitness{good}); err != nil {
		t.Errorf("one party's witnesses alone: %v", err)
	}
	if err := c.Funding.VerifyWitnesses(txs.Offerer, nil); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("no witnesses: %v", err)
	}
	if err := c.Funding.VerifyWitnesses(txs.Offerer, []wire.TxWitness{{schnorr64}}); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("a signature of zeros: %v", err)
	}
}

// shortSignature returns an ECDSA signature, with its hash type, that has room for
// a high S within the longest that is allowed.
func shortSignature(d *dice) []byte {
	for {
		hash := d.bytes()
		if der := ecdsa.Sign(d.key(), hash[:]).Serialize(); len(der) == 70 {
			return append(der, byte(txscript.SigHashAll))
		}
	}
}

// A Taproot signature commits to the amounts of all inputs, so a peer that lies
// about one only spoils its own contract.
func TestTaprootSignatureCommitsToAllAmounts(t *testing.T) {
	d := specDeal(t)
	c := d.build(t)
	f := c.Funding
	outs := f.PrevOutputs()
	outs[f.Inputs(txs.Accepter)[0]].Value++
	at := f.Inputs(txs.Offerer)[0]
	tx := f.Tx()
	witness := signInput(t, tx, outs, at, d.players[0].wallet[0])
	if err := f.VerifyWitnesses(txs.Offerer, []wire.TxWitness{witness}); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("signature over another amount: %v", err)
	}
}

func TestAgreementFaultsHaveTheirOwnErrors(t *testing.T) {
	both := func(f func(o, a *txs.Party)) change {
		return func(a *txs.Agreement) { f(&a.Parties[0], &a.Parties[1]) }
	}
	cases := map[string]struct {
		change change
		want   error
	}{
		"side":                   {func(a *txs.Agreement) { a.Long = 2 }, txs.ErrRole},
		"height for a locktime":  {func(a *txs.Agreement) { a.CETLocktime = 499_999_999; a.RefundLocktime = 501_300_000 }, txs.ErrLocktime},
		"refund too early":       {func(a *txs.Agreement) { a.RefundLocktime = a.CETLocktime + txs.MinRefundDelay - 1 }, txs.ErrLocktime},
		"refund too late":        {func(a *txs.Agreement) { a.RefundLocktime = a.CETLocktime + txs.MaxRefundDelay + 1 }, txs.ErrLocktime},
		"refund before cet":      {func(a *txs.Agreement) { a.RefundLocktime = 0 }, txs.ErrLocktime},
		"refund wraps":           {func(a *txs.Agreement) { a.CETLocktime = math.MaxUint32; a.RefundLocktime = 1_300_000 }, txs.ErrLocktime},
		"no funding rate":        {func(a *txs.Agreement) { a.FundRate = 0 }, txs.ErrFeeRate},
		"funding rate":           {func(a *txs.Agreement) { a.FundRate = 1001 }, txs.ErrFeeRate},
		"cet rate":               {func(a *txs.Agreement) { a.CETRate = math.MaxUint32 }, txs.ErrFeeRate},
		"small collateral":       {both(func(o, _ *txs.Party) { o.Collateral = 999 }), txs.ErrCollateral},
		"negative collateral":    {both(func(_, a *txs.Party) { a.Collateral = -1 }), txs.ErrCollateral},
		"small total":            {both(func(o, a *txs.Party) { o.Collateral, a.Collateral = 1000, 98_999 }), txs.ErrCollateral},
		"total beyond all money": {both(func(o, a *txs.Party) { o.Collateral, a.Collateral = txs.MaxMoney, 1000 }), txs.ErrCollateral},
		"collateral near 2^63":   {both(func(o, _ *txs.Party) { o.Collateral = math.MaxInt64 }), txs.ErrCollateral},
		"empty payout script":    {both(func(o, _ *txs.Party) { o.PayoutScript = nil }), txs.ErrScript},
		"long change script":     {both(func(o, _ *txs.Party) { o.ChangeScript = make([]byte, 35) }), txs.ErrScript},
		"data carrier":           {both(func(o, _ *txs.Party) { o.ChangeScript[0] = txscript.OP_RETURN }), txs.ErrScript},
		"one payout script":      {both(func(o, a *txs.Party) { a.PayoutScript = o.PayoutScript }), txs.ErrScript},
		"payout serials":         {both(func(o, a *txs.Party) { a.PayoutSerial = o.PayoutSerial }), txs.ErrSerial},
		"change serials":         {both(func(o, a *txs.Party) { a.ChangeSerial = o.ChangeSerial }), txs.ErrSerial},
		"change and fund serial": {func(a *txs.Agreement) { a.FundSerial = 30 }, txs.ErrSerial},
		"internal key twice":     {both(func(o, a *txs.Party) { a.Internal = o.Internal }), txs.ErrKeys},
		"contract key twice":     {both(func(o, a *txs.Party) { a.Contract = o.Contract }), txs.ErrKeys},
		"same x, other y":        {both(func(o, a *txs.Party) { a.Contract = o.Contract; a.Contract[0] ^= 1 }), txs.ErrKeys},
		"internal is contract":   {both(func(o, _ *txs.Party) { o.Contract = o.Internal }), txs.ErrKeys},
		"no point":               {both(func(o, _ *txs.Party) { copy(o.Internal[1:], bytes.Repeat([]byte{0xff}, 32)) }), txs.ErrKeys},
		"uncompressed":           {both(func(o, _ *txs.Party) { o.Contract[0] = 4 }), txs.ErrKeys},
		"infinity":               {both(func(o, _ *txs.Party) { o.Contract = [33]byte{} }), txs.ErrKeys},
	}
	for name, c := range cases {
		if _, err := txs.Build(rewritten(t, c.change)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPartyAloneIsCheckedLikeTheAgreement(t *testing.T) {
	a := specDeal(t).Agreement
	p := a.Parties[txs.Offerer]
	if err := txs.CheckLocktimes(a.CETLocktime, a.RefundLocktime, a.CETLocktime); err != nil {
		t.Error(err)
	}
	if err := txs.CheckLocktimes(a.CETLocktime, a.RefundLocktime, a.CETLocktime+1); !errors.Is(err, txs.ErrLocktime) {
		t.Errorf("another maturity: %v", err)
	}
	if err := txs.CheckSerials(a.FundSerial, p); err != nil {
		t.Error(err)
	}
	x := [32]byte(p.Contract[1:])
	if err := txs.CheckKeys([][32]byte{x}, p); !errors.Is(err, txs.ErrKeys) {
		t.Errorf("the oracle's key is the party's: %v", err)
	}
	if err := txs.CheckKeys([][32]byte{x, x}); !errors.Is(err, txs.ErrKeys) {
		t.Errorf("an oracle's key twice: %v", err)
	}
	for what, f := range map[string]func(p *txs.Party){
		"script":     func(p *txs.Party) { p.ChangeScript = nil },
		"collateral": func(p *txs.Party) { p.Collateral = 999 },
	} {
		bad := p
		f(&bad)
		if _, err := bad.Fund(1, 1); err == nil {
			t.Errorf("a bad %s gets funds", what)
		}
	}
	many := p
	many.Inputs = make([]txs.Input, txs.MaxInputs+1)
	if _, err := many.Fund(1, 1); !errors.Is(err, txs.ErrInput) {
		t.Errorf("33 inputs: %v", err)
	}
	if _, err := p.Fund(0, 1); !errors.Is(err, txs.ErrFeeRate) {
		t.Errorf("no fee rate: %v", err)
	}
}

func TestScriptFormsHaveTheirDustLimits(t *testing.T) {
	d := newDice(3)
	seen := map[txs.Form]bool{}
	limits := map[string]btcutil.Amount{"P2PKH": 546, "P2SH": 540, "P2WPKH": 294, "P2WSH": 330, "P2TR": 330}
	for len(seen) < 5 {
		script := d.script()
		form, err := txs.ParseScript(script)
		if err != nil {
			t.Fatal(err)
		}
		seen[form] = true
		if form.Dust() != limits[form.String()] {
			t.Errorf("dust limit of %s is %d, want %d", form, form.Dust(), limits[form.String()])
		}
		// What counts as dust to nodes is computed from the size of a spend.
		for _, spoilt := range [][]byte{script[1:], append(slices.Clone(script), 0), script[:len(script)-1]} {
			if _, err := txs.ParseScript(spoilt); !errors.Is(err, txs.ErrScript) {
				t.Errorf("%x: %v", spoilt, err)
			}
		}
	}
	if txs.Form(9).Dust() != 0 || txs.Form(9).String() != "Form(9)" {
		t.Error("a value that is no form has a name or a limit")
	}
	if txs.Offerer.String() != "offerer" || txs.Accepter.String() != "accepter" || txs.Role(7).String() != "Role(7)" {
		t.Error("names of roles")
	}
}

func TestPrevTxCountsMustBeMinimal(t *testing.T) {
	good := unhex(t, specPrevO)
	// version, then the count of inputs.
	for _, count := range []string{"fd0100", "fe01000000", "ff0100000000000000"} {
		raw := concat(good[:4], unhex(t, count), good[5:])
		if _, err := txs.ParseInput(txs.Input{PrevTx: raw}); !errors.Is(err, txs.ErrInput) {
			t.Errorf("count %s: %v", count, err)
		}
	}
	coin, err := txs.ParseInput(txs.Input{Serial: 5, PrevTx: good})
	if err != nil {
		t.Fatal(err)
	}
	if coin.Serial != 5 || coin.Value != 1_000_000 || coin.Form != txs.P2TR || coin.OutPoint.Hash != chainhash.DoubleHashH(good) {
		t.Errorf("coin %+v", coin)
	}
}

// Counts that promise more than there is are refused before anything is
// allocated for them.
func TestAbsurdInputsCostLittle(t *testing.T) {
	good := unhex(t, specPrevO)
	huge := [][]byte{
		concat(good[:4], unhex(t, "feffffffff"), good[5:]),
		concat(good[:4], unhex(t, "ffffffffffffffffff"), good[5:]),
		concat(good[:41], unhex(t, "ffffffffffffffffff"), good[42:]),
		concat(good[:46], unhex(t, "ffffffffffffffffff"), good[47:]),
		concat(good[:55], unhex(t, "ffffffffffffffffff"), good[56:]),
		// 24,000 outputs of nothing
		concat(good[:46], unhex(t, "fdc05d"), make([]byte, 9*24_000), good[len(good)-4:]),
		make([]byte, 5<<20),
	}
	for i, raw := range huge {
		parse := func() error { _, err := txs.ParseInput(txs.Input{PrevTx: raw}); return err }
		if err := cheap(parse); !errors.Is(err, txs.ErrInput) {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	many := rewritten(t, offererOf(func(p *txs.Party) { p.Inputs = make([]txs.Input, 100_000) }))
	if err := cheap(func() error { _, err := txs.Build(many); return err }); !errors.Is(err, txs.ErrInput) {
		t.Errorf("100,000 inputs: %v", err)
	}
	script := make([]byte, 5<<20)
	if err := cheap(func() error { _, err := txs.ParseScript(script); return err }); !errors.Is(err, txs.ErrScript) {
		t.Errorf("a script of 5 MiB: %v", err)
	}
}

// cheap runs f and reports if it always takes more than a millisecond or more
// than 1 MiB; the best of several runs counts, since others use the machine too.
func cheap(f func() error) error {
	best, least := time.Hour, uint64(math.MaxUint64)
	var err error
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		err = f()
		best = min(best, time.Since(start))
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if best > time.Millisecond || least > 1<<20 {
		return fmt.Errorf("took %v and %d bytes", best, least)
	}
	return err
}
