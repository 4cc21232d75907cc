package txs

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Version and sequences of PROTOCOL.md 4 and 8.
const (
	txVersion = 2
	// sequenceReplaceable is that of funding, close and cancel transactions:
	// they may be replaced by one that pays more.
	sequenceReplaceable = 0xfffffffd
	// sequenceFinal is that of CETs and refunds: the locktime counts, and nobody
	// can replace them, since fees are part of what was signed.
	sequenceFinal = 0xfffffffe
)

// Agreement is all that the transactions of a contract follow from. Both parties
// derive it from the messages offer and accept.
type Agreement struct {
	// Parties is indexed by Role.
	Parties [2]Party
	// Long is the role that takes the long side.
	Long Role
	// FundSerial orders the funding output among the change outputs.
	FundSerial uint64
	// FundRate and CETRate are the fee rates of funding transaction and CETs.
	FundRate, CETRate FeeRate
	// CETLocktime and RefundLocktime are Unix times in seconds.
	CETLocktime, RefundLocktime uint32
}

// Contract holds the transactions of one agreement.
type Contract struct {
	// Funding is the funding transaction.
	Funding *Funding
	// Settlement is every way to spend its funding output.
	Settlement *Settlement
}

// Build checks an agreement and computes its transactions. What it cannot know is
// checked by CheckLocktimes (the oracles' maturity), CheckKeys (the oracles'
// keys), CheckOutPoints (the node's own coins), and by the chain (whether the
// coins are there). The first fault in the order of PROTOCOL.md 10 is returned.
func Build(a Agreement) (*Contract, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	o, acc := a.Parties[Offerer], a.Parties[Accepter]
	var funds [2]Funds
	for role, p := range a.Parties {
		var err error
		if funds[role], err = p.Fund(a.FundRate, a.CETRate); err != nil {
			return nil, fmt.Errorf("%s: %w", Role(role), err)
		}
	}
	if err := CheckOutPoints(nil, funds[Offerer].Coins, funds[Accepter].Coins); err != nil {
		return nil, err
	}
	output, err := FundingOutput(o.Internal, acc.Internal, o.Contract, acc.Contract)
	if err != nil {
		return nil, err
	}
	funding := newFunding(a, output, funds)
	settlement := newSettlement(spendTerms{
		outpoint:   funding.OutPoint(),
		value:      funding.value,
		output:     output,
		payouts:    [2]Payout{o.payout(), acc.payout()},
		collateral: [2]btcutil.Amount{o.Collateral, acc.Collateral},
		long:       a.Long,
		cet:        a.CETLocktime,
		refund:     a.RefundLocktime,
	})
	return &Contract{Funding: funding, Settlement: settlement}, nil
}

// check makes the checks of Build that need no input read.
func (a Agreement) check() error {
	if a.Long > Accepter {
		return fmt.Errorf("long side: %w: %s", ErrRole, a.Long)
	}
	if err := checkDelay(a.CETLocktime, a.RefundLocktime); err != nil {
		return err
	}
	for _, rate := range []FeeRate{a.FundRate, a.CETRate} {
		if err := rate.Check(); err != nil {
			return err
		}
	}
	o, acc := a.Parties[Offerer], a.Parties[Accepter]
	if err := CheckCollaterals(o.Collateral, acc.Collateral); err != nil {
		return err
	}
	for role, p := range a.Parties {
		if err := p.CheckScripts(); err != nil {
			return fmt.Errorf("%s: %w", Role(role), err)
		}
	}
	if err := CheckPayoutScripts(o, acc); err != nil {
		return err
	}
	if err := CheckSerials(a.FundSerial, o, acc); err != nil {
		return err
	}
	return CheckKeys(nil, o, acc)
}

// ID returns the contract id of the contract that the offer called temp.
func (c *Contract) ID(temp [32]byte) [32]byte {
	out := c.Funding.OutPoint()
	return ContractID(out.Hash, uint16(out.Index), temp) //nolint:gosec // G115: one of three outputs
}

// ContractID computes a contract id: the funding transaction's id in display byte
// order XOR the temporary id, then the last two bytes XOR the index of the funding
// output. The hash type keeps the opposite byte order.
func ContractID(txid chainhash.Hash, index uint16, temp [32]byte) [32]byte {
	id := temp
	for i := range id {
		id[i] ^= txid[len(txid)-1-i]
	}
	last := id[30:]
	binary.BigEndian.PutUint16(last, binary.BigEndian.Uint16(last)^index)
	return id
}

// Funding is the funding transaction of a contract.
type Funding struct {
	tx       *wire.MsgTx
	output   Output
	prevouts []*wire.TxOut
	// inputs holds, by role and in the order of the party's message, the index of
	// each coin in the transaction.
	inputs [2][]int
	funds  [2]Funds
	// change holds, by role, the index of the change output, or -1.
	change [2]int
	index  uint32
	value  btcutil.Amount
	rate   FeeRate
}

func newFunding(a Agreement, output Output, funds [2]Funds) *Funding {
	f := &Funding{tx: wire.NewMsgTx(txVersion), output: output, funds: funds, rate: a.FundRate}
	f.value = a.Parties[Offerer].Collateral + a.Parties[Accepter].Collateral +
		funds[Offerer].CETFee + funds[Accepter].CETFee
	f.addInputs()
	f.addOutputs(a)
	return f
}

