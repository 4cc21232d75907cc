package fund

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// PartyRequest asks for our side of a contract.
type PartyRequest struct {
	// Key is the contract's, for the lease; Peer is who it is with.
	Key  [32]byte
	Peer [33]byte
	// Collateral is what we lock.
	Collateral btcutil.Amount
	// FundRate and CETRate are the contract's fee rates.
	FundRate, CETRate uint32
	// Coins, if not empty, are the only ones used.
	Coins []btcwire.OutPoint
	// Payout, if not nil, is the script of a vault, P2TR, that our payout goes to.
	Payout []byte
}

// scriptSize is the length of our payout and change scripts, P2TR.
const scriptSize = 34

// minConfs is what a funding input needs.
const minConfs = 1

// Party draws our side of a contract: a fresh key id and the keys below it,
// fresh scripts, random serials, and coins that suffice, leased to the contract
// before it returns. On error nothing stays leased. It fails with
// wallet.ErrInsufficientFunds, ErrCoins, ErrRandom, or as the wallet does.
func (f *Fund) Party(ctx context.Context, r PartyRequest) (wire.Party, error) {
	inputs, err := f.choose(ctx, r)
	if err != nil {
		return wire.Party{}, err
	}
	party, err := f.fill(ctx, r, inputs)
	if err != nil {
		// The caller may be gone; the coins must not stay leased for that.
		if freed := f.Release(context.WithoutCancel(ctx), r.Key); freed != nil {
			return wire.Party{}, fmt.Errorf("%w (and coins stay leased: %w)", err, freed)
		}
		return wire.Party{}, err
	}
	return party, nil
}

// fill draws everything but the coins.
func (f *Fund) fill(ctx context.Context, r PartyRequest, inputs []wire.Input) (wire.Party, error) {
	id, err := keys.NewKeyID(f.random)
	if err != nil {
		return wire.Party{}, err
	}
	internal, contract, err := f.keys.ContractKeys(id)
	if err != nil {
		return wire.Party{}, err
	}
	defer internal.Zero()
	defer contract.Zero()
	party := wire.Party{
		KeyID: id, Collateral: r.Collateral, Inputs: inputs,
		Internal: [33]byte(internal.PubKey().SerializeCompressed()), Contract: [33]byte(contract.PubKey().SerializeCompressed()),
	}
	if party.PayoutSerial, err = f.Serial(); err != nil {
		return wire.Party{}, err
	}
	if party.ChangeSerial, err = f.Serial(); err != nil {
		return wire.Party{}, err
	}
	for i := range party.Inputs {
		if party.Inputs[i].Serial, err = f.Serial(); err != nil {
			return wire.Party{}, err
		}
	}
	if r.Payout != nil {
		party.Payout = r.Payout
		party.Change, err = f.script(ctx, true)
		return party, err
	}
	if spare, ok := f.reuse(r.Peer); ok {
		party.Payout, party.Change = spare.payout, spare.change
		return party, nil
	}
	if party.Payout, err = f.script(ctx, false); err != nil {
		return wire.Party{}, err
	}
	party.Change, err = f.script(ctx, true)
	return party, err
}

// spare are the scripts of a contract that came to nothing.
type spare struct{ payout, change []byte }

const (
	// maxSpares bounds the scripts kept for one peer, maxPeers the peers.
	maxSpares = 16
	maxPeers  = 1_000
)

// Recycle keeps the scripts of a contract that can never be funded, for the next
// one with the same peer, who has seen them: a wallet restored from its seed
// looks past a few hundred unused addresses only, and offers that come to nothing
// must not use them up.
func (f *Fund) Recycle(peer [33]byte, party wire.Party) {
	f.sparing.Lock()
	defer f.sparing.Unlock()
	known := f.spares[peer]
	if len(known) >= maxSpares || known == nil && len(f.spares) >= maxPeers {
		return
	}
	f.spares[peer] = append(known, spare{payout: party.Payout, change: party.Change})
}

// reuse returns scripts that were recycled for a peer.
func (f *Fund) reuse(peer [33]byte) (spare, bool) {
	f.sparing.Lock()
	defer f.sparing.Unlock()
	known := f.spares[peer]
	if len(known) == 0 {
		return spare{}, false
	}
	last := known[len(known)-1]
	if f.spares[peer] = known[:len(known)-1]; len(known) == 1 {
		delete(f.spares, peer)
	}
	return last, true
}

// Serial draws a serial id.
func (f *Fund) Serial() (uint64, error) {
	var raw [8]byte
	if _, err := io.ReadFull(f.random, raw[:]); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	return binary.BigEndian.Uint64(raw[:]), nil
}

// script returns a fresh P2TR script of the wallet.
func (f *Fund) script(ctx context.Context, change bool) ([]byte, error) {
	address, err := f.coins.NewAddress(ctx, wallet.P2TR, change)
	if err != nil {
		return nil, err
	}
	return txscript.PayToAddrScript(address)
}

// candidate is a coin with what a message needs of it.
type candidate struct {
	coin  wallet.Coin
	input wire.Input
}

// choose picks coins and leases them.
func (f *Fund) choose(ctx context.Context, r PartyRequest) ([]wire.Input, error) {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	all, err := f.usable(ctx, r.Coins)
	if err != nil {
		return nil, err
	}
	chosen, err := f.pick(ctx, all, r)
	if err != nil {
		return nil, err
	}
	points := make([]btcwire.OutPoint, 0, len(chosen))
	inputs := make([]wire.Input, 0, len(chosen))
	for _, c := range chosen {
		points, inputs = append(points, c.coin.OutPoint), append(inputs, c.input)
	}
	if _, err := f.leases.Lease(ctx, Owner(r.Key), points, leaseTime); err != nil {
		return nil, err
	}
	return inputs, nil
}

