package order_test

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// absurd are raw JSON values, put in the place of every member of every record
// (SECURITY.md W1 and W3).
var absurd = []string{
	`"0"`, `"1"`, `"-1"`, `"-0"`, `"00"`, `"01"`, `"007"`, `"+1"`, `" 1"`, `"1 "`, `"1.0"`, `"1e3"`, `"0x10"`, `"1_000"`, `"1,000"`,
	`"50"`, `"99"`, `"100"`, `"101"`, `"3660"`, `"3661"`, `"65535"`, `"65536"`, `"255"`, `"256"`, `"17"`,
	`"2100000000000000"`, `"2100000000000001"`, `"2147483647"`, `"2147483648"`, `"4294967200"`, `"4294967295"`, `"4294967296"`,
	`"4611686018427387903"`, `"4611686018427387904"`, `"9223372036854775807"`, `"9223372036854775808"`, `"-9223372036854775808"`,
	`"-9223372036854775809"`, `"18446744073709551615"`, `"18446744073709551616"`, `"` + strings.Repeat("9", 1000) + `"`,
	`"-` + strings.Repeat("9", 40) + `"`, `""`, `"true"`, `"null"`, `"NaN"`, `"Infinity"`, `"buy"`, `"sell"`, `"both"`, `"BUY"`,
	`"SWAP_M"`, `"CALL"`, `"DLV"`, `"swap_m"`, `"inside"`, `"paid_out"`, `"hp1"`, `"hp1/"`, `"/tot"`, `"hp1/tot/x"`, `"HP1/tot"`, `"hp1/tot"`,
	`"` + strings.Repeat("a", 33) + `/tot"`, `"é"`, "\"\xff\"", `"\u0031"`, `"a\"b"`, "\"\x00\"", "\"\n\"", "\"\x7f\"",
	`"` + strings.Repeat("0", 64) + `"`, `"` + strings.Repeat("f", 64) + `"`, `"` + strings.Repeat("F", 64) + `"`,
	`"` + strings.Repeat("0", 62) + `"`, `"` + strings.Repeat("0", 63) + `"`, `"` + strings.Repeat("0", 66) + `"`, `"` + strings.Repeat("g", 64) + `"`,
	`"` + strings.Repeat("0", 128) + `"`, `"` + strings.Repeat("F", 128) + `"`,
	`[]`, `["0"]`, `[""]`, `["` + strings.Repeat("0", 64) + `"]`, `["` + strings.Repeat("f", 64) + `"]`, `["1",]`, `[,]`, `[`, `["1"`, `["1" "2"]`,
	`{}`, `0`, `1`, `-1`, `true`, `null`, `1.5`, ``, `"`, ` "1"`, `"1" `, `"1""2"`,
	`"` + strings.Repeat("a", order.MaxRecord) + `"`,
}

// legal says which values each member of the good records below may have
// instead, beside the one it has.
var (
	anyU64     = regexp.MustCompile(`^"(0|[1-9][0-9]{0,18}|1[0-8][0-9]{18})"$`)
	anyHash    = regexp.MustCompile(`^"[0-9a-f]{64}"$`)
	anySig     = regexp.MustCompile(`^"[0-9a-f]{128}"$`)
	nothing    = regexp.MustCompile(`^$a`)
	quoteLegal = map[string]*regexp.Regexp{
		"nonce": anyU64, "expiry": anyU64, "sig": anySig,
		"cap":   regexp.MustCompile(`^"(65535|65536)"$`),
		"floor": regexp.MustCompile(`^"(0|1|17|50|99|100|101|255|256|3660|3661)"$`),
		"k":     regexp.MustCompile(`^"(65535|65536)"$`), "kc": regexp.MustCompile(`^"0"$`), "fv": regexp.MustCompile(`^"0"$`), "premium": regexp.MustCompile(`^"0"$`),
		"days":      regexp.MustCompile(`^"(1|17|50|99|100|101|255|256|3660)"$`),
		"start_day": regexp.MustCompile(`^"(0|1|17|50|99|100|101|255|256|3660|3661|65535|65536|2147483647|2147483648|4294967200)"$`),
		"h_min":     regexp.MustCompile(`^"100"$`), "h_max": regexp.MustCompile(`^"4294967200"$`),
		"index": regexp.MustCompile(`^"hp1/tot"$`), "side": regexp.MustCompile(`^"(buy|sell)"$`),
		"taker_pk": regexp.MustCompile(`^""$`), "maker_pk": nothing, "oracles": nothing,
		"threshold": regexp.MustCompile(`^"1"$`), "quant_j": regexp.MustCompile(`^"(0|1)"$`),
		"premium_mode": regexp.MustCompile(`^"inside"$`), "product": regexp.MustCompile(`^"SWAP_M"$`),
		"type": nothing, "v": regexp.MustCompile(`^"1"$`),
	}
)

