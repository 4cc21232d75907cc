package operator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/records"
)

// Network is the operator's Bitcoin node, as far as it pays.
type Network interface {
	// FeeRate is what a payment should offer now.
	FeeRate(ctx context.Context) (vault.FeeRate, error)
	// Submit offers a transaction to the network; one that is known is no error.
	Submit(ctx context.Context, tx *wire.MsgTx) error
	// Pooled says whether a transaction is in the node's pool.
	Pooled(ctx context.Context, txid chainhash.Hash) (bool, error)
}

// Cosigner is another operator.
type Cosigner interface {
	// Key is the x-only key by which he signs payments.
	Key() [32]byte
	// Sign asks for his signatures of a batch, one for each input. If he bound
	// redemptions to inputs that it lacks, he names those instead.
	Sign(ctx context.Context, b *vault.Batch) (sigs [][64]byte, bound []Bound, err error)
	// Bindings tells which of some redemptions he bound to what.
	Bindings(ctx context.Context, all []spv.Redemption) ([]Bound, error)
}

// Bound is a redemption and what an operator bound it to.
type Bound struct {
	RID    [32]byte
	Anchor wire.OutPoint
}

// Batches tells which redemptions a spend of the vault pays.
type Batches interface {
	// Batch returns them in the order of the outputs, or nil if it is no batch. It fails
	// with relayer.ErrUnclear.
	Batch(view *ledger.View, f *relayer.Found) ([]*ledger.Redemption, error)
}

// PaymentsConfig is what payments are made of.
type PaymentsConfig struct {
	Self      *vault.Operator
	Committee vault.Committee
	Domain    spv.Domain
	Limits    vault.Limits
	Vaults    *Vaults
	Store     *Store
	Anchors   *vault.Store
	Burns     vault.Burns
	Network   Network
	Batches   Batches
	Cosigners []Cosigner
	// Every is how long redemptions are gathered for one batch, in seconds of the EVM
	// chain after the first of them.
	Every uint64
	Log   *slog.Logger
}

// Payments pays redemptions out of the vault. One goroutine calls Step; Alerts is safe for
// concurrent use.
type Payments struct {
	c PaymentsConfig

	mu     sync.Mutex
	alerts []relayer.Alert
	coins  map[wire.OutPoint]bool
	// outputs are all that were ever paid to a vault, at a height.
	outputs map[wire.OutPoint]relayer.Output
	height  uint32
}

// NewPayments returns payments.
func NewPayments(c PaymentsConfig) *Payments { return &Payments{c: c} }

const (
	// turn is how long an operator waits for each one whose turn it is before his, in
	// seconds after the request.
	turn = 3600
	// given is how long operators have to pay, from request to deadline, in seconds.
	given = 72 * 3600
	// stale is after how many blocks a payment that is in none is made anew.
	stale = 6
	// buried is how deep a payment must be to be forgotten.
	buried = 144
	// rounds bounds how often a batch takes other operators' anchors in.
	rounds = 4
	// deep is how many confirmations a coin needs to be spent.
	deep = 6
	// released is how deep the spend of an anchor by another transaction must be before
	// the redemption is bound to another one: as deep as any proof ever needs.
	released = 100
)

var (
	// ErrSpent means that what an operator bound a redemption to is spent by something that does
	// not pay it. He pays it once that is deep enough (decision 0072).
	ErrSpent = errors.New("anchor is spent by another transaction")
	// ErrBusy means that a batch spends what another payment in flight spends.
	ErrBusy = errors.New("another payment in flight spends the same")
)

// Step broadcasts what is complete, and makes the payments that it is this operator's
// turn to make: view tells the burns, coins the outputs of the vault, height is
// Bitcoin's.
func (p *Payments) Step(ctx context.Context, view *ledger.View, coins []relayer.Output, height uint32) error {
	p.know(coins, height)
	payments, err := p.c.Store.Payments()
	if err != nil {
		return err
	}
	busy, err := p.broadcast(ctx, view, payments, coins, height)
	if err != nil {
		return err
	}
	if err := p.paid(view, coins, busy); err != nil {
		return err
	}
	if err := p.release(ctx, view, coins, busy, height); err != nil {
		return err
	}
	waiting := p.waiting(view, busy, height)
	if len(waiting) == 0 {
		p.setAlerts(ctx, nil)
		return nil
	}
	rate, err := p.c.Network.FeeRate(ctx)
	if err != nil {
		return fmt.Errorf("fee rate: %w", err)
	}
	rate = min(rate, p.c.Limits.Rate, vault.MaxFeeRate)
	waiting, late := p.payLate(ctx, view, waiting, coins, rate, height)
	plan, err := p.plan(ctx, view, coins, height)
	if err != nil {
		return errors.Join(late, err)
	}
	_, err = p.pay(ctx, plan, p.due(plan.payable(waiting), rate), rate, height)
	return errors.Join(late, err)
}

