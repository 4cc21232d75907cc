package secp

import "crypto/sha256"

// A Claim is that sig is a BIP340 signature on a 32-byte message by an x-only key.
type Claim struct {
	Pub, Message [32]byte
	Signature    [64]byte
}

// VerifyAll says whether all claims are true, in a fraction of the time that Verify
// takes for each. Its coefficients come from a hash of all claims: whoever makes the
// claims can only try others. It accepts false claims with a probability below
// 2^-120 for each such try. It takes variable time.
func VerifyAll(claims []Claim) bool {
	switch len(claims) {
	case 0:
		return true
	case 1:
		return Verify(&claims[0].Pub, &claims[0].Message, &claims[0].Signature)
	}
	seed := sha256.New()
	seed.Write([]byte("alkimiya/secp/claims"))
	for i := range claims {
		seed.Write(claims[i].Pub[:])
		seed.Write(claims[i].Message[:])
		seed.Write(claims[i].Signature[:])
	}
	weights, err := DrawWeights((*[32]byte)(seed.Sum(nil)), len(claims))
	if err != nil {
		return false
	}
	// (sum a_i*s_i)*G - sum over keys of (sum a_i*e_i)*P - sum a_i*R_i = infinity
	var forG Dot
	nonces := make([]Point, len(claims))
	points := []Point{generator}
	forKey := []Dot{{}}
	keys := make(map[[32]byte]int)
	h := NewHasher()
	for i := range claims {
		c := &claims[i]
		r, s, ok := parseSignature(&c.Signature)
		if !ok {
			return false
		}
		nonces[i] = r
		at, known := keys[c.Pub]
		if !known {
			p, ok := LiftX(&c.Pub)
			if !ok {
				return false
			}
			at = len(points)
			keys[c.Pub] = at
			points = append(points, p)
			forKey = append(forKey, Dot{})
		}
		e := h.Challenge((*[32]byte)(c.Signature[:32]), &c.Pub, &c.Message)
		a := weights.Scalar(i)
		forG.Add(&a, &s)
		forKey[at].Add(&a, &e)
	}
	scalars := make([]Scalar, len(points))
	scalars[0] = forG.Scalar()
	for i := 1; i < len(scalars); i++ {
		scalars[i] = forKey[i].Scalar()
		scalars[i].Negate(&scalars[i])
	}
	var sum, r Sum
	sum.AddMultiplesVar(points, scalars)
	r.AddWeighted(weights, 0, nonces)
	sum.Subtract(&r)
	return sum.IsInfinity()
}