func with(base map[string]*regexp.Regexp, changes map[string]*regexp.Regexp) map[string]*regexp.Regexp {
	all := map[string]*regexp.Regexp{}
	for k, v := range base {
		all[k] = v
	}
	for k, v := range changes {
		all[k] = v
	}
	return all
}

type sample struct {
	record []byte
	decode func([]byte) ([]byte, error)
	legal  map[string]*regexp.Regexp
}

// roundTrip decodes a record and writes it again.
func roundTrip[T interface{ Encode() []byte }](decode func([]byte) (T, error)) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		record, err := decode(b)
		if err != nil {
			return nil, err
		}
		return record.Encode(), nil
	}
}

func samples(t testing.TB) map[string]sample {
	t.Helper()
	key := testkit.Key("author")
	o, err := swap(t).Sign(key, aux)
	require.NoError(t, err)
	r, err := request(t, payout.SwapM, order.Both).Sign(key, aux)
	require.NoError(t, err)
	take, err := order.Take{OrderID: [32]byte{7}, H: 300, Nonce: 1, Expiry: 1767830400}.Sign(key, aux)
	require.NoError(t, err)
	cancel, err := order.Cancel{OrderIDs: [][32]byte{{1}, {2}}, BelowNonce: 4, Nonce: 5}.Sign(key, aux)
	require.NoError(t, err)
	return map[string]sample{
		"order": {o.Encode(), roundTrip(order.DecodeOrder), quoteLegal},
		"rfq": {r.Encode(), roundTrip(order.DecodeRFQ), with(quoteLegal, map[string]*regexp.Regexp{
			"k": regexp.MustCompile(`^""$`), "side": regexp.MustCompile(`^"(buy|sell|both)"$`), "h_min": nothing, "h_max": nothing,
			"floor": regexp.MustCompile(`^"(0|1|17|50|99|100|101|255|256|3660|3661|65535|65536)"$`),
		})},
		"take": {take.Encode(), roundTrip(order.DecodeTake), map[string]*regexp.Regexp{
			"nonce": anyU64, "expiry": anyU64, "order_id": anyHash, "sig": anySig, "taker_pk": nothing, "type": nothing,
			"v": regexp.MustCompile(`^"1"$`), "h": regexp.MustCompile(`^"(100|4294967200)"$`),
		}},
		"cancel": {cancel.Encode(), roundTrip(order.DecodeCancel), map[string]*regexp.Regexp{
			"nonce": anyU64, "below_nonce": anyU64, "sig": anySig, "maker_pk": nothing, "type": nothing, "v": regexp.MustCompile(`^"1"$`),
			"order_ids": regexp.MustCompile(`^\[("[0-9a-f]{64}")?\]$`),
		}},
	}
}

// members finds the members of a good record.
var memberPattern = regexp.MustCompile(`"([a-z_]+)":("[^"]*"|\[[^\]]*\])`)

func replaceMember(record []byte, key, value string) []byte {
	return memberPattern.ReplaceAllFunc(record, func(m []byte) []byte {
		if !strings.HasPrefix(string(m), `"`+key+`":`) {
			return m
		}
		return []byte(`"` + key + `":` + value)
	})
}

func typed(err error) bool {
	return errors.Is(err, order.ErrMalformed) || errors.Is(err, order.ErrTooLong)
}

func TestAbsurdValuesInEveryMemberAreRefusedCheaply(t *testing.T) {
	require.GreaterOrEqual(t, len(absurd), 40)
	for name, s := range samples(t) {
		keys := memberPattern.FindAllSubmatch(s.record, -1)
		require.Len(t, keys, len(s.legal), name)
		for _, m := range keys {
			key, good := string(m[1]), string(m[2])
			require.Contains(t, s.legal, key)
			for _, value := range absurd {
				what := fmt.Sprintf("%s.%s = %.40s", name, key, value)
				record := replaceMember(s.record, key, value)
				back, err := s.decode(record)
				if value == good || s.legal[key].MatchString(value) && withinU64(value) {
					require.NoError(t, err, what)
					require.Equal(t, string(record), string(back), what)
					continue
				}
				require.Error(t, err, what)
				require.True(t, typed(err), "%s: %v", what, err)
			}
		}
	}
}

