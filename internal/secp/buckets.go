package secp

// chunkPoints is how many points, at least, are sorted into buckets before they are
// added up: windows with few points are taken together, so that batches are full.
const chunkPoints = 2048

// AddWeighted adds the sum of a_i*points[i-first] to s, for the coefficients from
// first on, as many as there are points. The result is exact whatever the points
// are (Pippenger's method, with affine additions in batches).
func (s *Sum) AddWeighted(w *Weights, first int, points []Point) {
	n := len(points)
	if n == 0 {
		return
	}
	b := newBuckets(w, first, points)
	for at := 0; at < w.shape.windows; at += b.together {
		b.fill(at, min(at+b.together, w.shape.windows))
	}
	b.reduce(s)
}

// buckets sorts points into buckets and adds those up.
type buckets struct {
	Adder
	weights  *Weights
	first    int
	points   []Point
	turned   [2][]Field // beta*x and beta^2*x of each point
	together int        // windows in a chunk
	sorted   []Point
	ends     []int32
	sums     []Point // of each window's buckets
}

func newBuckets(w *Weights, first int, points []Point) *buckets {
	n := len(points)
	b := &buckets{weights: w, first: first, points: points}
	b.together = min(w.shape.windows, 1+chunkPoints/n)
	b.sorted = make([]Point, b.together*n)
	b.ends = make([]int32, b.together*w.shape.buckets)
	b.sums = make([]Point, w.shape.windows*w.shape.buckets)
	b.turned = [2][]Field{make([]Field, n), make([]Field, n)}
	for i := range points {
		x, t, u := &points[i].X, &b.turned[0][i], &b.turned[1][i]
		t.Mul(x, &beta)
		u.Add(x, t) // 1 + beta + beta^2 = 0
		u.Negate(u)
	}
	return b
}

// fill computes the sums of the buckets of the windows from at to end.
func (b *buckets) fill(at, end int) {
	size := b.weights.shape.buckets
	ends := b.ends[:(end-at)*size]
	clear(ends)
	// ends[i] becomes the number of points in buckets before i, then the place where
	// the next point of i goes, and so at last the end of i.
	for w := at; w < end; w++ {
		row := ends[(w-at)*size:]
		for _, d := range b.drawsOf(w) {
			row[d/units]++
		}
	}
	sum := int32(0)
	for i, n := range ends {
		ends[i] = sum
		sum += n
	}
	for w := at; w < end; w++ {
		row := ends[(w-at)*size:]
		for i, d := range b.drawsOf(w) {
			place := &row[d/units]
			b.put(&b.sorted[*place], i, d%units)
			*place++
		}
	}
	b.sumGroups(b.sums[at*size:end*size], b.sorted[:sum], ends)
}

// drawsOf returns the draws of a window for the points.
func (b *buckets) drawsOf(window int) []uint16 {
	at := window*b.weights.n + b.first
	return b.weights.draws[at : at+len(b.points)]
}

// put sets p to point i times a unit.
func (b *buckets) put(p *Point, i int, unit uint16) {
	q := &b.points[i]
	*p = *q
	if q.IsInfinity() {
		return
	}
	if power := unit % 3; power != 0 {
		p.X = b.turned[power-1][i]
	}
	if unit >= 3 {
		p.Y.Negate(&p.Y)
	}
}

// reduce adds the sum over windows and m of m*2^(shift*w)*(bucket m of window w).
// With m-1 = high*row + low, it is the sums over low of (low+1)*(column low) and
// over high of high*row*(row high), and those follow from the sums for each bit of
// the factors.
func (b *buckets) reduce(s *Sum) {
	h := b.weights.shape
	if h.row == h.buckets {
		b.addBits(s, b.sums, h.buckets, 1, 0)
		return
	}
	high := (h.buckets + h.row - 1) / h.row
	rows := b.gather(high, h.row, func(high, low int) int { return high*h.row + low })
	columns := b.gather(h.row, high, func(low, high int) int { return high*h.row + low })
	rowBits := 0
	for 1<<rowBits < h.row {
		rowBits++
	}
	b.addBits(s, rows, high, 0, rowBits)
	b.addBits(s, columns, h.row, 1, 0)
}

// gather returns, for each window, count sums of up to length buckets each, of which
// at says the numbers.
func (b *buckets) gather(count, length int, at func(i, j int) int) []Point {
	h := b.weights.shape
	list := make([]Point, 0, h.windows*count*length)
	ends := make([]int32, 0, h.windows*count)
	for w := range h.windows {
		window := b.sums[w*h.buckets : (w+1)*h.buckets]
		for i := range count {
			for j := range length {
				if k := at(i, j); k < h.buckets {
					list = append(list, window[k])
				}
			}
			ends = append(ends, int32(len(list))) //nolint:gosec // G115: at most 50 times 8192
		}
	}
	sums := make([]Point, len(ends))
	b.sumGroups(sums, list, ends)
	return sums
}

// addBits adds, for each window w and i below count, (i+add)*2^(shift*w+up) times
// point i of the window.
func (b *buckets) addBits(s *Sum, points []Point, count, add, up int) {
	h := b.weights.shape
	var list []Point
	var ends []int32
	var places []int
	for w := range h.windows {
		for bit := 0; (count-1+add)>>bit > 0; bit++ {
			for i := range count {
				if (i+add)>>bit&1 == 1 {
					list = append(list, points[w*count+i])
				}
			}
			ends = append(ends, int32(len(list))) //nolint:gosec // G115: at most 50 times 8192
			places = append(places, h.shift*w+up+bit)
		}
	}
	sums := make([]Point, len(ends))
	b.sumGroups(sums, list, ends)
	for i := range sums {
		s.put(places[i], &sums[i])
	}
}
