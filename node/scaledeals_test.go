package node_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

const (
	// fanOut is how many coins a transaction has that contracts are funded by:
	// offers carry it whole.
	fanOut = 20
	// scaleCoin is what each of them is worth, satoshi.
	scaleCoin = 300_000
	// manyPeers are those that the contracts are with.
	manyPeers = 100
)

// workshop makes contracts of a daemon that does not run, with peers that are never
// there, as they are in the daemon's store once sign has left: really funded, with
// every signature of those that will settle.
type workshop struct {
	g     *ground
	ring  *keys.Ring
	store *store.Store
	entry index.Entry
	purse *btcec.PrivateKey
	peers []*btcec.PrivateKey
	coins []scaleInput
	count int

	// ripe is the announcement of the event by which some settle, day its day, counter
	// what the index says of it, and terms their terms; slots is how many signatures
	// a contract has.
	ripe    attest.Announcement
	day     uint32
	counter uint64
	terms   payout.Terms
	slots   int
	// sample is an offer that only its maker's signatures lack to be a good one, open
	// its terms; last is the key of a contract.
	sample *wire.Offer
	open   payout.Terms
	last   [32]byte
}

// scaleInput is a coin of the workshop.
type scaleInput struct {
	prev []byte
	vout uint32
}

func newWorkshop(g *ground) *workshop {
	g.t.Helper()
	w := &workshop{g: g, ring: g.daemon.ring(), purse: randomKey(), entry: index.ForGenesis(*g.params().GenesisHash)[0]}
	g.t.Cleanup(w.ring.Close)
	for range manyPeers {
		w.peers = append(w.peers, randomKey())
	}
	w.day = uint32(g.cal.Now().Unix()/index.DaySeconds) - 2 //nolint:gosec // of this century
	client := g.daemon.client()
	g.daemon.eventually("the day to be closed", func(ctx context.Context) error {
		answer, err := client.Index.GetIndexDay(ctx, &alkv1.GetIndexDayRequest{Day: w.day})
		w.counter = answer.GetDay().GetCounterTot()
		return err
	})
	return w
}

// make makes count contracts, of which the first ones wait for the counter of a day
// that is over and not attested yet, and the others for one in twenty days. Only those that settle have lists of their own:
// nobody reads those of the others.
func (w *workshop) make(count, settling int) {
	t := w.g.t
	t.Helper()
	w.count = count
	w.mint(2 * count)
	key, err := w.ring.StoreKey(keys.LabelContractStore)
	require.NoError(t, err)
	w.store, err = store.Open(w.g.daemon.cfg.NetworkDir()+"/contracts", key)
	require.NoError(t, err)
	w.ripe, w.terms = w.event(w.day)
	unripe, later := w.event(w.day + 22)
	slots, err := w.terms.Slots(payout.MaxSlots)
	require.NoError(t, err)
	w.slots = len(slots)
	var spare [2][]byte
	var made errgroup.Group
	made.SetLimit(16)
	for i := range count {
		d := &deal{w: w, number: i, peer: w.peers[i%manyPeers], terms: w.terms, announcement: w.ripe}
		if i >= settling {
			d.terms, d.announcement, d.lists = later, unripe, spare
		}
		if i == 0 {
			require.NoError(t, d.make())
			spare = d.lists
			w.offer(d, unripe, later.EndDay)
			continue
		}
		made.Go(d.make)
	}
	require.NoError(t, made.Wait())
	require.NoError(t, w.store.Close())
	w.g.mine()
}

// offer makes the sample out of a contract: over all days of the index, whose counter
// before the first is known without an oracle.
func (w *workshop) offer(d *deal, a attest.Announcement, end uint32) {
	sample := *d.offer
	w.open = w.terms
	w.open.Event, w.open.Base, w.open.Bucket = a.Event.ID, 0, 14
	w.open.StartDay, w.open.EndDay = w.entry.FirstDay, end
	sample.Party.Collateral = btcutil.Amount(w.open.LongLock()) //nolint:gosec // small
	sample.Terms, sample.Announcements = w.open.Encode(), [][]byte{a.Encode()}
	sample.CETLocktime = a.Event.Maturity
	sample.RefundLocktime = sample.CETLocktime + 28*index.DaySeconds
	w.sample = &sample
}

