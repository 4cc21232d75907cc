package payout_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

func TestTermsNobodyMaySignAreRefused(t *testing.T) {
	type change = func(*payout.Terms)
	instrument := func(i payout.Instrument, then change) change {
		return func(t *payout.Terms) {
			t.Instrument = i
			switch i {
			case payout.SwapM:
			case payout.SwapP, payout.Call, payout.Conv:
				t.F = 0
			case payout.Put:
				t.C = 0
			case payout.Collar:
				t.K2 = 60_000
			}
			if i.HasPremium() {
				t.Premium = 10_000
			}
			then(t)
		}
	}
	for name, c := range map[string]struct {
		change change
		err    error
	}{
		"instrument 0":        {func(t *payout.Terms) { t.Instrument = 0 }, payout.ErrInstrument},
		"instrument 7":        {func(t *payout.Terms) { t.Instrument = 7 }, payout.ErrInstrument},
		"index without leg":   {func(t *payout.Terms) { t.Index = "hp1" }, payout.ErrIndex},
		"index of three":      {func(t *payout.Terms) { t.Index = "hp1/tot/x" }, payout.ErrIndex},
		"index in capitals":   {func(t *payout.Terms) { t.Index = "HP1/tot" }, payout.ErrIndex},
		"index without id":    {func(t *payout.Terms) { t.Index = "/tot" }, payout.ErrIndex},
		"index too long":      {func(t *payout.Terms) { t.Index = strings.Repeat("a", 33) + "/tot" }, payout.ErrIndex},
		"window reversed":     {func(t *payout.Terms) { t.EndDay = t.StartDay - 1 }, payout.ErrWindow},
		"window too long":     {func(t *payout.Terms) { t.EndDay = t.StartDay + 3660 }, payout.ErrWindow},
		"window of all days":  {func(t *payout.Terms) { t.StartDay, t.EndDay = 0, math.MaxUint32 }, payout.ErrWindow},
		"no digits":           {func(t *payout.Terms) { t.Digits = 0 }, payout.ErrDigits},
		"33 digits":           {func(t *payout.Terms) { t.Digits = 33 }, payout.ErrDigits},
		"64 digits":           {func(t *payout.Terms) { t.Digits = 64 }, payout.ErrDigits},
		"bucket 17":           {func(t *payout.Terms) { t.Bucket = 17 }, payout.ErrDigits},
		"bucket of D":         {func(t *payout.Terms) { t.Digits, t.Bucket = 4, 4 }, payout.ErrDigits},
		"no notional":         {func(t *payout.Terms) { t.Notional = 0 }, payout.ErrStrikes},
		"side 2":              {func(t *payout.Terms) { t.Offerer = 2 }, payout.ErrRecord},
		"K below F":           {func(t *payout.Terms) { t.K = t.F - 1 }, payout.ErrStrikes},
		"K above C":           {func(t *payout.Terms) { t.K = t.C + 1 }, payout.ErrStrikes},
		"K2 of a swap":        {func(t *payout.Terms) { t.K2 = 1 }, payout.ErrStrikes},
		"fv of a swap":        {func(t *payout.Terms) { t.FaceValue = 1 }, payout.ErrStrikes},
		"premium of a swap":   {func(t *payout.Terms) { t.Premium = 1 }, payout.ErrPremium},
		"floor of a prepaid":  {instrument(payout.SwapP, func(t *payout.Terms) { t.F = 1 }), payout.ErrStrikes},
		"floor of a call":     {instrument(payout.Call, func(t *payout.Terms) { t.F = 1 }), payout.ErrStrikes},
		"call with K = C":     {instrument(payout.Call, func(t *payout.Terms) { t.K = t.C }), payout.ErrStrikes},
		"cap of a put":        {instrument(payout.Put, func(t *payout.Terms) { t.C = 1 }), payout.ErrStrikes},
		"put with F = K":      {instrument(payout.Put, func(t *payout.Terms) { t.F = t.K }), payout.ErrStrikes},
		"collar crossed":      {instrument(payout.Collar, func(t *payout.Terms) { t.K2 = t.K - 1 }), payout.ErrStrikes},
		"collar above cap":    {instrument(payout.Collar, func(t *payout.Terms) { t.K2 = t.C + 1 }), payout.ErrStrikes},
		"note with K = C":     {instrument(payout.Conv, func(t *payout.Terms) { t.C = t.K }), payout.ErrStrikes},
		"call paid to buy":    {instrument(payout.Call, func(t *payout.Terms) { t.Premium = -1 }), payout.ErrPremium},
		"put paid to buy":     {instrument(payout.Put, func(t *payout.Terms) { t.Premium = -1 }), payout.ErrPremium},
		"threshold 0":         {func(t *payout.Terms) { t.Threshold = 0 }, payout.ErrOracles},
		"threshold 4 of 3":    {func(t *payout.Terms) { t.Threshold = 4 }, payout.ErrOracles},
		"no oracles":          {func(t *payout.Terms) { t.Oracles = nil }, payout.ErrOracles},
		"oracle twice":        {func(t *payout.Terms) { t.Oracles = oracles("red", "red") }, payout.ErrOracles},
		"oracles unsorted":    {func(t *payout.Terms) { t.Oracles = oracles("green", "red") }, payout.ErrOracles},
		"eight oracles":       {func(t *payout.Terms) { t.Oracles = make([][32]byte, 8) }, payout.ErrOracles},
		"cap of 2^64-1":       {func(t *payout.Terms) { t.C = math.MaxUint64 }, payout.ErrOverflow},
		"cap of 2^63":         {func(t *payout.Terms) { t.C = 1 << 63 }, payout.ErrOverflow},
		"cap times H of 2^62": {func(t *payout.Terms) { t.Notional, t.C = 1<<31, 1<<27 }, payout.ErrOverflow},
		"premium of -2^63":    {instrument(payout.Collar, func(t *payout.Terms) { t.Premium = math.MinInt64 }), payout.ErrOverflow},
		"premium of 2^63-1":   {instrument(payout.Call, func(t *payout.Terms) { t.Premium = math.MaxInt64 }), payout.ErrOverflow},
		"fv of 2^64-1":        {instrument(payout.Conv, func(t *payout.Terms) { t.FaceValue = math.MaxUint64 }), payout.ErrOverflow},
		"base of 2^64-1":      {func(t *payout.Terms) { t.Base = math.MaxUint64 }, payout.ErrReach},
		"base just too high":  {func(t *payout.Terms) { t.Base = 1<<30 - 70_000*30 }, payout.ErrReach},
		"digits too few":      {func(t *payout.Terms) { t.Digits = 24 }, payout.ErrReach},
		"collateral too low":  {func(t *payout.Terms) { t.Notional = 111 }, payout.ErrCollateral},
		"collateral too high": {func(t *payout.Terms) { t.Notional, t.Base, t.F, t.K, t.C = math.MaxUint32, 0, 0, 1, 16_298_200 }, payout.ErrCollateral},
		"long locks nothing":  {func(t *payout.Terms) { t.K = t.F }, payout.ErrCollateral},
		"short locks nothing": {func(t *payout.Terms) { t.K = t.C }, payout.ErrCollateral},
		"premium above M":     {instrument(payout.Call, func(t *payout.Terms) { t.Premium = 10_000_000 }), payout.ErrCollateral},
		"collar's lock < 0":   {instrument(payout.Collar, func(t *payout.Terms) { t.Premium = -10_000_000 }), payout.ErrCollateral},
		"one payout": {func(t *payout.Terms) {
			t.StartDay, t.Digits, t.Bucket, t.Base, t.F, t.K, t.C = t.EndDay, 17, 16, 100, 0, 20, 40
			t.Notional = 50_000_000
		}, payout.ErrFlat},
	} {
		bad := terms(c.change)
		err := bad.Validate()
		require.ErrorIs(t, err, c.err, name)
		require.ErrorIs(t, err, payout.ErrTerms, name)
		_, err = bad.Runs()
		require.ErrorIs(t, err, payout.ErrTerms, name)
		_, err = bad.InfoHash([32]byte{})
		require.ErrorIs(t, err, payout.ErrTerms, name)
		// What the instrument does not have is not written at all.
		if got, err := payout.DecodeTerms(bad.Encode()); err == nil {
			require.NotEqual(t, bad, got, name)
			require.Equal(t, terms(nil), got, name)
		} else {
			require.ErrorIs(t, err, payout.ErrTerms, name)
		}
	}
	other := terms(nil)
	other.Event = "hp1/cum/20490/tot"
	require.ErrorIs(t, other.Validate(), payout.ErrIndex)
	for _, ok := range []payout.Terms{
		terms(func(t *payout.Terms) { t.Base = 1<<30 - 1 - 70_000*30 }),
		terms(func(t *payout.Terms) { t.EndDay, t.Digits = t.StartDay+3659, 32 }),
	} {
		require.NoError(t, ok.Validate())
	}
}

