package ledger

import (
	"context"
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// LotState is where a lot stands, by the contracts' numbers.
type LotState uint8

// The states of a lot.
const (
	LotNone LotState = iota
	LotLive
	LotFrozen
	LotSpent
	LotFinal
	LotReleased
)

// String returns the state's name in lower case.
func (s LotState) String() string {
	return name([]string{"none", "live", "frozen", "spent", "final", "released"}, int(s))
}

// Kind is how a lot ended, by the contracts' numbers.
type Kind uint8

// The kinds of end.
const (
	KindNone Kind = iota
	KindCET
	KindRefund
	KindCoop
	KindViolated
	KindMissing
)

// String returns the kind's name in lower case, empty for KindNone.
func (k Kind) String() string {
	return name([]string{"", "cet", "refund", "cooperative", "violated", "missing"}, int(k))
}

// RedemptionState is where a redemption stands, by the contracts' numbers.
type RedemptionState uint8

// The states of a redemption.
const (
	Unknown RedemptionState = iota
	Requested
	Paid
	Owed
	Slashed
)

// String returns the state's name in lower case.
func (s RedemptionState) String() string {
	return name([]string{"unknown", "requested", "paid", "owed", "slashed"}, int(s))
}

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("state %d", i)
}

// Contest is for how long a proof can be refuted, Freeze how long a frozen lot waits,
// and Wait how long a lot without a proof: the bridge's constants, in seconds.
const (
	Contest = 24 * 3600
	Freeze  = 48 * 3600
	Wait    = 14 * 24 * 3600
)

// Series is a series and what it came to.
type Series struct {
	ID    [32]byte
	Key   spv.SeriesKey
	Token common.Address
	// Expiry is the end of the last day, PricedAt 0 before pricing.
	Expiry, PricedAt uint64
	Value            uint64
	Open             bool
	Supply, Sats     uint64
	Due              uint64
	// Pot is known once the series is open.
	Pot uint64
	// Minted is the units of its lots that are not released, Unsettled how many of its
	// lots are not final, LastFinal when the last one became so.
	Minted    uint64
	Unsettled int
	LastFinal uint64
}

// Lot is a minted lot.
type Lot struct {
	ID    [32]byte
	Terms spv.Terms
	State LotState
	Kind  Kind
	// Since is the time of its last proof, mint or contest.
	Since               uint64
	Units, Wrapped      uint64
	Sats, Pot, Due      uint64
	SpendTxid           chainhash.Hash
	MintTx, SpendTx     common.Hash // the last EVM transactions that proved something
	MintBlock, MintTime uint64
}

// Redemption is a claim to bitcoin.
type Redemption struct {
	spv.Redemption

	RID   [32]byte
	State RedemptionState
	// Time is when its payment was proven, or from when it can be slashed if a proof
	// was refuted. Left is what the bonds still owe.
	Time, Left uint64
	// Txid is the payment that was proven last, PaidTx the EVM transaction that did.
	Txid   chainhash.Hash
	PaidTx common.Hash
	// Block is the EVM block of the request.
	Block uint64
}

// Done says whether nothing can happen to the redemption any more at a time.
func (r *Redemption) Done(now uint64) bool {
	return r.State == Slashed || (r.State == Paid && now > r.Time+Contest)
}

// DeadlineAt is when the redemption can be slashed.
func (r *Redemption) DeadlineAt() uint64 { return max(r.Deadline, r.Time) }

// Accusation is a spend of the vault that awaits an answer.
type Accusation struct {
	Txid     chainhash.Hash
	LotID    [32]byte
	Until    uint64
	Answered bool
}

// View is what the contracts hold at a block. It must not be written to.
type View struct {
	// Head and Final are the chain's head and finalized block.
	Head, Final *types.Header
	// Series and Lots are in the order of their creation, Redemptions by their number.
	Series      []*Series
	Lots        []*Lot
	Redemptions []*Redemption
	Accusations []*Accusation

	series      map[[32]byte]*Series
	lots        map[[32]byte]*Lot
	redemptions map[[32]byte]*Redemption
	accusations map[chainhash.Hash]*Accusation
}