// event announces the counter at the end of a day, and gives terms by it.
func (w *workshop) event(day uint32) (attest.Announcement, payout.Terms) {
	id := index.EventID{Index: w.entry.ID, Kind: index.Cum, Day: day, Leg: "tot"}.String()
	a := scaleOracle.Announce(id, w.entry.CumUnit, int(w.entry.CumDigits), w.entry.Maturity(day))
	return a, scaleTerms(id, day, w.entry.CumDigits, w.counter)
}

// script is that of the workshop's coins, whose output key is the purse's.
func (w *workshop) script() []byte {
	return append([]byte{txscript.OP_1, txscript.OP_DATA_32}, schnorr.SerializePubKey(w.purse.PubKey())...)
}

// mint makes so many coins, fanOut of them in a transaction.
func (w *workshop) mint(count int) {
	t := w.g.t
	t.Helper()
	const fee, most = 10_000, 1_000
	for bundles := (count + fanOut - 1) / fanOut; bundles > 0; bundles -= most {
		n := min(bundles, most)
		root, err := w.g.node.Pay(w.script(), btcutil.Amount(n)*(fanOut*scaleCoin+fee)+100_000)
		require.NoError(t, err)
		w.g.mine()
		trunk := w.split(btcwire.OutPoint{Hash: root.TxHash()}, root.TxOut[0], n, fanOut*scaleCoin+fee)
		w.g.mine()
		for i := range n {
			branch := w.split(btcwire.OutPoint{Hash: trunk.TxHash(), Index: uint32(i)}, trunk.TxOut[i], fanOut, scaleCoin) //nolint:gosec // small
			prev := bare(t, branch)
			for vout := range fanOut {
				w.coins = append(w.coins, scaleInput{prev: prev, vout: uint32(vout)}) //nolint:gosec // small
			}
		}
		w.g.mine()
	}
}

// split spends a coin of the workshop into n equal ones; the rest is the fee.
func (w *workshop) split(from btcwire.OutPoint, out *btcwire.TxOut, n int, value int64) *btcwire.MsgTx {
	t := w.g.t
	t.Helper()
	tx := btcwire.NewMsgTx(2)
	tx.AddTxIn(btcwire.NewTxIn(&from, nil, nil))
	for range n {
		tx.AddTxOut(btcwire.NewTxOut(value, w.script()))
	}
	witness, err := w.sign(tx, []*btcwire.TxOut{out}, 0)
	require.NoError(t, err)
	tx.TxIn[0].Witness = witness
	_, err = w.g.node.RPC().SendRawTransaction(tx, true)
	require.NoError(t, err)
	return tx
}

// sign signs one input that spends a coin of the workshop.
func (w *workshop) sign(tx *btcwire.MsgTx, prevouts []*btcwire.TxOut, i int) (btcwire.TxWitness, error) {
	known := make(map[btcwire.OutPoint]*btcwire.TxOut, len(prevouts))
	for j, in := range tx.TxIn {
		known[in.PreviousOutPoint] = prevouts[j]
	}
	fetcher := txscript.NewMultiPrevOutFetcher(known)
	hash, err := txscript.CalcTaprootSignatureHash(txscript.NewTxSigHashes(tx, fetcher), txscript.SigHashDefault, tx, i, fetcher)
	if err != nil {
		return nil, err
	}
	signature, err := schnorr.Sign(w.purse, hash)
	if err != nil {
		return nil, err
	}
	return btcwire.TxWitness{signature.Serialize()}, nil
}

func bare(t *testing.T, tx *btcwire.MsgTx) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, tx.SerializeNoWitness(&b))
	return b.Bytes()
}

