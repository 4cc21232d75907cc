package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

const digits = 6

type oracle struct {
	t *testing.T
	*attest.Signer
	dir string
	*store.Store
}

func newOracle(t *testing.T, name string) *oracle {
	t.Helper()
	secret := attesttest.Secret(name)
	s, err := attest.NewSigner(secret.Bytes(), [32]byte{1})
	require.NoError(t, err)
	o := &oracle{t: t, Signer: s, dir: t.TempDir()}
	o.open()
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	return o
}

func (o *oracle) open() {
	s, err := store.Open(o.dir, [32]byte{9})
	require.NoError(o.t, err)
	o.Store = s
}

func (o *oracle) reopen() {
	require.NoError(o.t, o.Close())
	o.open()
}

func id(day uint32) string { return fmt.Sprintf("hp1/day/%d/tot", day) }

func (o *oracle) announcement(day uint32) attest.Announcement {
	o.t.Helper()
	a, err := o.Signer.Announce(id(day), attest.DigitEvent{Base: 2, Unit: "sat/PH/day", Digits: digits}, 1000*day)
	require.NoError(o.t, err)
	return a
}

func (o *oracle) announce(days ...uint32) {
	o.t.Helper()
	var list []attest.Announcement
	for _, d := range days {
		list = append(list, o.announcement(d))
	}
	require.NoError(o.t, o.Store.Announce(list))
}

func (o *oracle) attestation(day uint32, value uint64) attest.Attestation {
	o.t.Helper()
	b, err := o.Signer.Attest(o.announcement(day), attest.Digits(value, digits))
	require.NoError(o.t, err)
	return b
}

func (o *oracle) attest(day uint32, value uint64) error {
	o.t.Helper()
	_, err := o.Store.Attest(o.Key(), []attest.Attestation{o.attestation(day, value)}, nil, o.Signer.Mark)
	return err
}

func (o *oracle) mark() attest.Mark {
	o.t.Helper()
	m, err := o.Store.Mark(o.Key())
	require.NoError(o.t, err)
	return m
}

func (o *oracle) entries(from uint64) []store.Entry {
	o.t.Helper()
	list, _, err := o.Log(o.Key(), from, 1000, math.MaxUint64)
	if !errors.Is(err, store.ErrNotFound) {
		require.NoError(o.t, err)
	}
	return list
}

func TestAnEventIsAttestedOnceForEver(t *testing.T) {
	o := newOracle(t, "red")
	require.ErrorIs(t, o.attest(1, 5), store.ErrNotAnnounced)
	o.announce(1, 2)
	require.NoError(t, o.attest(1, 5))
	require.NoError(t, o.attest(1, 5), "the same again is no second one")
	require.ErrorIs(t, o.attest(1, 6), store.ErrAttested)
	o.reopen()
	require.ErrorIs(t, o.attest(1, 6), store.ErrAttested)
	require.EqualValues(t, 1, o.mark().Count)

	e, err := o.Store.Event(o.Key(), id(1))
	require.NoError(t, err)
	require.Equal(t, o.attestation(1, 5).Encode(), e.Attestation)
	e, err = o.Store.Event(o.Key(), id(2))
	require.NoError(t, err)
	require.Nil(t, e.Attestation)
	_, err = o.Store.Event(o.Key(), id(3))
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestRegressBitcoinS3428TwoWritersCannotAttestTwoValues(t *testing.T) {
	o := newOracle(t, "red")
	o.announce(1)
	var group sync.WaitGroup
	results := make(chan error, 20)
	for v := range uint64(20) {
		b := o.attestation(1, v)
		group.Go(func() {
			_, err := o.Store.Attest(o.Key(), []attest.Attestation{b}, nil, o.Signer.Mark)
			results <- err
		})
	}
	group.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, store.ErrAttested)
	}
	require.Equal(t, 1, won)
}