func newView(head, final *types.Header) *View {
	return &View{
		Head: head, Final: final, series: map[[32]byte]*Series{}, lots: map[[32]byte]*Lot{},
		redemptions: map[[32]byte]*Redemption{}, accusations: map[chainhash.Hash]*Accusation{},
	}
}

// Now is the head's time.
func (v *View) Now() uint64 { return v.Head.Time }

// SeriesOf returns a series, or nil.
func (v *View) SeriesOf(id [32]byte) *Series { return v.series[id] }

// LotOf returns a lot, or nil.
func (v *View) LotOf(id [32]byte) *Lot { return v.lots[id] }

// RedemptionOf returns a redemption, or nil.
func (v *View) RedemptionOf(rid [32]byte) *Redemption { return v.redemptions[rid] }

// take notes an event. Events of no interest are passed over.
func (v *View) take(at deploy.Addresses, log types.Log) error {
	if log.Removed || len(log.Topics) == 0 {
		return nil
	}
	switch log.Address {
	case at.Book:
		return v.takeBook(log)
	case at.Bridge:
		return v.takeBridge(log)
	case at.Fraud:
		return v.takeFraud(log)
	}
	return nil
}

var (
	bridge = bindings.NewBridge()
	book   = bindings.NewSeriesBook()
	fraud  = bindings.NewFraud()
)

func (v *View) takeBook(log types.Log) error {
	if created, err := book.UnpackSeriesCreatedEvent(&log); err == nil {
		key, err := spv.DecodeSeriesKey(created.Key)
		if err != nil {
			return fmt.Errorf("key of series %x: %w", created.SeriesId, err)
		}
		s := &Series{ID: created.SeriesId, Key: key, Token: created.Token}
		v.series[s.ID] = s
		v.Series = append(v.Series, s)
	} else if priced, err := book.UnpackSeriesPricedEvent(&log); err == nil && v.series[priced.SeriesId] != nil {
		v.series[priced.SeriesId].Value = priced.Value
	}
	return nil
}

func (v *View) takeBridge(log types.Log) error {
	if minted, err := bridge.UnpackLotMintedEvent(&log); err == nil {
		terms, err := spv.DecodeTerms(minted.Terms)
		if err != nil {
			return fmt.Errorf("terms of lot %x: %w", minted.LotId, err)
		}
		l := &Lot{ID: minted.LotId, Terms: terms, MintTx: log.TxHash, MintBlock: log.BlockNumber, MintTime: log.BlockTimestamp}
		v.lots[l.ID] = l
		v.Lots = append(v.Lots, l)
		return nil
	}
	if requested, err := bridge.UnpackRedemptionRequestedEvent(&log); err == nil {
		r, err := spv.DecodeRedemption(requested.Redemption)
		if err != nil {
			return fmt.Errorf("redemption %x: %w", requested.Rid, err)
		}
		known := &Redemption{Redemption: r, RID: requested.Rid, Block: log.BlockNumber}
		v.redemptions[known.RID] = known
		v.Redemptions = append(v.Redemptions, known)
		return nil
	}
	if spent, err := bridge.UnpackLotSpentEvent(&log); err == nil && v.lots[spent.LotId] != nil {
		v.lots[spent.LotId].SpendTxid, v.lots[spent.LotId].SpendTx = spent.Txid, log.TxHash
	} else if proven, err := bridge.UnpackLotProvenEvent(&log); err == nil && v.lots[proven.LotId] != nil {
		v.lots[proven.LotId].MintTx = log.TxHash
	} else if paid, err := bridge.UnpackRedemptionPaidEvent(&log); err == nil && v.redemptions[paid.Rid] != nil {
		v.redemptions[paid.Rid].Txid, v.redemptions[paid.Rid].PaidTx = paid.Txid, log.TxHash
	} else if opened, err := bridge.UnpackSeriesOpenedEvent(&log); err == nil && v.series[opened.SeriesId] != nil {
		v.series[opened.SeriesId].Pot = opened.Pot
	}
	return nil
}

