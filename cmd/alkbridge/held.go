package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/dlc/contract"
	dlcwire "github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// held are the pre-signed contracts that this program keeps, and what oracles say of
// their events: relayer.Sets, relayer.Oracles and operator.Completer. Its methods are
// safe for concurrent use.
type held struct {
	store   *operator.Store
	oracles *api.Client // nil if none is configured
	keys    [][32]byte  // of the oracles
	entries []index.Entry

	mu   sync.Mutex
	lots map[[32]byte]*lot
}

// get returns a lot, or nil if its contract is not kept.
func (h *held) get(id [32]byte) (*lot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.lots[id]; l != nil {
		return l, nil
	}
	raw, err := h.store.Package(id)
	if errors.Is(err, records.ErrNotFound) {
		return nil, nil //nolint:nilnil // the documented answer
	}
	if err != nil {
		return nil, fmt.Errorf("contract of lot %x: %w", id, err)
	}
	pkg := &bridgev1.LotPackage{}
	if err := proto.Unmarshal(raw, pkg); err != nil {
		return nil, fmt.Errorf("contract of lot %x: %w: %w", id, errPackage, err)
	}
	l, err := readLot(pkg)
	if err != nil {
		return nil, fmt.Errorf("contract of lot %x: %w", id, err)
	}
	h.lots[id] = l
	return l, nil
}

// knows refuses a lot whose index has other parameters here, or none, and one that
// fewer oracles settle than are known here: nobody could complete it.
func (h *held) knows(l *lot) error {
	id, _, _ := strings.Cut(l.deal.Terms.Index, "/")
	at := slices.IndexFunc(h.entries, func(e index.Entry) bool { return e.ID == id })
	if at < 0 || h.entries[at].Hash() != l.key.IndexParams {
		return fmt.Errorf("%w: index %s with parameters %x is not known", errPackage, id, l.key.IndexParams)
	}
	known := 0
	for _, key := range l.deal.Terms.Oracles {
		if slices.Contains(h.keys, key) {
			known++
		}
	}
	if known < int(l.deal.Terms.Threshold) {
		return fmt.Errorf("%w: %d of its oracles are known, %d must agree", errPackage, known, l.deal.Terms.Threshold)
	}
	return nil
}

// Leaf implements relayer.Sets.
func (h *held) Leaf(id [32]byte, txid chainhash.Hash) (calls.Leaf, relayer.Membership, error) {
	l, err := h.get(id)
	if err != nil || l == nil {
		return calls.Leaf{}, relayer.NoSet, err
	}
	place := slices.IndexFunc(l.runs, func(c spv.CET) bool { return c.Txid == txid })
	if place < 0 {
		return calls.Leaf{}, relayer.NotInSet, nil
	}
	branch, err := l.set.Branch(place)
	return calls.Leaf{CET: l.runs[place], Index: uint64(place), Branch: branch}, relayer.InSet, err
}

// Announcements implements relayer.Oracles: those in contracts that are kept, else those
// that the configured oracles serve of an index with the series' parameters.
func (h *held) Announcements(ctx context.Context, key spv.SeriesKey) ([]attest.Announcement, error) {
	lots, err := h.store.Lots()
	if err != nil {
		return nil, err
	}
	for _, id := range lots {
		if l, err := h.get(id); err != nil {
			return nil, err
		} else if l != nil && l.key.ID() == key.ID() {
			return l.anns, nil
		}
	}
	if h.oracles == nil {
		return nil, nil
	}
	var found []attest.Announcement
	for _, e := range h.entries {
		if e.Hash() != key.IndexParams {
			continue
		}
		for _, leg := range index.Legs() {
			id := fmt.Sprintf("%s/cum/%d/%s", e.ID, key.LastDay, leg)
			for _, oracle := range h.keys {
				a, err := h.oracles.Announcement(ctx, oracle, id)
				if err == nil && slices.Contains(key.Events, spv.EventKey(a.Key, a.Event.Encode())) {
					found = append(found, a)
				}
			}
		}
	}
	return found, nil
}