// addInputs adds the coins of both parties, ascending by serial id.
func (f *Funding) addInputs() {
	type entry struct {
		coin Coin
		role Role
		at   int
	}
	var entries []entry
	for role, funds := range f.funds {
		f.inputs[role] = make([]int, len(funds.Coins))
		for at, coin := range funds.Coins {
			entries = append(entries, entry{coin, Role(role), at})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.coin.Serial, b.coin.Serial) })
	for i, e := range entries {
		in := wire.NewTxIn(&e.coin.OutPoint, nil, nil)
		in.Sequence = sequenceReplaceable
		f.tx.AddTxIn(in)
		f.prevouts = append(f.prevouts, e.coin.output())
		f.inputs[e.role][e.at] = i
	}
}

// addOutputs adds funding output and change, ascending by serial id; change that
// is dust is left out after sorting, and so becomes fee.
func (f *Funding) addOutputs(a Agreement) {
	type entry struct {
		serial uint64
		script []byte
		value  btcutil.Amount
		dust   btcutil.Amount
		placed func(index int)
	}
	entries := []entry{{
		serial: a.FundSerial, script: f.output.Script[:], value: f.value, dust: P2TR.Dust(),
		placed: func(index int) { f.index = uint32(index) }, //nolint:gosec // G115: one of three outputs
	}}
	for role, p := range a.Parties {
		f.change[role] = -1
		entries = append(entries, entry{
			serial: p.ChangeSerial, script: p.ChangeScript, value: f.funds[role].Change, dust: dustOf(p.ChangeScript),
			placed: func(index int) { f.change[role] = index },
		})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.serial, b.serial) })
	for _, e := range entries {
		if e.value < e.dust {
			continue
		}
		e.placed(len(f.tx.TxOut))
		f.tx.AddTxOut(wire.NewTxOut(int64(e.value), slices.Clone(e.script)))
	}
}

// dustOf returns the dust limit of a script that was checked before.
func dustOf(script []byte) btcutil.Amount {
	form, err := ParseScript(script)
	if err != nil {
		panic("txs: a script got past the checks: " + err.Error())
	}
	return form.Dust()
}

// Tx returns a copy of the funding transaction without witnesses.
func (f *Funding) Tx() *wire.MsgTx { return f.tx.Copy() }

// OutPoint returns the funding outpoint.
func (f *Funding) OutPoint() wire.OutPoint {
	return wire.OutPoint{Hash: f.tx.TxHash(), Index: f.index}
}

// Output returns the funding output's keys and scripts.
func (f *Funding) Output() Output { return f.output }

// Value returns F, what the funding output holds: M and the CET fees of both.
func (f *Funding) Value() btcutil.Amount { return f.value }

// Fee returns what the funding transaction pays, dropped change included.
func (f *Funding) Fee() btcutil.Amount {
	fee := f.funds[Offerer].Total + f.funds[Accepter].Total
	for _, out := range f.tx.TxOut {
		fee -= btcutil.Amount(out.Value)
	}
	return fee
}

// Funds returns a party's coins, fees and change.
func (f *Funding) Funds(role Role) Funds {
	funds := f.funds[role]
	funds.Coins = slices.Clone(funds.Coins)
	return funds
}

// Inputs returns the indices of a party's coins in the transaction, in the order
// of the party's message.
func (f *Funding) Inputs(role Role) []int { return slices.Clone(f.inputs[role]) }

// Change returns the index of a party's change output, and whether there is one.
func (f *Funding) Change(role Role) (uint32, bool) {
	index := f.change[role]
	return uint32(max(index, 0)), index >= 0 //nolint:gosec // G115: one of three outputs
}

// PrevOutputs returns the outputs that the transaction spends, in its order, as
// whoever signs an input needs them.
func (f *Funding) PrevOutputs() []*wire.TxOut {
	outs := make([]*wire.TxOut, 0, len(f.prevouts))
	for _, out := range f.prevouts {
		outs = append(outs, wire.NewTxOut(out.Value, slices.Clone(out.PkScript)))
	}
	return outs
}

// Complete returns the funding transaction with the witnesses of both parties,
// each list in the order of the party's message. Every witness is verified; one
// that is not valid is ErrWitness.
func (f *Funding) Complete(offerer, accepter []wire.TxWitness) (*wire.MsgTx, error) {
	tx := f.tx.Copy()
	for role, witnesses := range [...][]wire.TxWitness{Offerer: offerer, Accepter: accepter} {
		if err := f.place(tx, Role(role), witnesses); err != nil {
			return nil, err
		}
	}
	if err := verifyInputs(tx, f.prevouts, nil); err != nil {
		return nil, err
	}
	return tx, nil
}

// VerifyWitnesses checks the witnesses of one party's inputs, in the order of its
// message: their form, and by the script interpreter. A fault is ErrWitness.
func (f *Funding) VerifyWitnesses(role Role, witnesses []wire.TxWitness) error {
	tx := f.tx.Copy()
	if err := f.place(tx, role, witnesses); err != nil {
		return err
	}
	return verifyInputs(tx, f.prevouts, f.inputs[role])
}

// place puts a party's witnesses into tx after a check of their form.
func (f *Funding) place(tx *wire.MsgTx, role Role, witnesses []wire.TxWitness) error {
	if len(witnesses) != len(f.inputs[role]) {
		return fmt.Errorf("%w: %d for %d inputs of the %s", ErrWitness, len(witnesses), len(f.inputs[role]), role)
	}
	for i, at := range f.inputs[role] {
		if err := CheckWitness(f.funds[role].Coins[i].Form, witnesses[i]); err != nil {
			return fmt.Errorf("input %d of the %s: %w", i, role, err)
		}
		tx.TxIn[at].Witness = cloneWitness(witnesses[i])
	}
	return nil
}