func withinU64(value string) bool {
	digits := strings.Trim(value, `"`)
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 20 {
		return true
	}
	_, err := strconv.ParseUint(digits, 10, 64)
	return err == nil
}

// Under 1 ms each, and under 1 MiB for all values of a member together. Other
// processes disturb the clock, so the best of some attempts counts.
func TestRefusalsAreCheapInTimeAndMemory(t *testing.T) {
	for name, s := range samples(t) {
		for _, m := range memberPattern.FindAllSubmatch(s.record, -1) {
			var refused [][]byte
			for _, value := range absurd {
				record := replaceMember(s.record, string(m[1]), value)
				if _, err := s.decode(record); err != nil {
					refused = append(refused, record)
				}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, record := range refused {
				_, _ = s.decode(record)
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), "%s.%s", name, m[1])
			for _, record := range refused {
				least := time.Hour
				for attempt := 0; attempt < 100 && least >= time.Millisecond; attempt++ {
					start := time.Now()
					_, _ = s.decode(record)
					least = min(least, time.Since(start))
				}
				require.Less(t, least, time.Millisecond, "%.2000s", record)
			}
		}
	}
}

func TestOnlyTheCanonicalFormIsRead(t *testing.T) {
	for name, s := range samples(t) {
		good := string(s.record)
		members := memberPattern.FindAllString(good, -1)
		for what, record := range map[string]string{
			"nothing":           "",
			"null":              "null",
			"array":             "[" + good + "]",
			"empty object":      "{}",
			"leading space":     " " + good,
			"trailing newline":  good + "\n",
			"byte order mark":   "\xef\xbb\xbf" + good,
			"twice":             good + good,
			"cut":               good[:len(good)-1],
			"cut in a text":     good[:len(good)-3],
			"space after colon": strings.Replace(good, `":"`, `": "`, 1),
			"space after comma": strings.Replace(good, `,"`, `, "`, 1),
			"number":            regexp.MustCompile(`"nonce":"(\d+)"`).ReplaceAllString(good, `"nonce":$1`),
			"escaped key":       strings.Replace(good, `"nonce"`, `"\u006eonce"`, 1),
			"capital key":       strings.Replace(good, `"nonce"`, `"Nonce"`, 1),
			"no comma":          strings.Replace(good, `",`, `"`, 1),
			"double comma":      strings.Replace(good, `",`, `",,`, 1),
			"trailing comma":    strings.Replace(good, `}`, `,}`, 1),
			"unknown key":       strings.Replace(good, `"type"`, `"tyqe":"","type"`, 1),
			"unknown last key":  strings.Replace(good, `}`, `,"zz":"1"}`, 1),
			"repeated key":      strings.Replace(good, members[0], members[0]+","+members[0], 1),
			"unsorted":          "{" + members[1] + "," + members[0] + "," + strings.Join(members[2:], ",") + "}",
			"version 2":         strings.Replace(good, `"v":"1"`, `"v":"2"`, 1),
			"without signature": regexp.MustCompile(`"sig":"[0-9a-f]+",`).ReplaceAllString(good, ""),
		} {
			require.NotEqual(t, good, record, "%s %s", name, what)
			_, err := s.decode([]byte(record))
			require.ErrorIs(t, err, order.ErrMalformed, "%s: %s", name, what)
		}
		for _, member := range members {
			for _, cut := range []string{member + ",", "," + member} {
				if shorter := strings.Replace(good, cut, "", 1); shorter != good {
					_, err := s.decode([]byte(shorter))
					require.ErrorIs(t, err, order.ErrMalformed, "%s without %s", name, member)
				}
			}
		}
		_, err := s.decode(make([]byte, order.MaxRecord+1))
		require.ErrorIs(t, err, order.ErrTooLong)
		for other, o := range samples(t) {
			if other != name {
				_, err := s.decode(o.record)
				require.ErrorIs(t, err, order.ErrMalformed, "%s read as %s", other, name)
			}
		}
	}
}

