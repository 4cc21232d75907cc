package contract

import (
	"crypto/sha256"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// restoredAttempts is by how much close attempts jump in a restored contract,
// so that no number is used twice (PROTOCOL.md 15).
const restoredAttempts = 1000

// Recovery is what a backup keeps of a contract that may be funded: enough to
// watch it, settle it and refund it, and nothing that could sign.
type Recovery struct {
	Role   Role
	Peer   [33]byte
	Params Params
	// Tower is the tower package.
	Tower []byte
	// NextAttempt and PeerAttempt are the marks of the closes, Claims those
	// signed.
	NextAttempt, PeerAttempt uint32
	Claims                   []Claim
	// Attestations are whole messages.
	Attestations [][]byte
}

// Encode returns the recovery record.
func (r Recovery) Encode() ([]byte, error) {
	c := &coder{writing: true}
	version := uint8(RecordVersion)
	c.u8(&version)
	r.code(c)
	return c.done()
}

// DecodeRecovery reads a record of Encode; ErrNewer or ErrRecord.
func DecodeRecovery(raw []byte) (Recovery, error) {
	var r Recovery
	c := &coder{buf: raw}
	var version uint8
	c.u8(&version)
	if c.err == nil && version > RecordVersion {
		return r, fmt.Errorf("%w: version %d", ErrNewer, version)
	}
	if c.err == nil && version != RecordVersion {
		c.fail("version")
	}
	r.code(c)
	if _, err := c.done(); err != nil {
		return Recovery{}, err
	}
	return r, nil
}

func (r *Recovery) code(c *coder) {
	small(c, &r.Role, Accepter+1)
	c.fixed(r.Peer[:])
	r.Params.code(c)
	c.bytes(&r.Tower, 2*maxMessage)
	c.u32(&r.NextAttempt)
	c.u32(&r.PeerAttempt)
	each(c, &r.Claims, maxClaims, codeClaim)
	each(c, &r.Attestations, maxOracles, func(c *coder, v *[]byte) { c.bytes(v, attest.MaxAttestation) })
}

// RecoveryOf returns what to keep of a contract, from its state and its stored
// messages. It is ErrIllegal for a contract whose sign does not exist: such a
// one may be forgotten, and a restored node must not answer for it.
func RecoveryOf(s State, accept, sign []byte, attestations [][]byte) (Recovery, error) {
	if s.SignHash == [32]byte{} {
		return Recovery{}, fmt.Errorf("%w: no recovery in %s", ErrIllegal, s.Phase)
	}
	tower, err := wire.NewTowerPackage(s.Offer, accept, sign)
	if err != nil {
		return Recovery{}, err
	}
	return Recovery{
		Role: s.Role, Peer: s.Peer, Params: s.Params, Tower: tower.Encode(),
		NextAttempt: s.NextAttempt, PeerAttempt: s.PeerAttempt, Claims: s.Claims, Attestations: attestations,
	}, nil
}

// Restore builds a contract from its recovery record: possibly funded, so in
// Broadcast until the chain says more. Both refund signatures are verified,
// which say nothing of the terms; a record that comes from a peer needs Verify of both
// lists besides. The effects store the messages. Restarted
// is the event to go on with.
func Restore(r Recovery) (State, []Effect, error) {
	tower, err := wire.DecodeTowerPackage(r.Tower)
	if err != nil {
		return State{}, nil, err
	}
	accept, err := decode[*wire.Accept](tower.Accept)
	if err != nil {
		return State{}, nil, err
	}
	sign, err := decode[*wire.Sign](tower.Sign)
	if err != nil {
		return State{}, nil, err
	}
	offer, err := decode[*wire.Offer](tower.Offer)
	if err != nil {
		return State{}, nil, err
	}
	accept.List = emptyList()
	d := &step{s: State{Accept: accept.Encode(), Offer: tower.Offer}}
	deal, err := d.agreed()
	if err != nil {
		return State{}, nil, err
	}
	d.begin(r.Role, r.Peer, r.Params, deal, tower.Offer)
	d.s.AcceptHash, d.s.SignHash = d.store(tower.Accept), d.store(tower.Sign)
	d.s.SignRefund = sign.Refund
	d.s.ContractID = deal.Contract.ID(offer.TempID)
	if accept.OfferHash != sha256.Sum256(tower.Offer) || sign.AcceptHash != d.s.AcceptHash || sign.ContractID != d.s.ContractID {
		return State{}, nil, fmt.Errorf("%w: messages of different contracts", ErrForeign)
	}
	for role, refund := range map[Role][64]byte{Offerer: sign.Refund, Accepter: accept.Refund} {
		if err := deal.Contract.Settlement.VerifyRefund(role, refund); err != nil {
			return State{}, nil, err
		}
	}
	d.s.Base, d.s.Phase = Broadcast, Broadcast
	d.s.Claims = r.Claims
	own := d.s.NextAttempt % 2 // a peer's record does not tell ours
	d.s.NextAttempt, d.s.PeerAttempt = r.NextAttempt+restoredAttempts, r.PeerAttempt
	if d.s.NextAttempt%2 != own {
		d.s.NextAttempt++
	}
	for _, raw := range r.Attestations {
		if err := d.attestation(AttestationReceived{Message: raw}); err != nil {
			return State{}, nil, err
		}
	}
	return d.s, d.out, nil
}
