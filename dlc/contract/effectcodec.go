package contract

import (
	"encoding/hex"
	"fmt"
)

// effectKind is an effect's type in the outbox.
type effectKind uint8

const (
	_ effectKind = iota
	kindStoreMessage
	kindRecordNonces
	kindTakeOrder
	kindGiveBack
	kindStoreEvidence
	kindArchive
	kindReserveInputs
	kindReleaseInputs
	kindSend
	kindSignContract
	kindVerifyPeer
	kindBroadcastTx
	kindWatchTx
	kindWatchSpends
	kindStartTimer
	kindCompleteCET
	kindRaiseFee
	kindNotify
	kindAlarm
	kindProposeClose
	kindAnswerClose
	kindAggregateClose
	kindDropClose
)

const maxAnnouncement = 4096

// EncodeEffect returns the outbox record of an effect; ErrRecord for a volatile
// one, which has none.
func EncodeEffect(e Effect) ([]byte, error) {
	c := &coder{writing: true}
	k, seq := uint8(e.kind()), e.ID()
	c.u8(&k)
	c.u64(&seq)
	e.code(c)
	return c.done()
}

// DecodeEffect reads a record of EncodeEffect; ErrRecord for anything else.
func DecodeEffect(raw []byte) (Effect, error) {
	c := &coder{buf: raw}
	var k uint8
	var seq uint64
	c.u8(&k)
	c.u64(&seq)
	e := newEffect(effectKind(k))
	if e == nil {
		c.fail("effect kind")
	} else if c.err == nil {
		e = e.code(c)
	}
	if _, err := c.done(); err != nil {
		return nil, err
	}
	return e.withID(seq), nil
}

// newEffect returns an empty effect of the kind, nil for an unknown kind.
func newEffect(k effectKind) Effect {
	switch k {
	case kindProposeClose, kindAnswerClose, kindAggregateClose, kindDropClose:
		return nil
	case kindStoreMessage:
		return StoreMessage{}
	case kindRecordNonces:
		return RecordNonces{}
	case kindTakeOrder:
		return TakeOrder{}
	case kindGiveBack:
		return GiveBack{}
	case kindStoreEvidence:
		return StoreEvidence{}
	case kindArchive:
		return Archive{}
	case kindReserveInputs:
		return ReserveInputs{}
	case kindReleaseInputs:
		return ReleaseInputs{}
	case kindSend:
		return Send{}
	case kindSignContract:
		return SignContract{}
	case kindVerifyPeer:
		return VerifyPeer{}
	case kindBroadcastTx:
		return BroadcastTx{}
	case kindWatchTx:
		return WatchTx{}
	case kindWatchSpends:
		return WatchSpends{}
	case kindStartTimer:
		return StartTimer{}
	case kindCompleteCET:
		return CompleteCET{}
	case kindRaiseFee:
		return RaiseFee{}
	case kindNotify:
		return Notify{}
	case kindAlarm:
		return Alarm{}
	}
	return nil
}

// codeSession codes a close attempt.
func codeSession(c *coder, v *Session) {
	c.u32(&v.Attempt)
	c.u8(&v.Kind)
	c.u64(&v.VO)
	c.u64(&v.VA)
	c.u32(&v.FeeRate)
	c.bool(&v.Own)
	c.bool(&v.Answered)
	c.bytes(&v.Message, maxTx)
}

// short is the head of an id, for logs.
func short(id [32]byte) string { return hex.EncodeToString(id[:4]) }

func (e StoreMessage) code(c *coder) Effect {
	c.fixed(e.Ref[:])
	c.bytes(&e.Data, maxMessage)
	return e
}
func (StoreMessage) kind() effectKind          { return kindStoreMessage }
func (e StoreMessage) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e StoreMessage) String() string { return fmt.Sprintf("StoreMessage %s", short(e.Ref)) }

func (e RecordNonces) code(c *coder) Effect {
	each(c, &e.Announcements, maxOracles, func(c *coder, v *[]byte) { c.bytes(v, maxAnnouncement) })
	return e
}
func (RecordNonces) kind() effectKind          { return kindRecordNonces }
func (e RecordNonces) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e RecordNonces) String() string { return fmt.Sprintf("RecordNonces %d", len(e.Announcements)) }

func (e TakeOrder) code(c *coder) Effect {
	c.fixed(e.OrderID[:])
	c.fixed(e.TakeID[:])
	c.u32(&e.Size)
	return e
}
func (TakeOrder) kind() effectKind          { return kindTakeOrder }
func (e TakeOrder) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e TakeOrder) String() string { return fmt.Sprintf("TakeOrder %s %d", short(e.OrderID), e.Size) }

func (e GiveBack) code(c *coder) Effect {
	c.fixed(e.OrderID[:])
	c.fixed(e.TakeID[:])
	return e
}
func (GiveBack) kind() effectKind          { return kindGiveBack }
func (e GiveBack) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e GiveBack) String() string { return fmt.Sprintf("GiveBack %s", short(e.OrderID)) }

func (e StoreEvidence) code(c *coder) Effect {
	c.u8(&e.Oracle)
	c.fixed(e.First[:])
	c.fixed(e.Second[:])
	return e
}
func (StoreEvidence) kind() effectKind          { return kindStoreEvidence }
func (e StoreEvidence) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (StoreEvidence) String() string { return "StoreEvidence" }

func (e Archive) code(c *coder) Effect {
	c.u32(&e.Until)
	return e
}
func (Archive) kind() effectKind          { return kindArchive }
func (e Archive) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e Archive) String() string { return fmt.Sprintf("Archive until %d", e.Until) }

