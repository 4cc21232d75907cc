package view

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// amount is a number of satoshi that was checked to be one.
func amount(sat int64) btcutil.Amount { return btcutil.Amount(sat) }

// Serialise writes a transaction with its witnesses.
func Serialise(tx *btcwire.MsgTx) ([]byte, error) {
	var b bytes.Buffer
	if err := tx.Serialize(&b); err != nil {
		return nil, fmt.Errorf("transaction %s: %w", tx.TxHash(), err)
	}
	return b.Bytes(), nil
}

// Parse reads a transaction of the contract machine.
func Parse(raw []byte) (*btcwire.MsgTx, error) {
	tx := &btcwire.MsgTx{}
	if err := tx.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("transaction of a contract: %w", err)
	}
	return tx, nil
}

// Of shows a state; warns says whether miner fees are worth a warning. What
// cannot be derived stays empty.
func Of(s contract.State, warns func(fees, collateral btcutil.Amount) bool) View {
	v := View{
		Key: s.Key(), TempID: s.TempID, ContractID: s.ContractID, Peer: s.Peer, Role: s.Role, Phase: s.Phase,
		CETLocktime: s.CETLocktime, RefundLocktime: s.RefundLocktime, OrderID: s.OrderID, TakeID: s.TakeID, Deadline: s.Deadline,
	}
	deal, err := contract.DealOf(s)
	if err != nil {
		v.Warnings = append(v.Warnings, "the contract cannot be read: "+err.Error())
		return v
	}
	v.Terms, v.Unit = deal.Terms, unitOf(deal)
	v.FundFeeRate, v.CETFeeRate, v.Expiry = deal.Offer.FundFeeRate, deal.Offer.CETFeeRate, deal.Offer.Expiry
	v.Side = deal.Terms.Offerer
	if s.Role == contract.Accepter {
		v.Side = v.Side.Other()
	}
	v.Collateral = amount(int64(deal.Terms.M()))                                                                   //nolint:gosec // at most 21e14
	v.OwnLock, v.PeerLock = amount(int64(deal.Terms.Lock(v.Side))), amount(int64(deal.Terms.Lock(v.Side.Other()))) //nolint:gosec // at most M
	v.Decision = DecisionOf(s, v.Expiry)
	v.Bridged = s.Bridged
	v.OwnVault, v.PeerVault = vaultOf(deal, s.Role), vaultOf(deal, s.Role.Other())
	for _, at := range s.Attestations {
		v.Attestations = append(v.Attestations, AttestationView{
			Index: int(at.Oracle), Oracle: deal.Terms.Oracles[at.Oracle], Outcome: at.Outcome,
		})
	}
	if deal.Contract == nil {
		return v
	}
	show := &viewer{s: s, deal: deal, v: &v}
	show.fees()
	show.transactions()
	show.payouts()
	if warns(v.Fees.Total(), v.Collateral) {
		v.Warnings = append(v.Warnings, fmt.Sprintf("miner fees of %d sat are more than usual for a collateral of %d sat",
			int64(v.Fees.Total()), int64(v.Collateral)))
	}
	return v
}

// vaultOf shows the vault that a role's payout goes to, nil if there is none.
func vaultOf(deal *contract.Deal, role contract.Role) *VaultView {
	record, err := vault.DecodeRecord(deal.Vault(role))
	if err != nil {
		return nil
	}
	v := &VaultView{
		ChainID: record.ChainID, Bridge: record.Bridge, Salt: record.Salt,
		Operators: record.Committee.Operators, Threshold: record.Committee.Threshold,
	}
	v.Script = slices.Clone(deal.Offer.Party.Payout)
	if role == contract.Accepter {
		v.Script = slices.Clone(deal.Accept.Party.Payout)
	}
	return v
}

// unitOf returns the unit that the oracles announce.
func unitOf(deal *contract.Deal) string {
	if len(deal.Offer.Announcements) == 0 {
		return ""
	}
	a, err := attest.DecodeAnnouncement(deal.Offer.Announcements[0])
	if err != nil {
		return ""
	}
	if event, ok := a.Event.Descriptor.(attest.DigitEvent); ok {
		return event.Unit
	}
	return ""
}

