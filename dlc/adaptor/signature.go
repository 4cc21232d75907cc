package adaptor

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
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
func (s *Sig65) split() (q secp.Point, sp secp.Scalar, err error) {
	if s[0] != 2 && s[0] != 3 {
		return q, sp, fmt.Errorf("%w: first byte", ErrEncoding)
	}
	if !sp.SetBytes((*[32]byte)(s[33:])) {
		return q, sp, errLargeS
	}
	q, ok := secp.LiftX((*[32]byte)(s[1:33]))
	if !ok {
		return q, sp, errOffCurve
	}
	return q, sp, nil
}

var (
	errLargeS   = fmt.Errorf("%w: s' not below n", ErrEncoding)
	errOffCurve = fmt.Errorf("%w: x(R) not on the curve", ErrEncoding)
)

// Tags of the hashes that make a nonce.
var tagAux, tagNonce = secp.NewTag("SchnorrAdaptor/aux"), secp.NewTag("SchnorrAdaptor/nonce")

// A signer holds what all signatures of one key and aux share.
type signer struct {
	d  secp.Scalar // secret of the key with even y
	t0 [32]byte    // d XOR H(aux)
	px [32]byte    // x(P)
}

// newSigner begins Sign of PROTOCOL.md 7. It fails with ErrSecret.
func newSigner(priv *btcec.PrivateKey, aux *[32]byte) (*signer, error) {
	if priv.Key.IsZeroBit() != 0 {
		return nil, ErrSecret
	}
	s := &signer{d: toScalar(&priv.Key)}
	public := secp.BaseMult(&s.d)
	s.px = public.XOnly()
	if public.IsOdd() { // the parity of P is public
		s.d.Negate(&s.d)
	}
	h := secp.NewHasher()
	defer h.Wipe()
	mask := h.Sum(&tagAux, aux[:])
	s.t0 = s.d.Bytes()
	for i := range s.t0 {
		s.t0[i] ^= mask[i]
	}
	clear(mask[:])
	return s, nil
}

// wipe overwrites the secrets.
func (s *signer) wipe() { *s = signer{} }

// nonce sets k to the nonce for adaptor point t and message m, never zero. It fails
// with ErrNonce.
func (s *signer) nonce(h *secp.Hasher, k *secp.Scalar, t *Point, m *[32]byte) error {
	tb := t.Bytes()
	sum := h.Sum(&tagNonce, s.t0[:], tb[:], s.px[:], m[:])
	k.SetBytes(&sum)
	clear(sum[:])
	if k.IsZero() {
		return ErrNonce
	}
	return nil
}

// finish returns the signature with R = r and nonce k, and wipes k.
func (s *signer) finish(h *secp.Hasher, r *secp.Point, k *secp.Scalar, m *[32]byte) (sig Sig65) {
	rb := r.Compressed()
	copy(sig[:], rb[:])
	if sig.odd() { // R is public
		k.Negate(k)
	}
	e := h.Challenge((*[32]byte)(rb[1:]), &s.px, m)
	e.Mul(&e, &s.d)
	k.Add(k, &e)
	sp := k.Bytes()
	copy(sig[33:], sp[:])
	clear(k[:])
	clear(e[:])
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
	p, ok := secp.LiftX(&pub)
	if !ok {
		return ErrKey
	}
	if !t.valid() {
		return ErrPoint
	}
	return verifyOne(secp.NewHasher(), &pub, &p, &t, &m, &sig)
}

// verifyOne checks epsilon*(s'*G - e*P) + T = R with s'*G - e*P not infinity.
func verifyOne(h *secp.Hasher, pub *[32]byte, p *secp.Point, t *Point, m *[32]byte, sig *Sig65) error {
	q, s, err := sig.split()
	if err != nil {
		return err
	}
	e := h.Challenge((*[32]byte)(sig[1:33]), pub, m)
	e.Negate(&e)
	r0 := secp.DoubleMultVar(&s, &e, p)
	if r0.IsInfinity() {
		return ErrBadAdaptorSig
	}
	if sig.odd() {
		r0.Negate(&r0)
		q.Negate(&q)
	}
	// R is not infinity: r0 + T = R says that r0 = R - T.
	var rest secp.Sum
	minusT := t.p
	minusT.Negate(&minusT)
	rest.AddPoint(&q)
	rest.AddPoint(&minusT)
	difference := rest.Point()
	if !difference.Equal(&r0) {
		return ErrBadAdaptorSig
	}
	return nil
}

// Complete returns the BIP340 signature x(R) || s of the x-only key pub on m that
// the adaptor signature sig and the secret tau of its point give. It fails with
// ErrBadSignature unless that signature is valid, so what it returns may be
// broadcast, and with ErrEncoding.
func Complete(pub, m [32]byte, sig Sig65, tau *btcec.ModNScalar) ([64]byte, error) {
	full, err := adapt(sig, tau)
	if err != nil {
		return full, err
	}
	p, ok := secp.LiftX(&pub)
	if !ok {
		return [64]byte{}, ErrKey
	}
	if !secp.NewHasher().VerifyPoint(&pub, &p, &m, &full) {
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
	add := toScalar(tau)
	if sig.odd() {
		add.Negate(&add)
	}
	s.Add(&s, &add)
	copy(full[:], sig[1:33])
	sb := s.Bytes()
	copy(full[32:], sb[:])
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
	_, sp, err := sig.split()
	if err != nil {
		return tau, err
	}
	var s secp.Scalar
	if !s.SetBytes((*[32]byte)(full[32:])) {
		return tau, fmt.Errorf("%w: s not below n", ErrEncoding)
	}
	sp.Negate(&sp)
	s.Add(&s, &sp)
	if sig.odd() {
		s.Negate(&s)
	}
	if found := secp.BaseMultVar(&s); !found.Equal(&t.p) {
		return tau, ErrWrongSecret
	}
	return fromScalar(&s), nil
}