func TestABatchIsWholeOrNothing(t *testing.T) {
	o := newOracle(t, "red")
	o.announce(1)
	batch := []attest.Attestation{o.attestation(1, 5), o.attestation(2, 5)}
	day := store.Day{Index: "hp1", Day: 1, Record: []byte("{}"), Proof: []byte("p")}
	_, err := o.Store.Attest(o.Key(), batch, []store.Day{day}, o.Signer.Mark)
	require.ErrorIs(t, err, store.ErrNotAnnounced)
	_, err = o.Store.Mark(o.Key())
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = o.Day("hp1", 1)
	require.ErrorIs(t, err, store.ErrNotFound)

	o.announce(2)
	m, err := o.Store.Attest(o.Key(), batch, []store.Day{day}, o.Signer.Mark)
	require.NoError(t, err)
	require.EqualValues(t, 2, m.Count)
	require.NoError(t, m.Verify())
	got, err := o.Day("hp1", 1)
	require.NoError(t, err)
	require.Equal(t, day, got)
	day.Record = []byte("{1}")
	_, err = o.Store.Attest(o.Key(), nil, []store.Day{day}, o.Signer.Mark)
	require.ErrorIs(t, err, records.ErrImmutable)

	a := o.announcement(3)
	a.Event.Nonces[0] = o.announcement(1).Event.Nonces[0]
	require.ErrorIs(t, o.Store.Announce([]attest.Announcement{o.announcement(4), a}), store.ErrAnnounced, "a nonce of another event")
	a = o.announcement(1)
	a.Event.Maturity++
	require.ErrorIs(t, o.Store.Announce([]attest.Announcement{a}), store.ErrAnnounced, "another event under the id")
	missing, err := o.Missing(o.Key(), []string{id(1), id(4), id(2)})
	require.NoError(t, err)
	require.Equal(t, []string{id(4)}, missing)
}

func TestForeignAndBrokenAttestationsAreRefused(t *testing.T) {
	o, other := newOracle(t, "red"), newOracle(t, "green")
	o.announce(1)
	try := func(b attest.Attestation) error {
		_, err := o.Store.Attest(o.Key(), []attest.Attestation{b}, nil, o.Signer.Mark)
		return err
	}
	require.ErrorIs(t, try(other.attestation(1, 5)), attest.ErrKey)
	b := o.attestation(1, 5)
	b.Signatures[0][0] ^= 1
	require.ErrorIs(t, try(b), attest.ErrNonce)
	_, err := o.Store.Attest(o.Key(), []attest.Attestation{o.attestation(1, 5)}, nil, other.Signer.Mark)
	require.ErrorIs(t, err, attest.ErrMark, "a mark by another key")
	require.NoError(t, o.attest(1, 5))
}

func TestEventsAreListedInPages(t *testing.T) {
	o := newOracle(t, "red")
	o.announce(1, 2, 3, 4, 5)
	require.NoError(t, o.attest(2, 7))
	read := func(prefix, after string, limit int) (ids []string, attested int) {
		require.NoError(t, o.Events(o.Key(), prefix, after, func(e store.Event) error {
			ids = append(ids, e.ID)
			if e.Attestation != nil {
				attested++
			}
			if len(ids) == limit {
				return records.ErrStop
			}
			return nil
		}))
		return ids, attested
	}
	ids, attested := read("hp1/", "", 3)
	require.Equal(t, []string{id(1), id(2), id(3)}, ids)
	require.Equal(t, 1, attested)
	ids, _ = read("hp1/", id(3), 3)
	require.Equal(t, []string{id(4), id(5)}, ids)
	ids, _ = read("hp1/day/2/", "", 3)
	require.Equal(t, []string{id(2)}, ids)
	ids, _ = read("hp1/", "hp2/", 3)
	require.Empty(t, ids)
	ids, _ = read("hp1/", "a", 1)
	require.Equal(t, []string{id(1)}, ids)

	for d := range uint32(4) {
		_, err := o.Store.Attest(o.Key(), nil, []store.Day{{Index: "hp1", Day: d, Record: []byte{byte(d)}}, {Index: "hp1-regtest", Day: d, Record: []byte("other")}}, o.Signer.Mark)
		require.NoError(t, err)
	}
	days, err := o.Days("hp1", 1, 2)
	require.NoError(t, err)
	require.Equal(t, []store.Day{{Index: "hp1", Day: 1, Record: []byte{1}}, {Index: "hp1", Day: 2, Record: []byte{2}}}, days)
}

