package adaptor

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcec/v2"
	"golang.org/x/crypto/chacha20"
)

// The endomorphism phi(x, y) = (beta*x, y) multiplies by lambda. Both are cube
// roots of 1, in the field and modulo n.
var beta, lambda = endomorphism()

func endomorphism() (b btcec.FieldVal, l btcec.ModNScalar) {
	betaBytes := [32]byte{
		0x7a, 0xe9, 0x6a, 0x2b, 0x65, 0x7c, 0x07, 0x10, 0x6e, 0x64, 0x47, 0x9e, 0xac, 0x34, 0x34, 0xe9,
		0x9c, 0xf0, 0x49, 0x75, 0x12, 0xf5, 0x89, 0x95, 0xc1, 0x39, 0x6c, 0x28, 0x71, 0x95, 0x01, 0xee,
	}
	lambdaBytes := [32]byte{
		0x53, 0x63, 0xad, 0x4c, 0xc0, 0x5c, 0x30, 0xe0, 0xa5, 0x26, 0x1c, 0x02, 0x88, 0x12, 0x64, 0x5a,
		0x12, 0x2e, 0x22, 0xea, 0x20, 0x81, 0x66, 0x78, 0xdf, 0x02, 0x96, 0x7c, 0x1b, 0x23, 0xbd, 0x72,
	}
	b.SetBytes(&betaBytes)
	l.SetBytes(&lambdaBytes)
	return b, l
}

// A coefficient stands for u + v*lambda. Those of 64 bits each are distinct modulo
// n, so one drawn evenly has 128 bits.
type coefficient struct{ u, v uint64 }

func (c coefficient) scalar() (k btcec.ModNScalar) {
	var u btcec.ModNScalar
	setUint64(&k, c.v)
	k.Mul(&lambda)
	setUint64(&u, c.u)
	k.Add(&u)
	return k
}

func setUint64(k *btcec.ModNScalar, x uint64) {
	var b [32]byte
	binary.BigEndian.PutUint64(b[24:], x)
	k.SetBytes(&b)
}

// drawCoefficients draws n coefficients from a ChaCha20 stream whose 32-byte key
// it reads from random. None is zero. It fails with ErrRandom.
func drawCoefficients(random io.Reader, n int) ([]coefficient, error) {
	if n == 0 {
		return nil, nil
	}
	var key [chacha20.KeySize]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	cipher, err := chacha20.NewUnauthenticatedCipher(key[:], make([]byte, chacha20.NonceSize))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	stream := make([]byte, 16*n)
	cipher.XORKeyStream(stream, stream)
	list := make([]coefficient, n)
	for i := range list {
		c := coefficient{u: binary.BigEndian.Uint64(stream[16*i:]), v: binary.BigEndian.Uint64(stream[16*i+8:])}
		if c == (coefficient{}) {
			c.u = 1
		}
		list[i] = c
	}
	return list, nil
}

// multiply returns the sum of coefs[i]*points[i], exactly, whatever the points:
// equal, opposite or infinite ones too. The points are affine or infinity. It
// fills buckets by digit (Pippenger's method), with phi in place of lambda.
func multiply(points []btcec.JacobianPoint, coefs []coefficient) (sum btcec.JacobianPoint) {
	turned := make([]btcec.JacobianPoint, len(points))
	for i := range points {
		turned[i] = points[i]
		turned[i].X.Mul(&beta).Normalize()
	}
	width := bucketBits(len(points))
	buckets := make([]btcec.JacobianPoint, 1<<width)
	for shift := (63 / width) * width; shift >= 0; shift -= width {
		for range width {
			btcec.DoubleNonConst(&sum, &sum)
		}
		clear(buckets)
		mask := uint64(1)<<width - 1
		for i := range points {
			if d := coefs[i].u >> shift & mask; d != 0 {
				btcec.AddNonConst(&buckets[d], &points[i], &buckets[d])
			}
			if d := coefs[i].v >> shift & mask; d != 0 {
				btcec.AddNonConst(&buckets[d], &turned[i], &buckets[d])
			}
		}
		addBuckets(&sum, buckets)
	}
	return sum
}

// addBuckets adds d*buckets[d], for every d, to sum.
func addBuckets(sum *btcec.JacobianPoint, buckets []btcec.JacobianPoint) {
	var running, total btcec.JacobianPoint
	for d := len(buckets) - 1; d > 0; d-- {
		btcec.AddNonConst(&running, &buckets[d], &running)
		btcec.AddNonConst(&total, &running, &total)
	}
	btcec.AddNonConst(sum, &total, sum)
}

// bucketBits returns the width of digits that costs least for n points.
func bucketBits(n int) int {
	best, least := 1, 0
	for width := 1; width <= 13; width++ {
		rounds := 63/width + 1
		cost := rounds * (2*n + 3<<width)
		if width == 1 || cost < least {
			best, least = width, cost
		}
	}
	return best
}
