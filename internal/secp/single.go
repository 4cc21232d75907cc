package secp

import "sync"

// oddBits is the width of the form in which G's scalars are written where a run of
// doublings is there anyhow.
const (
	oddBits = 8
	oddRows = 1 << (oddBits - 2)
)

// oddTable returns the odd multiples, from 1, of G and of 2^128*G.
var oddTable = sync.OnceValue(func() *[2][oddRows]Point {
	t := new([2][oddRows]Point)
	at := generator.jacobian()
	for i := range t {
		step := at.affine()
		copy(t[i][:], oddMultiples(&step, oddRows))
		for range 128 {
			at.double(&at)
		}
	}
	return t
})

// oddMultiples returns p, 3p, 5p ... of which there are n. p must not be infinity.
func oddMultiples(p *Point, n int) []Point {
	list := make([]jacobian, n)
	list[0] = p.jacobian()
	var twice jacobian
	twice.double(&list[0])
	// On the curve whose points are scaled by the z of 2p, 2p is affine; on the way
	// back that z is a factor of every other one.
	two := Point{twice.x, twice.y}
	var zz Field
	zz.Square(&twice.z)
	list[0].x.Mul(&p.X, &zz)
	zz.Mul(&zz, &twice.z)
	list[0].y.Mul(&p.Y, &zz)
	for i := 1; i < n; i++ {
		list[i].addAffine(&list[i-1], &two)
	}
	for i := range list {
		list[i].z.Mul(&list[i].z, &twice.z)
	}
	points := make([]Point, n)
	normalize(points, list)
	return points
}

// A run is a point that is multiplied by a half: its odd multiples and the digits.
type run struct {
	rows   []Point
	digits naf
	turned bool
	length int
}

// addVar adds to p what the run has at a bit.
func (r *run) addVar(p *jacobian, bit int) {
	d := r.digits[bit]
	if d == 0 {
		return
	}
	var q Point
	if d > 0 {
		q = r.rows[d/2]
	} else {
		q.Negate(&r.rows[-d/2])
	}
	if r.turned {
		q.X.Mul(&q.X, &beta)
	}
	p.addAffine(p, &q)
}

// sumVar returns the sum of the runs.
func sumVar(runs []run) (total jacobian) {
	length := 0
	for i := range runs {
		length = max(length, runs[i].length)
	}
	for bit := length - 1; bit >= 0; bit-- {
		total.double(&total)
		for i := range runs {
			runs[i].addVar(&total, bit)
		}
	}
	return total
}

// setVar makes the two runs of k*p.
func setVar(runs *[2]run, p *Point, k *Scalar) {
	rows := oddMultiples(p, nafRows)
	u, v := k.splitVar()
	runs[0].rows, runs[1].rows, runs[1].turned = rows, rows, true
	runs[0].length = runs[0].digits.setVar(u, nafBits)
	runs[1].length = runs[1].digits.setVar(v, nafBits)
}

// MultVar returns k*p.
func MultVar(k *Scalar, p *Point) Point {
	if p.IsInfinity() {
		return Point{}
	}
	var runs [2]run
	setVar(&runs, p, k)
	total := sumVar(runs[:])
	return total.affine()
}

// BaseMultVar returns k*G, faster than BaseMult.
func BaseMultVar(k *Scalar) Point {
	t := base()
	r := recode(k)
	total := t.start.jacobian()
	for w := range t.rows {
		row, negative := r.window(w)
		q := t.rows[w][row]
		if negative == 1 {
			q.Y.Negate(&q.Y)
		}
		total.addBlind(&total, &q)
	}
	total.addBlind(&total, &t.end)
	p := total.affine()
	p.undo(&r)
	return p
}

// DoubleMultVar returns s*G + k*p.
func DoubleMultVar(s, k *Scalar, p *Point) Point {
	total := doubleMultVar(s, k, p)
	return total.affine()
}

func doubleMultVar(s, k *Scalar, p *Point) jacobian {
	var runs [4]run
	if !p.IsInfinity() {
		setVar((*[2]run)(runs[:2]), p, k)
	}
	table := oddTable()
	for i := range table {
		r := &runs[2+i]
		r.rows = table[i][:]
		r.length = r.digits.setVar(half{lo: s[2*i], hi: s[2*i+1]}, oddBits)
	}
	return sumVar(runs[:])
}