// deal is one contract on its way into the store.
type deal struct {
	w            *workshop
	number       int
	peer         *btcec.PrivateKey
	terms        payout.Terms
	announcement attest.Announcement
	// lists are those of both parties; made if there are none.
	lists [2][]byte

	keys  [2]*btcec.PrivateKey
	offer *wire.Offer
}

// make offers, accepts, signs, funds and stores the contract; the daemon offers.
func (d *deal) make() error {
	offer, accept, err := d.agree()
	if err != nil {
		return err
	}
	state := contract.State{Offer: offer, Accept: accept.Encode(), Role: contract.Accepter}
	built, err := contract.DealOf(state)
	if err != nil {
		return err
	}
	rawAccept, err := d.accept(state, built)
	if err != nil {
		return err
	}
	state.Role, state.AcceptHash = contract.Offerer, sha256.Sum256(rawAccept)
	state.ContractID = built.Contract.ID(d.offer.TempID)
	rawSign, err := d.sign(state, built)
	if err != nil {
		return err
	}
	tower, err := wire.NewTowerPackage(offer, rawAccept, rawSign)
	if err != nil {
		return err
	}
	params := contract.DefaultParams()
	params.TSettle, params.TAnswer, params.TClose, params.FundConf = 1, 1, 1, 1
	record, err := contract.Recovery{Role: contract.Offerer, Peer: nodeKeyOf(d.peer), Params: params, Tower: tower.Encode()}.Encode()
	if err != nil {
		return err
	}
	stored, err := d.w.store.Import(record)
	if err != nil {
		return err
	}
	if d.number == d.w.count-1 {
		d.w.last = stored.Key()
	}
	return d.fund(built.Contract.Funding)
}

// agree makes the offer, and the accept without signatures.
func (d *deal) agree() ([]byte, *wire.Accept, error) {
	set, err := attest.CheckSet([]attest.Announcement{d.announcement}, attest.Want{
		Keys: d.terms.Oracles, Threshold: 1, EventID: d.terms.Event, Unit: d.w.entry.CumUnit, Digits: int(d.terms.Digits),
	}, nil)
	if err != nil {
		return nil, nil, err
	}
	info, err := contract.InfoHash(d.terms, set)
	if err != nil {
		return nil, nil, err
	}
	own, err := d.party(contract.Offerer, d.terms.LongLock())
	if err != nil {
		return nil, nil, err
	}
	peers, err := d.party(contract.Accepter, d.terms.ShortLock())
	if err != nil {
		return nil, nil, err
	}
	maturity := set.Maturity()
	d.offer = &wire.Offer{
		TempID: sha256.Sum256(binary.BigEndian.AppendUint32([]byte("scale"), uint32(d.number))), Terms: d.terms.Encode(), //nolint:gosec // small
		Announcements: [][]byte{d.announcement.Encode()}, InfoHash: info, Party: own, FundSerial: 20, FundFeeRate: 3, CETFeeRate: 2,
		CETLocktime: maturity, RefundLocktime: maturity + 14*index.DaySeconds,
		Expiry: uint32(d.w.g.cal.Now().Unix() + 480), //nolint:gosec // until 2106
	}
	raw := d.offer.Encode()
	return raw, &wire.Accept{TempID: d.offer.TempID, OfferHash: sha256.Sum256(raw), Party: peers, List: make([]byte, 4)}, nil
}

