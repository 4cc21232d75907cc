// Package federation says what several oracles together have said: which of them
// make up a set, whether t of them agree, whom to use, and who dissents, is
// silent or contradicts itself. PRODUCT.md 2.4 and PROTOCOL.md 6.
//
// It fetches nothing and remembers nothing. It knows no tolerance: values are
// equal or they are different.
//
// Its invariant: fewer than t valid, equal attestations never make an outcome, and
// attestations of different values are never counted together.
package federation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// ErrSet says that keys or threshold do not make a set of oracles.
var ErrSet = errors.New("not a set of oracles")

// A Set is n oracles of which t must agree. It is immutable and safe for concurrent
// use; the zero Set has no oracles.
type Set struct {
	keys      [][32]byte
	threshold int
}

// New returns the set of x-only keys, in any order, with threshold t. It fails with
// ErrSet unless the keys are distinct points and 1 <= t <= n <= attest.MaxOracles.
func New(keys [][32]byte, threshold int) (Set, error) {
	n := len(keys)
	if n < 1 || n > attest.MaxOracles || threshold < 1 || threshold > n {
		return Set{}, fmt.Errorf("%w: threshold %d of %d keys, at most %d", ErrSet, threshold, n, attest.MaxOracles)
	}
	s := Set{keys: slices.Clone(keys), threshold: threshold}
	slices.SortFunc(s.keys, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	for i := range s.keys {
		if i > 0 && s.keys[i] == s.keys[i-1] {
			return Set{}, fmt.Errorf("%w: key %x twice", ErrSet, s.keys[i])
		}
		if _, ok := attest.LiftX(&s.keys[i]); !ok {
			return Set{}, fmt.Errorf("%w: key %x: %w", ErrSet, s.keys[i], attest.ErrPoint)
		}
	}
	return s, nil
}

// Len returns n.
func (s Set) Len() int { return len(s.keys) }

// Threshold returns t.
func (s Set) Threshold() int { return s.threshold }

// Keys returns the keys in ascending order: the order in which contracts count
// oracles.
func (s Set) Keys() [][32]byte { return slices.Clone(s.keys) }

// Index returns the place of a key in Keys, and whether it is there.
func (s Set) Index(key [32]byte) (int, bool) {
	return slices.BinarySearchFunc(s.keys, key, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
}

// Divided says that two groups of t oracles could attest two values: 2t <= n.
func (s Set) Divided() bool { return 2*s.threshold <= len(s.keys) }

// Combinations returns all choices of t oracles, each ascending, in lexicographic
// order: the order of a contract's signature slots. There are at most 35.
func (s Set) Combinations() [][]int {
	var all [][]int
	choice := make([]int, 0, s.threshold)
	var choose func(from int)
	choose = func(from int) {
		if len(choice) == s.threshold {
			all = append(all, slices.Clone(choice))
			return
		}
		for o := from; o <= len(s.keys)-(s.threshold-len(choice)); o++ {
			choice = append(choice, o)
			choose(o + 1)
			choice = choice[:len(choice)-1]
		}
	}
	choose(0)
	return all
}

// Usable returns the combinations that can still settle when the oracles of silent
// say nothing, in the order of Combinations.
func (s Set) Usable(silent []int) [][]int {
	return slices.DeleteFunc(s.Combinations(), func(c []int) bool {
		return slices.ContainsFunc(c, func(o int) bool { return slices.Contains(silent, o) })
	})
}
