package contract

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Deal is what offer and accept say, read and built: everything that both
// parties derive alike. It must not be written to.
type Deal struct {
	Offer *wire.Offer
	Terms payout.Terms
	// Accept has an empty list; it and Contract are nil before the accepter's
	// side is known.
	Accept   *wire.Accept
	Contract *txs.Contract
}

// DealOf reads the messages in a state and builds the transactions. The error
// carries a reject code (CodeOf): only an accept that was never checked fails.
func DealOf(s State) (*Deal, error) {
	offer, err := decode[*wire.Offer](s.Offer)
	if err != nil {
		return nil, err
	}
	terms, err := payout.DecodeTerms(offer.Terms)
	if err != nil {
		return nil, refusal(wire.RejectBadTerms, "terms", err)
	}
	deal := &Deal{Offer: offer, Terms: terms}
	if len(s.Accept) == 0 {
		return deal, nil
	}
	if deal.Accept, err = decode[*wire.Accept](s.Accept); err != nil {
		return nil, err
	}
	if got, want := deal.Accept.Party.Collateral, lock(terms, terms.Offerer.Other()); got != want {
		return nil, refusal(wire.RejectBadCollateral, "collateral", fmt.Errorf("%d, the side locks %d", int64(got), int64(want)))
	}
	if err := deal.Accept.Party.Check(); err != nil {
		return nil, err
	}
	agreement := deal.agreement()
	if err := deal.checkKeys(agreement.Parties[:]...); err != nil {
		return nil, err
	}
	if deal.Contract, err = txs.Build(agreement); err != nil {
		return nil, err
	}
	return deal, nil
}

// Vault returns the record of the vault that a role's payout goes to, nil if it
// goes to the role itself or is not known yet.
func (d *Deal) Vault(r Role) []byte {
	switch {
	case r == Offerer:
		return d.Offer.Vault
	case d.Accept != nil:
		return d.Accept.Vault
	}
	return nil
}

// bridged reports whether a side pays a vault.
func (d *Deal) bridged() bool { return len(d.Vault(Offerer)) > 0 || len(d.Vault(Accepter)) > 0 }

func lock(terms payout.Terms, side payout.Side) btcutil.Amount {
	return btcutil.Amount(terms.Lock(side)) //nolint:gosec // terms are validated: at most 21e14
}

// agreement gathers what the transactions follow from.
func (d *Deal) agreement() txs.Agreement {
	long := Offerer
	if d.Terms.Offerer == payout.Short {
		long = Accepter
	}
	return txs.Agreement{
		Parties:        [2]txs.Party{partyOf(d.Offer.Party), partyOf(d.Accept.Party)},
		Long:           long,
		FundSerial:     d.Offer.FundSerial,
		FundRate:       txs.FeeRate(d.Offer.FundFeeRate),
		CETRate:        txs.FeeRate(d.Offer.CETFeeRate),
		CETLocktime:    d.Offer.CETLocktime,
		RefundLocktime: d.Offer.RefundLocktime,
	}
}

