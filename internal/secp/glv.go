package secp

import "math/bits"

// The lattice of pairs (a, b) with a + b*lambda = 0 modulo n has the short basis
// (a1, b1), (a2, b2) with a1 = b2. glv1 and glv2 are b2 and -b1 times 2^384/n,
// rounded; minusB1 and minusB2 are what the names say, modulo n, and minusLambda
// too.
var (
	glv1        = [4]uint64{0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd}
	glv2        = [4]uint64{0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828}
	minusB1     = Scalar{0x6f547fa90abfe4c3, 0xe4437ed6010e8828}
	minusB2     = Scalar{0xd765cda83db1562c, 0x8a280ac50774346d, 0xfffffffffffffffe, 0xffffffffffffffff}
	minusLambda = Scalar{0xe0cfc810b51283cf, 0xa880b9fc8ec739c2, 0x5ad9e3fd77ed9ba4, 0xac9c52b33fa3cf1f}
)

// A half is a signed integer of at most 128 bits: a scalar split by the
// endomorphism.
type half struct {
	lo, hi   uint64
	negative bool
}

// splitVar returns a and b with k = a + b*lambda.
func (k *Scalar) splitVar() (a, b half) {
	c1, c2 := k.scaled(&glv1), k.scaled(&glv2)
	var kb, ka Scalar
	c1.Mul(&c1, &minusB1)
	c2.Mul(&c2, &minusB2)
	kb.Add(&c1, &c2)
	ka.Mul(&kb, &minusLambda)
	ka.Add(&ka, k)
	return ka.halfVar(), kb.halfVar()
}

// scaled returns k*g/2^384, rounded.
func (k *Scalar) scaled(g *[4]uint64) Scalar {
	var w [8]uint64
	multiply(&w, (*[4]uint64)(k), g)
	r0, c := bits.Add64(w[6], w[5]>>63, 0)
	r1, _ := bits.Add64(w[7], 0, c)
	return Scalar{r0, r1}
}

// halfVar returns k, which is within 2^128 of 0 modulo n, as a signed integer.
func (k *Scalar) halfVar() half {
	if k[2]|k[3] == 0 {
		return half{lo: k[0], hi: k[1]}
	}
	var m Scalar
	m.Negate(k)
	return half{lo: m[0], hi: m[1], negative: true}
}

// windowBits is the width of the signed digits in which fixed points are
// multiplied, and windows how many of them a half has: 26*5 = 130, of which the
// last two are for the sign.
const (
	windowBits = 5
	windows    = 26
	multiples  = 1 << (windowBits - 1)
)

// digits returns the half as signed digits from -multiples+1 to multiples, lowest
// first.
func (h half) digits() (d [windows]int8) {
	carry := uint64(0)
	for w := range d {
		shift := uint(windowBits * w)
		v := carry
		switch {
		case shift >= 64:
			v += h.hi >> (shift - 64) & (2*multiples - 1)
		case shift > 64-windowBits:
			v += (h.lo>>shift | h.hi<<(64-shift)) & (2*multiples - 1)
		default:
			v += h.lo >> shift & (2*multiples - 1)
		}
		carry = 0
		x := int8(v)
		if v > multiples {
			x -= 2 * multiples
			carry = 1
		}
		if h.negative {
			x = -x
		}
		d[w] = x
	}
	return d
}
