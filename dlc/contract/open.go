package contract

import (
	"crypto/sha256"
	"fmt"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// userOffer begins a contract as offerer. The own offer passes the checks that
// the peer will make, so that a mistake costs nothing.
func (d *step) userOffer(e UserOffer) error {
	if d.s.Phase != New || d.s.OfferHash != [32]byte{} {
		return fmt.Errorf("%w: the contract exists", ErrIllegal)
	}
	deal, err := CheckOffer(e.Message, e.Clock, e.Params, e.Facts)
	if err != nil {
		return fmt.Errorf("%w: offer: %w", ErrOwn, err)
	}
	d.begin(Offerer, e.Peer, e.Params, deal, e.Message)
	inputs, err := d.ownInputs()
	if err != nil {
		return err
	}
	d.emit(ReserveInputs{Inputs: inputs})
	d.emit(Send{To: e.Peer, Ref: d.s.OfferHash})
	d.expire(int64(deal.Offer.Expiry))
	d.s.Base = Offered
	return nil
}

// begin fills in what both roles learn from the offer.
func (d *step) begin(role Role, peer [33]byte, params Params, deal *Deal, message []byte) {
	offer := deal.Offer
	d.s.Role, d.s.Peer, d.s.Params = role, peer, params
	d.s.TempID, d.s.Offer = offer.TempID, message
	d.s.Threshold, d.s.CETLocktime, d.s.RefundLocktime = uint8(deal.Terms.Threshold), offer.CETLocktime, offer.RefundLocktime //nolint:gosec // t <= 7
	if role == Accepter {
		d.s.NextAttempt = 1
	} else {
		d.s.PeerAttempt = 1
	}
	d.s.Bridged = deal.bridged()
	d.s.OfferHash = d.store(message)
	d.emit(RecordNonces{Announcements: offer.Announcements})
}

// peerOffer begins a contract as accepter. An offer that fails leaves no
// trace.
func (d *step) peerOffer(e PeerOffer) error {
	if d.s.OfferHash != [32]byte{} {
		return d.repeatedOffer(e)
	}
	if d.s.Phase != New {
		return fmt.Errorf("%w: offer in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := CheckOffer(e.Message, e.Clock, e.Params, e.Facts)
	if err != nil {
		d.refuseTo(e.Peer, e.Message, CodeOf(err))
		return nil
	}
	take, err := takeOf(deal.Offer)
	if err != nil {
		d.refuseTo(e.Peer, e.Message, CodeOf(err))
		return nil
	}
	d.begin(Accepter, e.Peer, e.Params, deal, e.Message)
	d.s.OrderID, d.s.TakeID, d.s.TakeSize = take.order, take.id, take.size
	d.emit(Notify{Notice: NoticeOffer})
	d.expire(int64(deal.Offer.Expiry))
	return nil
}

// repeatedOffer answers an offer under a temp_id that the peer has used.
func (d *step) repeatedOffer(e PeerOffer) error {
	switch {
	case e.Peer != d.s.Peer || d.s.Role != Accepter:
		d.refuseTo(e.Peer, e.Message, wire.RejectConflict)
	case sha256.Sum256(e.Message) != d.s.OfferHash:
		d.refuse(e.Message, wire.RejectConflict)
	case len(d.s.Reject) > 0:
		d.emit(Send{To: d.s.Peer, Data: d.s.Reject})
	case d.s.AcceptHash != [32]byte{}:
		d.emit(Send{To: d.s.Peer, Ref: d.s.AcceptHash})
	}
	return nil
}

// userApprove takes the checked offer: our inputs are set aside and the
// signatures of accept are made.
func (d *step) userApprove(e UserApprove) error {
	if !expects(d.s.Phase, d.s.Role, d.kind) || d.s.OfferHash == [32]byte{} {
		return fmt.Errorf("%w: approval in %s", ErrIllegal, d.s.Phase)
	}
	if _, err := CheckOffer(d.s.Offer, e.Clock, d.s.Params, e.Facts); err != nil {
		d.abort(wire.TypeOffer, CodeOf(err))
		return nil
	}
	head := wire.Accept{TempID: d.s.TempID, OfferHash: d.s.OfferHash, Party: e.Party, List: emptyList(), Vault: e.Vault}
	d.s.Accept = head.Encode()
	d.s.Bridged = d.s.Bridged || len(e.Vault) > 0
	d.changed()
	deal, err := d.agreed()
	if err != nil {
		return fmt.Errorf("%w: party: %w", ErrOwn, err)
	}
	d.s.ContractID = deal.Contract.ID(d.s.TempID)
	d.emit(ReserveInputs{Inputs: outPoints(deal.Contract.Funding.Funds(Accepter).Coins)})
	d.emit(SignContract{})
	d.s.Base = Offered
	return nil
}

// userWithdraw leaves the contract as far as that is still free, or by the
// cancel transaction.
func (d *step) userWithdraw() error {
	if !expects(d.s.Phase, d.s.Role, d.kind) || d.s.OfferHash == [32]byte{} {
		return fmt.Errorf("%w: withdrawal in %s", ErrIllegal, d.s.Phase)
	}
	if d.s.Phase == Signed || d.s.Phase == Broadcast {
		if len(d.s.Cancel) == 0 {
			return fmt.Errorf("%w: a restored contract has nothing to withdraw with", ErrIllegal)
		}
		d.cancel()
		return nil
	}
	d.abort(d.awaited(), wire.RejectDeclined)
	return nil
}

// cancel spends a funding input of ours elsewhere. Every party has the
// transaction before its witnesses leave.
func (d *step) cancel() {
	d.s.Base = Cancelling
	d.s.Deadline = 0
	d.emit(BroadcastTx{Tx: d.s.Cancel})
}

// ownFailure drops a contract that we cannot go on with.
func (d *step) ownFailure(e OwnFailure) error {
	if !expects(d.s.Phase, d.s.Role, d.kind) || d.s.OfferHash == [32]byte{} {
		return nil // too late: our message has left
	}
	code := e.Code
	if !code.Valid() {
		code = wire.RejectInternal
	}
	d.abort(d.awaited(), code)
	return nil
}

// ownSignatures takes what the signing worker made.
func (d *step) ownSignatures(e OwnSignaturesReady) error {
	if !expects(d.s.Phase, d.s.Role, d.kind) {
		return nil // the contract was dropped meanwhile
	}
	if code := d.late(); code != 0 {
		d.abort(d.awaited(), code)
		return nil
	}
	if d.s.Role == Accepter {
		return d.ownAccept(e)
	}
	return d.ownSign(e)
}

// late returns why the contract may not go on now: the running deadline has
// passed, or the event is too near.
func (d *step) late() wire.RejectCode {
	if d.s.overdue() {
		return wire.RejectExpired
	}
	if len(d.s.Attestations) > 0 || !d.s.opens() {
		return wire.RejectEventPast
	}
	return 0
}

// opens reports whether the event is at least LEAD away.
func (s State) opens() bool {
	return s.Clock.latest()+int64(s.Params.Lead) <= int64(s.CETLocktime)
}

func (d *step) ownAccept(e OwnSignaturesReady) error {
	message, err := decode[*wire.Accept](e.Message)
	if err != nil {
		return fmt.Errorf("%w: accept: %w", ErrOwn, err)
	}
	head := *message
	head.Refund, head.List = [64]byte{}, emptyList()
	if string(head.Encode()) != string(d.s.Accept) {
		return fmt.Errorf("%w: accept is not that of the approved party", ErrOwn)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if err := d.keepOwn(deal, e, message.Refund); err != nil {
		return err
	}
	head.Refund = message.Refund
	d.s.Accept = head.Encode()
	d.changed()
	d.s.AcceptHash = d.store(e.Message)
	if d.s.OrderID != [32]byte{} {
		d.emit(TakeOrder{OrderID: d.s.OrderID, TakeID: d.s.TakeID, Size: d.s.TakeSize})
		d.s.Taken = true
	}
	d.emit(Send{To: d.s.Peer, Ref: d.s.AcceptHash})
	d.arm(d.s.Params.TSign)
	d.s.Base = Accepted
	return nil
}

func (d *step) ownSign(e OwnSignaturesReady) error {
	message, err := decode[*wire.Sign](e.Message)
	if err != nil {
		return fmt.Errorf("%w: sign: %w", ErrOwn, err)
	}
	if message.ContractID != d.s.ContractID || message.AcceptHash != d.s.AcceptHash {
		return fmt.Errorf("%w: sign answers another accept", ErrOwn)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if err := d.keepOwn(deal, e, message.Refund); err != nil {
		return err
	}
	d.s.SignRefund = message.Refund
	d.s.SignHash = d.store(e.Message)
	d.watchFunding(deal)
	d.emit(Send{To: d.s.Peer, Ref: d.s.SignHash})
	d.arm(d.s.Params.TFund)
	d.s.Base = Signed
	return nil
}

// keepOwn verifies what the worker and the wallet signed before anything of it
// leaves, and keeps it: an own signature that is wrong would bind us to a
// contract whose refund does not work.
func (d *step) keepOwn(deal *Deal, e OwnSignaturesReady, refund [64]byte) error {
	if err := deal.Contract.Settlement.VerifyRefund(d.s.Role, refund); err != nil {
		return fmt.Errorf("%w: %w", ErrOwn, err)
	}
	if err := deal.Contract.Funding.VerifyWitnesses(d.s.Role, witnesses(e.Witness)); err != nil {
		return fmt.Errorf("%w: %w", ErrOwn, err)
	}
	if err := checkCancel(deal, d.s.Role, e.Cancel); err != nil {
		return fmt.Errorf("%w: cancel transaction: %w", ErrOwn, err)
	}
	d.s.OwnWitness, d.s.Cancel = e.Witness, e.Cancel
	return nil
}

// watchFunding watches the funding transaction and every input of it.
func (d *step) watchFunding(deal *Deal) {
	funding := deal.Contract.Funding.Tx()
	d.emit(WatchTx{Txid: funding.TxHash()})
	spends := make([]btcwire.OutPoint, 0, len(funding.TxIn))
	for _, in := range funding.TxIn {
		spends = append(spends, in.PreviousOutPoint)
	}
	d.emit(WatchSpends{OutPoints: spends})
	if !d.s.WasConfirmed { // unconfirmed at that time it is cancelled
		d.emit(StartTimer{At: int64(d.s.CETLocktime) - int64(d.s.Params.Lead) + 1})
	}
}

// peerAccept takes the answer to our offer, as far as it is quick to check.
func (d *step) peerAccept(e PeerAccept) error {
	hash := sha256.Sum256(e.Message)
	switch {
	case hash == d.s.Pending || hash == d.s.AcceptHash && d.s.SignHash == [32]byte{}:
		return nil
	case d.s.Phase == Aborted:
		d.refuse(e.Message, wire.RejectExpired)
		return nil
	case d.s.Role != Offerer:
		d.refuse(e.Message, wire.RejectUnknownContract)
		return nil
	case hash == d.s.AcceptHash:
		if d.s.Phase == Signed || d.s.Phase == Broadcast {
			d.emit(Send{To: d.s.Peer, Ref: d.s.SignHash})
		}
		return nil
	case d.s.AcceptHash != [32]byte{} || d.s.Pending != [32]byte{}:
		d.refuse(e.Message, wire.RejectConflict)
		return nil
	case !expects(d.s.Phase, d.s.Role, d.kind):
		d.refuse(e.Message, wire.RejectOutOfOrder)
		return nil
	}
	code := d.late()
	if e.Facts.Attested {
		code = wire.RejectEventPast
	}
	if code == 0 {
		code = e.Facts.Policy
	}
	if code != 0 {
		d.abort(wire.TypeAccept, code)
		return nil
	}
	if err := d.checkAccept(e); err != nil {
		d.abort(wire.TypeAccept, CodeOf(err))
		return nil
	}
	d.s.Pending = d.store(e.Message)
	d.emit(VerifyPeer{Ref: hash})
	return nil
}

// checkAccept checks everything of accept but its list, and keeps the head.
func (d *step) checkAccept(e PeerAccept) error {
	message, err := decode[*wire.Accept](e.Message)
	if err != nil {
		return err
	}
	if message.TempID != d.s.TempID {
		return refusal(wire.RejectUnknownContract, "temp_id", ErrForeign)
	}
	if message.OfferHash != d.s.OfferHash {
		return refusal(wire.RejectConflict, "offer_hash", ErrForeign)
	}
	head := *message
	head.List = emptyList()
	next := d.s
	next.Accept = head.Encode()
	deal, err := DealOf(next)
	if err != nil {
		return err
	}
	if err := checkCoins(e.Facts, deal.Contract.Funding.Funds(Accepter).Coins); err != nil {
		return err
	}
	if err := deal.Contract.Settlement.VerifyRefund(Accepter, message.Refund); err != nil {
		return err
	}
	d.s.Accept, d.s.Bridged = next.Accept, deal.bridged()
	d.s.ContractID = deal.Contract.ID(d.s.TempID)
	d.deal = deal
	return nil
}

// peerSign takes the offerer's signatures, as far as they are quick to check.
func (d *step) peerSign(e PeerSign) error {
	hash := sha256.Sum256(e.Message)
	switch {
	case hash == d.s.Pending:
		return nil
	case d.s.Phase == Aborted:
		d.refuse(e.Message, wire.RejectExpired)
		return nil
	case d.s.Role != Accepter || d.s.AcceptHash == [32]byte{}:
		d.refuse(e.Message, wire.RejectUnknownContract)
		return nil
	case hash == d.s.SignHash:
		d.emit(Send{To: d.s.Peer, Ref: d.s.FundedHash})
		return nil
	case d.s.SignHash != [32]byte{} || d.s.Pending != [32]byte{}:
		d.refuse(e.Message, wire.RejectConflict)
		return nil
	case !expects(d.s.Phase, d.s.Role, d.kind):
		d.refuse(e.Message, wire.RejectOutOfOrder)
		return nil
	}
	if code := d.late(); code != 0 {
		d.abort(wire.TypeSign, code)
		return nil
	}
	if err := d.checkSign(e.Message); err != nil {
		d.abort(wire.TypeSign, CodeOf(err))
		return nil
	}
	d.s.Pending = d.store(e.Message)
	d.emit(VerifyPeer{Ref: hash})
	return nil
}

// checkSign checks everything of sign but its list, and completes the funding
// transaction, which stays here until the list is verified.
func (d *step) checkSign(raw []byte) error {
	message, err := decode[*wire.Sign](raw)
	if err != nil {
		return err
	}
	if message.ContractID != d.s.ContractID {
		return refusal(wire.RejectUnknownContract, "contract_id", ErrForeign)
	}
	if message.AcceptHash != d.s.AcceptHash {
		return refusal(wire.RejectConflict, "accept_hash", ErrForeign)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if err := deal.Contract.Settlement.VerifyRefund(Offerer, message.Refund); err != nil {
		return err
	}
	funding, err := deal.Contract.Funding.Complete(witnesses(message.Witnesses), witnesses(d.s.OwnWitness))
	if err != nil {
		return err
	}
	d.s.SignRefund = message.Refund
	d.s.Funding = txBytes(funding)
	return nil
}

// peerVerified takes the verdict on the list of accept or sign.
func (d *step) peerVerified(e PeerVerified) error {
	if e.Ref != d.s.Pending || !expects(d.s.Phase, d.s.Role, d.kind) {
		return nil // an answer to a question that is closed
	}
	refused := wire.TypeAccept
	if d.s.Role == Accepter {
		refused = wire.TypeSign
	}
	code := e.Code
	if code == 0 {
		code = d.late()
	}
	if code != 0 {
		d.abort(refused, code)
		return nil
	}
	d.s.Pending = [32]byte{}
	if d.s.Role == Offerer {
		d.s.AcceptHash = e.Ref
		d.emit(SignContract{})
		d.arm(d.s.Params.TSign)
		d.s.Base = Accepted
		return nil
	}
	return d.fund(e.Ref)
}

// fund is the accepter's point of no return: all signatures are stored, the
// funding transaction leaves.
func (d *step) fund(sign [32]byte) error {
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	d.s.SignHash = sign
	d.s.FundingComplete = true
	d.s.Deadline = 0
	funded := wire.Funded{ContractID: d.s.ContractID, SignHash: sign, Witnesses: d.s.OwnWitness}
	d.s.FundedHash = d.store(funded.Encode())
	d.watchFunding(deal)
	d.emit(BroadcastTx{Tx: d.s.Funding})
	d.emit(Send{To: d.s.Peer, Ref: d.s.FundedHash})
	d.s.Base = Broadcast
	return nil
}

// peerFunded takes the accepter's witnesses. What is wrong with it is ignored:
// the chain decides.
func (d *step) peerFunded(e PeerFunded) error {
	if d.s.SignHash == [32]byte{} {
		d.refuse(e.Message, wire.RejectUnknownContract)
		return nil
	}
	message, err := decode[*wire.Funded](e.Message)
	if err != nil || d.s.Role != Offerer || d.s.FundingComplete ||
		message.ContractID != d.s.ContractID || message.SignHash != d.s.SignHash {
		return nil //nolint:nilerr // PROTOCOL.md 11: other bytes of funded are ignored
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	funding, err := deal.Contract.Funding.Complete(witnesses(d.s.OwnWitness), witnesses(message.Witnesses))
	if err != nil {
		return nil //nolint:nilerr // the same
	}
	d.s.Funding, d.s.FundingComplete = txBytes(funding), true
	if d.s.Base == Signed {
		d.s.Base = Broadcast
		d.s.Deadline = 0
		d.emit(BroadcastTx{Tx: d.s.Funding})
	}
	return nil
}

// peerReject takes a reject of the step that waits for an answer, or of our
// proposal to close; once past that step it means nothing.
func (d *step) peerReject(e PeerReject) error {
	message, err := decode[*wire.Reject](e.Message)
	if err != nil || message.ID != d.s.TempID && (message.ID != d.s.ContractID || d.s.ContractID == [32]byte{}) {
		return nil //nolint:nilerr // a reject is never answered
	}
	if message.Refused == wire.TypeCloseOffer && message.ID == d.s.ContractID {
		d.closeRefused()
		return nil
	}
	if !expects(d.s.Phase, d.s.Role, d.kind) {
		return nil
	}
	var steps []wire.Type
	switch {
	case d.s.Role == Accepter:
		steps = []wire.Type{wire.TypeAccept}
	case d.s.Phase == Offered:
		steps = []wire.Type{wire.TypeOffer, wire.TypeSign}
	default:
		steps = []wire.Type{wire.TypeSign}
	}
	fits := message.Code == wire.RejectUnknownContract
	for _, t := range steps {
		fits = fits || message.Refused == t
	}
	switch {
	case !fits:
	case d.s.Phase == Signed:
		d.cancel()
	default:
		d.abort(0, 0)
	}
	return nil
}

// peerResume sends again what we authored and the peer lacks.
func (d *step) peerResume(e PeerResume) error {
	if d.s.Phase == Aborted {
		reject := wire.Reject{ID: d.s.TempID, Refused: d.awaited(), Code: wire.RejectExpired}
		d.emit(Send{To: d.s.Peer, Data: reject.Encode()})
		return nil
	}
	if d.s.Phase.Final() || d.s.Phase == Cancelling {
		return nil
	}
	own := []struct {
		bit  wire.Have
		role Role
		ref  [32]byte
	}{
		{wire.HaveOffer, Offerer, d.s.OfferHash},
		{wire.HaveAccept, Accepter, d.s.AcceptHash},
		{wire.HaveSign, Offerer, d.s.SignHash},
		{wire.HaveFunded, Accepter, d.s.FundedHash},
	}
	for _, m := range own {
		if m.role == d.s.Role && m.ref != [32]byte{} && e.Have&m.bit == 0 {
			d.emit(Send{To: d.s.Peer, Ref: m.ref})
		}
	}
	return nil
}

// ownInputs returns the outpoints of our funding inputs.
func (d *step) ownInputs() ([]btcwire.OutPoint, error) {
	deal, err := d.agreed()
	if err != nil {
		return nil, err
	}
	party := deal.Offer.Party
	if d.s.Role == Accepter {
		if deal.Accept == nil {
			return nil, nil
		}
		party = deal.Accept.Party
	}
	points := make([]btcwire.OutPoint, 0, len(party.Inputs))
	for _, in := range party.Inputs {
		coin, err := txs.ParseInput(txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
		if err != nil {
			return nil, err
		}
		points = append(points, coin.OutPoint)
	}
	return points, nil
}

func outPoints(coins []txs.Coin) []btcwire.OutPoint {
	points := make([]btcwire.OutPoint, 0, len(coins))
	for _, c := range coins {
		points = append(points, c.OutPoint)
	}
	return points
}
