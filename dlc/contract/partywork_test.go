package contract_test

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

func (p *party) signContract() {
	t, s := p.w.t, p.mem.state
	if s.Phase != contract.Offered && s.Phase != contract.Accepted {
		return
	}
	if p.role == contract.Offerer && s.Phase != contract.Accepted {
		return
	}
	funding := dealOf(t, s).Contract.Funding
	var witness [][][]byte
	for _, at := range funding.Inputs(p.role) {
		w := signInput(t, funding.Tx(), funding.PrevOutputs(), at, p.wallet)
		witness = append(witness, w)
		p.w.enter(inputUse(t, funding.Tx(), funding.PrevOutputs(), at, p.wallet, w))
	}
	message := p.makeMessage(s, witness)
	p.w.enter(messageUses(t, s, message)...)
	cancel, err := funding.Cancel(p.role, p.own.Change, 10)
	unsigned := must(t, cancel, err).Tx()
	back := signInput(t, unsigned, cancel.PrevOutputs(), 0, p.wallet)
	p.w.enter(inputUse(t, unsigned, cancel.PrevOutputs(), 0, p.wallet, back))
	complete, err := cancel.Complete([]btcwire.TxWitness{back})
	raw := serialize(t, must(t, complete, err), false)
	judged(t, raw, cancel.PrevOutputs())
	p.note2(p.send(contract.OwnSignaturesReady{Clock: p.clock(), Message: message, Witness: witness, Cancel: raw}))
}

// makeMessage signs accept or sign with fresh randomness.
func (p *party) makeMessage(s contract.State, witness [][][]byte) []byte {
	t := p.w.t
	aux := contract.Aux{Refund: p.random.bytes(), List: p.random.bytes()}
	if p.steady {
		aux = contract.Aux{Refund: newDice(p.name).bytes(), List: newDice(p.name + "-list").bytes()}
	}
	return recall(func() []byte {
		aux.Random = newDice("own list")
		var message []byte
		var err error
		if p.role == contract.Accepter {
			message, err = contract.MakeAccept(s, p.key, aux)
		} else {
			message, err = contract.MakeSign(s, p.key, witness, aux)
		}
		return must(t, message, err)
	}, "sign", s.Offer, s.Accept, s.AcceptHash[:], aux.Refund[:], aux.List[:], fmt.Append(nil, p.role, witness))
}

func (p *party) completeCET(e contract.CompleteCET) {
	if p.noCET {
		return
	}
	if p.failCET > 0 {
		p.failCET--
		p.note2(p.send(contract.CETFailed{Clock: p.clock()}))
		return
	}
	var attestations [][]byte
	for _, a := range p.mem.state.Attestations {
		attestations = append(attestations, p.disk.messages[a.Ref])
	}
	s := p.mem.state
	accept, sign := p.disk.messages[s.AcceptHash], p.disk.messages[s.SignHash]
	raw := recall(func() []byte {
		tx, err := contract.MakeCET(s, e.Outcome, e.Oracles, accept, sign, attestations)
		return must(p.w.t, tx, err)
	}, "cet", s.Offer, s.Accept, accept, sign, fmt.Append(nil, e.Outcome, e.Oracles), bytes.Join(attestations, nil))
	judged(p.w.t, raw, []*btcwire.TxOut{dealOf(p.w.t, s).Contract.Settlement.PrevOutput()})
	p.note2(p.send(contract.CETReady{Clock: p.clock(), Tx: raw}))
}

// closeWork is the worker that holds secret nonces.
func (p *party) closeWork(effect contract.Effect) {
	t, s := p.w.t, p.mem.state
	output := dealOf(t, s).Contract.Settlement.Output()
	draw := func(attempt uint32) *txs.SecretNonce {
		random := p.random.bytes()
		nonce, err := txs.NewNonce(p.internal, &random, txs.NonceTerms{Role: p.role, Output: output, ContractID: s.ContractID, Attempt: attempt})
		p.mem.nonces[attempt] = must(t, nonce, err)
		return nonce
	}
	reply := func(m wire.Message) { p.transmit(contract.Send{Data: m.Encode()}) }
	switch e := effect.(type) { //nolint:gochecksumtype // the volatile ones
	case contract.ProposeClose:
		reply(&wire.CloseOffer{
			ContractID: s.ContractID, Attempt: e.Session.Attempt, Kind: wire.CloseKind(e.Session.Kind),
			OffererValue: btcutil.Amount(e.Session.VO), AccepterValue: btcutil.Amount(e.Session.VA), //nolint:gosec // small
			FeeRate: e.Session.FeeRate, PubNonce: draw(e.Session.Attempt).Public(),
		})
	case contract.AnswerClose:
		nonce := draw(e.Session.Attempt)
		built, buildErr := contract.CloseOf(s, e.Session, e.Cancel)
		peer := as[*wire.CloseOffer](t, e.Session.Message).PubNonce
		path := p.path(output, must(t, built, buildErr).Sighash(), nonce.Public(), peer)
		p.w.enter(partialUse(xOnly(p.internal), built.Sighash(), nonce.Public(), peer))
		partial, err := path.Sign(p.role, p.internal, nonce)
		reply(&wire.CloseAccept{
			ContractID: s.ContractID, Attempt: e.Session.Attempt, PubNonce: nonce.Public(), Partial: must(t, partial, err), Cancel: e.Cancel,
		})
	case contract.AggregateClose:
		p.aggregate(e, output)
	case contract.DropClose:
		if n := p.mem.nonces[e.Attempt]; n != nil {
			n.Wipe()
		}
	}
}

func (p *party) path(output txs.Output, message [32]byte, own, peer [66]byte) *txs.KeyPath {
	nonces := [2][66]byte{}
	nonces[p.role], nonces[p.role.Other()] = own, peer
	path, err := txs.NewKeyPath(output, message, nonces[0], nonces[1])
	return must(p.w.t, path, err)
}

func (p *party) aggregate(e contract.AggregateClose, output txs.Output) {
	t, s := p.w.t, p.mem.state
	accept := as[*wire.CloseAccept](t, e.Session.Message)
	nonce := p.mem.nonces[e.Session.Attempt]
	built, err := contract.CloseOf(s, e.Session, accept.Cancel)
	if err != nil || nonce == nil {
		p.note2(p.send(contract.CloseFailed{Clock: p.clock(), Attempt: e.Session.Attempt, Code: wire.RejectBadClose}))
		return
	}
	path := p.path(output, built.Sighash(), nonce.Public(), accept.PubNonce)
	if path.Verify(p.role.Other(), accept.Partial) != nil {
		p.note2(p.send(contract.CloseFailed{Clock: p.clock(), Attempt: e.Session.Attempt, Code: wire.RejectBadPartial}))
		return
	}
	p.w.enter(partialUse(xOnly(p.internal), built.Sighash(), nonce.Public(), accept.PubNonce))
	own, err := path.Sign(p.role, p.internal, nonce)
	partials := [2][32]byte{}
	partials[p.role], partials[p.role.Other()] = must(t, own, err), accept.Partial
	signature, err := path.Aggregate(partials[0], partials[1])
	var witness btcwire.TxWitness
	if accept.Cancel != nil {
		witness = accept.Cancel.Witness
	}
	tx, completeErr := built.Complete(must(t, signature, err), witness)
	raw := serialize(t, must(t, tx, completeErr), false)
	judged(t, raw, built.PrevOutputs())
	p.note2(p.send(contract.CloseSigned{Clock: p.clock(), Attempt: e.Session.Attempt, Tx: raw}))
}