func TestAStoreInDoubtTakesNothing(t *testing.T) {
	o := newOracle(t, "red")
	o.announce(1, 2, 3)
	require.NoError(t, o.attest(1, 5))
	first := o.mark()
	require.NoError(t, o.attest(2, 6))
	require.NoError(t, o.Doubt("restored from a backup"))
	require.NoError(t, o.Doubt("a second reason"))
	reason, err := o.Doubts()
	require.NoError(t, err)
	require.Equal(t, "restored from a backup", reason)
	require.ErrorIs(t, o.attest(3, 7), store.ErrUnconfirmed)
	o.reopen()
	require.ErrorIs(t, o.attest(3, 7), store.ErrUnconfirmed)

	keys := [][32]byte{o.Key()}
	beyond, elsewhere, forged := o.Signer.Mark(3, [32]byte{3}), o.Signer.Mark(2, [32]byte{2}), o.mark()
	forged.Count = 1
	for name, c := range map[string]struct {
		kept []attest.Mark
		want error
	}{
		"no mark":       {nil, store.ErrUnconfirmed},
		"an old mark":   {[]attest.Mark{first}, store.ErrUnconfirmed},
		"a later mark":  {[]attest.Mark{o.mark(), beyond}, store.ErrUnconfirmed},
		"another log":   {[]attest.Mark{elsewhere}, attest.ErrMark},
		"a forged mark": {[]attest.Mark{o.mark(), forged}, attest.ErrSignature},
	} {
		require.ErrorIs(t, o.Confirm(keys, c.kept), c.want, name)
		require.ErrorIs(t, o.attest(3, 7), store.ErrUnconfirmed, name)
	}
	require.NoError(t, o.Confirm(keys, []attest.Mark{first, o.mark()}))
	require.NoError(t, o.attest(3, 7))
	require.NoError(t, newOracle(t, "new").Confirm(keys, nil), "an oracle that attested nothing has nothing to lose")
}

// A backup goes on from what others kept, and never attests what the lost store
// may have attested.
func TestAStaleStoreTakesBackWhatOthersKept(t *testing.T) {
	now := newOracle(t, "red")
	now.announce(1, 2, 3, 4)
	require.NoError(t, now.attest(1, 5))
	stale := newOracle(t, "red")
	stale.announce(1)
	require.NoError(t, stale.attest(1, 5))
	require.NoError(t, now.attest(2, 6))
	require.NoError(t, now.attest(3, 7))

	require.NoError(t, stale.Doubt("restored"))
	require.ErrorIs(t, stale.CheckMark(now.mark()), store.ErrUnconfirmed)
	kept := now.entries(1)
	require.Len(t, kept, 2)
	swapped := []store.Entry{kept[1], kept[0]}
	require.ErrorIs(t, stale.Import(swapped, now.mark()), attest.ErrMark)
	require.ErrorIs(t, stale.Import(kept[:1], now.mark()), attest.ErrMark)
	require.NoError(t, stale.Import(kept, now.mark()))
	require.NoError(t, stale.CheckMark(now.mark()))
	require.ErrorIs(t, stale.attest(2, 9), store.ErrUnconfirmed, "taking back does not end the doubt")
	require.Equal(t, now.mark(), stale.mark())

	require.NoError(t, stale.Fence([][32]byte{stale.Key()}, 4000))
	stale.announce(4, 5)
	require.ErrorIs(t, stale.attest(4, 8), store.ErrFenced)
	require.NoError(t, stale.attest(3, 7), "what is there stays")
	require.ErrorIs(t, stale.attest(3, 8), store.ErrAttested)
	require.NoError(t, stale.attest(5, 8))
	require.NoError(t, stale.Fence([][32]byte{stale.Key()}, 10))
	through, err := stale.Fenced(stale.Key())
	require.NoError(t, err)
	require.EqualValues(t, 4000, through)
}