// party brings a coin and keys of its own; the daemon's follow from its seed.
func (d *deal) party(role contract.Role, lock uint64) (wire.Party, error) {
	id, err := keys.NewKeyID(rand.Reader)
	if err != nil {
		return wire.Party{}, err
	}
	internal, own := randomKey(), randomKey()
	if role == contract.Offerer {
		if internal, own, err = d.w.ring.ContractKeys(id); err != nil {
			return wire.Party{}, err
		}
	}
	d.keys[role] = own
	serial, coin := uint64(role)+1, d.w.coins[2*d.number+int(role)]
	payoutKey := sha256.Sum256(id[:])
	_, to := btcec.PrivKeyFromBytes(payoutKey[:])
	return wire.Party{
		KeyID: id, Internal: nodeKeyOf(internal), Contract: nodeKeyOf(own), Collateral: btcutil.Amount(lock), //nolint:gosec // small
		Payout:       append([]byte{txscript.OP_1, txscript.OP_DATA_32}, schnorr.SerializePubKey(to)...),
		PayoutSerial: serial, Change: d.w.script(), ChangeSerial: 100 * serial,
		Inputs: []wire.Input{{Serial: serial, PrevTx: coin.prev, Vout: coin.vout}},
	}, nil
}

// accept makes the accepter's whole message; a list that is given is not made again.
func (d *deal) accept(s contract.State, built *contract.Deal) ([]byte, error) {
	if d.lists[contract.Accepter] == nil {
		raw, err := contract.MakeAccept(s, d.keys[contract.Accepter], aux())
		if err != nil {
			return nil, err
		}
		message, err := decoded[*wire.Accept](raw)
		if err == nil {
			d.lists[contract.Accepter] = bytes.Clone(message.List)
		}
		return raw, err
	}
	message := *built.Accept
	message.List = d.lists[contract.Accepter]
	var err error
	message.Refund, err = d.refund(contract.Accepter, built)
	return message.Encode(), err
}

// sign makes the offerer's, like accept.
func (d *deal) sign(s contract.State, built *contract.Deal) ([]byte, error) {
	if d.lists[contract.Offerer] == nil {
		raw, err := contract.MakeSign(s, d.keys[contract.Offerer], [][][]byte{{make([]byte, 64)}}, aux())
		if err != nil {
			return nil, err
		}
		message, err := decoded[*wire.Sign](raw)
		if err == nil {
			d.lists[contract.Offerer] = bytes.Clone(message.List)
		}
		return raw, err
	}
	message := wire.Sign{ContractID: s.ContractID, AcceptHash: s.AcceptHash, List: d.lists[contract.Offerer], Witnesses: [][][]byte{{make([]byte, 64)}}}
	var err error
	message.Refund, err = d.refund(contract.Offerer, built)
	return message.Encode(), err
}

func (d *deal) refund(role contract.Role, built *contract.Deal) ([64]byte, error) {
	settlement := built.Contract.Settlement
	return settlement.Output().SignLeaf(role, d.keys[role], settlement.RefundSighash(), [32]byte{})
}

// fund puts the funding transaction on the network.
func (d *deal) fund(f *txs.Funding) error {
	var witnesses [2][]btcwire.TxWitness
	for role := range witnesses {
		for _, i := range f.Inputs(contract.Role(role)) {
			witness, err := d.w.sign(f.Tx(), f.PrevOutputs(), i)
			if err != nil {
				return err
			}
			witnesses[role] = append(witnesses[role], witness)
		}
	}
	tx, err := f.Complete(witnesses[contract.Offerer], witnesses[contract.Accepter])
	if err != nil {
		return err
	}
	if _, err = d.w.g.node.RPC().SendRawTransaction(tx, true); err != nil {
		return fmt.Errorf("fund contract %d: %w", d.number, err)
	}
	return nil
}

func aux() contract.Aux {
	a := contract.Aux{Random: rand.Reader}
	for _, part := range [][]byte{a.Refund[:], a.List[:]} {
		_, _ = rand.Read(part) // it never fails
	}
	return a
}

var errWrongMessage = errors.New("another kind of message")

// decoded reads a message of a known type.
func decoded[M wire.Message](raw []byte) (M, error) {
	var none M
	message, err := wire.Decode(raw)
	if err != nil {
		return none, err
	}
	m, ok := message.(M)
	if !ok {
		return none, errWrongMessage
	}
	return m, nil
}
