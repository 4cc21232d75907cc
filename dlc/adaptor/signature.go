package adaptor

import (
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// SigSize is the length of an adaptor signature in bytes.
const SigSize = 65

// Sig65 is an adaptor signature, cbytes(R) || s' with R = k*G + T. It is canonical
// only if Verify says so.
type Sig65 [SigSize]byte

// ParseSig65 takes an adaptor signature from b, which must be 65 bytes long and
// begin with 02 or 03. It fails with ErrEncoding.
func ParseSig65(b []byte) (sig Sig65, err error) {
	if len(b) != SigSize || b[0] != 2 && b[0] != 3 {
		return sig, fmt.Errorf("%w: %d bytes", ErrEncoding, len(b))
	}
	return Sig65(b), nil
}

// odd says whether R has odd y, that is whether epsilon is -1.
func (s *Sig65) odd() bool { return s[0] == 3 }

// split checks the encoding and returns lift_x(x(R)) and s'.
func (s *Sig65) split() (q btcec.JacobianPoint, sp btcec.ModNScalar, err error) {
	if s[0] != 2 && s[0] != 3 {
		return q, sp, fmt.Errorf("%w: first byte", ErrEncoding)
	}
	return splitBody((*[64]byte)(s[1:]))
}

// splitBody checks x(R) || s' and returns lift_x(x(R)) and s'.
func splitBody(body *[64]byte) (q btcec.JacobianPoint, sp btcec.ModNScalar, err error) {
	if sp.SetBytes((*[32]byte)(body[32:])) != 0 {
		return q, sp, fmt.Errorf("%w: s' not below n", ErrEncoding)
	}
	q, ok := attest.LiftX((*[32]byte)(body[:32]))
	if !ok {
		return q, sp, fmt.Errorf("%w: x(R) not on the curve", ErrEncoding)
	}
	return q, sp, nil
}

// Hash blocks that begin the tagged hashes of the nonce.
var tagAux, tagNonce = tagBlock("SchnorrAdaptor/aux"), tagBlock("SchnorrAdaptor/nonce")

func tagBlock(name string) (b [64]byte) {
	h := sha256.Sum256([]byte(name))
	copy(b[:], h[:])
	copy(b[32:], h[:])
	return b
}

// A signer holds what all signatures of one key and aux share.
type signer struct {
	d  btcec.ModNScalar // secret of the key with even y
	t0 [32]byte         // d XOR H(aux)
	px [32]byte         // x(P)
}

// newSigner begins Sign of PROTOCOL.md 7. It fails with ErrSecret.
func newSigner(priv *btcec.PrivateKey, aux *[32]byte) (*signer, error) {
	if priv.Key.IsZeroBit() != 0 {
		return nil, ErrSecret
	}
	s := &signer{d: priv.Key}
	list := make([]projective, 1)
	list[0].baseMult(&s.d)
	public := make([]Point, 1)
	affineAll(public, list)
	s.px = public[0].XOnly()
	if public[0].y.IsOdd() { // the parity of P is public
		s.d.Negate()
	}
	var block [96]byte
	copy(block[:], tagAux[:])
	copy(block[64:], aux[:])
	mask := sha256.Sum256(block[:])
	s.t0 = s.d.Bytes()
	for i := range s.t0 {
		s.t0[i] ^= mask[i]
	}
	clear(block[:])
	clear(mask[:])
	return s, nil
}

// wipe overwrites the secrets.
func (s *signer) wipe() { *s = signer{} }

// nonce sets k to the nonce for adaptor point t and message m, never zero. It fails
// with ErrNonce.
func (s *signer) nonce(k *btcec.ModNScalar, t *Point, m *[32]byte) error {
	var block [64 + 32 + 33 + 32 + 32]byte
	copy(block[:], tagNonce[:])
	copy(block[64:], s.t0[:])
	tb := t.Bytes()
	copy(block[96:], tb[:])
	copy(block[129:], s.px[:])
	copy(block[161:], m[:])
	h := sha256.Sum256(block[:])
	k.SetBytes(&h)
	clear(h[:])
	clear(block[:])
	if k.IsZeroBit() != 0 {
		return ErrNonce
	}
	return nil
}

// finish returns the signature with R = r and nonce k, and wipes k.
func (s *signer) finish(r *Point, k *btcec.ModNScalar, m *[32]byte) (sig Sig65) {
	rb := r.Bytes()
	copy(sig[:], rb[:])
	if sig.odd() { // R is public
		k.Negate()
	}
	e := attest.Challenge((*[32]byte)(rb[1:]), &s.px, m)
	k.Add(e.Mul(&s.d))
	k.PutBytesUnchecked(sig[33:])
	k.Zero()
	e.Zero()
	return sig
}

// Sign returns an adaptor signature on m that tau, with tau*G = t, completes to a
// BIP340 signature of priv's key. aux is 32 fresh random bytes; the signature is a
// function of the arguments alone. It keeps priv and the nonce out of branches and
// indices. It fails with ErrSecret, ErrPoint or ErrNonce.
func Sign(priv *btcec.PrivateKey, t Point, m, aux [32]byte) (Sig65, error) {
	list, err := SignList(priv, []Point{t}, [][32]byte{m}, aux)
	if err != nil {
		return Sig65{}, err
	}
	return list.At(0), nil
}

// Verify checks an adaptor signature on m by the x-only key pub for point t. It
// fails with ErrKey, ErrPoint, ErrEncoding or ErrBadAdaptorSig.
func Verify(pub [32]byte, t Point, m [32]byte, sig Sig65) error {
	p, ok := attest.LiftX(&pub)
	if !ok {
		return ErrKey
	}
	if !t.valid() {
		return ErrPoint
	}
	q, s, err := sig.split()
	if err != nil {
		return err
	}
	tj := t.jacobian()
	return verifyOne(&pub, &p, &tj, &m, &sig, &q, &s)
}

// verifyOne checks epsilon*(s'*G - e*P) + T = R with s'*G - e*P not infinity.
func verifyOne(pub *[32]byte, p, t *btcec.JacobianPoint, m *[32]byte, sig *Sig65, q *btcec.JacobianPoint, s *btcec.ModNScalar) error {
	e := attest.Challenge((*[32]byte)(sig[1:33]), pub, m)
	var sum, ep btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(s, &sum)
	btcec.ScalarMultNonConst(e.Negate(), p, &ep)
	btcec.AddNonConst(&sum, &ep, &sum)
	if isInfinity(&sum) {
		return ErrBadAdaptorSig
	}
	r := *q
	if sig.odd() {
		negate(&sum)
		negate(&r)
	}
	btcec.AddNonConst(&sum, t, &sum)
	negate(&r)
	btcec.AddNonConst(&sum, &r, &sum)
	if !isInfinity(&sum) {
		return ErrBadAdaptorSig
	}
	return nil
}

// negate sets j to -j; j is as AddNonConst leaves it.
func negate(j *btcec.JacobianPoint) { j.Y.Negate(1).Normalize() }

// Complete returns the BIP340 signature x(R) || s of the x-only key pub on m that
// the adaptor signature sig and the secret tau of its point give. It fails with
// ErrBadSignature unless that signature is valid, so what it returns may be
// broadcast, and with ErrEncoding.
func Complete(pub, m [32]byte, sig Sig65, tau *btcec.ModNScalar) ([64]byte, error) {
	full, err := adapt(sig, tau)
	if err != nil {
		return full, err
	}
	key, err := schnorr.ParsePubKey(pub[:])
	if err != nil {
		return [64]byte{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	parsed, err := schnorr.ParseSignature(full[:])
	if err != nil {
		return [64]byte{}, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	if !parsed.Verify(m[:], key) {
		return [64]byte{}, ErrBadSignature
	}
	return full, nil
}

// adapt returns x(R) || s' + epsilon*tau, unverified.
func adapt(sig Sig65, tau *btcec.ModNScalar) (full [64]byte, err error) {
	_, s, err := sig.split()
	if err != nil {
		return full, err
	}
	add := *tau
	if sig.odd() {
		add.Negate()
	}
	s.Add(&add)
	copy(full[:], sig[1:33])
	s.PutBytesUnchecked(full[32:])
	return full, nil
}

// Extract returns the secret tau of t that the BIP340 signature full, completed
// from sig, gives away: tau*G = t. It does not verify full. It fails with
// ErrOtherNonce, ErrWrongSecret, ErrPoint or ErrEncoding.
func Extract(sig Sig65, full [64]byte, t Point) (tau btcec.ModNScalar, err error) {
	if !t.valid() {
		return tau, ErrPoint
	}
	if [32]byte(full[:32]) != [32]byte(sig[1:33]) {
		return tau, ErrOtherNonce
	}
	_, s, err := sig.split()
	if err != nil {
		return tau, err
	}
	if tau.SetByteSlice(full[32:]) {
		return btcec.ModNScalar{}, fmt.Errorf("%w: s not below n", ErrEncoding)
	}
	tau.Add(s.Negate())
	if sig.odd() {
		tau.Negate()
	}
	if found, err := PointOfSecret(&tau); err != nil || !found.Equal(t) {
		return btcec.ModNScalar{}, ErrWrongSecret
	}
	return tau, nil
}
