package secp

// A jacobian point stands for (x/z^2, y/z^3), infinity if z is zero. Its methods
// take variable time, except addBlind.
type jacobian struct{ x, y, z Field }

func (p *Point) jacobian() jacobian {
	if p.IsInfinity() {
		return jacobian{}
	}
	return jacobian{p.X, p.Y, Field{1}}
}

func (p *jacobian) isInfinity() bool { return p.z.IsZero() }

// double sets p to 2q.
func (p *jacobian) double(q *jacobian) {
	var a, b, c, d, e, t Field
	a.Square(&q.x)
	b.Square(&q.y)
	c.Square(&b)
	d.Mul(&q.x, &b) // d = 4*x*y^2
	d.Add(&d, &d)
	d.Add(&d, &d)
	e.Add(&a, &a) // e = 3*x^2
	e.Add(&e, &a)
	t.Mul(&q.y, &q.z)
	p.z.Add(&t, &t)
	p.x.squareLess(&e, &d, &d)
	t.mulDifference(&d, &p.x, &e)
	c.Add(&c, &c)
	c.Add(&c, &c)
	c.Add(&c, &c)
	p.y.Sub(&t, &c)
}

// addAffine sets p to q + r, whatever they are.
func (p *jacobian) addAffine(q *jacobian, r *Point) {
	if r.IsInfinity() {
		*p = *q
		return
	}
	if q.isInfinity() {
		*p = r.jacobian()
		return
	}
	var h, s Field
	h, s = differences(q, r)
	if h.IsZero() {
		if s.IsZero() {
			p.double(q)
			return
		}
		*p = jacobian{}
		return
	}
	p.addDifferences(q, &h, &s)
}

// addBlind sets p to q + r, where neither is infinity and r is not q or -q. It
// takes constant time.
func (p *jacobian) addBlind(q *jacobian, r *Point) {
	h, s := differences(q, r)
	p.addDifferences(q, &h, &s)
}

// differences returns those of the x and the y of r and q, both scaled to q's z.
func differences(q *jacobian, r *Point) (h, s Field) {
	var zz Field
	zz.Square(&q.z)
	h.Mul(&r.X, &zz)
	zz.Mul(&zz, &q.z)
	s.Mul(&r.Y, &zz)
	h.Sub(&h, &q.x)
	s.Sub(&s, &q.y)
	return h, s
}

// addDifferences sets p to q plus the point with these differences.
func (p *jacobian) addDifferences(q *jacobian, h, s *Field) {
	var hh, hhh, v, t Field
	hh.Square(h)
	hhh.Mul(&hh, h)
	v.Mul(&q.x, &hh)
	p.z.Mul(&q.z, h)
	t.Mul(&q.y, &hhh)
	hhh.Add(&hhh, &v)
	p.x.squareLess(s, &hhh, &v)
	v.mulDifference(&v, &p.x, s)
	p.y.Sub(&v, &t)
}

// affine returns p as a Point.
func (p *jacobian) affine() (r Point) {
	if p.isInfinity() {
		return Point{}
	}
	var inverse Field
	inverse.Invert(&p.z)
	r.scale(p, &inverse)
	return r
}

// scale sets p to q, given 1/z of q.
func (p *Point) scale(q *jacobian, inverse *Field) {
	var t Field
	t.Square(inverse)
	p.X.Mul(&q.x, &t)
	t.Mul(&t, inverse)
	p.Y.Mul(&q.y, &t)
}

// normalize writes the points of list, none of which may be infinity, to out with
// one inversion, and wipes list, whose z tell how the points were made.
func normalize(out []Point, list []jacobian) {
	if len(list) == 0 {
		return
	}
	before := make([]Field, len(list))
	product := list[0].z
	for i := 1; i < len(list); i++ {
		before[i] = product
		product.Mul(&product, &list[i].z)
	}
	product.Invert(&product)
	for i := len(list) - 1; i > 0; i-- {
		var inverse Field
		inverse.Mul(&product, &before[i])
		product.Mul(&product, &list[i].z)
		out[i].scale(&list[i], &inverse)
	}
	out[0].scale(&list[0], &product)
	clear(before)
	clear(list)
}