// DecisionOf returns what waits for the user, nil if nothing does; expiry is that
// of the offer.
func DecisionOf(s contract.State, expiry uint32) *Decision {
	session := s.Session
	switch {
	case s.Phase == contract.New && s.Role == contract.Accepter:
		return &Decision{Kind: DecideOffer, Until: int64(expiry)}
	case session.Open() && !session.Own && !session.Answered:
		d := &Decision{Kind: DecideClose, Attempt: session.Attempt, FeeRate: session.FeeRate}
		d.OwnValue, d.PeerValue = ByRole(s.Role, session.VO, session.VA)
		return d
	}
	return nil
}

// ByRole sorts the values of offerer and accepter into ours and the peer's.
func ByRole(role contract.Role, offerer, accepter uint64) (own, peer btcutil.Amount) {
	if role == contract.Accepter {
		offerer, accepter = accepter, offerer
	}
	return amount(int64(offerer)), amount(int64(accepter)) //nolint:gosec // at most M
}

// viewer fills in what follows from the transactions of a contract.
type viewer struct {
	s    contract.State
	deal *contract.Deal
	v    *View
}

func (w *viewer) fees() {
	ours, theirs := w.deal.Contract.Funding.Funds(w.s.Role), w.deal.Contract.Funding.Funds(w.s.Role.Other())
	w.v.Fees = Fees{OwnFunding: ours.FundFee, OwnCET: ours.CETFee, PeerFunding: theirs.FundFee, PeerCET: theirs.CETFee}
}

// depth counts confirmations by the contract's own clock.
func (w *viewer) depth(height uint32) uint32 {
	if height == 0 || height > w.s.Clock.Height {
		return 0
	}
	return w.s.Clock.Height - height + 1
}

// tx shows a transaction; nil if there is none.
func (w *viewer) tx(raw []byte, complete bool, height uint32, prevouts []*btcwire.TxOut) *TxView {
	if len(raw) == 0 {
		return nil
	}
	tx, err := Parse(raw)
	if err != nil {
		return nil
	}
	return &TxView{
		Txid: tx.TxHash(), Complete: complete, Raw: slices.Clone(raw), Height: height, Depth: w.depth(height), Prevouts: prevouts,
	}
}

func (w *viewer) transactions() {
	s, funding := w.s, w.deal.Contract.Funding
	w.v.FundingOutput = funding.OutPoint()
	w.v.Funding = w.tx(s.Funding, s.FundingComplete, s.FundingAt.Height, funding.PrevOutputs())
	if w.v.Funding == nil {
		if raw, err := Serialise(funding.Tx()); err == nil {
			w.v.Funding = w.tx(raw, false, s.FundingAt.Height, funding.PrevOutputs())
		}
	}
	output := []*btcwire.TxOut{w.deal.Contract.Settlement.PrevOutput()}
	height := func(kind contract.SpendKind) uint32 {
		if s.Spend.Kind == kind {
			return s.Spend.Height
		}
		return 0
	}
	w.v.CET = w.tx(s.CET, true, height(contract.SpentByCET), output)
	w.v.Refund = w.tx(s.Refund, true, height(contract.SpentByRefund), output)
	w.v.Cancel = w.tx(s.Cancel, true, w.conflictHeight(), w.coinsOf(s.Cancel))
	for _, c := range s.Claims {
		prevouts := slices.Clone(output)
		if len(c.CoinScript) > 0 {
			prevouts = append(prevouts, btcwire.NewTxOut(int64(c.CoinValue), c.CoinScript)) //nolint:gosec // an amount
		}
		shown := CloseView{Attempt: c.Attempt, Exit: c.Kind == 0, FeeRate: c.FeeRate}
		shown.OwnValue, shown.PeerValue = ByRole(s.Role, c.VO, c.VA)
		at := uint32(0)
		if s.Spend.Txid == c.Txid {
			at = s.Spend.Height
		}
		if tx := w.tx(c.Tx, c.Signed || at > 0, at, prevouts); tx != nil {
			shown.Tx = *tx
			w.v.Closes = append(w.v.Closes, shown)
		}
	}
	if s.Spend.Kind != contract.NotSpent {
		w.v.Spend = &SpendView{Kind: s.Spend.Kind, Txid: s.Spend.Txid, Height: s.Spend.Height, Depth: w.depth(s.Spend.Height)}
	}
}

