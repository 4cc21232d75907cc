package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

const (
	indexID = "hp1-regtest"
	// blocksPerDay is how many blocks a day of the demonstration has; dayLength
	// and daySeconds how long it is.
	blocksPerDay = 8
	dayLength    = 24 * time.Hour
	daySeconds   = 86_400
	// dayConfirmations is how deep the block after a day must be for the day to be
	// closed (hp1-regtest).
	dayConfirmations = 12
	// beginDays is how long ago the chain begins.
	beginDays = 66
	// Each party begins with so many coins of this value.
	coins     = 10
	coinValue = btcutil.Amount(2_000_000)
	// finalDepth is how deep a transaction must be to count as final.
	finalDepth = 6
)

// story is the demonstration: its acts in order.
type story struct {
	out  io.Writer
	dir  string
	step int
	// programs are those that run; network is how they are on the chain.
	programs []string
	network  *network

	btc          *regtest.Node
	calendar     *regtest.Calendar
	oracles      []*oracle
	miner, buyer *party
	trades       []*trade
	bridge       *bridge // nil without --evm
	txs          []transaction
}

// say prints a step.
func (s *story) say(format string, args ...any) error {
	s.step++
	_, err := fmt.Fprintf(s.out, "%2d. %s\n", s.step, fmt.Sprintf(format, args...))
	return err
}

// tell prints lines that belong to the step before.
func (s *story) tell(format string, args ...any) error {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n    ")
	_, err := fmt.Fprintf(s.out, "    %s\n", text)
	return err
}

func (s *story) run(ctx context.Context) (*result, error) {
	for _, act := range []func(context.Context) error{
		s.begin, s.cast, s.fund, s.introduce, s.trade, s.leaveEarly, s.passTheMonth, s.silence, s.refund,
	} {
		if err := act(ctx); err != nil {
			return nil, err
		}
	}
	return s.account(ctx)
}

// stop ends everything that runs.
func (s *story) stop() error {
	var errs []error
	if s.bridge != nil {
		errs = append(errs, s.bridge.stop())
	}
	for _, p := range []*party{s.miner, s.buyer} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	for _, o := range s.oracles {
		errs = append(errs, o.stop())
	}
	if s.btc != nil {
		errs = append(errs, s.btc.Stop())
	}
	return errors.Join(errs...)
}

// begin starts the chain.
func (s *story) begin(ctx context.Context) (err error) {
	if err := s.say("starting btcd on a private network (the first time it is compiled: about 20 s)"); err != nil {
		return err
	}
	first := time.Now().Add(-beginDays * dayLength)
	if s.calendar, err = regtest.NewCalendar(first, blocksPerDay); err != nil {
		return err
	}
	if s.btc, err = regtest.Start(ctx, regtest.Options{Now: s.calendar.Now}); err != nil {
		return err
	}
	if err := s.calendar.Begin(s.btc); err != nil {
		return err
	}
	return s.say("the chain begins on %s with %d blocks; Taproot is active, and days will pass in seconds", date(s.today()), regtest.ActivationHeight)
}

// today is the day of the last block.
func (s *story) today() uint32 { return uint32(s.calendar.Now().Unix() / daySeconds) } //nolint:gosec // G115: not before 1970

func date(day uint32) string {
	return time.Unix(int64(day)*daySeconds, 0).UTC().Format(time.DateOnly)
}

// cast starts oracles and nodes.
func (s *story) cast(ctx context.Context) error {
	programs, err := findPrograms(ctx, s.programs)
	if err != nil {
		return err
	}
	n, err := newNetwork(programs, s.dir, s.btc)
	if err != nil {
		return err
	}
	s.network = n
	for _, name := range []string{"red", "green", "blue"} {
		o, err := startOracle(ctx, n, s.dir, name, s.today()+1)
		if err != nil {
			return err
		}
		s.oracles = append(s.oracles, o)
	}
	if err := s.say("three oracles run, each with a key of its own; contracts will need two of them to agree"); err != nil {
		return err
	}
	for _, o := range s.oracles {
		if err := s.tell("%-5s %s", o.name, o.key); err != nil {
			return err
		}
	}
	if s.miner, err = startParty(ctx, n, s.dir, "miner", s.oracles); err != nil {
		return err
	}
	if s.buyer, err = startParty(ctx, n, s.dir, "buyer", s.oracles); err != nil {
		return err
	}
	return s.say("the miner and the buyer run a node each, with a new Taproot wallet and nobody else's keys")
}