// Attestation implements relayer.Oracles.
func (h *held) Attestation(ctx context.Context, a attest.Announcement) (attest.Attestation, bool, error) {
	if h.oracles == nil || !slices.Contains(h.keys, a.Key) {
		return attest.Attestation{}, false, nil
	}
	got, err := h.oracles.Attestation(ctx, a.Key, a.Event.ID)
	if errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrUnreachable) {
		return got, false, nil
	}
	if err != nil {
		return got, false, fmt.Errorf("attestation of oracle %x: %w", a.Key, err)
	}
	dialect, err := a.Verify()
	if err != nil {
		return got, false, fmt.Errorf("announcement of oracle %x: %w", a.Key, err)
	}
	if err := a.Accept(dialect, got); err != nil {
		return got, false, fmt.Errorf("attestation of oracle %x: %w", a.Key, err)
	}
	return got, true, nil
}

// Ending implements operator.Completer.
func (h *held) Ending(ctx context.Context, id [32]byte, time uint64) (*wire.MsgTx, error) {
	l, err := h.get(id)
	if err != nil {
		return nil, err
	}
	if l == nil || time < uint64(l.deal.Offer.CETLocktime) {
		return nil, operator.ErrNotYet
	}
	tx, err := h.cet(ctx, l)
	silent := errors.Is(err, operator.ErrNotYet) || errors.Is(err, errOracles)
	if !silent || ctx.Err() != nil || time < uint64(l.deal.Offer.RefundLocktime) {
		return tx, err
	}
	return l.refund()
}

// errOracles means that too few oracles agree, and that others answered wrongly.
var errOracles = errors.New("too few attestations agree")

// cet completes the CET of the value that enough oracles attested. What is wrong with
// one oracle does not matter as long as enough others agree.
func (h *held) cet(ctx context.Context, l *lot) (*wire.MsgTx, error) {
	by := map[uint64][]attest.Attestation{}
	var problems []error
	for _, a := range l.anns {
		got, ok, err := h.Attestation(ctx, a)
		if err != nil {
			problems = append(problems, err)
		}
		if err != nil || !ok {
			continue
		}
		shown, err := spv.Show(got)
		if err != nil {
			problems = append(problems, fmt.Errorf("attestation of oracle %x: %w", a.Key, err))
			continue
		}
		by[shown.Value] = append(by[shown.Value], got)
	}
	for value, agreed := range by {
		if len(agreed) < int(l.deal.Terms.Threshold) {
			continue
		}
		return l.complete(value, agreed)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %w", errOracles, errors.Join(problems...))
	}
	return nil, operator.ErrNotYet
}

// complete completes the CET of a value with the first oracles that attested it.
func (l *lot) complete(value uint64, agreed []attest.Attestation) (*wire.MsgTx, error) {
	var oracles []uint8
	var raw [][]byte
	for i, key := range l.deal.Terms.Oracles {
		at := slices.IndexFunc(agreed, func(a attest.Attestation) bool { return a.Key == key })
		if at >= 0 && len(oracles) < int(l.deal.Terms.Threshold) {
			oracles, raw = append(oracles, uint8(i)), append(raw, agreed[at].Encode())
		}
	}
	signed, err := contract.MakeCET(l.state, value, oracles, l.tower.Accept, l.tower.Sign, raw)
	if err != nil {
		return nil, fmt.Errorf("complete cet of %d: %w", value, err)
	}
	return parseTx(signed)
}

// refund completes the refund.
func (l *lot) refund() (*wire.MsgTx, error) {
	message, err := dlcwire.Decode(l.tower.Sign)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPackage, err)
	}
	sign, ok := message.(*dlcwire.Sign)
	if !ok {
		return nil, fmt.Errorf("%w: %v instead of sign", errPackage, message.Type())
	}
	return l.deal.Contract.Settlement.CompleteRefund(sign.Refund, l.deal.Accept.Refund)
}

var (
	_ relayer.Sets       = (*held)(nil)
	_ relayer.Oracles    = (*held)(nil)
	_ operator.Completer = (*held)(nil)
)
