package adaptor

import (
	"math/bits"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// A layout cuts the digits of an outcome into windows of width digits; the last may
// be shorter. What belongs to a window is held as a binary trie of the digits in it:
// the node of l digits with value v has number 2^l + v, and the root, of none, 1.
type layout struct {
	digits, width int
}

// layoutFor returns the layout that costs least for n prefixes: a node of a table is
// made once, and a prefix adds one node for each window after the first.
func layoutFor(digits, n int) layout {
	best, least := layout{digits, 1}, -1
	for width := 1; width <= min(digits, 16); width++ {
		l := layout{digits, width}
		cost := l.windows()<<(width+1) + n*(l.windows()-1)
		if least < 0 || cost < least {
			best, least = l, cost
		}
	}
	return best
}

func (l layout) windows() int { return (l.digits + l.width - 1) / l.width }

// size returns the number of digits in a window.
func (l layout) size(window int) int { return min(l.width, l.digits-window*l.width) }

// last returns the number of the window in which a prefix of at least one digit ends.
func (l layout) last(p digits.Prefix) int { return (int(p.Len) - 1) / l.width }

// node returns the number of a prefix's node in a window, which it must reach.
func (l layout) node(p digits.Prefix, window int) int {
	begin := window * l.width
	end := min(int(p.Len), begin+l.width)
	value := p.Value >> (int(p.Len) - end) & (1<<(end-begin) - 1)
	return 1<<(end-begin) | int(value) //nolint:gosec // G115: at most 16 digits
}

// share returns whether a and b are the same up to the end of a window.
func (l layout) share(a, b digits.Prefix, window int) bool {
	end := (window + 1) * l.width
	n, m := min(int(a.Len), end), min(int(b.Len), end)
	return n == m && a.Value>>(int(a.Len)-n) == b.Value>>(int(b.Len)-m)
}

// pointTables holds, for one oracle and each window, the weighted sum of the points
// of the digits at each node.
type pointTables [][]secp.Point

// pointTablesOf fills the tables of every oracle from weightedPoints.
func pointTablesOf(l layout, weighted [][][2]secp.Point, o options) []pointTables {
	tables := make([]pointTables, len(weighted))
	for oracle := range tables {
		tables[oracle] = make(pointTables, l.windows())
	}
	o.each(len(weighted)*l.windows(), func(i int) {
		oracle, window := i/l.windows(), i%l.windows()
		size := l.size(window)
		table := make([]secp.Point, 2<<size)
		var a secp.Adder
		for depth := range size {
			points := &weighted[oracle][window*l.width+depth]
			for parent := 1 << depth; parent < 2<<depth; parent++ {
				for v := range 2 {
					a.Add(&table[2*parent+v], &table[parent], &points[v])
				}
			}
			a.Flush()
		}
		tables[oracle][window] = table
	})
	return tables
}

// sums sets at[i] to where the sum of prefixes[i] is. Neighbours share the sums of
// the windows that they have in common.
func (t pointTables) sums(a *secp.Adder, l layout, prefixes []digits.Prefix, at []*secp.Point) {
	for i, p := range prefixes {
		at[i] = &t[0][l.node(p, 0)]
	}
	for window := 1; window < l.windows(); window++ {
		fresh := 0
		for i, p := range prefixes {
			if l.last(p) >= window && (i == 0 || !l.share(prefixes[i-1], p, window)) {
				fresh++
			}
		}
		// Not append: what is queued points into it.
		nodes := make([]secp.Point, fresh)
		for i, p := range prefixes {
			switch {
			case l.last(p) < window:
			case i > 0 && l.share(prefixes[i-1], p, window):
				at[i] = at[i-1]
			default:
				a.Add(&nodes[0], at[i], &t[window][l.node(p, window)])
				at[i], nodes = &nodes[0], nodes[1:]
			}
		}
		a.Flush()
	}
}

// weightTables is what pointTables is for sums of coefficients: for each oracle and
// window, the sum at each node of the coefficients of the prefixes that go through
// it, entered where they leave the window.
type weightTables struct {
	layout layout
	sums   [][][]secp.Scalar
}

func newWeightTables(l layout, oracles int) *weightTables {
	w := &weightTables{layout: l, sums: make([][][]secp.Scalar, oracles)}
	for o := range w.sums {
		w.sums[o] = make([][]secp.Scalar, l.windows())
		for window := range w.sums[o] {
			w.sums[o][window] = make([]secp.Scalar, 2<<l.size(window))
		}
	}
	return w
}

// add enters a coefficient for the oracles of a combination at a prefix.
func (w *weightTables) add(comb []int, p digits.Prefix, a *secp.Scalar) {
	for window := range w.layout.last(p) + 1 {
		node := w.layout.node(p, window)
		for _, o := range comb {
			sum := &w.sums[o][window][node]
			sum.Add(sum, a)
		}
	}
}

// merge adds what was entered in other.
func (w *weightTables) merge(other *weightTables) {
	for o := range w.sums {
		for window := range w.sums[o] {
			for node := range w.sums[o][window] {
				sum := &w.sums[o][window][node]
				sum.Add(sum, &other.sums[o][window][node])
			}
		}
	}
}

// values returns the sum of the coefficients by oracle, digit and value, and uses
// up w.
func (w *weightTables) values() [][][2]secp.Scalar {
	values := make([][][2]secp.Scalar, len(w.sums))
	for o := range values {
		values[o] = make([][2]secp.Scalar, w.layout.digits)
		for window, sums := range w.sums[o] {
			for node := len(sums) - 1; node > 1; node-- {
				digit := window*w.layout.width + bits.Len(uint(node)) - 2
				value := &values[o][digit][node&1]
				value.Add(value, &sums[node])
				sums[node/2].Add(&sums[node/2], &sums[node])
			}
		}
	}
	return values
}

// weightedPoints returns mu_o * S_(o, i, v) by oracle, digit and value.
func weightedPoints(set *attest.Set, o options) [][][2]secp.Point {
	n := set.Digits()
	list := make([][][2]secp.Point, set.Len())
	o.each(set.Len(), func(oracle int) {
		mu, key := set.Weight(oracle), set.KeyPoint(oracle)
		weight := toScalar(&mu)
		factors := make([]secp.Scalar, 2*n)
		for i := range factors {
			challenge := set.Challenge(oracle, i/2, i%2)
			factors[i] = toScalar(&challenge)
			factors[i].Mul(&factors[i], &weight)
		}
		multiples := secp.MultiplesVar(toPoint(&key), factors)
		points := make([][2]secp.Point, n)
		nonces := make([]secp.Point, n)
		var a secp.Adder
		for i := range points {
			nonce := set.NoncePoint(oracle, i)
			nonces[i] = toPoint(&nonce)
			if weight != (secp.Scalar{1}) {
				nonces[i] = secp.MultVar(&weight, &nonces[i])
			}
			for v := range 2 {
				a.Add(&points[i][v], &nonces[i], &multiples[2*i+v])
			}
		}
		a.Flush()
		list[oracle] = points
	})
	return list
}
