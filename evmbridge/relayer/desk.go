package relayer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Oracles gives what oracles publish, verified.
type Oracles interface {
	// Announcements returns those of a series' events that are known.
	Announcements(ctx context.Context, key spv.SeriesKey) ([]attest.Announcement, error)
	// Attestation returns what attests an announced event, or false if there is
	// nothing yet.
	Attestation(ctx context.Context, a attest.Announcement) (attest.Attestation, bool, error)
}

// Membership is what a pre-signed set says of a transaction.
type Membership uint8

const (
	// NoSet means that the lot's set is not known here.
	NoSet Membership = iota
	// NotInSet means that the transaction is no CET of the lot's set.
	NotInSet
	// InSet means that it is one.
	InSet
)

// Sets are the pre-signed contracts that are known here.
type Sets interface {
	// Leaf returns a CET's place in the attested set of a lot.
	Leaf(lot [32]byte, txid chainhash.Hash) (calls.Leaf, Membership, error)
}

// Attestors are the operators.
type Attestors interface {
	// Attest asks them for signatures of a package, valid until expiry, and returns
	// those it got. The error tells what the others said.
	Attest(ctx context.Context, pkg []byte, expiry uint64) ([]Attestation, error)
}

// Transactions gives transactions of the EVM chain.
type Transactions interface {
	TransactionByHash(ctx context.Context, hash common.Hash) (tx *types.Transaction, pending bool, err error)
}

// DeskConfig is what a desk is made of. Everything but Signed is required.
type DeskConfig struct {
	At     deploy.Addresses
	Asset  common.Address
	Domain spv.Domain
	// Account sends the calls.
	Account   common.Address
	Threshold int
	Ledger    *ledger.Ledger
	Chain     ledger.Chain
	// History shows how things were proven, to contest it.
	History   Transactions
	Scanner   *Scanner
	Prover    *Prover
	Outbox    *Outbox
	Oracles   Oracles
	Sets      Sets
	Attestors Attestors
	// Signed is the memory of this daemon's operator, nil if there is none.
	Signed Signed
	// Relay posts what brings the bridge on; Watch contests, accuses and slashes.
	Relay, Watch bool
	Log          *slog.Logger
}

// scanned is how many blocks one step reads at most.
const scanned = 500

// Desk decides what is to be done on the EVM chain and puts it into the outbox. What it
// decides follows from both chains alone: whatever was undone by a reorganisation, or
// forgotten by a crash, it decides again. One goroutine calls Step and Batch; the others
// are safe for concurrent use.
type Desk struct {
	c       DeskConfig
	watched map[[32]byte]bool
	// returned are the lots whose bonds are none of this account's any more.
	returned map[[32]byte]bool
	// batches are the redemptions that spends of the vault pay, payers those spends by
	// redemption, unclear what was tried in vain for the others.
	batches map[chainhash.Hash][][32]byte
	payers  map[[32]byte]chainhash.Hash
	unclear map[chainhash.Hash][32]byte

	mu       sync.Mutex
	view     *ledger.View
	alerts   []Alert
	problems map[[32]byte]string
	lacking  error
}

// NewDesk returns a desk.
func NewDesk(c DeskConfig) *Desk {
	return &Desk{
		c: c, watched: map[[32]byte]bool{}, returned: map[[32]byte]bool{},
		batches: map[chainhash.Hash][][32]byte{}, payers: map[[32]byte]chainhash.Hash{}, unclear: map[chainhash.Hash][32]byte{},
		problems: map[[32]byte]string{},
	}
}

// View returns what the contracts held at the last step, or nil before the first.
func (d *Desk) View() *ledger.View {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.view
}

// Problem returns why a lot that shall be minted does not get on, or nothing.
func (d *Desk) Problem(lot [32]byte) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.problems[lot]
}

// Step looks at both chains and enqueues what is to be done now. It returns what went
// wrong; whatever could be done was done nevertheless.
func (d *Desk) Step(ctx context.Context) error {
	view, err := d.c.Ledger.Refresh(ctx)
	if err != nil {
		d.note(func() { d.lacking = err })
		return err
	}
	d.note(func() { d.view, d.lacking = view, nil })
	jobs, err := d.c.Outbox.Jobs()
	if err != nil {
		return err
	}
	if err := d.follow(ctx, view, jobs); err != nil {
		return err
	}
	done, err := d.c.Scanner.Step(ctx, scanned)
	if err != nil || !done {
		return err
	}
	var problems []error
	if d.c.Relay {
		_, err := d.c.Prover.Headers.Step(ctx, false)
		problems = append(problems, err, d.mint(ctx, view, jobs), d.price(ctx, view), d.settle(ctx, view), d.prove(ctx, view))
	}
	if d.c.Watch {
		problems = append(problems, d.contest(ctx, view), d.accuse(ctx, view), d.slash(ctx, view))
	}
	problems = append(problems, d.look(ctx, view))
	return errors.Join(problems...)
}

