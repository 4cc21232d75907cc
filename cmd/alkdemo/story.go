package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

const (
	reward  btcutil.Amount = 200_000_000
	payment btcutil.Amount = 75_000_000
	second  btcutil.Amount = 12_345_678
)

// result is what --json ends with.
type result struct {
	OK           bool               `json:"ok"`
	Transactions []transaction      `json:"transactions"`
	Balances     map[string]balance `json:"balances"`
}

// transaction is one that the demonstration put on the chain.
type transaction struct {
	Label    string    `json:"label"`
	TxID     string    `json:"txid"`
	Hex      string    `json:"hex"`
	FeeSat   int64     `json:"fee_sat"`
	Prevouts []prevout `json:"prevouts"`
}

type prevout struct {
	Sats   int64  `json:"sats"`
	Script string `json:"script"`
}

type balance struct {
	ConfirmedSat   int64 `json:"confirmed_sat"`
	UnconfirmedSat int64 `json:"unconfirmed_sat"`
}

// story is the demonstration: its steps in order.
type story struct {
	out  io.Writer
	dir  string
	step int

	btc          *regtest.Node
	miner, buyer *party
	txs          []transaction
}

func (s *story) say(format string, args ...any) error {
	s.step++
	_, err := fmt.Fprintf(s.out, "%2d. %s\n", s.step, fmt.Sprintf(format, args...))
	return err
}

func (s *story) run(ctx context.Context) (_ *result, err error) {
	defer func() { err = errors.Join(err, s.stop()) }()
	for _, act := range []func(context.Context) error{s.start, s.fund, s.pay, s.bump} {
		if err := act(ctx); err != nil {
			return nil, err
		}
	}
	return s.settle(ctx)
}

func (s *story) stop() error {
	var errs []error
	for _, p := range []*party{s.miner, s.buyer} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	if s.btc != nil {
		errs = append(errs, s.btc.Stop())
	}
	return errors.Join(errs...)
}

func (s *story) start(ctx context.Context) (err error) {
	if err := s.say("starting btcd on a private network (the first time it is compiled: about 20 s)"); err != nil {
		return err
	}
	if s.btc, err = regtest.Start(ctx, regtest.Options{}); err != nil {
		return err
	}
	if err := s.btc.Activate(time.Time{}); err != nil {
		return err
	}
	if err := s.say("btcd is up, %d blocks mined: Taproot is active", regtest.ActivationHeight); err != nil {
		return err
	}
	if s.miner, err = startParty(ctx, "miner", s.dir, s.btc); err != nil {
		return err
	}
	if s.buyer, err = startParty(ctx, "buyer", s.dir, s.btc); err != nil {
		return err
	}
	return s.say("the miner and the buyer run a daemon each, with a new Taproot wallet (24 words, BIP86)")
}

