package contract

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Aux is the fresh randomness of one signing: 32 CSPRNG bytes each for the
// refund signature and the list, and a CSPRNG to verify the list with.
type Aux struct {
	Refund, List [32]byte
	Random       io.Reader
}

// MakeAccept makes the accepter's accept, for SignContract in Offered: the
// refund signature and the list, both by the contract key, both verified. It
// is heavy, and must be called once for a contract; its bytes are stored
// before they leave and never made again. opts are those of the list.
func MakeAccept(s State, key *btcec.PrivateKey, aux Aux, opts ...adaptor.Option) ([]byte, error) {
	deal, err := DealOf(s)
	if err != nil {
		return nil, err
	}
	if deal.Accept == nil || s.Role != Accepter {
		return nil, fmt.Errorf("%w: no party to accept with", ErrIllegal)
	}
	message := *deal.Accept
	if message.Refund, message.List, err = deal.sign(Accepter, key, aux, opts); err != nil {
		return nil, err
	}
	return message.Encode(), nil
}

// MakeSign makes the offerer's sign, for SignContract in Accepted, as
// MakeAccept makes accept. witness holds the witnesses of our funding inputs,
// in the order of the offer.
func MakeSign(s State, key *btcec.PrivateKey, witness [][][]byte, aux Aux, opts ...adaptor.Option) ([]byte, error) {
	deal, err := DealOf(s)
	if err != nil {
		return nil, err
	}
	if deal.Accept == nil || s.Role != Offerer {
		return nil, fmt.Errorf("%w: no accept to sign for", ErrIllegal)
	}
	message := wire.Sign{ContractID: s.ContractID, AcceptHash: s.AcceptHash, Witnesses: witness}
	if message.Refund, message.List, err = deal.sign(Offerer, key, aux, opts); err != nil {
		return nil, err
	}
	return message.Encode(), nil
}

// sign makes a role's refund signature and list.
func (d *Deal) sign(role Role, key *btcec.PrivateKey, aux Aux, opts []adaptor.Option) (refund [64]byte, list []byte, err error) {
	refund, err = d.Contract.Settlement.Output().SignLeaf(role, key, d.Contract.Settlement.RefundSighash(), aux.Refund)
	if err != nil {
		return refund, nil, fmt.Errorf("sign refund: %w", err)
	}
	set, slots, hashes, err := d.slots(opts...)
	if err != nil {
		return refund, nil, err
	}
	points, err := adaptor.Points(set, slots, opts...)
	if err != nil {
		return refund, nil, refusal(wire.RejectBadOracle, "announcements", err)
	}
	signed, err := adaptor.SignList(key, points, hashes, aux.List, opts...)
	if err != nil {
		return refund, nil, fmt.Errorf("sign cets: %w", err)
	}
	if err := adaptor.VerifyList(d.contractKey(role), set, slots, hashes, signed, aux.Random, opts...); err != nil {
		return refund, nil, fmt.Errorf("verify own cets: %w", err)
	}
	return refund, signed.Encode(), nil
}

// contractKey returns x(C) of a role.
func (d *Deal) contractKey(role Role) [32]byte {
	c := d.Contract.Settlement.Output().Contract[role]
	return [32]byte(c[1:])
}

// slots returns the contract's slots with the hash that each signature signs.
func (d *Deal) slots(opts ...adaptor.Option) (*attest.Set, []digits.Slot, [][32]byte, error) {
	set, err := d.Set()
	if err != nil {
		return nil, nil, nil, err
	}
	slots, err := d.Terms.Slots(wire.MaxList)
	if err != nil {
		return nil, nil, nil, refusal(wire.RejectBadTerms, "terms", err)
	}
	hashes := make([][32]byte, len(slots))
	err = adaptor.Split(len(slots), func(lo, hi int) error {
		var payouts []btcutil.Amount // of the runs of slots that pay the same
		for i := lo; i < hi; i++ {
			if i == lo || slots[i-1].Y != slots[i].Y {
				payouts = append(payouts, btcutil.Amount(slots[i].Y)) //nolint:gosec // y <= M
			}
		}
		list, err := d.Contract.Settlement.CETSighashes(payouts)
		if err != nil {
			return err
		}
		for i := lo; i < hi; i++ {
			if i > lo && slots[i-1].Y != slots[i].Y {
				list = list[1:]
			}
			hashes[i] = list[0]
		}
		return nil
	}, opts...)
	if err != nil {
		return nil, nil, nil, err
	}
	return set, slots, hashes, nil
}

// Verify verifies the list in the peer's accept or sign, for VerifyPeer, and
// returns the code of PeerVerified: 0 if every signature is valid. The error
// says what is wrong, with the slot's number; with code 0 it says that our own
// side could not do the work. random is a CSPRNG. It is heavy.
func Verify(s State, message []byte, random io.Reader, opts ...adaptor.Option) (wire.RejectCode, error) {
	deal, err := DealOf(s)
	if err != nil || deal.Contract == nil {
		return wire.RejectInternal, errors.Join(ErrIllegal, err)
	}
	raw, role, err := listOf(message)
	if err != nil {
		return CodeOf(err), err
	}
	set, slots, hashes, err := deal.slots(opts...)
	if err != nil {
		return CodeOf(err), err
	}
	list, err := adaptor.DecodeList(raw, len(slots))
	if err != nil {
		return wire.RejectBadCETSig, err
	}
	if err := adaptor.VerifyList(deal.contractKey(role), set, slots, hashes, list, random, opts...); err != nil {
		if errors.Is(err, adaptor.ErrRandom) {
			return wire.RejectInternal, err
		}
		return wire.RejectBadCETSig, err
	}
	return 0, nil
}