// know keeps which coins there are for Spendable. One that is a block less deep than is needed
// here may be deep enough for another operator.
func (p *Payments) know(coins []relayer.Output, height uint32) {
	known := map[wire.OutPoint]bool{}
	for _, c := range p.spendable(coins, height+1) {
		known[c.Outpoint] = true
	}
	outputs := map[wire.OutPoint]relayer.Output{}
	for _, c := range coins {
		outputs[c.Outpoint] = c
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coins, p.outputs, p.height = known, outputs, height
}

// Binds says whether what another operator tells that he bound a redemption to keeps it from
// being paid with anything else: a coin of the bridge that is unspent, or spent by what may pay the
// redemption or is not deep. Else one who lies could stop every payment. It is safe for
// concurrent use.
func (p *Payments) Binds(r spv.Redemption, anchor wire.OutPoint) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.outputs[anchor]
	if !ok || c.Spent == nil {
		return ok
	}
	need := uint32(deep)
	if slices.ContainsFunc(c.Spent.Tx.TxOut, func(o *wire.TxOut) bool { return bytes.Equal(o.PkScript, r.Script) }) {
		need = released
	}
	return c.Spent.Height+need > p.height+1
}

// Spendable says whether an output was a coin of a minted lot's vault, deep and unspent, at the
// last step; nothing is while that is more than two blocks below a height, Bitcoin's: what others
// bind is deeper than that, and is known here. It is safe for concurrent use.
func (p *Payments) Spendable(o wire.OutPoint, height uint32) bool {
	const lag = 2
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.coins[o] && height <= p.height+lag
}

