package txs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// PublicNonceSize is the length of a BIP327 public nonce, two points in compressed
// form.
const PublicNonceSize = musig2.PubNonceSize

// SecretNonce is a party's secret nonce for one close. It signs once: its first
// use, whether that succeeds or not, wipes it. It exists in memory only; it cannot
// be copied, stored or printed, and a new attempt needs a new one. Its methods may
// be called concurrently: of several signers one gets the nonce.
//
// The library gets the nonce by value, so copies of it remain on stacks until they
// are overwritten. It multiplies by it in variable time (table look-ups without
// branches on single bits); that is accepted, because each nonce is used for one
// multiplication when made and for one when the result is verified, so there is
// nothing to average over.
type SecretNonce struct {
	secret atomic.Pointer[[musig2.SecNonceSize]byte]
	public [PublicNonceSize]byte
}

// NonceTerms is what a nonce is bound to besides the randomness, so that a source
// of randomness that repeats itself does not by itself repeat a nonce.
type NonceTerms struct {
	// Role is the signer's.
	Role Role
	// Output is the funding output that is to be spent.
	Output Output
	// Message is the key path hash, or nil while it is not known.
	Message *[32]byte
	// ContractID and Attempt name the close.
	ContractID [32]byte
	Attempt    uint32
}

// NewNonce makes a nonce by NonceGen of BIP327 from 32 bytes of fresh randomness,
// the party's internal secret key and the terms. The randomness is wiped, so that
// it cannot be used again; all zeros are ErrRandomness. A key other than that of
// the role is ErrSecretKey.
func NewNonce(key *btcec.PrivateKey, random *[32]byte, terms NonceTerms) (*SecretNonce, error) {
	defer clear(random[:])
	if *random == [32]byte{} {
		return nil, ErrRandomness
	}
	if err := terms.Output.owns(terms.Role, key); err != nil {
		return nil, err
	}
	aggregate, err := schnorr.ParsePubKey(terms.Output.OutputKey[:])
	if err != nil {
		return nil, fmt.Errorf("%w: output key: %w", ErrKeys, err)
	}
	options := []musig2.NonceGenOption{
		musig2.WithCustomRand(io.Reader(bytes.NewReader(random[:]))),
		musig2.WithNonceSecretKeyAux(key),
		musig2.WithPublicKey(key.PubKey()),
		musig2.WithNonceCombinedKeyAux(aggregate),
		musig2.WithNonceAuxInput(binary.BigEndian.AppendUint32(terms.ContractID[:], terms.Attempt)),
	}
	if terms.Message != nil {
		options = append(options, musig2.WithNonceMessageAux(*terms.Message))
	}
	nonces, err := musig2.GenNonces(options...)
	if err != nil {
		return nil, fmt.Errorf("generate a nonce: %w", err)
	}
	n := &SecretNonce{public: nonces.PubNonce}
	n.secret.Store(&nonces.SecNonce)
	return n, nil
}

// Public returns the public nonce, which is sent to the other party.
func (n *SecretNonce) Public() [PublicNonceSize]byte { return n.public }

// Wipe destroys the nonce without a signature. It may be called at any time.
func (n *SecretNonce) Wipe() {
	if secret := n.secret.Swap(nil); secret != nil {
		clear(secret[:])
	}
}

// Format implements fmt.Formatter: whatever the verb, the nonce is not printed.
func (n *SecretNonce) Format(state fmt.State, _ rune) {
	// A formatter has nowhere to return an error to.
	_, _ = io.WriteString(state, "SecretNonce(hidden)")
}

// owns returns ErrSecretKey unless key is the internal key of the role.
func (out Output) owns(role Role, key *btcec.PrivateKey) error {
	if role > Accepter || [33]byte(key.PubKey().SerializeCompressed()) != out.Keys[role] {
		return fmt.Errorf("%w: internal key of the %s", ErrSecretKey, role)
	}
	return nil
}

// KeyPath is a MuSig2 session (BIP327) in which both parties sign one close with
// the internal keys: keys KeySort(I_o, I_a) and the one x-only tweak of the
// output. It holds no secret.
type KeyPath struct {
	output  Output
	message [32]byte
	nonces  [2][PublicNonceSize]byte
	// combined is the aggregate nonce, final the R of the signature.
	combined [PublicNonceSize]byte
	final    *btcec.PublicKey
}

// NewKeyPath starts a session for a message, the key path hash of a close, with
// the public nonces of offerer and accepter. A nonce that is not two valid points
// is ErrPartial.
func NewKeyPath(output Output, message [32]byte, offerer, accepter [PublicNonceSize]byte) (*KeyPath, error) {
	k := &KeyPath{output: output, message: message, nonces: [2][PublicNonceSize]byte{offerer, accepter}}
	for role, nonce := range k.nonces {
		for _, point := range [][]byte{nonce[:33], nonce[33:]} {
			if _, err := btcec.ParsePubKey(point); err != nil {
				return nil, fmt.Errorf("%w: nonce of the %s: %w", ErrPartial, Role(role), err)
			}
		}
	}
	var err error
	if k.combined, err = musig2.AggregateNonces(k.nonces[:]); err != nil {
		return nil, fmt.Errorf("%w: aggregate the nonces: %w", ErrPartial, err)
	}
	if k.final, err = finalNonce(k.combined, output.OutputKey, message); err != nil {
		return nil, err
	}
	return k, nil
}

