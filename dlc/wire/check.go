package wire

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
)

// Check judges a decoded message's fields against the limits of PROTOCOL.md
// section 1 and against each other, as far as one message alone can say: fee
// rates, locktimes, collateral, serials, keys. It needs no contract and costs
// at most a few square roots. Errors are RejectErrors. The order of checks is
// that of section 10; Offer.CheckHeader and Party.Check are its two halves, for
// a caller that judges terms in between.
func Check(m Message) error {
	switch m := m.(type) {
	case *Offer:
		if err := m.CheckHeader(); err != nil {
			return err
		}
		if m.FundSerial == m.Party.ChangeSerial {
			return refuse(RejectBadSerial, "fund_serial", fmt.Errorf("that of the change: %w", ErrRepeated))
		}
		return m.Party.Check()
	case *Accept:
		return m.Party.Check()
	case *CloseOffer:
		return m.check()
	case *CloseAccept:
		return m.check()
	case *Hello, *Ping, *Pong, *SegmentStart, *SegmentChunk, *OrdersRequest, *Orders, *Sign, *Funded, *Reject,
		*CloseComplete, *Resume, *Recover, *Record, *Evidence, *OrderCancel, *RFQ, *Unknown:
		return nil
	}
	return nil
}

// CheckHeader judges what an offer says beside terms and party: locktimes, fee
// rates, and that it carries a take exactly when it names an order.
func (m *Offer) CheckHeader() error {
	if m.CETLocktime < MinCETLocktime {
		return refuse(RejectBadLocktime, "cet_locktime", fmt.Errorf("%d: %w", m.CETLocktime, ErrOutOfRange))
	}
	delay := int64(m.RefundLocktime) - int64(m.CETLocktime)
	if delay < MinRefundDelay || delay > MaxRefundDelay {
		return refuse(RejectBadLocktime, "refund_locktime", fmt.Errorf("%d s after cet_locktime: %w", delay, ErrOutOfRange))
	}
	if err := checkFeeRate(RejectBadFee, "fund_feerate", m.FundFeeRate); err != nil {
		return err
	}
	if err := checkFeeRate(RejectBadFee, "cet_feerate", m.CETFeeRate); err != nil {
		return err
	}
	if len(m.Announcements) == 0 {
		return refuse(RejectBadOracle, "announcements", fmt.Errorf("none: %w", ErrOutOfRange))
	}
	if quoted := m.QuoteID != [32]byte{}; quoted != (m.Take != nil) {
		return refuse(RejectQuoteMismatch, "quote_id", fmt.Errorf("quote_id and take go together: %w", ErrNotCanonical))
	}
	return nil
}

func checkFeeRate(code RejectCode, field string, rate uint32) error {
	if rate < MinFeeRate || rate > MaxFeeRate {
		return refuse(code, field, fmt.Errorf("%d sat/vB: %w", rate, ErrOutOfRange))
	}
	return nil
}

// Check judges one side's collateral, serials and keys.
func (p *Party) Check() error {
	if p.Collateral < MinCollateral || p.Collateral > MaxCollateral {
		return refuse(RejectBadCollateral, "collateral", fmt.Errorf("%d sat: %w", p.Collateral, ErrOutOfRange))
	}
	if len(p.Inputs) == 0 {
		return refuse(RejectBadInput, "inputs", fmt.Errorf("none: %w", ErrOutOfRange))
	}
	seen := make(map[uint64]bool, len(p.Inputs))
	for i := range p.Inputs {
		if serial := p.Inputs[i].Serial; seen[serial] {
			return refuse(RejectBadSerial, "input serial", fmt.Errorf("%d: %w", serial, ErrRepeated))
		}
		seen[p.Inputs[i].Serial] = true
	}
	for word := 0; word < len(p.KeyID); word += 4 {
		if p.KeyID[word]&0x80 != 0 {
			return refuse(RejectBadKeys, "key_id", fmt.Errorf("top bit of word %d: %w", word/4, ErrNotCanonical))
		}
	}
	if err := checkPoint(RejectBadKeys, "internal key", p.Internal[:]); err != nil {
		return err
	}
	if err := checkPoint(RejectBadKeys, "contract key", p.Contract[:]); err != nil {
		return err
	}
	if [32]byte(p.Internal[1:]) == [32]byte(p.Contract[1:]) {
		return refuse(RejectBadKeys, "contract key", fmt.Errorf("that of the internal key: %w", ErrRepeated))
	}
	return nil
}

func checkPoint(code RejectCode, field string, b []byte) error {
	if _, err := btcec.ParsePubKey(b); err != nil {
		return refuse(code, field, fmt.Errorf("%w: %w", ErrBadPoint, err))
	}
	return nil
}

func checkPubNonce(code RejectCode, nonce *[66]byte) error {
	if err := checkPoint(code, "pubnonce", nonce[:33]); err != nil {
		return err
	}
	return checkPoint(code, "pubnonce", nonce[33:])
}

func (m *CloseOffer) check() error {
	if m.OffererValue+m.AccepterValue > MaxCollateral {
		return refuse(RejectBadClose, "v_o + v_a", ErrOutOfRange)
	}
	if err := checkFeeRate(RejectBadClose, "feerate", m.FeeRate); err != nil {
		return err
	}
	return checkPubNonce(RejectBadClose, &m.PubNonce)
}

func (m *CloseAccept) check() error {
	if err := checkPubNonce(RejectBadPartial, &m.PubNonce); err != nil {
		return err
	}
	var s btcec.ModNScalar
	if overflow := s.SetBytes(&m.Partial); overflow != 0 {
		return refuse(RejectBadPartial, "partial signature", ErrBadScalar)
	}
	return nil
}
