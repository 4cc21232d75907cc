package adaptor

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
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
		s := *shared
		defer s.wipe()
		for ; lo < hi; lo += batchSize {
			end := min(lo+batchSize, hi)
			if err := s.batch(&list, lo, points[lo:end], messages[lo:end]); err != nil {
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

// batch signs for points, the slots from first on.
func (s *signer) batch(list *List, first int, points []Point, messages [][32]byte) error {
	k := make([]btcec.ModNScalar, len(points))
	sums := make([]projective, len(points))
	defer func() {
		clear(k)
		clear(sums)
	}()
	for i := range points {
		if !points[i].valid() {
			return &SlotError{Slot: first + i, Err: ErrPoint}
		}
		if err := s.nonce(&k[i], &points[i], &messages[i]); err != nil {
			return &SlotError{Slot: first + i, Err: err}
		}
		sums[i].baseMult(&k[i])
		t := projective{x: points[i].x, y: points[i].y}
		t.z.SetInt(1)
		sums[i].add(&t)
		if sums[i].z.Normalize().IsZeroBit() != 0 {
			return &SlotError{Slot: first + i, Err: ErrNonce}
		}
	}
	r := make([]Point, len(points))
	affineAll(r, sums)
	for i := range r {
		sig := s.finish(&r[i], &k[i], &messages[i])
		list.set(first+i, &sig)
	}
	return nil
}