// SECURITY.md W1 and W2: absurd values cost neither time nor memory.
func TestAbsurdValuesAreRefusedForFree(t *testing.T) {
	absurd := []uint64{0, 1, 21e14 + 1, 1 << 31, 1<<32 - 1, 1 << 53, 1 << 62, 1 << 63, math.MaxInt64, math.MaxUint64}
	for _, v := range absurd {
		for i := range 8 {
			c := terms(func(t *payout.Terms) {
				fields := []*uint64{&t.Base, &t.K, &t.F, &t.C, &t.K2, &t.FaceValue}
				switch {
				case i < len(fields):
					*fields[i] = v
				case i == len(fields):
					t.Notional = uint32(v) //nolint:gosec // G115: any value does
				default:
					t.Premium = int64(v) //nolint:gosec // G115: any value does
				}
			})
			allocs := testing.AllocsPerRun(5, func() {
				if c.Validate() == nil && c.CheckBound(payout.MaxSlots) == nil {
					return
				}
			})
			require.Less(t, allocs, 60.0)
		}
	}
}

func TestTooManySlotsAreRefusedBeforeRunsAreMade(t *testing.T) {
	bomb := terms(func(t *payout.Terms) {
		t.Base, t.Digits, t.Bucket, t.Notional, t.F, t.K, t.C = 0, 32, 0, 1000, 0, 70_000_000, 143_000_000
		t.Oracles = nil
		for i := range byte(7) {
			t.Oracles = append(t.Oracles, [32]byte{i + 1})
		}
		t.Threshold = 3
	})
	require.NoError(t, bomb.Validate())
	bound, err := bomb.SlotBound()
	require.NoError(t, err)
	require.Equal(t, uint64((143_000_000*30+1+64)*35), bound)
	require.ErrorIs(t, bomb.CheckBound(payout.MaxSlots), payout.ErrTooMany)
	require.ErrorIs(t, bomb.CheckBound(-1), payout.ErrTooMany)
	allocs := testing.AllocsPerRun(5, func() {
		_, err = bomb.Runs()
		require.ErrorIs(t, err, payout.ErrTooMany)
	})
	require.Less(t, allocs, 200.0)
	_, err = bomb.Slots(payout.MaxSlots)
	require.ErrorIs(t, err, payout.ErrTooMany)
	bomb.Oracles = nil
	_, err = bomb.SlotBound()
	require.Error(t, err)
	require.Error(t, bomb.CheckBound(1<<40))
}