// conflictHeight is where our cancel transaction is, 0 if it is in no block.
func (w *viewer) conflictHeight() uint32 {
	tx, err := Parse(w.s.Cancel)
	if err != nil {
		return 0
	}
	for _, c := range w.s.Conflicts {
		if c.Txid == tx.TxHash() {
			return c.Height
		}
	}
	return 0
}

// coinsOf returns what a transaction that spends funding inputs spends.
func (w *viewer) coinsOf(raw []byte) []*btcwire.TxOut {
	tx, err := Parse(raw)
	if err != nil {
		return nil
	}
	coins := make(map[btcwire.OutPoint]*btcwire.TxOut)
	for _, role := range []contract.Role{contract.Offerer, contract.Accepter} {
		for _, c := range w.deal.Contract.Funding.Funds(role).Coins {
			coins[c.OutPoint] = btcwire.NewTxOut(int64(c.Value), c.Script)
		}
	}
	prevouts := make([]*btcwire.TxOut, len(tx.TxIn))
	for i, in := range tx.TxIn {
		prevouts[i] = coins[in.PreviousOutPoint]
	}
	return prevouts
}

// payouts tells what the funding output's spend pays, or will.
func (w *viewer) payouts() {
	s := w.s
	outcome, attested := s.Outcome()
	if attested {
		w.v.Outcome = &outcome
	}
	party := map[contract.Role][]byte{contract.Offerer: w.deal.Offer.Party.Payout, contract.Accepter: w.deal.Accept.Party.Payout}
	for _, raw := range w.spending() {
		tx, err := Parse(raw)
		if err != nil || tx.TxHash() != s.Spend.Txid {
			continue
		}
		own, peer := paid(tx, party[s.Role]), paid(tx, party[s.Role.Other()])
		w.v.OwnPayout, w.v.PeerPayout = &own, &peer
		return
	}
	long := uint64(0)
	switch {
	case s.Spend.Kind == contract.SpentByCET:
		long = s.Spend.Long // the peer's, which we may not hold
	case attested && s.Spend.Kind == contract.NotSpent:
		long = w.deal.Terms.Settled(outcome)
	default:
		return
	}
	o, a, err := w.deal.Contract.Settlement.Payouts(amount(int64(long))) //nolint:gosec // at most M
	if err != nil {
		return
	}
	own, peer := o, a
	if s.Role == contract.Accepter {
		own, peer = a, o
	}
	w.v.OwnPayout, w.v.PeerPayout = &own, &peer
}

// spending lists the transactions we hold that spend the funding output.
func (w *viewer) spending() [][]byte {
	all := [][]byte{w.s.CET, w.s.Refund}
	for _, c := range w.s.Claims {
		all = append(all, c.Tx)
	}
	return all
}

// paid is what a transaction pays to a script.
func paid(tx *btcwire.MsgTx, script []byte) btcutil.Amount {
	var sum btcutil.Amount
	for _, out := range tx.TxOut {
		if bytes.Equal(out.PkScript, script) {
			sum += btcutil.Amount(out.Value)
		}
	}
	return sum
}

// Transaction returns a transaction of a contract by its id, if it is one.
func (v View) Transaction(txid chainhash.Hash) (TxView, bool) {
	all := []*TxView{v.Funding, v.Cancel, v.CET, v.Refund}
	for i := range v.Closes {
		all = append(all, &v.Closes[i].Tx)
	}
	for _, tx := range all {
		if tx != nil && tx.Txid == txid {
			return *tx, true
		}
	}
	return TxView{}, false
}