func (s *story) fund(ctx context.Context) error {
	address, err := s.miner.address(ctx)
	if err != nil {
		return err
	}
	script, err := scriptOf(address)
	if err != nil {
		return err
	}
	tx, err := s.btc.Pay(script, reward)
	if err != nil {
		return err
	}
	if err := s.record("mining rewards to the miner's wallet", tx); err != nil {
		return err
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	return s.say("mining rewards of %s arrived at %s", sats(int64(reward)), address)
}

func (s *story) pay(ctx context.Context) error {
	sent, err := s.send(ctx, payment, 5, "rent of a rack")
	if err != nil {
		return err
	}
	if err := s.say("the miner pays the buyer %s: %s, fee %s", sats(int64(payment)), sent.GetTxid(), sats(int64(sent.GetFeeSat()))); err != nil { //nolint:gosec // below 21e14
		return err
	}
	if err := s.recordSent("miner pays buyer", sent); err != nil {
		return err
	}
	if err := s.mine(ctx, 1); err != nil {
		return err
	}
	return s.say("the payment has its first confirmation")
}

// bump sends at the least fee and replaces that transaction by a better paid.
func (s *story) bump(ctx context.Context) error {
	sent, err := s.send(ctx, second, 1, "stuck")
	if err != nil {
		return err
	}
	answer, err := s.miner.client.Wallet.Bump(ctx, &alkv1.BumpRequest{
		Txid: sent.GetTxid(), Fee: &alkv1.FeeSpec{SatPerVbyte: 20},
	})
	if err != nil {
		return fmt.Errorf("raise the fee: %w", err)
	}
	bumped := answer.GetTransaction()
	if err := s.say("a payment at 1 sat/vB is replaced by one at 20 (BIP125): %s, fee %s instead of %s",
		bumped.GetTxid(), sats(int64(bumped.GetFeeSat())), sats(int64(sent.GetFeeSat()))); err != nil { //nolint:gosec // below 21e14
		return err
	}
	if err := s.recordSent("the same with a higher fee", bumped); err != nil {
		return err
	}
	return s.mine(ctx, 6)
}

func (s *story) settle(ctx context.Context) (*result, error) {
	r := &result{OK: true, Transactions: s.txs, Balances: make(map[string]balance)}
	for _, p := range []*party{s.miner, s.buyer} {
		b, err := p.balance(ctx)
		if err != nil {
			return nil, err
		}
		r.Balances[p.name] = b
		if err := s.say("the %s's wallet holds %s", p.name, sats(b.ConfirmedSat)); err != nil {
			return nil, err
		}
	}
	var fees int64
	for _, tx := range s.txs[1:] {
		fees += tx.FeeSat
	}
	if got, want := r.Balances["buyer"].ConfirmedSat, int64(payment+second); got != want {
		return nil, fmt.Errorf("the buyer holds %d sat instead of %d", got, want)
	}
	if got, want := r.Balances["miner"].ConfirmedSat, int64(reward-payment-second)-fees; got != want {
		return nil, fmt.Errorf("the miner holds %d sat instead of %d", got, want)
	}
	return r, s.say("every satoshi is accounted for: %s received = %s + %s + %s fees", sats(int64(reward)),
		sats(r.Balances["miner"].ConfirmedSat), sats(r.Balances["buyer"].ConfirmedSat), sats(fees))
}

func (s *story) send(ctx context.Context, amount btcutil.Amount, rate uint64, label string) (*alkv1.SentTransaction, error) {
	address, err := s.buyer.address(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := s.miner.client.Wallet.Send(ctx, &alkv1.SendRequest{
		Outputs: []*alkv1.Payment{{Address: address, AmountSat: uint64(amount)}}, //nolint:gosec // a constant above
		Fee:     &alkv1.FeeSpec{SatPerVbyte: rate}, Label: label,
	})
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	return answer.GetTransaction(), nil
}

// mine extends the chain and waits until both wallets have followed.
func (s *story) mine(ctx context.Context, blocks int) error {
	if _, err := s.btc.Mine(blocks); err != nil {
		return err
	}
	return errors.Join(s.miner.waitSynced(ctx), s.buyer.waitSynced(ctx))
}

// recordSent keeps a transaction that a wallet reported.
func (s *story) recordSent(label string, sent *alkv1.SentTransaction) error {
	tx := transaction{Label: label, TxID: sent.GetTxid(), Hex: hex.EncodeToString(sent.GetRawTx()), FeeSat: int64(sent.GetFeeSat())} //nolint:gosec // below 21e14
	for _, spent := range sent.GetSpends() {
		tx.Prevouts = append(tx.Prevouts, prevout{
			Sats: int64(spent.GetValueSat()), Script: hex.EncodeToString(spent.GetPkScript()), //nolint:gosec // below 21e14
		})
	}
	s.txs = append(s.txs, tx)
	return nil
}

// record keeps a transaction of btcd's own, looking up what it spends.
func (s *story) record(label string, tx *wire.MsgTx) error {
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		return err
	}
	entry := transaction{Label: label, TxID: tx.TxHash().String(), Hex: hex.EncodeToString(raw.Bytes())}
	for _, in := range tx.TxIn {
		parent, err := s.btc.RPC().GetRawTransaction(&in.PreviousOutPoint.Hash)
		if err != nil {
			return fmt.Errorf("look up what %s spends: %w", entry.TxID, err)
		}
		out := parent.MsgTx().TxOut[in.PreviousOutPoint.Index]
		entry.Prevouts = append(entry.Prevouts, prevout{Sats: out.Value, Script: hex.EncodeToString(out.PkScript)})
		entry.FeeSat += out.Value
	}
	for _, out := range tx.TxOut {
		entry.FeeSat -= out.Value
	}
	s.txs = append(s.txs, entry)
	return nil
}

func (p *party) address(ctx context.Context) (string, error) {
	answer, err := p.client.Wallet.NewAddress(ctx, &alkv1.NewAddressRequest{})
	if err != nil {
		return "", fmt.Errorf("%s's address: %w", p.name, err)
	}
	return answer.GetAddress(), nil
}

func (p *party) balance(ctx context.Context) (balance, error) {
	answer, err := p.client.Wallet.GetBalance(ctx, &alkv1.GetBalanceRequest{})
	if err != nil {
		return balance{}, fmt.Errorf("%s's balance: %w", p.name, err)
	}
	return balance{ConfirmedSat: answer.GetConfirmedSat(), UnconfirmedSat: answer.GetUnconfirmedSat()}, nil
}

func scriptOf(address string) ([]byte, error) {
	decoded, err := btcutil.DecodeAddress(address, regtest.Params())
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", address, err)
	}
	return txscript.PayToAddrScript(decoded)
}

// sats writes an amount with thousands separated.
func sats(v int64) string {
	digits := strconv.FormatInt(v, 10)
	start := 0
	if v < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " sat"
}