func TestImportVerifiesEverything(t *testing.T) {
	o, other := newOracle(t, "red"), newOracle(t, "green")
	for _, x := range []*oracle{o, other} {
		x.announce(1, 2)
		require.NoError(t, x.attest(1, 5))
	}
	good := o.entries(0)[0]
	b := o.attestation(1, 5)
	b.Signatures[2][40] ^= 1
	a := o.announcement(1)
	a.Signature[0] ^= 1
	mark := func(e store.Entry) attest.Mark { return o.Signer.Mark(1, attest.NextHead([32]byte{}, e.Attestation)) }
	for name, e := range map[string]store.Entry{
		"signature of a digit":         {Announcement: good.Announcement, Attestation: b.Encode()},
		"signature of an announcement": {Announcement: a.Encode(), Attestation: good.Attestation},
		"another event":                {Announcement: o.announcement(2).Encode(), Attestation: good.Attestation},
		"another oracle":               other.entries(0)[0],
		"no announcement":              {Attestation: good.Attestation},
		"no attestation":               {Announcement: good.Announcement},
	} {
		fresh := newOracle(t, "red")
		require.Error(t, fresh.Import([]store.Entry{e}, mark(e)), name)
		_, err := fresh.Store.Mark(fresh.Key())
		require.ErrorIs(t, err, store.ErrNotFound, name)
	}
	conflicting := newOracle(t, "red")
	conflicting.announce(1)
	require.NoError(t, conflicting.attest(1, 6))
	require.ErrorIs(t, conflicting.Import([]store.Entry{good}, mark(good)), store.ErrAttested)
	forged := mark(good)
	forged.Signature[0] ^= 1
	require.ErrorIs(t, newOracle(t, "red").Import([]store.Entry{good}, forged), attest.ErrSignature)
}

func TestTheLogOfAPeerOnlyGrows(t *testing.T) {
	o, peer := newOracle(t, "red"), newOracle(t, "green")
	peer.announce(1, 2, 3)
	_, err := o.PeerMark(peer.Key())
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, peer.attest(1, 5))
	early := peer.mark()
	require.NoError(t, peer.attest(2, 6))
	require.NoError(t, o.PutPeer(peer.entries(0), peer.mark()))
	require.NoError(t, o.PutPeer(nil, peer.mark()), "nothing new")
	require.NoError(t, peer.attest(3, 7))

	require.ErrorIs(t, o.PutPeer(nil, early), attest.ErrMark, "a log that shrank")
	require.ErrorIs(t, o.PutPeer(nil, peer.mark()), attest.ErrMark, "a mark beyond the entries")
	require.ErrorIs(t, o.PutPeer(peer.entries(0), peer.mark()), attest.ErrMark, "events a second time")
	require.ErrorIs(t, o.PutPeer(o.entries(0), o.Signer.Mark(1, [32]byte{1})), attest.ErrMark)
	require.NoError(t, o.PutPeer(peer.entries(2), peer.mark()))

	got, err := o.PeerMark(peer.Key())
	require.NoError(t, err)
	require.Equal(t, peer.mark(), got)
	for _, s := range []*store.Store{o.Store, peer.Store} {
		list, mark, err := s.Log(peer.Key(), 0, 1, math.MaxUint64)
		require.NoError(t, err)
		require.LessOrEqual(t, len(list), 2, "a page ends at a mark")
		require.EqualValues(t, len(list), mark.Count)
		require.NoError(t, mark.Verify())
		rest, end, err := s.Log(peer.Key(), mark.Count, 1000, math.MaxUint64)
		require.NoError(t, err)
		require.Equal(t, peer.mark(), end)
		require.Equal(t, peer.entries(0), append(list, rest...))
		none, end, err := s.Log(peer.Key(), 3, 10, math.MaxUint64)
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, peer.mark(), end)
		list, mark, err = s.Log(peer.Key(), 0, 10, 2)
		require.NoError(t, err)
		require.Len(t, list, 2, "no more than is public")
		require.EqualValues(t, 2, mark.Count)
		_, _, err = s.Log(peer.Key(), 0, 10, 0)
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	e, err := o.PeerEvent(peer.Key(), id(3))
	require.NoError(t, err)
	require.Equal(t, peer.entries(2)[0], e)
	_, err = o.PeerEvent(peer.Key(), id(4))
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestMetaValues(t *testing.T) {
	o := newOracle(t, "red")
	_, err := o.Meta("x")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, o.PutMeta("x", []byte("1")))
	require.NoError(t, o.PutMeta("x", []byte("2")))
	require.True(t, errors.Is(o.PutMetaOnce("x", []byte("3")), records.ErrImmutable))
	v, err := o.Meta("x")
	require.NoError(t, err)
	require.Equal(t, "2", string(v))
}