func (e ReserveInputs) code(c *coder) Effect {
	each(c, &e.Inputs, maxConflicts, codeOutPoint)
	return e
}
func (ReserveInputs) kind() effectKind          { return kindReserveInputs }
func (e ReserveInputs) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e ReserveInputs) String() string { return fmt.Sprintf("ReserveInputs %d", len(e.Inputs)) }

func (e ReleaseInputs) code(c *coder) Effect {
	each(c, &e.Inputs, maxConflicts, codeOutPoint)
	return e
}
func (ReleaseInputs) kind() effectKind          { return kindReleaseInputs }
func (e ReleaseInputs) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e ReleaseInputs) String() string { return fmt.Sprintf("ReleaseInputs %d", len(e.Inputs)) }

func (e Send) code(c *coder) Effect {
	c.fixed(e.To[:])
	c.fixed(e.Ref[:])
	c.bytes(&e.Data, maxMessage)
	return e
}
func (Send) kind() effectKind          { return kindSend }
func (e Send) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e Send) String() string { return "Send " + describe(e) }

func (e SignContract) code(*coder) Effect      { return e }
func (SignContract) kind() effectKind          { return kindSignContract }
func (e SignContract) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (SignContract) String() string { return "SignContract" }

func (e VerifyPeer) code(c *coder) Effect {
	c.fixed(e.Ref[:])
	return e
}
func (VerifyPeer) kind() effectKind          { return kindVerifyPeer }
func (e VerifyPeer) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e VerifyPeer) String() string { return fmt.Sprintf("VerifyPeer %s", short(e.Ref)) }

func (e BroadcastTx) code(c *coder) Effect {
	c.bytes(&e.Tx, maxTx)
	return e
}
func (BroadcastTx) kind() effectKind          { return kindBroadcastTx }
func (e BroadcastTx) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e BroadcastTx) String() string { return "BroadcastTx " + txidText(e.Tx) }

func (e WatchTx) code(c *coder) Effect {
	c.fixed(e.Txid[:])
	return e
}
func (WatchTx) kind() effectKind          { return kindWatchTx }
func (e WatchTx) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e WatchTx) String() string { return "WatchTx " + e.Txid.String()[:8] }

func (e WatchSpends) code(c *coder) Effect {
	each(c, &e.OutPoints, maxConflicts, codeOutPoint)
	return e
}
func (WatchSpends) kind() effectKind          { return kindWatchSpends }
func (e WatchSpends) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e WatchSpends) String() string { return fmt.Sprintf("WatchSpends %d", len(e.OutPoints)) }

func (e StartTimer) code(c *coder) Effect {
	c.i64(&e.At)
	c.bool(&e.Peer)
	return e
}
func (StartTimer) kind() effectKind          { return kindStartTimer }
func (e StartTimer) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e StartTimer) String() string { return fmt.Sprintf("StartTimer %d", e.At) }

func (e CompleteCET) code(c *coder) Effect {
	c.u64(&e.Outcome)
	each(c, &e.Oracles, maxOracles, (*coder).u8)
	return e
}
func (CompleteCET) kind() effectKind          { return kindCompleteCET }
func (e CompleteCET) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e CompleteCET) String() string { return fmt.Sprintf("CompleteCET %d %v", e.Outcome, e.Oracles) }

func (e RaiseFee) code(c *coder) Effect {
	c.fixed(e.Txid[:])
	c.u32(&e.Vout)
	c.bool(&e.Urgent)
	return e
}
func (RaiseFee) kind() effectKind          { return kindRaiseFee }
func (e RaiseFee) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e RaiseFee) String() string {
	return fmt.Sprintf("RaiseFee %s urgent=%t", e.Txid.String()[:8], e.Urgent)
}

func (e Notify) code(c *coder) Effect {
	small(c, &e.Notice, noticeCount)
	return e
}
func (Notify) kind() effectKind          { return kindNotify }
func (e Notify) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e Notify) String() string { return "Notify " + e.Notice.String() }

func (e Alarm) code(c *coder) Effect {
	small(c, &e.Reason, reasonCount)
	return e
}
func (Alarm) kind() effectKind          { return kindAlarm }
func (e Alarm) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e Alarm) String() string { return "Alarm " + e.Reason.String() }

func (e ProposeClose) code(c *coder) Effect    { c.fail("volatile effect"); return e }
func (ProposeClose) kind() effectKind          { return kindProposeClose }
func (e ProposeClose) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e ProposeClose) String() string {
	return fmt.Sprintf("ProposeClose attempt=%d kind=%d", e.Session.Attempt, e.Session.Kind)
}

func (e AnswerClose) code(c *coder) Effect    { c.fail("volatile effect"); return e }
func (AnswerClose) kind() effectKind          { return kindAnswerClose }
func (e AnswerClose) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e AnswerClose) String() string {
	return fmt.Sprintf("AnswerClose attempt=%d kind=%d", e.Session.Attempt, e.Session.Kind)
}

func (e AggregateClose) code(c *coder) Effect    { c.fail("volatile effect"); return e }
func (AggregateClose) kind() effectKind          { return kindAggregateClose }
func (e AggregateClose) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e AggregateClose) String() string {
	return fmt.Sprintf("AggregateClose attempt=%d kind=%d", e.Session.Attempt, e.Session.Kind)
}

func (e DropClose) code(c *coder) Effect    { c.fail("volatile effect"); return e }
func (DropClose) kind() effectKind          { return kindDropClose }
func (e DropClose) withID(id uint64) Effect { e.Seq = id; return e }

// String names the effect.
func (e DropClose) String() string { return fmt.Sprintf("DropClose attempt=%d", e.Attempt) }