func partyOf(p wire.Party) txs.Party {
	party := txs.Party{
		Internal: p.Internal, Contract: p.Contract, Collateral: p.Collateral,
		PayoutScript: p.Payout, PayoutSerial: p.PayoutSerial,
		ChangeScript: p.Change, ChangeSerial: p.ChangeSerial,
	}
	for _, in := range p.Inputs {
		party.Inputs = append(party.Inputs, txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
	}
	return party
}

func (d *Deal) party(r Role) txs.Party {
	if r == Offerer {
		return partyOf(d.Offer.Party)
	}
	return partyOf(d.Accept.Party)
}

// checkKeys checks the parties' points against those of the oracles.
func (d *Deal) checkKeys(parties ...txs.Party) error {
	var oracle [][32]byte
	for i, raw := range d.Offer.Announcements {
		a, err := attest.DecodeAnnouncement(raw)
		if err != nil {
			return refusal(wire.RejectBadOracle, fmt.Sprintf("announcement %d", i), err)
		}
		oracle = append(append(oracle, a.Key), a.Event.Nonces...)
	}
	return txs.CheckKeys(oracle, parties...)
}

// Set checks the announcements once more and returns what signatures are made
// for. It is heavy.
func (d *Deal) Set() (*attest.Set, error) {
	announcements, unit, err := d.announcements()
	if err != nil {
		return nil, err
	}
	return d.checkSet(announcements, unit)
}

func (d *Deal) checkSet(announcements []attest.Announcement, unit string) (*attest.Set, error) {
	return attest.CheckSet(announcements, attest.Want{
		Keys: d.Terms.Oracles, Threshold: int(d.Terms.Threshold), EventID: d.Terms.Event,
		Unit: unit, Digits: int(d.Terms.Digits),
	}, nil)
}

// announcements returns the announcements and the unit of the first.
func (d *Deal) announcements() ([]attest.Announcement, string, error) {
	var unit string
	all := make([]attest.Announcement, 0, len(d.Offer.Announcements))
	for i, raw := range d.Offer.Announcements {
		a, err := attest.DecodeAnnouncement(raw)
		if err != nil {
			return nil, "", refusal(wire.RejectBadOracle, fmt.Sprintf("announcement %d", i), err)
		}
		if event, ok := a.Event.Descriptor.(attest.DigitEvent); ok && i == 0 {
			unit = event.Unit
		}
		all = append(all, a)
	}
	return all, unit, nil
}

// longOf returns the payout of the long side in a CET of this contract, and
// false if the transaction is none.
func (d *Deal) longOf(tx *btcwire.MsgTx) (uint64, bool) {
	long := Offerer
	if d.Terms.Offerer == payout.Short {
		long = Accepter
	}
	m := d.Terms.M()
	var y uint64
	found := false
	for _, out := range tx.TxOut {
		switch {
		case out.Value < 0 || uint64(out.Value) > m:
			return 0, false
		case bytes.Equal(out.PkScript, d.party(long).PayoutScript):
			y, found = uint64(out.Value), true
		case bytes.Equal(out.PkScript, d.party(long.Other()).PayoutScript) && !found:
			y = m - uint64(out.Value)
		}
	}
	cet, err := d.Contract.Settlement.CET(btcutil.Amount(y)) //nolint:gosec // y <= M
	if err != nil || cet.TxHash() != tx.TxHash() {
		return 0, false
	}
	runs, err := d.Terms.Runs()
	if err != nil || !slices.ContainsFunc(runs, func(r payout.Run) bool { return r.Y == y }) {
		return 0, false
	}
	return y, true
}

// checkCET checks that tx is the complete CET with the given long payout.
func (d *Deal) checkCET(tx *btcwire.MsgTx, long uint64) error {
	want, err := d.Contract.Settlement.CET(btcutil.Amount(long)) //nolint:gosec // a payout is at most M
	if err != nil {
		return err
	}
	if want.TxHash() != tx.TxHash() {
		return fmt.Errorf("%w: another payout", txs.ErrCETSig)
	}
	return txs.VerifyTx(tx, []*btcwire.TxOut{d.Contract.Settlement.PrevOutput()})
}

// checkCancel checks that raw spends a funding input of the role, spends
// nothing but those, pays a fee and is complete.
func checkCancel(deal *Deal, role Role, raw []byte) error {
	tx, err := parseTx(raw)
	if err != nil {
		return err
	}
	prevouts := make([]*btcwire.TxOut, 0, len(tx.TxIn))
	var fee int64
	coins := deal.Contract.Funding.Funds(role).Coins
	for _, in := range tx.TxIn {
		i := slices.IndexFunc(coins, func(c txs.Coin) bool { return c.OutPoint == in.PreviousOutPoint })
		if i < 0 {
			return fmt.Errorf("%w: %s is no own input", txs.ErrInput, in.PreviousOutPoint)
		}
		prevouts = append(prevouts, btcwire.NewTxOut(int64(coins[i].Value), coins[i].Script))
		fee += int64(coins[i].Value)
	}
	for _, out := range tx.TxOut {
		if out.Value < 0 || out.Value > fee {
			return fmt.Errorf("%w: pays more than it spends", txs.ErrInput)
		}
		fee -= out.Value
	}
	if fee <= 0 || len(tx.TxIn) == 0 {
		return fmt.Errorf("%w: pays no fee", txs.ErrInput)
	}
	return txs.VerifyTx(tx, prevouts)
}

// spends reports whether tx spends the outpoint.
func spends(tx *btcwire.MsgTx, point btcwire.OutPoint) bool {
	return slices.ContainsFunc(tx.TxIn, func(in *btcwire.TxIn) bool { return in.PreviousOutPoint == point })
}

// decode reads a message that has to be of type M.
func decode[M wire.Message](raw []byte) (M, error) {
	var none M
	message, err := wire.Decode(raw)
	if err != nil {
		return none, err
	}
	m, ok := message.(M)
	if !ok {
		return none, refusal(wire.RejectMalformed, "message", fmt.Errorf("%s is not expected", message.Type()))
	}
	return m, nil
}

// emptyList is a list of no signatures.
func emptyList() []byte { return make([]byte, 4) }

// parseTx reads a transaction and nothing after it.
func parseTx(raw []byte) (*btcwire.MsgTx, error) {
	tx := &btcwire.MsgTx{}
	r := bytes.NewReader(raw)
	if len(raw) > maxTx {
		return nil, fmt.Errorf("%w: transaction of %d bytes", ErrRecord, len(raw))
	}
	if err := tx.Deserialize(r); err != nil {
		return nil, fmt.Errorf("%w: transaction: %w", ErrRecord, err)
	}
	if r.Len() > 0 {
		return nil, fmt.Errorf("%w: bytes after the transaction", ErrRecord)
	}
	return tx, nil
}

// txBytes serialises a transaction with its witnesses.
func txBytes(tx *btcwire.MsgTx) []byte {
	var b bytes.Buffer
	b.Grow(tx.SerializeSize())
	if err := tx.Serialize(&b); err != nil {
		panic("contract: a buffer refused a transaction: " + err.Error())
	}
	return b.Bytes()
}

// txidText is the head of a transaction's id, for logs.
func txidText(raw []byte) string {
	tx, err := parseTx(raw)
	if err != nil {
		return "?"
	}
	return tx.TxHash().String()[:8]
}

// describe names the message of a Send.
func describe(e Send) string {
	if len(e.Data) == 0 {
		return "stored " + short(e.Ref)
	}
	message, err := wire.Decode(e.Data)
	if err != nil {
		return "?"
	}
	if reject, ok := message.(*wire.Reject); ok {
		return fmt.Sprintf("reject %s %s", reject.Refused, reject.Code)
	}
	return message.Type().String()
}

func witnesses(all [][][]byte) []btcwire.TxWitness {
	out := make([]btcwire.TxWitness, 0, len(all))
	for _, w := range all {
		out = append(out, w)
	}
	return out
}
