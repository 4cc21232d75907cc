package bench_test

import (
	"runtime"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/internal/secp"
)

// measureField fills row G7 with chains of multiplications, each of which waits for
// the one before.
func measureField(t *testing.T, r *report) {
	t.Helper()
	const n = 200_000
	a, b := random32(t), random32(t)
	var dx, dy btcec.FieldVal
	var x, y secp.Field
	dx.SetBytes(&a)
	dy.SetBytes(&b)
	x.SetBytes(&a)
	y.SetBytes(&b)
	at := row{ID: "G7", Step: "field multiplication, against decred's", Must: 3, Ambitious: 20}
	for range max(15, r.scale.rounds) {
		at.compare(timed(t, n, func() {
			for range n {
				dx.Mul(&dy)
			}
		}), timed(t, n, func() {
			for range n {
				x.Mul(&x, &y)
			}
		}))
	}
	if x.Bytes() != *dx.Normalize().Bytes() {
		t.Fatal("the chains end differently")
	}
	r.add(at)
}

// measureBytes fills row G8; the anchor is the ECDSA form, 162 bytes.
func measureBytes(r *report, d *deal) {
	own := float64(len(d.list.Encode())-4) / float64(len(d.slots))
	r.add(row{
		ID: "G8", Step: "bytes for each signature, against the ECDSA form", Ratio: 162 / own, Must: 162 / 64.125,
		Anchor: 162, Own: own, Unit: "B", exact: true,
	})
}

// An operation is something that btcec does too.
type operation struct {
	name          string
	n             int
	own, anchored func(i int)
}

// measureOperations fills row G10, which names the operation that gains least, and a
// row for each operation.
func measureOperations(t *testing.T, r *report) {
	t.Helper()
	list := append(curveOperations(t), signatureOperations(t)...)
	least := row{ID: "G10", Ratio: -1}
	for _, op := range list {
		at := row{ID: "G10", Step: op.name, Must: 1, exact: true}
		for range max(9, r.scale.rounds) {
			at.compare(timed(t, op.n, func() { repeat(op.n, op.anchored) }), timed(t, op.n, func() { repeat(op.n, op.own) }))
		}
		r.add(at)
		if ratio := median(at.ratios); least.Ratio < 0 || ratio < least.Ratio {
			least.Ratio, least.Step = ratio, "of all operations the least gain: "+op.name
		}
	}
	least.Must, least.exact = 1, true
	r.add(least)
}

func repeat(n int, work func(i int)) {
	for i := range n {
		work(i)
	}
}

// curveOperations are those of field, scalars and points.
func curveOperations(t *testing.T) []operation {
	t.Helper()
	a, b := random32(t), random32(t)
	a[0], b[0] = 0, 0 // below n and p
	var fx, fy btcec.FieldVal
	var x, y secp.Field
	var jx, jy btcec.ModNScalar
	var kx, ky secp.Scalar
	fx.SetBytes(&a)
	fy.SetBytes(&b)
	x.SetBytes(&a)
	y.SetBytes(&b)
	jx.SetBytes(&a)
	jy.SetBytes(&b)
	kx.SetBytes(&a)
	ky.SetBytes(&b)
	const many = 256
	scalars, points, sums := make([]secp.Scalar, many), make([]secp.Point, many), make([]secp.Point, many)
	theirs := make([]btcec.JacobianPoint, many)
	for i := range scalars {
		k := random32(t)
		var s btcec.ModNScalar
		scalars[i].SetBytes(&k)
		s.SetBytes(&k)
		btcec.ScalarBaseMultNonConst(&s, &theirs[i])
		theirs[i].ToAffine()
	}
	secp.BaseMultBatch(points, scalars)
	var sum btcec.JacobianPoint
	affine := func(j btcec.JacobianPoint) { j.ToAffine(); runtime.KeepAlive(&j) }
	compressed := points[0].Compressed()
	return []operation{
		{"field addition", 20_000, func(int) { x.Add(&x, &y) }, func(int) { fx.Add(&fy).Normalize() }},
		{"field square", 20_000, func(int) { x.Square(&x) }, func(int) { fx.Square() }},
		{"field inverse", 200, func(int) { x.Invert(&x) }, func(int) { fx.Inverse() }},
		{"field root", 200, func(int) { x.Sqrt(&x) }, func(int) { fy.SquareRootVal(&fx) }},
		{"scalar addition", 20_000, func(int) { kx.Add(&kx, &ky) }, func(int) { jx.Add(&jy) }},
		{"scalar multiplication", 20_000, func(int) { kx.Mul(&kx, &ky) }, func(int) { jx.Mul(&jy) }},
		{"read a compressed point", 100, func(int) { secp.ParseCompressed(&compressed) }, func(int) { _, _ = btcec.ParsePubKey(compressed[:]) }},
		{"add affine points, in batches", many, func(i int) {
			if i == 0 {
				secp.AddAll(sums[:many-1], points[:many-1], points[1:])
			}
		}, func(i int) { btcec.AddNonConst(&theirs[i], &theirs[(i+1)%many], &sum) }},
		{"k*G by scanned tables, against variable time", 20, func(i int) { secp.BaseMult(&scalars[i]) },
			func(int) { btcec.ScalarBaseMultNonConst(&jx, &sum); affine(sum) }},
		{"k*G in batches by scanned tables, against variable time", many, func(i int) {
			if i == 0 {
				secp.BaseMultBatch(sums, scalars)
			}
		}, func(int) { btcec.ScalarBaseMultNonConst(&jx, &sum); affine(sum) }},
		{"k*G in variable time", 20, func(i int) { secp.BaseMultVar(&scalars[i]) },
			func(int) { btcec.ScalarBaseMultNonConst(&jx, &sum); affine(sum) }},
		{"k*P", 20, func(i int) { secp.MultVar(&scalars[i], &points[i]) },
			func(i int) { btcec.ScalarMultNonConst(&jx, &theirs[i], &sum); affine(sum) }},
	}
}