// fund gives each wallet its coins.
func (s *story) fund(ctx context.Context) error {
	if err := s.calendar.Until(s.calendar.Now().Add(2 * dayLength)); err != nil {
		return err
	}
	for _, p := range []*party{s.miner, s.buyer} {
		for range coins {
			answer, err := p.client.Wallet.NewAddress(ctx, &alkv1.NewAddressRequest{})
			if err != nil {
				return fmt.Errorf("%s's address: %w", p.name, err)
			}
			script, err := scriptOf(answer.GetAddress())
			if err != nil {
				return err
			}
			tx, err := s.btc.Pay(script, coinValue)
			if err != nil {
				return err
			}
			if err := s.record("coin of the "+p.name, tx); err != nil {
				return err
			}
		}
		p.funded = coins * int64(coinValue)
	}
	if _, err := s.calendar.Block(); err != nil {
		return err
	}
	if err := s.followed(ctx); err != nil {
		return err
	}
	return s.say("each wallet has %d coins of %s", coins, sats(int64(coinValue)))
}

// introduce connects the nodes and waits until they know the index.
func (s *story) introduce(ctx context.Context) error {
	if _, err := s.miner.client.Peers.AddPeer(ctx, &alkv1.AddPeerRequest{Address: s.buyer.address()}); err != nil {
		return fmt.Errorf("introduce the buyer to the miner: %w", err)
	}
	for range 2 {
		if err := s.calendar.EndDay(dayConfirmations); err != nil {
			return err
		}
	}
	if err := s.followed(ctx); err != nil {
		return err
	}
	if err := s.closedUpTo(ctx, s.today()-1); err != nil {
		return err
	}
	for _, p := range []*party{s.miner, s.buyer} {
		err := p.until(ctx, "the other node", func() (bool, error) {
			answer, err := p.client.Peers.ListPeers(ctx, &alkv1.ListPeersRequest{})
			if err != nil {
				return false, err
			}
			for _, other := range answer.GetPeers() {
				if other.GetConnected() {
					return true, nil
				}
			}
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	days, err := s.miner.client.Index.ListIndexDays(ctx, &alkv1.ListIndexDaysRequest{Index: indexID, First: s.today() - 1, Limit: 1})
	if err != nil || len(days.GetDays()) == 0 {
		return fmt.Errorf("index of %s: %w", date(s.today()-1), errors.Join(err, io.ErrUnexpectedEOF))
	}
	return s.say("the nodes have met, and know from their own blocks what a unit of hashrate earned on %s: %s",
		date(s.today()-1), sats(int64(days.GetDays()[0].GetTot()))) //nolint:gosec // G115: below 2^40
}

// closedUpTo waits until both nodes know a day as closed.
func (s *story) closedUpTo(ctx context.Context, day uint32) error {
	for _, p := range []*party{s.miner, s.buyer} {
		err := p.until(ctx, "the index of "+date(day), func() (bool, error) {
			answer, err := p.client.Index.ListIndices(ctx, &alkv1.ListIndicesRequest{})
			if err != nil {
				return false, err
			}
			for _, index := range answer.GetIndices() {
				if index.GetId() == indexID && index.GetLastDay() >= day {
					return true, nil
				}
			}
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followed waits until both wallets stand at the tip.
func (s *story) followed(ctx context.Context) error {
	return errors.Join(s.miner.synced(ctx), s.buyer.synced(ctx))
}

// pass lets days go by.
func (s *story) pass(ctx context.Context, until time.Time) error {
	for s.calendar.Now().Before(until) {
		next := s.calendar.Now().Add(dayLength)
		if next.After(until) {
			next = until
		}
		if err := s.calendar.Until(next); err != nil {
			return err
		}
		if err := s.followed(ctx); err != nil {
			return err
		}
	}
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

func scriptOf(address string) ([]byte, error) {
	decoded, err := btcutil.DecodeAddress(address, regtest.Params())
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", address, err)
	}
	return txscript.PayToAddrScript(decoded)
}

// wait keeps everything running, and tells how to look around, until ctx ends.
func (s *story) wait(ctx context.Context) error {
	alk, err := findPrograms(ctx, s.programs)
	if err != nil {
		return err
	}
	if err := s.say("everything goes on running. In another terminal, for example:"); err != nil {
		return err
	}
	for _, p := range []*party{s.miner, s.buyer} {
		for _, command := range []string{"contract list --all", "report", "peer list"} {
			if err := s.tell("%s --network=regtest --rpc-server=%s --datadir=%s %s", filepath.Join(alk, "alk"), p.rpc.Addr(), p.dir, command); err != nil {
				return err
			}
		}
	}
	if err := s.tell("alkdemo day --dir=%s lets a day pass, Ctrl-C here ends everything.", s.dir); err != nil {
		return err
	}
	return (&master{btc: s.btc, calendar: s.calendar}).serve(ctx, s.dir)
}
