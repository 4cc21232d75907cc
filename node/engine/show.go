package engine

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

const (
	// usualLimit and maxLimit bound a page of contracts.
	usualLimit = 1_000
	maxLimit   = 10_000
	// minAbbreviation is the fewest hex digits that name a contract.
	minAbbreviation = 4
)

// amountOf is an amount that was checked to be one.
func amountOf(sat int64) btcutil.Amount { return btcutil.Amount(sat) }

// serialise writes a transaction with its witnesses.
func serialise(tx *btcwire.MsgTx) ([]byte, error) {
	var b bytes.Buffer
	if err := tx.Serialize(&b); err != nil {
		return nil, fmt.Errorf("transaction %s: %w", tx.TxHash(), err)
	}
	return b.Bytes(), nil
}

// view shows a contract with a goroutine.
func (e *Engine) view(a *actor) View { return e.viewOf(a.snapshot(), a.work.Load()) }

// viewOf shows a state. What cannot be derived from it stays empty.
func (e *Engine) viewOf(s contract.State, work *Work) View {
	v := View{
		Key: s.Key(), TempID: s.TempID, ContractID: s.ContractID, Peer: s.Peer, Role: s.Role, Phase: s.Phase,
		CETLocktime: s.CETLocktime, RefundLocktime: s.RefundLocktime, OrderID: s.OrderID, TakeID: s.TakeID, Deadline: s.Deadline,
	}
	v.Alarms = e.alarmsOf(v.Key)
	if work != nil {
		w := *work
		v.Work = &w
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
	v.Collateral = amountOf(int64(deal.Terms.M()))                                                                     //nolint:gosec // at most 21e14
	v.OwnLock, v.PeerLock = amountOf(int64(deal.Terms.Lock(v.Side))), amountOf(int64(deal.Terms.Lock(v.Side.Other()))) //nolint:gosec // at most M
	v.Decision = decisionOf(s, v.Expiry)
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
	if e.policy().WarnsOf(v.Fees.Total(), v.Collateral) {
		v.Warnings = append(v.Warnings, fmt.Sprintf("miner fees of %d sat are more than usual for a collateral of %d sat",
			int64(v.Fees.Total()), int64(v.Collateral)))
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

// decisionOf returns what waits for the user.
func decisionOf(s contract.State, expiry uint32) *Decision {
	session := s.Session
	switch {
	case s.Phase == contract.New && s.Role == contract.Accepter:
		return &Decision{Kind: DecideOffer, Until: int64(expiry)}
	case session.Open() && !session.Own && !session.Answered:
		d := &Decision{Kind: DecideClose, Attempt: session.Attempt, FeeRate: session.FeeRate}
		d.OwnValue, d.PeerValue = byRole(s.Role, session.VO, session.VA)
		return d
	}
	return nil
}

// byRole sorts the values of offerer and accepter into ours and the peer's.
func byRole(role contract.Role, offerer, accepter uint64) (own, peer btcutil.Amount) {
	if role == contract.Accepter {
		offerer, accepter = accepter, offerer
	}
	return amountOf(int64(offerer)), amountOf(int64(accepter)) //nolint:gosec // at most M
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
	tx, err := parse(raw)
	if err != nil {
		return nil
	}
	return &TxView{
		Txid: tx.TxHash(), Complete: complete, Raw: slices.Clone(raw), Height: height, Depth: w.depth(height), Prevouts: prevouts,
	}
}

func (w *viewer) transactions() {
	s, funding := w.s, w.deal.Contract.Funding
	w.v.Funding = w.tx(s.Funding, s.FundingComplete, s.FundingAt.Height, funding.PrevOutputs())
	if w.v.Funding == nil {
		if raw, err := serialise(funding.Tx()); err == nil {
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
		shown.OwnValue, shown.PeerValue = byRole(s.Role, c.VO, c.VA)
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
	tx, err := parse(w.s.Cancel)
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
	tx, err := parse(raw)
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
		tx, err := parse(raw)
		if err != nil || tx.TxHash() != s.Spend.Txid {
			continue
		}
		own, peer := paid(tx, party[s.Role]), paid(tx, party[s.Role.Other()])
		w.v.OwnPayout, w.v.PeerPayout = &own, &peer
		return
	}
	if !attested || s.Spend.Kind != contract.NotSpent {
		return
	}
	o, a, err := w.deal.Contract.Settlement.Payouts(amountOf(int64(w.deal.Terms.Settled(outcome)))) //nolint:gosec // at most M
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

// stateOf returns a contract's state, from memory or from the store.
func (e *Engine) stateOf(ctx context.Context, key Key) (contract.State, *Work, error) {
	if err := e.await(ctx); err != nil {
		return contract.State{}, nil, err
	}
	if a, ok := e.known(key); ok {
		if s := a.snapshot(); s.OfferHash != [32]byte{} {
			return s, a.work.Load(), nil
		}
	}
	s, err := e.store.Contract(key)
	if errors.Is(err, store.ErrNotFound) {
		return s, nil, fmt.Errorf("%w: %s", ErrUnknown, key)
	}
	return s, nil, err
}

// Contract shows one contract; ErrUnknown.
func (e *Engine) Contract(ctx context.Context, key Key) (View, error) {
	s, work, err := e.stateOf(ctx, key)
	if err != nil {
		return View{}, err
	}
	return e.viewOf(s, work), nil
}

// Contracts lists contracts by ascending key. Those that are over are read from
// the store, which takes longer the more there are.
func (e *Engine) Contracts(ctx context.Context, f Filter) ([]View, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	limit = min(limit, maxLimit)
	var matching []contract.State
	err := e.store.Contracts(func(s contract.State) error {
		key := Key(s.Key())
		if slices.Compare(key[:], f.After[:]) <= 0 || f.Peer != [33]byte{} && s.Peer != f.Peer {
			return ctx.Err()
		}
		if f.Undecided && decisionOf(s, 0) == nil {
			return ctx.Err()
		}
		matching = append(matching, s)
		return ctx.Err()
	}, f.Phases...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(matching, func(a, b contract.State) int {
		x, y := a.Key(), b.Key()
		return slices.Compare(x[:], y[:])
	})
	views := make([]View, 0, min(limit, len(matching)))
	for _, s := range matching[:min(limit, len(matching))] {
		var work *Work
		if a, ok := e.known(Key(s.Key())); ok {
			s, work = a.snapshot(), a.work.Load()
		}
		views = append(views, e.viewOf(s, work))
	}
	return views, ctx.Err()
}

// Resolve returns the key of the contract that a text names: its key, contract
// id or temporary id in hexadecimal, or at least four digits with which exactly
// one of them begins. It fails with ErrUnknown, ErrAmbiguous or ErrRequest.
func (e *Engine) Resolve(ctx context.Context, text string) (Key, error) {
	if err := e.await(ctx); err != nil {
		return Key{}, err
	}
	text = strings.ToLower(text)
	if _, err := hex.DecodeString(text + strings.Repeat("0", len(text)%2)); err != nil || len(text) < minAbbreviation {
		return Key{}, fmt.Errorf("%w: contract %q, want at least %d hex digits", ErrRequest, text, minAbbreviation)
	}
	found := make(map[Key]bool)
	err := e.store.Contracts(func(s contract.State) error {
		key := Key(s.Key())
		for _, id := range [][32]byte{key, s.ContractID, s.TempID} {
			if id != [32]byte{} && strings.HasPrefix(hex.EncodeToString(id[:]), text) {
				found[key] = true
			}
		}
		return ctx.Err()
	})
	switch {
	case err != nil:
		return Key{}, err
	case len(found) == 0:
		return Key{}, fmt.Errorf("%w: %q", ErrUnknown, text)
	case len(found) > 1:
		return Key{}, fmt.Errorf("%w: %q fits %d", ErrAmbiguous, text, len(found))
	}
	for key := range found {
		return key, nil
	}
	return Key{}, ErrUnknown
}

// Totals sums up over all contracts.
func (e *Engine) Totals(ctx context.Context) (Totals, error) {
	if err := e.await(ctx); err != nil {
		return Totals{}, err
	}
	t := Totals{ByPhase: make(map[contract.Phase]int)}
	for _, a := range e.all() {
		b := a.brief.Load()
		if b == nil || b.phase == contract.New && b.role == contract.Offerer {
			continue
		}
		t.ByPhase[b.phase]++
		if b.phase.Funded() && !b.phase.Final() {
			t.Locked += amountOf(b.lock)
		}
		if b.undecided {
			t.Undecided++
		}
	}
	return t, nil
}

// History returns what happened to a contract from entry number first on, at
// most limit entries.
func (e *Engine) History(ctx context.Context, key Key, first uint64, limit int) ([]store.Entry, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.History(key, first, limit)
}

// Export returns a contract's recovery record, not encrypted. It fails with
// contract.ErrIllegal for a contract that cannot be funded yet.
func (e *Engine) Export(ctx context.Context, key Key) ([]byte, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.Export(key)
}

// Import takes a contract over from its recovery record and looks for it in the
// chain. It fails with store.ErrStale if the contract is here already.
func (e *Engine) Import(ctx context.Context, record []byte) (View, error) {
	if err := errors.Join(e.await(ctx), e.writable()); err != nil {
		return View{}, err
	}
	state, err := e.store.Import(record)
	if err != nil {
		return View{}, err
	}
	hint, err := e.search(ctx, state)
	if err != nil {
		e.log.Warn("begin of the search not found, searching from the first block", "err", err)
	}
	a := e.adopt(state, hint, e.clock())
	return e.view(a), nil
}

// Evidence returns the proofs against oracles that are kept.
func (e *Engine) Evidence(ctx context.Context) ([]attest.Evidence, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.Evidence()
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