func TestFieldsAProductDoesNotUseAreZero(t *testing.T) {
	used := map[payout.Instrument]string{
		payout.SwapM: "k floor cap", payout.SwapP: "k cap", payout.Call: "k cap premium", payout.Put: "k floor premium",
		payout.Collar: "k kc floor cap premium", payout.Conv: "k cap fv premium",
	}
	for product, o := range products(t) {
		require.NoError(t, o.Check(), product)
		for field, set := range map[string]func(*order.Quote){
			"k": func(q *order.Quote) { q.K++ }, "kc": func(q *order.Quote) { q.KC++ }, "floor": func(q *order.Quote) { q.Floor++ },
			"cap": func(q *order.Quote) { q.Cap++ }, "fv": func(q *order.Quote) { q.FV++ }, "premium": func(q *order.Quote) { q.Premium++ },
		} {
			changed := o
			set(&changed.Quote)
			want := strings.Contains(" "+used[product]+" ", " "+field+" ")
			require.Equal(t, want, changed.Check() == nil, "%s %s: %v", product, field, changed.Check())
		}
	}
}

func TestStrikesPremiumsAndSizesOutOfBoundsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		product payout.Instrument
		set     func(*order.Quote)
	}{
		"rate above the cap":        {payout.SwapM, func(q *order.Quote) { q.K = q.Cap + 1 }},
		"rate below the floor":      {payout.SwapM, func(q *order.Quote) { q.K = q.Floor - 1 }},
		"one side locks nothing":    {payout.SwapM, func(q *order.Quote) { q.K = q.Cap }},
		"call with no range":        {payout.Call, func(q *order.Quote) { q.K = q.Cap }},
		"put with no range":         {payout.Put, func(q *order.Quote) { q.K = q.Floor }},
		"call for nothing":          {payout.Call, func(q *order.Quote) { q.Premium = 0 }},
		"call with a negative":      {payout.Call, func(q *order.Quote) { q.Premium = -1 }},
		"premium above collateral":  {payout.Put, func(q *order.Quote) { q.Premium = 10_000_000 }},
		"collar strikes crossed":    {payout.Collar, func(q *order.Quote) { q.KC = q.K - 1 }},
		"premium at the minimum":    {payout.Collar, func(q *order.Quote) { q.Premium = -1 << 63 }},
		"face value at the maximum": {payout.Conv, func(q *order.Quote) { q.FV = 1<<64 - 1 }},
		"too little collateral":     {payout.SwapM, func(q *order.Quote) { q.HMin, q.HMax = 100, 100 }},
		"too much collateral":       {payout.SwapM, func(q *order.Quote) { q.HMax = 4_294_967_200; q.Cap, q.K, q.Days = 1_100_000, 60_000, 3_660 }},
		"windows past the last day": {payout.SwapM, func(q *order.Quote) { q.StartDay = 1<<32 - 1 }},
		"unknown product":           {payout.SwapM, func(q *order.Quote) { q.Product = 7 }},
		"no product":                {payout.SwapM, func(q *order.Quote) { q.Product = 0 }},
		"eight oracles":             {payout.SwapM, func(q *order.Quote) { q.Oracles = make([][32]byte, 8) }},
		"no oracles":                {payout.SwapM, func(q *order.Quote) { q.Oracles = nil }},
		"threshold 0":               {payout.SwapM, func(q *order.Quote) { q.Threshold = 0 }},
		"threshold above n":         {payout.SwapM, func(q *order.Quote) { q.Threshold = 4 }},
		"oracle twice":              {payout.SwapM, func(q *order.Quote) { q.Oracles = [][32]byte{q.Oracles[0], q.Oracles[0]}; q.Threshold = 1 }},
		"oracle is no point":        {payout.SwapM, func(q *order.Quote) { q.Oracles = [][32]byte{{}}; q.Threshold = 1 }},
		"maker is no point":         {payout.SwapM, func(q *order.Quote) { q.MakerPK = [32]byte{} }},
		"taker is no point":         {payout.SwapM, func(q *order.Quote) { fill(q.TakerPK[:], 0xff) }},
	} {
		o := products(t)[c.product]
		c.set(&o.Quote)
		require.ErrorIs(t, o.Check(), order.ErrMalformed, name)
	}
	for _, side := range []order.Side{order.AnySide, order.Both, 9} {
		o := swap(t)
		o.Side = side
		require.ErrorIs(t, o.Check(), order.ErrMalformed)
		r := request(t, payout.SwapM, side)
		require.Equal(t, side == order.Both, r.Check() == nil)
	}
	for _, product := range payout.Instruments() {
		r := request(t, product, order.Buy)
		r.K, r.Premium = max(r.K, 1), max(r.Premium, 1)
		require.ErrorIs(t, r.Check(), order.ErrMalformed, "the price asked is open")
	}
}
