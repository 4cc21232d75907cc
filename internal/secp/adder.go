package secp

// BatchSize is how many additions, and multiplications of G, share one inversion.
const BatchSize = 512

// An Adder adds affine points in pairs, with one inversion for a batch: six
// multiplications for an addition. The zero value is ready; it is large, and for one
// goroutine. The kinds of addition that have no slope, or
// another one, are told apart pair by pair, and none of them makes the product that
// is inverted zero. It takes variable time.
type Adder struct {
	pairs  [BatchSize]pair
	slopes [BatchSize]Field // what each slope is divided by
	after  [BatchSize]Field // products of the slopes after each
	kinds  [BatchSize]kind
	n      int
}

// A pair says: set out to a + b, where any two may be the same variable.
type pair struct{ out, a, b *Point }

// A kind of addition.
type kind uint8

const (
	plain    kind = iota // by the chord
	doubled              // by the tangent
	opposite             // the sum is infinity
	onlyA                // b is infinity
	onlyB                // a is infinity
)

// Add queues the sum a + b for out, which may be a or b. Sums are written in the
// order of the queue, now or at Flush, but what any of them reads must be there when
// the first is queued.
func (s *Adder) Add(out, a, b *Point) {
	if s.n == BatchSize {
		s.Flush()
	}
	s.pairs[s.n] = pair{out, a, b}
	s.n++
}

// Flush computes the sums that are still queued.
func (s *Adder) Flush() {
	n := s.n
	s.n = 0
	if n == 0 {
		return
	}
	product := Field{1}
	for i := n - 1; i >= 0; i-- {
		p := &s.pairs[i]
		d := &s.slopes[i]
		d.Sub(&p.b.X, &p.a.X)
		s.kinds[i] = plain
		// Words that any of the other kinds must have: 0, or p's for a second form
		// of 0.
		if d[0] == 0 || d[0] == p0 || p.a.X[0] == 0 || p.b.X[0] == 0 {
			s.kinds[i] = p.classify(d)
		}
		s.after[i] = product
		product.Mul(&product, d)
	}
	product.Invert(&product)
	for i := range n {
		var inverse Field
		inverse.Mul(&product, &s.after[i])
		product.Mul(&product, &s.slopes[i])
		p := &s.pairs[i]
		if s.kinds[i] != plain {
			p.special(s.kinds[i], &inverse)
			continue
		}
		var slope Field
		slope.mulDifference(&p.b.Y, &p.a.Y, &inverse)
		p.finish(&slope)
	}
}

// classify returns the kind of an addition whose x differ by d, and sets d to what
// the slope is divided by, never 0.
func (p *pair) classify(d *Field) kind {
	switch {
	case p.a.IsInfinity():
		*d = Field{1}
		return onlyB
	case p.b.IsInfinity():
		*d = Field{1}
		return onlyA
	case !d.IsZero():
		return plain
	case p.a.Y.Equal(&p.b.Y):
		d.Add(&p.a.Y, &p.a.Y)
		return doubled
	default:
		*d = Field{1}
		return opposite
	}
}

// special computes a sum that is not plain; inverse is that of classify's d.
func (p *pair) special(k kind, inverse *Field) {
	switch k {
	case doubled:
		var slope, t Field
		t.Square(&p.a.X)
		slope.Add(&t, &t)
		slope.Add(&slope, &t)
		slope.Mul(&slope, inverse)
		p.finish(&slope)
	case opposite:
		*p.out = Point{}
	case onlyA:
		*p.out = *p.a
	case onlyB:
		*p.out = *p.b
	case plain:
		panic("secp: a plain addition is not special")
	}
}

// finish computes a sum from the slope of chord or tangent.
func (p *pair) finish(slope *Field) {
	var x, y Field
	x.squareLess(slope, &p.a.X, &p.b.X)
	y.mulDifference(&p.a.X, &x, slope)
	y.Sub(&y, &p.a.Y)
	p.out.X, p.out.Y = x, y
}

// sumGroups adds up groups of points: group i is points[ends[i-1]:ends[i]], where
// ends[-1] is 0. It returns the sum of each in sums, infinity for an empty one, and
// overwrites points. All groups are halved together until each is one point.
func (s *Adder) sumGroups(sums []Point, points []Point, ends []int32) {
	left := make([]int32, len(ends))
	start := int32(0)
	for i, end := range ends {
		left[i] = end - start
		start = end
	}
	for more := true; more; {
		more = false
		start = 0
		for i, end := range ends {
			// Of an odd number, the first waits. No sum is written to a place that a
			// later one reads: outputs never overtake inputs.
			n := left[i]
			if n > 1 {
				odd := n & 1
				group := points[start : start+n]
				for k := int32(0); k < n/2; k++ {
					s.Add(&group[odd+k], &group[odd+2*k], &group[odd+2*k+1])
				}
				left[i] = n/2 + odd
				more = more || left[i] > 1
			}
			start = end
		}
		s.Flush()
	}
	start = 0
	for i, end := range ends {
		sums[i] = Point{}
		if left[i] > 0 {
			sums[i] = points[start]
		}
		start = end
	}
}

// AddAll sets out[i] to a[i] + b[i], exactly, whatever they are. out may be a or b.
func AddAll(out, a, b []Point) {
	var s Adder
	for i := range out {
		s.Add(&out[i], &a[i], &b[i])
	}
	s.Flush()
}
