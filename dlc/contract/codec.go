package contract

import (
	"fmt"

	"github.com/btcsuite/btcd/wire"
)

// RecordVersion is the version of the state record that Encode writes.
const RecordVersion = 1

// Bounds of a state record. A message is at most 4 MiB on the wire; those kept
// whole in the record carry no list.
const (
	maxMessage      = 4 << 20
	maxTx           = 1 << 20
	maxInputs       = 32
	maxWitnessItems = 8
	maxWitnessItem  = 1024
	maxConflicts    = 2 * maxInputs
	maxOracles      = 7
	maxClaims       = 16
	maxCloseTimes   = 5
	maxReject       = 512
	maxScript       = 64
)

// Encode returns the state's record. The same state gives the same bytes. The
// error is ErrRecord if a field is beyond its bound, which Step never returns.
func (s State) Encode() ([]byte, error) {
	c := &coder{writing: true}
	version := uint8(RecordVersion)
	c.u8(&version)
	s.code(c)
	return c.done()
}

// DecodeState reads a record of Encode. It returns ErrNewer for a version it
// does not know and ErrRecord for anything Encode would not have written.
func DecodeState(raw []byte) (State, error) {
	var s State
	c := &coder{buf: raw}
	var version uint8
	c.u8(&version)
	if c.err == nil && version > RecordVersion {
		return State{}, fmt.Errorf("%w: version %d", ErrNewer, version)
	}
	if c.err == nil && version != RecordVersion {
		c.fail("version")
	}
	s.code(c)
	if _, err := c.done(); err != nil {
		return State{}, err
	}
	return s, nil
}

// code is both directions of the codec; it is called on a copy.
func (s *State) code(c *coder) {
	small(c, &s.Role, Accepter+1)
	small(c, &s.Phase, Phase(phaseCount))
	small(c, &s.Base, Phase(phaseCount))
	s.Params.code(c)
	c.fixed(s.Peer[:])
	c.fixed(s.TempID[:])
	c.fixed(s.ContractID[:])
	c.bool(&s.Bridged)
	c.u8(&s.Threshold)
	c.u32(&s.CETLocktime)
	c.u32(&s.RefundLocktime)
	s.codeMessages(c)
	s.codeTransactions(c)
	s.codeCloses(c)
	s.codeChain(c)
	c.bytes(&s.Reject, maxReject)
	c.u64(&s.Seq)
}

func (s *State) codeMessages(c *coder) {
	c.bytes(&s.Offer, maxMessage)
	c.bytes(&s.Accept, maxMessage)
	c.fixed(s.SignRefund[:])
	for _, h := range []*[32]byte{&s.OfferHash, &s.AcceptHash, &s.SignHash, &s.FundedHash, &s.Pending} {
		c.fixed(h[:])
	}
	c.fixed(s.OrderID[:])
	c.fixed(s.TakeID[:])
	c.u32(&s.TakeSize)
	c.bool(&s.Taken)
	c.i64(&s.Deadline)
	c.i64(&s.ProposeAt)
	each(c, &s.Attestations, maxOracles, func(c *coder, a *Attestation) {
		c.u8(&a.Oracle)
		c.u64(&a.Outcome)
		c.fixed(a.Ref[:])
	})
}

func (s *State) codeTransactions(c *coder) {
	codeWitnesses(c, &s.OwnWitness)
	c.bytes(&s.Funding, maxTx)
	c.bool(&s.FundingComplete)
	c.bytes(&s.Cancel, maxTx)
	c.bytes(&s.CET, maxTx)
	c.bool(&s.CETAsked)
	c.bytes(&s.Refund, maxTx)
}

// codeWitnesses codes one witness for each input.
func codeWitnesses(c *coder, v *[][][]byte) {
	each(c, v, maxInputs, func(c *coder, witness *[][]byte) {
		each(c, witness, maxWitnessItems, func(c *coder, item *[]byte) { c.bytes(item, maxWitnessItem) })
	})
}

func (s *State) codeCloses(c *coder) {
	c.u32(&s.NextAttempt)
	c.u32(&s.PeerAttempt)
	codeSession(c, &s.Session)
	each(c, &s.Claims, maxClaims, codeClaim)
	each(c, &s.CloseTimes, maxCloseTimes, func(c *coder, v *int64) { c.i64(v) })
	c.fixed(s.LastClose[:])
}

func (s *State) codeChain(c *coder) {
	c.i64(&s.Clock.Now)
	c.i64(&s.Clock.Peer)
	c.i64(&s.Clock.MTP)
	c.u32(&s.Clock.Height)
	c.bool(&s.FundingAt.Seen)
	c.u32(&s.FundingAt.Height)
	c.bool(&s.WasConfirmed)
	each(c, &s.Conflicts, maxConflicts, func(c *coder, v *Conflict) {
		codeOutPoint(c, &v.Input)
		c.fixed(v.Txid[:])
		c.u32(&v.Height)
	})
	small(c, &s.Spend.Kind, SpentByUnknown+1)
	c.fixed(s.Spend.Txid[:])
	c.u32(&s.Spend.Height)
	c.u64(&s.Spend.Long)
	c.u32(&s.Bumped)
}

func codeOutPoint(c *coder, v *wire.OutPoint) {
	c.fixed(v.Hash[:])
	c.u32(&v.Index)
}

func (p *Params) code(c *coder) {
	for _, v := range []*uint32{
		&p.Lead, &p.TSign, &p.TFund, &p.TClose, &p.TSettle, &p.TAnswer, &p.FundConf, &p.FinalConf,
	} {
		c.u32(v)
	}
}

func codeClaim(c *coder, m *Claim) {
	c.u32(&m.Attempt)
	c.u8(&m.Kind)
	c.u64(&m.VO)
	c.u64(&m.VA)
	c.u32(&m.FeeRate)
	c.fixed(m.Txid[:])
	c.bytes(&m.Tx, maxTx)
	c.bool(&m.Signed)
	c.u64(&m.CoinValue)
	c.bytes(&m.CoinScript, maxScript)
	c.i64(&m.Until)
	c.bytes(&m.Void, maxTx)
}
