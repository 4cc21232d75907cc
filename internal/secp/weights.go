package secp

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Weights are the random coefficients of a batch verification, made so that
// multiplying by them is cheap. Coefficient i is
//
//	a_i = sum over w < windows of e_w * m_w * 2^(shift*w)
//
// where m_w is drawn from 1 ... buckets and e_w from the six units 1, lambda,
// lambda^2 and their negatives. A point times e_w*m_w goes to one bucket, so each
// window costs one addition a point, with no digit that is zero. buckets and windows
// are such that there are at least 2^127 choices, all with different coefficients
// that are not zero modulo n (docs/decisions/0030-weights.md). Weights are read-only
// once made, and safe for concurrent use.
type Weights struct {
	shape shape
	n     int
	// draws holds, for each window, a draw below 6*buckets for each coefficient:
	// 6*(m-1) and the number of the unit.
	draws []uint16
}

// weightBits is the least logarithm of the number of equally likely coefficients.
const weightBits = 127

// units is how many units there are: the powers of lambda, then their negatives.
const units = 6

// A shape is how coefficients are composed.
type shape struct {
	windows, buckets, shift int
	// row is how many buckets a row has, when their sums are taken in rows and
	// columns; a power of two, or buckets, if there is one row only.
	row int
}

// choices has 2^weightBits choices at least: logUnit holds the logarithm of
// 6*buckets, times 2^16 and rounded down.
func (s shape) enough() bool { return s.windows*log16(units*s.buckets) >= weightBits<<16 }

// log16 returns the logarithm of x to the base 2, times 2^16, rounded down.
func log16(x int) int {
	whole := bits.Len(uint(x)) - 1
	log := whole << 16
	// Squaring a number from 1 up to 2 shows the next bit of its logarithm.
	m := uint64(x) << (62 - whole) >> 31 //nolint:gosec // G115: x is positive
	for bit := 15; bit >= 0; bit-- {
		m = m * m >> 31
		if m >= 1<<32 {
			m >>= 1
			log |= 1 << bit
		}
	}
	return log
}

// maxBuckets is what draws of 16 bits allow.
const maxBuckets = 8192

// shapeFor returns the shape that costs least for n points, in additions.
func shapeFor(n int) shape {
	var best shape
	least := 0
	for windows := 8; windows <= 50; windows++ {
		s := shape{windows: windows, buckets: leastBuckets(windows)}
		if s.buckets > maxBuckets {
			continue
		}
		s.lay()
		if cost := windows * (n + s.cost()); best.windows == 0 || cost < least {
			best, least = s, cost
		}
	}
	return best
}

// leastBuckets returns the least number of buckets that is enough.
func leastBuckets(windows int) int {
	low, high := 0, 1<<15 // too few, enough
	for high-low > 1 {
		middle := (low + high) / 2
		if (shape{windows: windows, buckets: middle}).enough() {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// lay chooses shift and row. The shift makes coefficients differ: see the decision.
func (s *shape) lay() {
	s.shift = bits.Len(uint(2 * s.buckets))
	s.row = s.buckets
	for row := 2; row < s.buckets; row *= 2 {
		if t := (shape{buckets: s.buckets, row: row}); t.cost() < s.cost() {
			s.row = row
		}
	}
}

// cost returns how many additions it takes to sum up the buckets of a window.
func (s *shape) cost() int {
	if s.row == s.buckets {
		return bitCost(s.buckets)
	}
	rows := (s.buckets + s.row - 1) / s.row
	return 2*s.buckets + bitCost(s.row) + bitCost(rows)
}

// bitCost returns how many additions it takes to sum up n points for each bit of
// their numbers, and to add those sums: the latter cost more.
func bitCost(n int) int { return (n/2 + 2) * bits.Len(uint(n)) }

// DrawWeights draws n coefficients from a stream cipher with the given key, which
// must be unpredictable to whoever chose what the coefficients are used on.
func DrawWeights(key *[32]byte, n int) (*Weights, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("stream of coefficients: %w", err)
	}
	stream := cipher.NewCTR(block, make([]byte, aes.BlockSize)) //nolint:gosec // G407: one stream for each key
	w := &Weights{shape: shapeFor(n), n: n}
	w.draws = make([]uint16, n*w.shape.windows)
	bound := uint16(units * w.shape.buckets) //nolint:gosec // G115: at most 6*8192
	// Draws from the largest multiple of bound on are drawn again.
	limit := uint32(1<<16) / uint32(bound) * uint32(bound)
	var buffer [4096]byte
	for i := 0; i < len(w.draws); {
		clear(buffer[:])
		stream.XORKeyStream(buffer[:], buffer[:])
		for b := buffer[:]; len(b) > 0 && i < len(w.draws); b = b[2:] {
			if x := binary.LittleEndian.Uint16(b); uint32(x) < limit {
				w.draws[i] = x % bound
				i++
			}
		}
	}
	return w, nil
}

// Len returns the number of coefficients.
func (w *Weights) Len() int { return w.n }

// unitParts holds e = x + y*lambda of each unit, where lambda^2 = -1 - lambda.
var unitParts = [units][2]int64{{1, 0}, {0, 1}, {-1, -1}, {-1, 0}, {0, -1}, {1, 1}}

// Scalar returns coefficient i.
func (w *Weights) Scalar(i int) Scalar {
	var u, v wide // a = u + v*lambda
	shift := uint(w.shape.shift)
	for at := len(w.draws) - w.n + i; at >= 0; at -= w.n {
		d := w.draws[at]
		m := int64(d/units) + 1
		parts := &unitParts[d%units]
		u.shiftAdd(shift, m*parts[0])
		v.shiftAdd(shift, m*parts[1])
	}
	a, b := u.scalar(), v.scalar()
	b.Mul(&b, &lambda)
	a.Add(&a, &b)
	return a
}

// A wide is a signed integer of 128 bits, in two's complement.
type wide struct{ lo, hi uint64 }

// shiftAdd sets x to x*2^shift + m, for a shift from 1 to 63.
func (x *wide) shiftAdd(shift uint, m int64) {
	lo := x.lo << (shift & 63)
	hi := x.hi<<(shift&63) | x.lo>>((64-shift)&63)
	var c uint64
	x.lo, c = bits.Add64(lo, uint64(m), 0)     //nolint:gosec // G115: in two's complement
	x.hi, _ = bits.Add64(hi, uint64(m>>63), c) //nolint:gosec // G115: as above
}

// scalar returns x modulo n.
func (x *wide) scalar() (s Scalar) {
	sign := x.hi >> 63
	lo, c := bits.Add64(x.lo^-sign, sign, 0)
	hi, _ := bits.Add64(x.hi^-sign, 0, c)
	s = Scalar{lo, hi}
	s.negateIf(sign)
	return s
}