// finalNonce computes R = R_1 + b*R_2, b = int(H_{MuSig/noncecoef}(aggnonce ||
// x(Q) || m)) mod n, and G in the place of infinity.
func finalNonce(combined [PublicNonceSize]byte, q, message [32]byte) (*btcec.PublicKey, error) {
	var b btcec.ModNScalar
	b.SetByteSlice(chainhash.TaggedHash(musig2.NonceBlindTag, combined[:], q[:], message[:])[:])
	r1, err := btcec.ParseJacobian(combined[:33])
	if err != nil {
		return nil, fmt.Errorf("%w: aggregate nonce: %w", ErrPartial, err)
	}
	r2, err := btcec.ParseJacobian(combined[33:])
	if err != nil {
		return nil, fmt.Errorf("%w: aggregate nonce: %w", ErrPartial, err)
	}
	var r btcec.JacobianPoint
	btcec.ScalarMultNonConst(&b, &r2, &r2)
	btcec.AddNonConst(&r1, &r2, &r)
	if (r.X.IsZero() && r.Y.IsZero()) || r.Z.IsZero() {
		btcec.GeneratorJacobian(&r)
	}
	r.ToAffine()
	return btcec.NewPublicKey(&r.X, &r.Y), nil
}

// Sign returns the role's partial signature and wipes the nonce. A nonce that was
// used is ErrNonceUsed, one whose public part is not the session's ErrNonceForeign,
// a key other than the role's ErrSecretKey; the nonce is gone in each case.
func (k *KeyPath) Sign(role Role, key *btcec.PrivateKey, nonce *SecretNonce) ([32]byte, error) {
	secret := nonce.secret.Swap(nil)
	if secret == nil {
		return [32]byte{}, ErrNonceUsed
	}
	defer clear(secret[:])
	if err := k.output.owns(role, key); err != nil {
		return [32]byte{}, err
	}
	if nonce.public != k.nonces[role] {
		return [32]byte{}, ErrNonceForeign
	}
	keys, err := k.output.signers()
	if err != nil {
		return [32]byte{}, err
	}
	partial, err := musig2.Sign(*secret, key, k.combined, keys, k.message, k.options()...)
	if err != nil {
		return [32]byte{}, fmt.Errorf("sign in part: %w", err)
	}
	return partial.S.Bytes(), nil
}

// options are those under which both parties sign and verify.
func (k *KeyPath) options() []musig2.SignOption {
	return []musig2.SignOption{musig2.WithSortedKeys(), musig2.WithTaprootSignTweak(k.output.Root[:])}
}

// parse reads a partial signature.
func (k *KeyPath) parse(partial [32]byte) (*musig2.PartialSignature, error) {
	s := new(btcec.ModNScalar)
	if s.SetBytes(&partial) != 0 {
		return nil, fmt.Errorf("%w: not below n", ErrPartial)
	}
	parsed := musig2.NewPartialSignature(s, k.final)
	return &parsed, nil
}

// Verify returns ErrPartial unless partial is the role's in this session.
func (k *KeyPath) Verify(role Role, partial [32]byte) error {
	parsed, err := k.parse(partial)
	if err != nil {
		return err
	}
	keys, err := k.output.signers()
	if err != nil {
		return err
	}
	if !parsed.Verify(k.nonces[role], k.combined, keys, keys[role], k.message, k.options()...) {
		return fmt.Errorf("%w of the %s", ErrPartial, role)
	}
	return nil
}

// Aggregate returns the signature of both parties, which has passed BIP340 under
// the output key; if it does not, that is ErrPartial and Verify tells whose fault
// it is.
func (k *KeyPath) Aggregate(offerer, accepter [32]byte) ([64]byte, error) {
	partials := make([]*musig2.PartialSignature, 0, 2)
	for _, partial := range [][32]byte{offerer, accepter} {
		parsed, err := k.parse(partial)
		if err != nil {
			return [64]byte{}, err
		}
		partials = append(partials, parsed)
	}
	keys, err := k.output.signers()
	if err != nil {
		return [64]byte{}, err
	}
	signature := musig2.CombineSigs(k.final, partials,
		musig2.WithTaprootTweakedCombine(k.message, keys, k.output.Root[:], true))
	out := [64]byte(signature.Serialize())
	if !VerifyKeyPath(k.output, k.message, out) {
		return [64]byte{}, fmt.Errorf("%w: the sum is no signature", ErrPartial)
	}
	return out, nil
}

// VerifyKeyPath reports whether signature is valid under the output key for a
// message, the key path hash of a close.
func VerifyKeyPath(output Output, message [32]byte, signature [64]byte) bool {
	key, err := schnorr.ParsePubKey(output.OutputKey[:])
	if err != nil {
		return false
	}
	parsed, err := schnorr.ParseSignature(signature[:])
	return err == nil && parsed.Verify(message[:], key)
}