func TestARestoredStoreIsInDoubt(t *testing.T) {
	o := newOracle(t, "red")
	o.announce(1, 2)
	require.NoError(t, o.attest(1, 5))
	var dump bytes.Buffer
	require.NoError(t, o.Dump(&dump))
	dir := filepath.Join(t.TempDir(), "store")
	require.ErrorIs(t, store.Restore(dir, [32]byte{3}, bytes.NewReader(dump.Bytes()[:dump.Len()-1]), "x"), records.ErrCorrupt)
	require.NoDirExists(t, dir)
	require.NoError(t, store.Restore(dir, [32]byte{3}, bytes.NewReader(dump.Bytes()), "restored from a backup"))
	require.ErrorIs(t, store.Restore(dir, [32]byte{3}, bytes.NewReader(dump.Bytes()), "x"), store.ErrExists)
	restored, err := store.Open(dir, [32]byte{3})
	require.NoError(t, err)
	defer func() { require.NoError(t, restored.Close()) }()
	_, err = restored.Attest(o.Key(), []attest.Attestation{o.attestation(2, 6)}, nil, o.Signer.Mark)
	require.ErrorIs(t, err, store.ErrUnconfirmed)
	require.ErrorContains(t, err, "restored from a backup")
	m, err := restored.Mark(o.Key())
	require.NoError(t, err)
	require.Equal(t, o.mark(), m)
}

func TestACopiedStoreIsInDoubt(t *testing.T) {
	o := newOracle(t, "red")
	anchor := filepath.Join(t.TempDir(), "anchor")
	doubts := func() string {
		reason, err := o.Doubts()
		require.NoError(t, err)
		return reason
	}
	require.Error(t, o.CheckAnchor(anchor, bytes.NewReader(nil)), "no randomness")
	require.NoError(t, o.CheckAnchor(anchor, bytes.NewReader(make([]byte, 16))))
	require.NoError(t, o.CheckAnchor(anchor, nil))
	o.reopen()
	require.NoError(t, o.CheckAnchor(anchor, nil))
	require.Empty(t, doubts())

	raw, err := os.ReadFile(anchor) //nolint:gosec // G304: the test's own file
	require.NoError(t, err)
	require.NoError(t, os.Rename(anchor, anchor+".old"))
	require.NoError(t, os.WriteFile(anchor, raw, 0o600)) //nolint:gosec // G703: the test's own file
	require.NoError(t, o.CheckAnchor(anchor, nil))
	require.Contains(t, doubts(), "copied")
	require.NoError(t, o.Fence(nil, 0))
	require.NoError(t, o.TieAnchor(anchor, nil))
	require.NoError(t, o.CheckAnchor(anchor, nil))
	require.Empty(t, doubts())
	require.NoError(t, os.Remove(anchor))
	require.NoError(t, o.CheckAnchor(anchor, nil))
	require.NotEmpty(t, doubts())
}
