package secp

import "math/bits"

// sumBits is how many bits a Sum knows: windows of signed digits end at 130.
const sumBits = windowBits * windows

// A Sum is a sum of multiples of points that is still to be evaluated: for each bit
// b, the points whose sum counts 2^b times. So every method of multiplication
// shares one run of doublings. The zero value is infinity. It takes variable time.
type Sum struct {
	at [sumBits][]Point
}

// put enters 2^bit times p.
func (s *Sum) put(bit int, p *Point) {
	if !p.IsInfinity() {
		s.at[bit] = append(s.at[bit], *p)
	}
}

// Add adds t to s.
func (s *Sum) Add(t *Sum) {
	for bit := range t.at {
		s.at[bit] = append(s.at[bit], t.at[bit]...)
	}
}

// Subtract subtracts t from s.
func (s *Sum) Subtract(t *Sum) {
	for bit := range t.at {
		for i := range t.at[bit] {
			p := t.at[bit][i]
			p.Negate(&p)
			s.at[bit] = append(s.at[bit], p)
		}
	}
}

// AddPoint adds p to s.
func (s *Sum) AddPoint(p *Point) { s.put(0, p) }

// jacobian evaluates s.
func (s *Sum) jacobian() (total jacobian) {
	for bit := len(s.at) - 1; bit >= 0; bit-- {
		total.double(&total)
		for i := range s.at[bit] {
			total.addAffine(&total, &s.at[bit][i])
		}
	}
	return total
}

// Point returns the value of s.
func (s *Sum) Point() Point {
	total := s.jacobian()
	return total.affine()
}

// IsInfinity says whether s is infinity.
func (s *Sum) IsInfinity() bool {
	total := s.jacobian()
	return total.isInfinity()
}

// multiplesOf returns p, 2p ... multiples*p for each point, in this order.
func (s *Adder) multiplesOf(points []Point) [][multiples]Point {
	list := make([][multiples]Point, len(points))
	for i := range points {
		list[i][0] = points[i]
	}
	for have := 1; have < multiples; have *= 2 {
		for i := range list {
			for j := range have {
				s.Add(&list[i][have+j], &list[i][have-1], &list[i][j])
			}
		}
		s.Flush()
	}
	return list
}

// multiple sets p to d times the point of a row of multiplesOf.
func (p *Point) multiple(row *[multiples]Point, d int8) {
	switch {
	case d > 0:
		*p = row[d-1]
	case d < 0:
		p.Negate(&row[-d-1])
	default:
		*p = Point{}
	}
}

// AddMultiplesVar adds the sum of k[i]*points[i] to s, by signed windows of the
// scalars' halves (Straus's method): what one window takes from the tables is added
// up with all others', in batches.
func (s *Sum) AddMultiplesVar(points []Point, k []Scalar) {
	var a Adder
	tables := a.multiplesOf(points)
	list := make([]Point, 0, 2*windows*len(points))
	ends := make([]int32, windows)
	digits := make([][2][windows]int8, len(points))
	for i := range k {
		u, v := k[i].splitVar()
		digits[i] = [2][windows]int8{u.digits(), v.digits()}
	}
	for w := range windows {
		for i := range points {
			var p Point
			if d := digits[i][0][w]; d != 0 {
				p.multiple(&tables[i], d)
				list = append(list, p)
			}
			if d := digits[i][1][w]; d != 0 {
				p.multiple(&tables[i], d)
				p.turn(&p)
				list = append(list, p)
			}
		}
		ends[w] = int32(len(list)) //nolint:gosec // G115: the terms of a sum are some hundreds
	}
	sums := make([]Point, windows)
	a.sumGroups(sums, list, ends)
	for w := range sums {
		s.put(windowBits*w, &sums[w])
	}
}

// MultiplesVar returns k[i]*p for every i, from a table of p that serves them all.
func MultiplesVar(p Point, k []Scalar) []Point {
	var a Adder
	tables := a.multiplesOf(shifted(&p))
	list := make([]Point, 0, 2*windows*len(k))
	ends := make([]int32, len(k))
	for i := range k {
		u, v := k[i].splitVar()
		du, dv := u.digits(), v.digits()
		for w := range windows {
			var q Point
			q.multiple(&tables[w], du[w])
			list = append(list, q)
			q.multiple(&tables[w], dv[w])
			q.turn(&q)
			list = append(list, q)
		}
		ends[i] = int32(len(list)) //nolint:gosec // G115: some hundreds of scalars
	}
	products := make([]Point, len(k))
	a.sumGroups(products, list, ends)
	return products
}

// shifted returns 2^(windowBits*w)*p for every window w.
func shifted(p *Point) []Point {
	points := make([]Point, windows)
	if p.IsInfinity() {
		return points
	}
	list := make([]jacobian, windows)
	at := p.jacobian()
	for w := range list {
		list[w] = at
		for range windowBits {
			at.double(&at)
		}
	}
	normalize(points, list)
	return points
}

// nafBits is the width of the non-adjacent form in which a single point is
// multiplied, nafLength its length: a half has 128 bits and may carry.
const (
	nafBits   = 5
	nafRows   = 1 << (nafBits - 2)
	nafLength = 129
)

// A naf is a half in digits of which each is odd or zero, lowest first: after one
// that is not zero follow width-1 zeros.
type naf [nafLength]int8

// setVar sets f to the form of h with digits below 2^(width-1), and returns one more
// than the place of the highest that is not zero.
func (f *naf) setVar(h half, width uint) (length int) {
	*f = naf{}
	lo, hi, top := h.lo, h.hi, uint64(0)
	for i := 0; lo|hi|top != 0; i++ {
		if lo&1 == 1 {
			d := int64(lo & (1<<width - 1)) //nolint:gosec // G115: below 2^width, which is at most 2^8
			var c uint64
			if d >= 1<<(width-1) {
				d -= 1 << width
				lo, c = bits.Add64(lo, uint64(-d), 0) //nolint:gosec // G115: d is negative
				hi, c = bits.Add64(hi, 0, c)
				top += c
			} else {
				lo, c = bits.Sub64(lo, uint64(d), 0)
				hi, _ = bits.Sub64(hi, 0, c)
			}
			if h.negative {
				d = -d
			}
			f[i] = int8(d) //nolint:gosec // G115: below 2^7
			length = i + 1
		}
		lo, hi, top = lo>>1|hi<<63, hi>>1|top<<63, 0
	}
	return length
}
