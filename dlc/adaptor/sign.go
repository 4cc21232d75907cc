package adaptor

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// SignList signs messages[i] for points[i] (of Points), for every i, each as Sign
// does, and returns the list to send after VerifyList has accepted it. aux is 32
// fresh random bytes for each list; a list must never be made anew with another
// aux once it was sent. It fails with ErrCount, ErrSecret, or a SlotError of
// ErrPoint or ErrNonce.
func SignList(priv *btcec.PrivateKey, points []Point, messages [][32]byte, aux [32]byte, opts ...Option) (List, error) {
	if len(points) != len(messages) {
		return List{}, fmt.Errorf("%w: %d points, %d messages", ErrCount, len(points), len(messages))
	}
	shared, err := newSigner(priv, &aux)
	if err != nil {
		return List{}, err
	}
	defer shared.wipe()
	list := newList(len(points))
	err = optionsOf(opts).split(len(points), func(_, lo, hi int) error {
		b := newSigning(shared, min(batchSize, hi-lo))
		defer b.wipe()
		for ; lo < hi; lo += batchSize {
			end := min(lo+batchSize, hi)
			if err := b.sign(&list, lo, points[lo:end], messages[lo:end]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return List{}, err
	}
	return list, nil
}

// batchSize is how many nonces are multiplied together: no more gain by it.
const batchSize = secp.BatchSize

// A signing is one worker's part in signing a list.
type signing struct {
	signer
	hasher *secp.Hasher
	k      []secp.Scalar
	r      []secp.Point
	adder  secp.Adder
}

func newSigning(shared *signer, size int) *signing {
	return &signing{signer: *shared, hasher: secp.NewHasher(), k: make([]secp.Scalar, size), r: make([]secp.Point, size)}
}

// wipe overwrites the secrets. The points are R - T and R, which are public.
func (b *signing) wipe() {
	b.signer.wipe()
	b.hasher.Wipe()
	clear(b.k)
}

// sign signs for points, the slots from first on.
func (b *signing) sign(list *List, first int, points []Point, messages [][32]byte) error {
	k, r := b.k[:len(points)], b.r[:len(points)]
	for i := range points {
		if !points[i].valid() {
			return &SlotError{Slot: first + i, Err: ErrPoint}
		}
		if err := b.nonce(b.hasher, &k[i], &points[i], &messages[i]); err != nil {
			return &SlotError{Slot: first + i, Err: err}
		}
	}
	secp.BaseMultBatch(r, k)
	for i := range r {
		b.adder.Add(&r[i], &r[i], &points[i].p)
	}
	b.adder.Flush()
	for i := range r {
		if r[i].IsInfinity() {
			return &SlotError{Slot: first + i, Err: ErrNonce}
		}
		sig := b.finish(b.hasher, &r[i], &k[i], &messages[i])
		list.set(first+i, &sig)
	}
	return nil
}