// plan gathers what batches can be made from now.
func (p *Payments) plan(ctx context.Context, view *ledger.View, coins []relayer.Output, height uint32) (*plan, error) {
	payments, err := p.c.Store.Payments()
	if err != nil {
		return nil, err
	}
	held, err := holds(ctx, p.c.Network, payments, height)
	if err != nil {
		return nil, err
	}
	out := &plan{
		domain: p.c.Domain, coins: p.spendable(unused(coins, payments, held), height), kept: payments, waits: map[[32]byte]bool{},
		anchors: map[[32]byte][]wire.OutPoint{}, most: min(p.c.Limits.Rate, vault.MaxFeeRate), offered: map[chainhash.Hash]bool{},
	}
	for _, payment := range payments {
		txid := payment.Tx.TxHash()
		if out.offered[txid] = payment.Complete && !p.compensated(view, payment); !out.offered[txid] {
			if out.offered[txid], err = p.c.Network.Pooled(ctx, txid); err != nil {
				return nil, fmt.Errorf("look for payment %v: %w", txid, err)
			}
		}
		for _, r := range payment.Redemptions {
			if out.waits[r.RID()], err = p.waits(ctx, view, r.RID()); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range view.Redemptions {
		if r.State != ledger.Requested {
			continue
		}
		anchor, err := p.c.Anchors.Anchor(r.RID)
		if err == nil {
			out.bind(r.RID, anchor)
		} else if !errors.Is(err, records.ErrNotFound) {
			return nil, fmt.Errorf("anchor of %x: %w", r.RID, err)
		}
	}
	return out, nil
}

// waits says whether a redemption may still have to be paid: unless it is paid or compensated
// in a finalized block, too.
func (p *Payments) waits(ctx context.Context, view *ledger.View, rid [32]byte) (bool, error) {
	if r := redemptionOf(view, rid); r == nil || r.State == ledger.Requested {
		return true, nil
	}
	return p.c.Burns.Finalized(ctx, rid)
}

// redemptionOf returns a redemption that the view has, or nil.
func redemptionOf(view *ledger.View, rid [32]byte) *ledger.Redemption {
	at := slices.IndexFunc(view.Redemptions, func(r *ledger.Redemption) bool { return r.RID == rid })
	if at < 0 {
		return nil
	}
	return view.Redemptions[at]
}

// paid marks the redemptions that batches in blocks pay, whoever made them, or may pay:
// what they wait for is a proof.
func (p *Payments) paid(view *ledger.View, coins []relayer.Output, busy map[[32]byte]bool) error {
	seen := map[*relayer.Found]bool{}
	for _, c := range coins {
		if c.Spent == nil || seen[c.Spent] {
			continue
		}
		seen[c.Spent] = true
		batch, err := p.c.Batches.Batch(view, c.Spent)
		if errors.Is(err, relayer.ErrUnclear) {
			batch = paidTo(view, c.Spent.Tx)
		} else if err != nil {
			return err
		}
		for _, r := range batch {
			busy[r.RID] = true
		}
	}
	return nil
}

// paidTo returns the redemptions to scripts that a transaction pays to.
func paidTo(view *ledger.View, tx *wire.MsgTx) (all []*ledger.Redemption) {
	for _, r := range view.Redemptions {
		if slices.ContainsFunc(tx.TxOut, func(o *wire.TxOut) bool { return bytes.Equal(o.PkScript, r.Script) }) {
			all = append(all, r)
		}
	}
	return all
}

// release frees redemptions whose anchor another transaction has spent long ago: no
// payment of them that was signed before can confirm any more.
func (p *Payments) release(
	ctx context.Context, view *ledger.View, coins []relayer.Output, busy map[[32]byte]bool, height uint32,
) error {
	for _, r := range view.Redemptions {
		if r.State != ledger.Requested || busy[r.RID] {
			continue
		}
		anchor, err := p.c.Anchors.Anchor(r.RID)
		if errors.Is(err, records.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("anchor of %x: %w", r.RID, err)
		}
		at := slices.IndexFunc(coins, func(c relayer.Output) bool { return c.Outpoint == anchor })
		if at < 0 || coins[at].Spent == nil || coins[at].Spent.Height+released > height+1 {
			continue
		}
		if err := p.c.Anchors.Release(r.RID, anchor); err != nil {
			return fmt.Errorf("release redemption %x: %w", r.RID, err)
		}
		p.c.Log.WarnContext(ctx, "redemption released from its anchor", "rid", fmt.Sprintf("%x", r.RID), "anchor", anchor)
	}
	return nil
}

// broadcast offers complete payments again until they are buried, and returns the
// redemptions that one in flight takes care of.
func (p *Payments) broadcast(
	ctx context.Context, view *ledger.View, payments []Payment, coins []relayer.Output, height uint32,
) (map[[32]byte]bool, error) {
	busy := map[[32]byte]bool{}
	held, err := holds(ctx, p.c.Network, payments, height)
	if err != nil {
		return nil, err
	}
	var problems []error
	for i, payment := range payments {
		txid := payment.Tx.TxHash()
		mined, lost := fate(payment.Tx, coins)
		if lost || (mined != nil && mined.Height+buried <= height && done(view, payment.Redemptions)) {
			problems = append(problems, p.c.Store.DropPayment(txid))
			continue
		}
		if mined == nil && payment.Complete && !p.compensated(view, payment) {
			if err := p.c.Network.Submit(ctx, payment.Tx); err != nil {
				p.c.Log.WarnContext(ctx, "payment not taken by the network", "txid", txid, "error", err)
			}
		}
		if mined != nil || held[i] {
			for _, r := range payment.Redemptions {
				busy[r.RID()] = true
			}
		}
	}
	return busy, errors.Join(problems...)
}

// compensated says whether all redemptions of a payment were compensated: it is offered no
// more, and what it spends is spent by the next batch.
func (p *Payments) compensated(view *ledger.View, payment Payment) bool {
	return !slices.ContainsFunc(payment.Redemptions, func(r spv.Redemption) bool {
		seen := redemptionOf(view, r.RID())
		return seen == nil || (seen.State != ledger.Slashed && seen.State != ledger.Owed)
	})
}

// fate tells the block of a transaction that spends coins of the vault, or that it can
// never have one because another one spent its inputs.
func fate(tx *wire.MsgTx, coins []relayer.Output) (mined *relayer.Found, lost bool) {
	for _, in := range tx.TxIn {
		for _, coin := range coins {
			if coin.Outpoint != in.PreviousOutPoint || coin.Spent == nil {
				continue
			}
			if coin.Spent.Txid == tx.TxHash() {
				return coin.Spent, false
			}
			lost = true
		}
	}
	return nil, lost
}

func done(view *ledger.View, all []spv.Redemption) bool {
	for _, r := range all {
		if seen := redemptionOf(view, r.RID()); seen != nil && !seen.Done(view.Now()) {
			return false
		}
	}
	return true
}

// waiting returns the redemptions that wait for a payment of this operator's: burned in a
// finalized block, in no payment in flight, and his turn. The first turn goes round with
// Bitcoin's height. Those that wait behind many others have later deadlines and so later
// turns, but whose turn is first need not wait for that.
func (p *Payments) waiting(view *ledger.View, busy map[[32]byte]bool, height uint32) []spv.Redemption {
	self := slices.Index(p.c.Committee.Operators, p.c.Self.Key())
	n := len(p.c.Committee.Operators)
	rank := uint64((self + int(height)) % n) //nolint:gosec // G115: positive
	var waiting []spv.Redemption
	gathered := false
	for _, r := range view.Redemptions {
		if r.State != ledger.Requested || busy[r.RID] || r.Block > view.Final.Number.Uint64() {
			continue
		}
		if rank > 0 && view.Now()+given < r.Deadline+rank*turn {
			continue
		}
		waiting = append(waiting, r.Redemption)
		gathered = gathered || view.Now()+given >= r.Deadline+p.c.Every || len(waiting) == spv.MaxBatch
	}
	if !gathered {
		return nil
	}
	return waiting
}

// due returns the first of those that wait, as many as one batch may pay. Any number that
// cannot bear even their own outputs at the rate stand in nobody's way.
func (p *Payments) due(waiting []spv.Redemption, rate vault.FeeRate) []spv.Redemption {
	const amountAndLength = 9
	var due []spv.Redemption
	var sum btcutil.Amount
	for _, r := range waiting {
		claim := btcutil.Amount(r.Sats) //nolint:gosec // G115: at most the money there is
		poor := r.MaxFee < uint64(amountAndLength+len(r.Script))*uint64(rate)
		if !poor && sum+claim <= p.c.Limits.Batch && len(due) < spv.MaxBatch {
			due, sum = append(due, r), sum+claim
		}
	}
	return due
}

// pay makes one batch and returns what it pays. Redemptions that allow too small a fee for it
// are left for a time of lower rates; they do not stall the others.
func (p *Payments) pay(
	ctx context.Context, plan *plan, due []spv.Redemption, rate vault.FeeRate, height uint32,
) ([]spv.Redemption, error) {
	if len(plan.coins) == 0 || len(due) == 0 {
		return nil, nil // they wait for a coin: the change of a payment, or the next contract
	}
	var missing []Bound
	for range rounds {
		batch, err := plan.make(due, rate)
		switch {
		case errors.Is(err, errNothing) && len(missing) > 0:
			return nil, fmt.Errorf("other operators bound redemptions to %v: %w", missing[0].Anchor, ErrSpent)
		case errors.Is(err, errNothing):
			p.c.Log.InfoContext(ctx, "redemptions wait for what they are bound to", "redemptions", len(due))
			return nil, nil
		case errors.Is(err, vault.ErrFeeRate):
			p.c.Log.InfoContext(ctx, "redemptions wait for lower fees", "redemptions", len(due), "rate", uint64(rate), "error", err)
			return nil, nil
		case err != nil:
			return nil, err
		}
		if missing, err = p.sign(ctx, plan, batch, height); err != nil || len(missing) == 0 {
			return batch.Redemptions, err
		}
		added := false
		for _, b := range missing {
			added = plan.bind(b.RID, b.Anchor) || added
		}
		if !added {
			return nil, fmt.Errorf("other operators bound redemptions to %v: %w", missing[0].Anchor, ErrSpent)
		}
	}
	return nil, fmt.Errorf("anchors after %d rounds: %w", rounds, vault.ErrAnchor)
}

// spendable returns the coins of known vaults that are deep and not spent.
func (p *Payments) spendable(coins []relayer.Output, height uint32) []vault.Coin {
	var out []vault.Coin
	for _, c := range coins {
		v := p.c.Vaults.Of(c.Script)
		if v != nil && c.Spent == nil && c.In.Height+deep <= height+1 {
			out = append(out, vault.Coin{Outpoint: c.Outpoint, Value: btcutil.Amount(c.Value), Vault: v})
		}
	}
	return out
}

// sign collects signatures of a batch, keeps it and broadcasts it. If too few sign
// because they bound redemptions to other inputs, it returns those.
func (p *Payments) sign(ctx context.Context, plan *plan, b *vault.Batch, height uint32) ([]Bound, error) {
	session, err := vault.NewSession(b)
	if err != nil {
		return nil, err
	}
	payment := p.paymentOf(b, height)
	withdraw, err := p.c.Store.Reserve(payment, func(before []Payment) error {
		held, err := holds(ctx, p.c.Network, before, height)
		if err != nil {
			return err
		}
		return conflict(before, held, b, func(rid [32]byte) (bool, error) {
			waits, known := plan.waits[rid]
			return waits || !known, nil // one that was signed for in the meantime waits
		})
	})
	if err != nil {
		return nil, err
	}
	if err := p.c.Self.Judge(ctx, b); err != nil {
		return nil, fmt.Errorf("sign own batch: %w", errors.Join(err, withdraw()))
	}
	unbind, err := bindAnew(p.c.Self, p.c.Anchors, p.c.Store, b)
	forget := withdraw
	withdraw = func() error { return errors.Join(forget(), unbind()) } // no own signature has left
	if err != nil {
		return nil, fmt.Errorf("sign own batch: %w", errors.Join(err, withdraw()))
	}
	missing := elsewhere(ctx, p.c.Log, p.c.Cosigners, b, p.Binds)
	if err := ctx.Err(); err != nil || len(missing) > 0 {
		return missing, errors.Join(err, withdraw())
	}
	own, err := p.c.Self.SignBound(b)
	if err != nil {
		return nil, fmt.Errorf("sign own batch: %w", errors.Join(err, withdraw()))
	}
	if err := session.Add(p.c.Self.Key(), own); err != nil {
		return nil, err
	}
	var refusals []error
	for _, cosigner := range p.c.Cosigners {
		if tx, err := session.Finish(); err == nil {
			return nil, p.finish(ctx, payment, tx)
		}
		sigs, bound, err := cosigner.Sign(ctx, b)
		if err == nil && len(bound) == 0 {
			err = session.Add(cosigner.Key(), sigs)
		}
		if err != nil {
			refusals = append(refusals, fmt.Errorf("operator %x: %w", cosigner.Key(), err))
		}
		missing = append(missing, bound...)
	}
	tx, err := session.Finish()
	if err == nil {
		return nil, p.finish(ctx, payment, tx)
	}
	if len(missing) > 0 {
		return missing, withdraw()
	}
	// Kept, it would hold the redemptions for some blocks; others may answer sooner.
	return nil, errors.Join(err, errors.Join(refusals...), withdraw())
}

func (p *Payments) paymentOf(b *vault.Batch, height uint32) Payment {
	payment := Payment{Tx: b.Tx, Redemptions: b.Redemptions, Height: height, Rate: b.Rate()}
	for _, c := range b.Coins {
		salt, _ := p.c.Vaults.SaltOf(c.Vault.Script())
		payment.Coins = append(payment.Coins, PaymentCoin{Value: int64(c.Value), Salt: salt})
	}
	return payment
}

func (p *Payments) finish(ctx context.Context, payment Payment, tx *wire.MsgTx) error {
	payment.Tx, payment.Complete = tx, true
	if err := p.c.Store.PutPayment(payment); err != nil {
		return err
	}
	p.c.Log.InfoContext(ctx, "payment complete", "txid", tx.TxHash(), "redemptions", len(payment.Redemptions), "rate", payment.Rate)
	if err := p.c.Network.Submit(ctx, tx); err != nil {
		return fmt.Errorf("broadcast payment %v: %w", tx.TxHash(), err)
	}
	return nil
}
