package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// work is one side's work on one contract.
type work struct {
	points, sign, verify time.Duration
	slots                int
}

// benchmark signs and verifies a contract like the given one, with throw-away
// keys and oracles, and prints how long that took.
func (a *app) benchmark(t *alkv1.Terms) error {
	terms, err := decodeBench(t)
	if err != nil {
		return err
	}
	done, err := measure(terms)
	if err != nil {
		return err
	}
	each := func(d time.Duration) string { return (d / time.Duration(max(1, done.slots))).String() }
	if a.json {
		_, err := fmt.Fprintf(a.out, "{\"signatures\":%d,\"points_ms\":%d,\"sign_ms\":%d,\"verify_ms\":%d,\"processors\":%d}\n",
			done.slots, done.points.Milliseconds(), done.sign.Milliseconds(), done.verify.Milliseconds(), runtime.NumCPU())
		return err
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	row(w)
	row(w, "ON THIS MACHINE", fmt.Sprintf("%d signatures, %d processors", done.slots, runtime.NumCPU()), "EACH")
	row(w, "adaptor points", done.points.Round(time.Millisecond), each(done.points))
	row(w, "signing", done.sign.Round(time.Millisecond), each(done.sign))
	row(w, "verifying the peer's", done.verify.Round(time.Millisecond), each(done.verify))
	return w.Flush()
}

// decodeBench takes from terms what the work depends on.
func decodeBench(t *alkv1.Terms) (payout.Terms, error) {
	i, err := payout.ParseInstrument(t.GetProduct())
	if err != nil {
		return payout.Terms{}, err
	}
	return payout.Terms{
		Instrument: i, Index: t.GetIndex(), Event: t.GetEvent(), StartDay: t.GetStartDay(), EndDay: t.GetEndDay(), Base: t.GetBase(),
		Digits: uint8(t.GetDigits()), Bucket: uint8(t.GetBucket()), Notional: t.GetNotionalThs(), K: t.GetK(), K2: t.GetKc(), //nolint:gosec // valid terms
		F: t.GetFloor(), C: t.GetCap(), FaceValue: t.GetFaceValue(), Premium: t.GetPremium(),
		Threshold: uint16(t.GetThreshold()), Oracles: make([][32]byte, len(t.GetOracles())), //nolint:gosec // valid terms
	}, nil
}

// measure does the work.
func measure(t payout.Terms) (work, error) {
	set, err := throwAwayOracles(&t)
	if err != nil {
		return work{}, err
	}
	slots, err := t.Slots(payout.MaxSlots)
	if err != nil {
		return work{}, err
	}
	key, err := btcec.NewPrivateKey()
	if err != nil {
		return work{}, err
	}
	messages := messagesOf(slots)
	workers := adaptor.Workers(runtime.NumCPU())
	done := work{slots: len(slots)}
	start := time.Now()
	points, err := adaptor.Points(set, slots, workers)
	if err != nil {
		return work{}, err
	}
	done.points = time.Since(start)
	var aux [32]byte
	if _, err := io.ReadFull(rand.Reader, aux[:]); err != nil {
		return work{}, err
	}
	start = time.Now()
	list, err := adaptor.SignList(key, points, messages, aux, workers)
	if err != nil {
		return work{}, err
	}
	done.sign = time.Since(start)
	pub := [32]byte(key.PubKey().SerializeCompressed()[1:])
	start = time.Now()
	err = adaptor.VerifyList(pub, set, slots, messages, list, rand.Reader, workers)
	done.verify = time.Since(start)
	return done, err
}

// messagesOf stands for the hashes of the CETs: one for each payout.
func messagesOf(slots []digits.Slot) [][32]byte {
	out := make([][32]byte, len(slots))
	for i, s := range slots {
		out[i] = sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.Y))
	}
	return out
}

// throwAwayOracles announces the event of terms by as many new oracles as they
// have, and puts their keys into the terms.
func throwAwayOracles(t *payout.Terms) (*attest.Set, error) {
	var all []attest.Announcement
	for range t.Oracles {
		var secret, seed [32]byte
		for _, b := range [][]byte{secret[:], seed[:]} {
			if _, err := io.ReadFull(rand.Reader, b); err != nil {
				return nil, err
			}
		}
		s, err := attest.NewSigner(secret, seed)
		if err != nil {
			return nil, err
		}
		defer s.Wipe()
		a, err := s.Announce(t.Event, attest.DigitEvent{Base: 2, Unit: "bench", Digits: uint16(t.Digits)}, 2_000_000_000)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b attest.Announcement) int { return slices.Compare(a.Key[:], b.Key[:]) })
	for i, a := range all {
		t.Oracles[i] = a.Key
	}
	return attest.CheckSet(all, attest.Want{
		Keys: t.Oracles, Threshold: int(t.Threshold), EventID: t.Event, Unit: "bench", Digits: int(t.Digits),
	}, nil)
}