// listOf returns the list of an accept or sign, and whose it is.
func listOf(message []byte) ([]byte, Role, error) {
	decoded, err := wire.Decode(message)
	if err != nil {
		return nil, 0, err
	}
	if accept, ok := decoded.(*wire.Accept); ok {
		return accept.List, Accepter, nil
	}
	if sign, ok := decoded.(*wire.Sign); ok {
		return sign.List, Offerer, nil
	}
	return nil, 0, refusal(wire.RejectMalformed, "message", fmt.Errorf("%s has no list", decoded.Type()))
}

// MakeCET completes the CET of the outcome that the oracles of CompleteCET
// attested, from the stored accept and sign and the stored attestations, in
// any order. It needs no key: both lists are completed with the same secret.
func MakeCET(s State, outcome uint64, oracles []uint8, accept, sign []byte, attestations [][]byte) ([]byte, error) {
	deal, err := DealOf(s)
	if err != nil || deal.Contract == nil {
		return nil, errors.Join(ErrIllegal, err)
	}
	set, slots, hashes, err := deal.slots()
	if err != nil {
		return nil, err
	}
	at, err := deal.slotOf(slots, outcome, oracles)
	if err != nil {
		return nil, err
	}
	known := make([]attest.Attestation, set.Len())
	for _, raw := range attestations {
		a, err := attest.DecodeAttestation(raw)
		if err != nil {
			return nil, err
		}
		if o := slices.Index(deal.Terms.Oracles, a.Key); o >= 0 {
			known[o] = a
		}
	}
	tau, err := adaptor.Secret(set, slots[at], known)
	if err != nil {
		return nil, fmt.Errorf("cet of %d: %w", outcome, err)
	}
	var full [2][64]byte
	for _, message := range [][]byte{accept, sign} {
		raw, role, err := listOf(message)
		if err != nil {
			return nil, err
		}
		list, err := adaptor.DecodeList(raw, len(slots))
		if err != nil {
			return nil, err
		}
		if full[role], err = adaptor.Complete(deal.contractKey(role), hashes[at], list.At(at), &tau); err != nil {
			return nil, fmt.Errorf("complete cet of the %s: %w", role, err)
		}
	}
	tx, err := deal.Contract.Settlement.CompleteCET(btcutil.Amount(slots[at].Y), full[Offerer], full[Accepter]) //nolint:gosec // y <= M
	if err != nil {
		return nil, err
	}
	return txBytes(tx), nil
}

// slotOf returns the number of the slot for an outcome and a combination of
// oracles.
func (d *Deal) slotOf(slots []digits.Slot, outcome uint64, oracles []uint8) (int, error) {
	combinations, err := digits.Combinations(len(d.Terms.Oracles), int(d.Terms.Threshold))
	if err != nil {
		return 0, err
	}
	want := make([]int, 0, len(oracles))
	for _, o := range oracles {
		want = append(want, int(o))
	}
	comb := slices.IndexFunc(combinations, func(c []int) bool { return slices.Equal(c, want) })
	at := slices.IndexFunc(slots, func(s digits.Slot) bool {
		return s.Comb == comb && outcome>>(d.Terms.Digits-s.Prefix.Len) == s.Prefix.Value
	})
	if comb < 0 || at < 0 {
		return 0, fmt.Errorf("%w: no slot for outcome %d of oracles %v", ErrIllegal, outcome, oracles)
	}
	return at, nil
}

// CloseOf builds the close of an attempt, with the answering side's cancel
// input or nil: what both parties sign.
func CloseOf(s State, session Session, cancel *wire.CancelInput) (*txs.Close, error) {
	deal, err := DealOf(s)
	if err != nil || deal.Contract == nil {
		return nil, errors.Join(ErrIllegal, err)
	}
	return deal.closeOf(session, cancel)
}

func (d *Deal) closeOf(session Session, cancel *wire.CancelInput) (*txs.Close, error) {
	if session.VO > d.Terms.M() || session.VA > d.Terms.M() {
		return nil, fmt.Errorf("%w: payouts beyond M", txs.ErrClose)
	}
	terms := txs.CloseTerms{
		Values: [2]btcutil.Amount{btcutil.Amount(session.VO), btcutil.Amount(session.VA)}, //nolint:gosec // <= M
		Rate:   txs.FeeRate(session.FeeRate),
	}
	if cancel != nil {
		terms.Cancel = &txs.CancelInput{
			PrevTx: cancel.PrevTx, Vout: cancel.Vout, ChangeScript: cancel.Change,
		}
	}
	return d.Contract.Settlement.Close(terms)
}
