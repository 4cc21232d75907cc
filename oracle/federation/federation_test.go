package federation_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/oracle/federation"
)

const (
	id       = "hp1/cum/20600/tot"
	unit     = "sat/PH"
	digits   = 4
	maturity = 1_779_969_600
)

func oracles(n int) []attesttest.Oracle {
	list := make([]attesttest.Oracle, n)
	for i := range list {
		list[i] = attesttest.Oracle{Name: fmt.Sprintf("member %d", i)}
	}
	slices.SortFunc(list, func(a, b attesttest.Oracle) int {
		x, y := a.Key(), b.Key()
		return slices.Compare(x[:], y[:])
	})
	return list
}

func setOf(t testing.TB, list []attesttest.Oracle, threshold int) federation.Set {
	t.Helper()
	keys := make([][32]byte, len(list))
	for i, o := range list {
		keys[len(list)-1-i] = o.Key()
	}
	s, err := federation.New(keys, threshold)
	require.NoError(t, err)
	return s
}

// voice is an oracle that attests each of values.
func voice(o attesttest.Oracle, values ...uint64) federation.Voice {
	a := o.Announce(id, unit, digits, maturity)
	v := federation.Voice{Announcement: &a}
	for _, x := range values {
		v.Attestations = append(v.Attestations, o.Attest(a.Event, x))
	}
	return v
}

func TestASetIsDistinctPointsInOrder(t *testing.T) {
	list := oracles(3)
	s := setOf(t, list, 2)
	require.Equal(t, 3, s.Len())
	require.Equal(t, 2, s.Threshold())
	require.False(t, s.Divided())
	require.True(t, setOf(t, list, 1).Divided())
	for i, o := range list {
		require.Equal(t, o.Key(), s.Keys()[i])
		at, ok := s.Index(o.Key())
		require.True(t, ok)
		require.Equal(t, i, at)
	}
	_, ok := s.Index([32]byte{1})
	require.False(t, ok)

	k := list[0].Key()
	for _, bad := range []struct {
		keys [][32]byte
		t    int
	}{
		{nil, 0}, {nil, 1}, {[][32]byte{k}, 0}, {[][32]byte{k}, 2}, {[][32]byte{k, k}, 1}, {[][32]byte{{31: 5}}, 1}, {make([][32]byte, 8), 1},
	} {
		_, err := federation.New(bad.keys, bad.t)
		require.ErrorIs(t, err, federation.ErrSet, "%v", bad)
	}
}

func TestCombinationsAreThoseOfASetInOrder(t *testing.T) {
	s := setOf(t, oracles(4), 2)
	require.Equal(t, [][]int{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}, s.Combinations())
	require.Equal(t, [][]int{{0, 2}, {0, 3}, {2, 3}}, s.Usable([]int{1}))
	require.Empty(t, s.Usable([]int{0, 1, 2}))
	require.Len(t, setOf(t, oracles(7), 3).Combinations(), 35)
}

// Every subset of up to five oracles says nothing, the truth or something else:
// an outcome needs t equal values and is never made of fewer.
func TestFewerThanTEqualValuesSettleNothing(t *testing.T) {
	for n := 1; n <= 5; n++ {
		list := oracles(n)
		voices := make([][3]federation.Voice, n)
		for i, o := range list {
			voices[i] = [3]federation.Voice{{}, voice(o, 7), voice(o, 8)}
		}
		for threshold := 1; threshold <= n; threshold++ {
			if n == 5 && threshold != 3 {
				continue // the other thresholds show themselves at n = 4
			}
			s := setOf(t, list, threshold)
			for choice := range pow(3, n) {
				said, count := make([]federation.Voice, 0, n), [3]int{}
				for i := range n {
					what := choice / pow(3, i) % 3
					count[what]++
					said = append(said, voices[i][what])
				}
				r := s.Tally(id, said)
				seven, eight := count[1] >= threshold, count[2] >= threshold
				require.Equal(t, seven != eight, r.Agreed, "%v", r)
				require.Len(t, r.Silent, count[0])
				require.Equal(t, count[1] > 0 && count[2] > 0, r.Dissent())
				if r.Agreed {
					require.Equal(t, map[bool]uint64{true: 7, false: 8}[seven], r.Value)
					require.Len(t, r.Use, threshold)
					require.True(t, slices.IsSorted(r.Use))
				}
			}
		}
	}
}

func pow(b, e int) int {
	if e == 0 {
		return 1
	}
	return b * pow(b, e-1)
}