func (v *View) takeFraud(log types.Log) error {
	if accused, err := fraud.UnpackAccusedEvent(&log); err == nil {
		a := &Accusation{Txid: accused.Txid, LotID: accused.LotId, Until: accused.Until.Uint64()}
		v.accusations[a.Txid] = a
		v.Accusations = append(v.Accusations, a)
	} else if answered, err := fraud.UnpackAnsweredEvent(&log); err == nil && v.accusations[answered.Txid] != nil {
		v.accusations[answered.Txid].Answered = true
	}
	return nil
}

// ask asks for the states of everything.
func (v *View) ask(ctx context.Context, a asker) error {
	for _, s := range v.Series {
		facts, err := Ask(ctx, a.chain, a.at.Book, a.block, book.PackGet(s.ID), book.UnpackGet)
		if err != nil {
			return fmt.Errorf("series %x: %w", s.ID, err)
		}
		totals, err := Ask(ctx, a.chain, a.at.Bridge, a.block, bridge.PackSeriesTotals(s.ID), bridge.UnpackSeriesTotals)
		if err != nil {
			return fmt.Errorf("series %x: %w", s.ID, err)
		}
		s.Expiry, s.PricedAt = facts.Expiry.Uint64(), facts.PricedAt.Uint64()
		s.Open, s.Supply, s.Sats, s.Due = totals.Opened, totals.Supply, totals.Sats, totals.Due
	}
	for _, l := range v.Lots {
		got, err := Ask(ctx, a.chain, a.at.Bridge, a.block, bridge.PackLots(l.ID), bridge.UnpackLots)
		if err != nil {
			return fmt.Errorf("lot %x: %w", l.ID, err)
		}
		l.State, l.Kind, l.Since = LotState(got.State), Kind(got.Kind), got.Since.Uint64()
		l.Units, l.Wrapped, l.Sats, l.Pot, l.Due = got.Units, got.Wrapped, got.Sats, got.Pot, got.Due
		if s := v.series[l.Terms.SeriesID]; s != nil {
			s.count(l)
		}
	}
	for _, r := range v.Redemptions {
		packed, err := Ask(ctx, a.chain, a.at.Bridge, a.block, bridge.PackRedemptions(r.RID), bridge.UnpackRedemptions)
		if err != nil {
			return fmt.Errorf("redemption %x: %w", r.RID, err)
		}
		r.State, r.Time, r.Left = unpackRedemption(packed)
	}
	return nil
}

func (s *Series) count(l *Lot) {
	switch l.State {
	case LotReleased, LotNone:
		return
	case LotFinal:
		if l.Kind != KindMissing && l.Due <= l.Sats {
			s.LastFinal = max(s.LastFinal, l.Since)
		}
	case LotLive, LotFrozen, LotSpent:
		s.Unsettled++
	}
	s.Minted += l.Units
}

// unpackRedemption reads a redemption's slot: state (8 bits), time (40), owed (64).
func unpackRedemption(packed *big.Int) (state RedemptionState, time, left uint64) {
	const timeBits, leftBits = 40, 64
	field := func(shift, bits uint) uint64 {
		mask := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, bits), common.Big1)
		return mask.And(mask, new(big.Int).Rsh(packed, shift)).Uint64()
	}
	state = RedemptionState(field(0, 8)) //nolint:gosec // G115: eight bits
	if state == Owed {
		return state, 0, field(8+timeBits, leftBits)
	}
	return state, field(8, timeBits), 0
}

// Minted reports whether a lot was minted, by a block.
func Minted(ctx context.Context, chain Chain, at deploy.Addresses, lot [32]byte, block *big.Int) (bool, error) {
	return Ask(ctx, chain, at.Bridge, block, bridge.PackIsLot(lot), bridge.UnpackIsLot)
}

// Waits reports whether a redemption waits to be paid at a block.
func Waits(ctx context.Context, chain Chain, at deploy.Addresses, rid [32]byte, block *big.Int) (bool, error) {
	packed, err := Ask(ctx, chain, at.Bridge, block, bridge.PackRedemptions(rid), bridge.UnpackRedemptions)
	if err != nil {
		return false, err
	}
	state, _, _ := unpackRedemption(packed)
	return state == Requested, nil
}