func (d *Desk) note(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// beforeMint is how long before a lot's mint its coins are looked for, in seconds: an
// operator attests no lot whose funding output is spent, and that for a day at most, so what
// matters comes later. So few blocks are read in one step: mints hold nothing up.
const beforeMint = 2 * 24 * 3600

// lookBack is how many blocks are looked at in any case, two days of them, if the clocks of the
// chains differ.
const lookBack = 288

// follow has the scanner look for what concerns the lots.
func (d *Desk) follow(ctx context.Context, view *ledger.View, jobs []Job) error {
	for i := range jobs {
		d.c.Scanner.WatchTx(jobs[i].Terms.FundingTxid, jobs[i].From)
	}
	for _, l := range view.Lots {
		if d.watched[l.ID] {
			continue
		}
		minted, err := d.c.Chain.HeaderByNumber(ctx, new(big.Int).SetUint64(l.MintBlock))
		if err != nil {
			return fmt.Errorf("block %d: %w", l.MintBlock, err)
		}
		from, err := d.c.Scanner.HeightAt(ctx, minted.Time-min(beforeMint, minted.Time))
		if err != nil {
			return err
		}
		tip, err := d.c.Scanner.blocks.Tip(ctx)
		if err != nil {
			return fmt.Errorf("tip of bitcoin: %w", err)
		}
		from = min(from, tip-min(tip, lookBack))
		d.c.Scanner.WatchTx(l.Terms.FundingTxid, from)
		d.c.Scanner.WatchOutput(fundingOf(l.Terms), from)
		d.c.Scanner.WatchScript(l.Terms.VaultScript, from)
		d.watched[l.ID] = true
	}
	return nil
}

func fundingOf(t spv.Terms) wire.OutPoint {
	return wire.OutPoint{Hash: t.FundingTxid, Index: t.FundingVout}
}

// attempts is how often a call is made anew before somebody has to look.
const attempts = 50

// ErrAttempts means that a call was made again and again, and what it was for is still to be
// done.
var ErrAttempts = errors.New("call has no effect")

// Ensure puts a call into the outbox unless it is there: the same again is enqueued
// once, a call that was not sent makes way for a new form of it, and a call that is done
// is made anew, since it is still wanted. It returns the call's id.
func (o *Outbox) Ensure(name string, to common.Address, data []byte) (string, error) {
	before, err := o.Calls(name+"#", true)
	if err != nil {
		return "", err
	}
	if n := len(before); n > 0 {
		last := before[n-1]
		switch {
		case last.State == Sent, last.State == Waiting && last.To == to && string(last.data) == string(data):
			return last.ID, nil
		case last.State == Waiting:
			if gone, err := o.Withdraw(last.ID); err != nil || !gone {
				return last.ID, err
			}
		case n >= attempts && last.State != Withdrawn:
			return "", fmt.Errorf("%s after %d attempts: %w", name, n, ErrAttempts)
		}
	}
	id := fmt.Sprintf("%s#%06d", name, len(before))
	return id, o.Enqueue(id, to, data)
}

// ensure is Outbox.Ensure for those who need no id.
func (d *Desk) ensure(name string, id [32]byte, to common.Address, data []byte) error {
	_, err := d.c.Outbox.Ensure(name+"/"+hex.EncodeToString(id[:]), to, data)
	return err
}

// retract gives up a call that is not wanted any more, if it was not sent.
func (d *Desk) retract(name string, id [32]byte) error {
	waiting, err := d.c.Outbox.Calls(name+"/"+hex.EncodeToString(id[:])+"#", false)
	if err != nil {
		return err
	}
	for _, c := range waiting {
		if _, err := d.c.Outbox.Withdraw(c.ID); err != nil {
			return err
		}
	}
	return nil
}

// retractAll gives up every unsent call of some kind that is not wanted any more, as
// wanted says of its name.
func (d *Desk) retractAll(kind string, wanted func(id [32]byte) bool) error {
	waiting, err := d.c.Outbox.Calls(kind+"/", false)
	if err != nil {
		return err
	}
	for _, c := range waiting {
		text, _, _ := strings.Cut(strings.TrimPrefix(c.ID, kind+"/"), "#")
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != 32 || wanted([32]byte(raw)) {
			continue
		}
		if _, err := d.c.Outbox.Withdraw(c.ID); err != nil {
			return err
		}
	}
	return nil
}

// quiet drops an error that comes with time.
func quiet(err error) error {
	if errors.Is(err, ErrShallow) {
		return nil
	}
	return err
}