// signatureOperations are those that sign and verify.
func signatureOperations(t *testing.T) []operation {
	t.Helper()
	key, m, aux := secret(t), random32(t), random32(t)
	raw := key.Key.Bytes()
	pub := [32]byte(schnorr.SerializePubKey(key.PubKey()))
	parsed, err := schnorr.Sign(key, m[:], schnorr.CustomNonce(aux))
	if err != nil {
		t.Fatal(err)
	}
	sig := [64]byte(parsed.Serialize())
	d := newDeal(t, size{1, 20, 1, 1})
	tau := d.tau(t, 0)
	presig, dm := d.list.At(0), d.messages[0]
	full, err := adaptor.Complete(d.pub, dm, presig, &tau)
	if err != nil {
		t.Fatal(err)
	}
	event := d.set.Announcement(0)
	attestation := d.oracles[0].Attest(event.Event, 5)
	theirVerify := func(int) { parsed.Verify(m[:], key.PubKey()) }
	theirSign := func(int) { _, _ = schnorr.Sign(key, m[:], schnorr.CustomNonce(aux), schnorr.FastSign()) }
	claims := make([]secp.Claim, 32)
	for i := range claims {
		claims[i] = secp.Claim{Pub: pub, Message: m, Signature: sig}
	}
	var hasher = secp.NewHasher()
	return []operation{
		{"BIP340 challenge", 2_000, func(int) { hasher.Challenge(&m, &pub, &aux) },
			func(int) { chainhash.TaggedHash(chainhash.TagBIP0340Challenge, m[:], pub[:], aux[:]) }},
		{"BIP340 signing, neither verifies", 20, func(int) { _, _ = secp.Sign(&raw, &m, &aux) }, theirSign},
		{"BIP340 verification", 20, func(int) { secp.Verify(&pub, &m, &sig) }, theirVerify},
		{"BIP340 verification, 32 together", 32, func(i int) {
			if i == 0 {
				secp.VerifyAll(claims)
			}
		}, theirVerify},
		{"adaptor signature, one, against signing", 20, func(int) { _, _ = adaptor.Sign(d.key, d.points[0], dm, aux) }, theirSign},
		{"adaptor verification, one, against BIP340's", 20, func(int) { _ = adaptor.Verify(d.pub, d.points[0], dm, presig) }, theirVerify},
		{"completion, against verifying", 20, func(int) { _, _ = adaptor.Complete(d.pub, dm, presig, &tau) }, theirVerify},
		{"extraction, against k*G", 20, func(int) { _, _ = adaptor.Extract(presig, full, d.points[0]) }, func(int) {
			var j btcec.JacobianPoint
			btcec.ScalarBaseMultNonConst(&tau, &j)
			j.ToAffine()
			_, _ = btcec.ParsePubKey(presig[:33])
		}},
		{"an attestation of 20 digits, against verifying each", 20, func(i int) {
			if i == 0 {
				_, _ = d.set.Accept(0, attestation)
			}
		}, theirVerify},
	}
}
