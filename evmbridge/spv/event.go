package spv

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// maxDigits is how many digits an event may have to be settled on the EVM.
const maxDigits = 32

// Event is an oracle event as the oracle verifier reads it from its TLV.
type Event struct {
	// Nonces are x coordinates, one for each digit, most significant first.
	Nonces [][32]byte
	// Maturity is Unix time.
	Maturity uint32
}

// SliceEvent reads an event TLV as strictly as the oracle verifier does: tlv 55330
// with 1 to 32 nonces, maturity, a digit descriptor (base 2, unsigned, precision
// 0, as many digits as nonces) and an event id, nothing after it. It fails with
// ErrBadNonceList. Whether nonces are on the curve is not its affair.
func SliceEvent(tlv []byte) (Event, error) {
	var event Event
	r := eventReader{b: tlv}
	end := r.record(0xd822)
	digits := int(r.number(2)) //nolint:gosec // G115: of two bytes
	if r.failed || end != len(tlv) || digits == 0 || digits > maxDigits {
		return event, fmt.Errorf("event of %d bytes, %d nonces: %w", len(tlv), digits, ErrBadNonceList)
	}
	for range digits {
		event.Nonces = append(event.Nonces, [32]byte(r.bytes(32)))
	}
	event.Maturity = uint32(r.number(4)) //nolint:gosec // G115: four bytes
	end = r.record(0xd80a)
	form := r.number(3)
	r.text()
	precision, count := r.number(4), r.number(2)
	if r.failed || form != 0x000200 || precision != 0 || count != uint64(digits) || r.at != end {
		return event, fmt.Errorf("descriptor: %w", ErrBadNonceList)
	}
	r.text()
	if r.failed || r.at != len(tlv) {
		return event, fmt.Errorf("event id: %w", ErrBadNonceList)
	}
	return event, nil
}

// eventReader reads big-endian fields; after the first failure it returns zeros.
type eventReader struct {
	b      []byte
	at     int
	failed bool
}

func (r *eventReader) bytes(n int) []byte {
	if r.failed || n > len(r.b)-r.at {
		r.failed = true
		return make([]byte, min(n, 64))
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *eventReader) number(size int) uint64 {
	var b [8]byte
	copy(b[8-size:], r.bytes(size))
	return binary.BigEndian.Uint64(b[:])
}

// bigSize reads a BigSize of one or three bytes, minimal.
func (r *eventReader) bigSize() int {
	v := r.number(1)
	if v >= 0xfd {
		r.failed = r.failed || v != 0xfd
		v = r.number(2)
		r.failed = r.failed || v < 0xfd
	}
	return int(v) //nolint:gosec // G115: two bytes
}

// record reads the header of a record of type fd‖kind and returns its end.
func (r *eventReader) record(kind uint64) int {
	if r.number(3) != 0xfd0000|kind {
		r.failed = true
	}
	n := r.bigSize()
	r.failed = r.failed || n > len(r.b)-r.at
	return r.at + n
}

func (r *eventReader) text() {
	n := r.bigSize()
	if r.failed || n > len(r.b)-r.at {
		r.failed = true
		return
	}
	r.at += n
}

// EventKey returns the key under which the oracle verifier keeps an event:
// keccak256(px, sha256(tlv)).
func EventKey(px [32]byte, tlv []byte) [32]byte {
	hash := sha256.Sum256(tlv)
	return keccak(px[:], hash[:])
}

// Registration is the arguments of the oracle verifier's registerEvent.
type Registration struct {
	// Px is the x coordinate of the oracle's key.
	Px [32]byte
	// TLV is the event as announced.
	TLV []byte
	// Ry are the even y coordinates of the nonces.
	Ry [][32]byte
	// Sig is the announcement's signature: rx, ry (even) and s.
	Sig [3][32]byte
}

// Register returns what registers an announcement whose signature the caller has
// verified. It fails with ErrBadNonceList if the event is not of the form that is
// settled on the EVM, or a nonce is no point, and with ErrBadAnnouncement if the
// signature's nonce is none.
func Register(a attest.Announcement) (Registration, error) {
	r := Registration{Px: a.Key, TLV: a.Event.Encode()}
	event, err := SliceEvent(r.TLV)
	if err != nil {
		return r, err
	}
	for i, nonce := range event.Nonces {
		y, ok := evenY(nonce)
		if !ok {
			return r, fmt.Errorf("nonce %d: %w", i, ErrBadNonceList)
		}
		r.Ry = append(r.Ry, y)
	}
	r.Sig[0], r.Sig[2] = [32]byte(a.Signature[:32]), [32]byte(a.Signature[32:])
	var ok bool
	if r.Sig[1], ok = evenY(r.Sig[0]); !ok {
		return r, fmt.Errorf("nonce of the signature: %w", ErrBadAnnouncement)
	}
	return r, nil
}

// evenY returns the even y coordinate of the point with this x coordinate.
func evenY(x [32]byte) ([32]byte, bool) {
	p, ok := attest.LiftX(&x)
	if !ok {
		return [32]byte{}, false
	}
	p.ToAffine()
	return *p.Y.Bytes(), true
}

// Shown is the arguments of the oracle verifier's attest and proveEquivocation.
type Shown struct {
	// Value is the attested value.
	Value uint64
	// Sum is the sum of the signatures' scalars mod n.
	Sum [32]byte
	// Nonces are the x coordinates of the nonces.
	Nonces [][32]byte
}

// Show returns what shows an attestation that the caller has accepted against its
// announcement (attest.Announcement.Accept). It fails with ErrBadAttestation if
// the outcomes are not 1 to 32 binary digits.
func Show(a attest.Attestation) (Shown, error) {
	var s Shown
	if len(a.Outcomes) == 0 || len(a.Outcomes) > maxDigits || len(a.Outcomes) != len(a.Signatures) {
		return s, fmt.Errorf("%d outcomes: %w", len(a.Outcomes), ErrBadAttestation)
	}
	var sum btcec.ModNScalar
	for i, outcome := range a.Outcomes {
		if outcome != "0" && outcome != "1" {
			return s, fmt.Errorf("outcome %d: %w", i, ErrBadAttestation)
		}
		s.Value = s.Value<<1 | uint64(outcome[0]-'0')
		secret := a.Secret(i)
		sum.Add(&secret)
		s.Nonces = append(s.Nonces, [32]byte(a.Signatures[i][:32]))
	}
	s.Sum = sum.Bytes()
	return s, nil
}

// taggedHash is the tagged hash of BIP340.
func taggedHash(tag string, parts ...[]byte) [32]byte {
	return *chainhash.TaggedHash([]byte(tag), parts...)
}