// The combination to use is the one a contract's set uses.
func TestTheCombinationIsThatOfTheContract(t *testing.T) {
	list := oracles(5)
	set := attesttest.Set(list, 3, id, unit, digits, maturity)
	s := setOf(t, list, 3)
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Uint64Range(0, 2), 5, 5).Draw(r, "values")
		voices, outcomes := make([]federation.Voice, 5), make([][]uint8, 5)
		for i, x := range values {
			if x == 0 {
				continue
			}
			voices[i] = voice(list[i], x)
			accepted, err := set.Accept(i, voices[i].Attestations[0])
			if err != nil {
				r.Fatal(err)
			}
			outcomes[i] = accepted
		}
		use, ok := set.Agree(outcomes)
		if report := s.Tally(id, voices); report.Agreed != ok || ok && !slices.Equal(use, report.Use) {
			r.Fatalf("contract uses %v (%v), report says %v", use, ok, report)
		}
	})
}

func TestTwoValuesOfOneOracleAreProvedAndCountForNothing(t *testing.T) {
	list := oracles(3)
	r := setOf(t, list, 2).Tally(id, []federation.Voice{voice(list[0], 7, 7, 8), voice(list[1], 7), voice(list[2], 7)})
	require.True(t, r.Agreed)
	require.Equal(t, []int{1, 2}, r.Use)
	require.Equal(t, []int{0}, r.Silent)
	require.Len(t, r.Evidence, 1)
	proof, err := r.Evidence[0].Verify()
	require.NoError(t, err)
	require.Equal(t, list[0].Key(), proof.Key)
	require.ErrorIs(t, r.Faults[0].Err, federation.ErrEquivocation)
	require.Contains(t, r.String(), "agreed on 7")
}

func TestMessagesThatDoNotVerifyCountForNothing(t *testing.T) {
	list := oracles(3)
	s := setOf(t, list, 2)
	good := func() []federation.Voice {
		return []federation.Voice{voice(list[0], 7), voice(list[1], 7), voice(list[2], 9)}
	}
	for name, c := range map[string]struct {
		spoil func(v []federation.Voice)
		want  error
	}{
		"no announcement": {func(v []federation.Voice) { v[0].Announcement = nil }, federation.ErrNoAnnouncement},
		"forged":          {func(v []federation.Voice) { v[0].Attestations[0].Signatures[3][40] ^= 1 }, attest.ErrSignature},
		"another's signature": {func(v []federation.Voice) {
			v[0].Attestations[0].Signatures = v[1].Attestations[0].Signatures
		}, attest.ErrNonce},
		"unsigned announcement": {func(v []federation.Voice) { v[0].Announcement.Signature[0] ^= 1 }, attest.ErrSignature},
		"another event": {func(v []federation.Voice) {
			a := list[0].Announce(id+"x", unit, digits, maturity)
			v[0].Announcement = &a
		}, attest.ErrEventID},
		"another maturity": {func(v []federation.Voice) {
			a := list[0].Announce(id, unit, digits, maturity+1)
			v[0].Announcement = &a
		}, federation.ErrUnlike},
		"old dialect": {func(v []federation.Voice) {
			a := attesttest.Oracle{Name: list[0].Name, Dialect: attest.D1}.Announce(id, unit, digits, maturity)
			v[0].Announcement = &a
		}, attest.ErrDialect},
		"words": {func(v []federation.Voice) {
			a := list[0].Sign(attest.Event{ID: id, Nonces: [][32]byte{attesttest.XOnly(attesttest.Secret("n"))}, Descriptor: attest.EnumEvent{Outcomes: []string{"a"}}})
			v[0].Announcement = &a
		}, attest.ErrDescriptor},
		"a stranger's": {func(v []federation.Voice) { v[0] = voice(attesttest.Oracle{Name: "stranger"}, 7) }, federation.ErrForeign},
	} {
		voices := good()
		c.spoil(voices)
		r := s.Tally(id, voices)
		require.False(t, r.Agreed, name)
		require.Contains(t, r.Silent, 0, name)
		require.Equal(t, []int{1, 2}, r.Dissenting(), name)
		found := slices.ContainsFunc(r.Faults, func(f federation.Fault) bool { return errors.Is(f.Err, c.want) })
		require.True(t, found, "%s: %v", name, r)
	}
	r := s.Tally(id, good())
	require.True(t, r.Agreed)
	require.Equal(t, []int{2}, r.Dissenting())
	require.Contains(t, r.String(), "oracle 2 says 9")
}