// usable returns the free coins that can fund a contract, by falling value; of
// those named all must be.
func (f *Fund) usable(ctx context.Context, only []btcwire.OutPoint) ([]wallet.Coin, error) {
	coins, err := f.coins.Coins(ctx, minConfs)
	if err != nil {
		return nil, err
	}
	left := slices.Clone(only)
	coins = slices.DeleteFunc(coins, func(c wallet.Coin) bool {
		if len(only) > 0 {
			at := slices.Index(left, c.OutPoint)
			if at < 0 {
				return true
			}
			left = slices.Delete(left, at, at+1)
		}
		return c.Lease != nil || !fits(c)
	})
	if len(left) > 0 {
		return nil, fmt.Errorf("%w: %s is not a confirmed coin of this wallet", ErrCoins, left[0])
	}
	if len(only) > 0 && len(coins) != len(only) {
		return nil, fmt.Errorf("%w: %d of the %d named are free, mature and P2TR or P2WPKH", ErrCoins, len(coins), len(only))
	}
	return coins, nil
}

// fits reports whether a coin is mature and of a kind that contracts take.
func fits(c wallet.Coin) bool {
	form, err := txs.ParseScript(c.PkScript)
	return !c.Immature && err == nil && (form == txs.P2TR || form == txs.P2WPKH)
}

// pick returns the smallest single coin that suffices, else the largest ones
// until they do. Named coins are used up to the last.
func (f *Fund) pick(ctx context.Context, coins []wallet.Coin, r PartyRequest) ([]candidate, error) {
	if len(r.Coins) == 0 {
		for _, c := range slices.Backward(coins) {
			one, ok, err := f.load(ctx, c)
			if err != nil {
				return nil, err
			}
			if ok && suffice([]candidate{one}, r) {
				return []candidate{one}, nil
			}
		}
	}
	var chosen []candidate
	size := 0
	for _, c := range coins {
		if len(chosen) == txs.MaxInputs {
			break
		}
		next, ok, err := f.load(ctx, c)
		if err != nil {
			return nil, err
		}
		if !ok || size+len(next.input.PrevTx) > txs.MaxPrevTxs {
			if len(r.Coins) > 0 {
				return nil, fmt.Errorf("%w: %s comes from too large a transaction", ErrCoins, c.OutPoint)
			}
			continue
		}
		chosen, size = append(chosen, next), size+len(next.input.PrevTx)
		if len(r.Coins) == 0 && suffice(chosen, r) {
			return chosen, nil
		}
	}
	if len(r.Coins) > 0 && len(chosen) == len(r.Coins) && suffice(chosen, r) {
		return chosen, nil
	}
	return nil, f.insufficient(ctx, coins, r)
}

// load reads the transaction a coin comes from; false if it is too large for a
// message.
func (f *Fund) load(ctx context.Context, c wallet.Coin) (candidate, bool, error) {
	tx, _, err := f.coins.Transaction(ctx, c.OutPoint.Hash)
	if err != nil {
		return candidate{}, false, err
	}
	if tx.SerializeSizeStripped() > txs.MaxPrevTx {
		return candidate{}, false, nil
	}
	var raw bytes.Buffer
	if err := tx.SerializeNoWitness(&raw); err != nil {
		return candidate{}, false, fmt.Errorf("transaction %s: %w", c.OutPoint.Hash, err)
	}
	return candidate{coin: c, input: wire.Input{PrevTx: raw.Bytes(), Vout: c.OutPoint.Index}}, true, nil
}

// suffice reports whether coins pay for collateral and fees, by the very sums
// that both parties make.
func suffice(chosen []candidate, r PartyRequest) bool {
	_, err := partyOf(chosen, r).Fund(txs.FeeRate(r.FundRate), txs.FeeRate(r.CETRate))
	return err == nil
}

func partyOf(chosen []candidate, r PartyRequest) txs.Party {
	script := append([]byte{txscript.OP_1, txscript.OP_DATA_32}, make([]byte, scriptSize-2)...)
	party := txs.Party{Collateral: r.Collateral, PayoutScript: script, ChangeScript: script}
	for _, c := range chosen {
		party.Inputs = append(party.Inputs, txs.Input{PrevTx: c.input.PrevTx, Vout: c.input.Vout})
	}
	return party
}

// insufficient tells what is missing.
func (f *Fund) insufficient(ctx context.Context, free []wallet.Coin, r PartyRequest) error {
	short := &wallet.InsufficientFundsError{Leased: make(map[string]btcutil.Amount)}
	for _, c := range free {
		short.Available += c.Value
	}
	fees := Fees(max(1, min(len(free), txs.MaxInputs)), r.FundRate, r.CETRate)
	short.Need = max(r.Collateral+fees.Funding+fees.CET, short.Available+1)
	all, err := f.coins.Coins(ctx, 0)
	if err != nil {
		return err
	}
	for _, c := range all {
		switch {
		case c.Lease != nil:
			short.Leased[c.Lease.Owner] += c.Value
		case c.Confirmations < minConfs:
			short.Unconfirmed += c.Value
		}
	}
	return short
}

// OwnFees are one side's miner fees.
type OwnFees struct{ Funding, CET btcutil.Amount }

// Fees returns the miner fees of a side with a number of P2TR inputs and our
// kind of scripts (PROTOCOL.md 4).
func Fees(inputs int, fundRate, cetRate uint32) OwnFees {
	const base, perInput, perScript = 107 + 36, 164 + 66, 4
	weight := base + perScript*scriptSize + perInput*inputs
	return OwnFees{
		Funding: btcutil.Amount((weight+3)/4) * btcutil.Amount(fundRate),
		CET:     (64 + scriptSize) * btcutil.Amount(cetRate),
	}
}