func TestRecordsOfTermsAreExact(t *testing.T) {
	edit := func(change func([]tlv.Record) []tlv.Record) []byte {
		records, err := tlv.DecodeStream(tlv.NewReader(example().Encode()), tlv.Limits{})
		require.NoError(t, err)
		return tlv.EncodeStream(change(records))
	}
	n := len(func() []tlv.Record {
		r, err := tlv.DecodeStream(tlv.NewReader(example().Encode()), tlv.Limits{})
		require.NoError(t, err)
		return r
	}())
	for i := range n {
		missing := edit(func(r []tlv.Record) []tlv.Record { return append(r[:i], r[i+1:]...) })
		_, err := payout.DecodeTerms(missing)
		require.ErrorIs(t, err, payout.ErrRecord, "without record %d", i)
		for _, cut := range []bool{false, true} {
			other := edit(func(r []tlv.Record) []tlv.Record {
				if cut {
					r[i].Value = r[i].Value[:len(r[i].Value)-1]
				} else {
					r[i].Value = append(r[i].Value, 'x')
				}
				return r
			})
			_, err = payout.DecodeTerms(other)
			require.ErrorIs(t, err, payout.ErrTerms, "record %d of another length", i)
		}
	}
	for _, unknown := range []uint64{0, 1, 3, 26, 28, 30, 37, 38, 1 << 40} {
		more := edit(func(r []tlv.Record) []tlv.Record {
			at := 0
			for at < len(r) && r[at].Type < unknown {
				at++
			}
			return append(r[:at:at], append([]tlv.Record{{Type: unknown, Value: make([]byte, 8)}}, r[at:]...)...)
		})
		_, err := payout.DecodeTerms(more)
		require.ErrorIs(t, err, payout.ErrRecord, "with record %d", unknown)
	}
	for name, c := range map[string]struct {
		bytes []byte
		err   error
	}{
		"order":     {edit(func(r []tlv.Record) []tlv.Record { r[3], r[4] = r[4], r[3]; return r }), tlv.ErrOrder},
		"twice":     {edit(func(r []tlv.Record) []tlv.Record { r[4] = r[3]; return r }), tlv.ErrDuplicate},
		"long text": {edit(func(r []tlv.Record) []tlv.Record { r[1].Value = make([]byte, 256); return r }), tlv.ErrTooLong},
		"no text":   {edit(func(r []tlv.Record) []tlv.Record { r[1].Value = []byte{0xff}; return r }), tlv.ErrText},
		"many keys": {edit(func(r []tlv.Record) []tlv.Record { r[n-1].Value = make([]byte, 8*32); return r }), tlv.ErrTooLong},
		"trailing":  {append(example().Encode(), 37), tlv.ErrTruncated},
		"empty":     {nil, payout.ErrRecord},
	} {
		_, err := payout.DecodeTerms(c.bytes)
		require.ErrorIs(t, err, c.err, name)
		require.ErrorIs(t, err, payout.ErrTerms, name)
	}
}

func TestNamesOfInstrumentsAndSides(t *testing.T) {
	for _, i := range payout.Instruments() {
		back, err := payout.ParseInstrument(i.String())
		require.NoError(t, err)
		require.Equal(t, i, back)
	}
	_, err := payout.ParseInstrument("DLV")
	require.ErrorIs(t, err, payout.ErrInstrument)
	require.Equal(t, "Instrument(9)", payout.Instrument(9).String())
	require.Equal(t, "long short Side(2)", fmt.Sprint(payout.Long, " ", payout.Short, " ", payout.Side(2)))
	require.Equal(t, payout.Short, payout.Long.Other())
	require.Equal(t, payout.Long, payout.Short.Other())
	require.Equal(t, "constant forward call put LegKind(0)",
		fmt.Sprint(payout.LegConstant, " ", payout.LegForward, " ", payout.LegCall, " ", payout.LegPut, " ", payout.LegKind(0)))
	// Methods of terms nobody validated answer zero.
	none := payout.Terms{}
	lo, hi := none.Strikes()
	require.Zero(t, lo+hi+none.M()+none.LongLock())
	require.Empty(t, none.Position().Legs())
}
