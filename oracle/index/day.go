package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// ErrRecord says that bytes are not the published record of a day in its one form.
var ErrRecord = errors.New("not a day's record")

// maxLeg is the largest value that a leg of a day can have.
const maxLeg = 1<<40 - 1

// Values are one number for each leg of a chain-derived index. Tot is Sub+Fee.
type Values struct{ Sub, Fee uint64 }

// Tot returns the sum of both legs.
func (v Values) Tot() uint64 { return v.Sub + v.Fee }

// Leg returns the value of a leg by its name, and whether there is such a leg.
func (v Values) Leg(name string) (uint64, bool) {
	switch name {
	case LegTot:
		return v.Tot(), true
	case LegSub:
		return v.Sub, true
	case LegFee:
		return v.Fee, true
	}
	return 0, false
}

// add returns the counter after a day of value d. Counters stay below 2^57 for as
// long as days are counted in 32 bits.
func (v Values) add(d Values) Values { return Values{Sub: v.Sub + d.Sub, Fee: v.Fee + d.Fee} }

// Day is the index of one closed day, with all that is published of it.
type Day struct {
	Index string
	Day   uint32
	// Blocks is how many blocks the day has; with none, heights and hashes of First
	// and Last are zero and the values are those of an earlier day.
	Blocks                uint32
	FirstHeight           uint32
	LastHeight            uint32
	CloseHeight           uint32
	FirstHash, LastHash   chainhash.Hash
	CloseHash             chainhash.Hash
	SumSub, SumFee        *big.Int
	SumRaw                *big.Int
	Clipped               uint32
	Value                 Values
	Raw                   uint64
	Counter               Values
	sourceFirst, sourceTo uint32
}

// summary is a day under computation.
type summary struct {
	sub, fee, raw *big.Int
	clipped       uint32
	n             uint32
}

func newSummary() *summary { return &summary{sub: new(big.Int), fee: new(big.Int), raw: new(big.Int)} }

func (s *summary) add(r *Row) {
	s.sub.Add(s.sub, r.QS)
	s.fee.Add(s.fee, r.QF)
	s.raw.Add(s.raw, r.QR)
	if r.Fee < r.RawFee {
		s.clipped++
	}
	s.n++
}

// value returns floor(sum/(n*SC)), at most 2^40-1.
func (s *summary) value(sum *big.Int, p Params) uint64 {
	den := new(big.Int).Mul(new(big.Int).SetUint64(uint64(s.n)), new(big.Int).SetUint64(p.InnerScale))
	q := den.Div(sum, den)
	if !q.IsUint64() || q.Uint64() > maxLeg {
		return maxLeg
	}
	return q.Uint64()
}

// DayOf sums consecutive rows up as one day, without a counter: what Series gives
// for a few blocks taken alone.
func DayOf(p Params, rows []Row) Day {
	d := Day{Index: p.ID, SumSub: new(big.Int), SumFee: new(big.Int), SumRaw: new(big.Int)}
	if len(rows) == 0 {
		return d
	}
	s := newSummary()
	for i := range rows {
		s.add(&rows[i])
	}
	first, last := &rows[0], &rows[len(rows)-1]
	d.Day = first.Day()
	d.Blocks, d.Clipped = s.n, s.clipped
	d.FirstHeight, d.FirstHash, d.LastHeight, d.LastHash = first.Height, first.Hash, last.Height, last.Hash
	d.SumSub, d.SumFee, d.SumRaw = s.sub, s.fee, s.raw
	d.Value = Values{Sub: s.value(s.sub, p), Fee: s.value(s.fee, p)}
	d.Raw = s.value(s.raw, p)
	return d
}

// JSON returns the published record: canonical JSON, hashes in the order in which
// people write them.
func (d Day) JSON() []byte { return d.WithCounter(d.Counter) }

// WithCounter returns the published record with other counters: those that were
// attested, should they differ from the recomputed ones.
func (d Day) WithCounter(c Values) []byte {
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	firstHeight, firstHash, lastHeight, lastHash := "", "", "", ""
	if d.Blocks > 0 {
		firstHeight, firstHash = n(uint64(d.FirstHeight)), d.FirstHash.String()
		lastHeight, lastHash = n(uint64(d.LastHeight)), d.LastHash.String()
	}
	return canonical([][2]string{
		{"c_fee", n(c.Fee)},
		{"c_sub", n(c.Sub)},
		{"c_tot", n(c.Tot())},
		{"clipped", n(uint64(d.Clipped))},
		{"close_hash", d.CloseHash.String()},
		{"close_height", n(uint64(d.CloseHeight))},
		{"day", n(uint64(d.Day))},
		{"first_hash", firstHash},
		{"first_height", firstHeight},
		{"i_fee", n(d.Value.Fee)},
		{"i_raw", n(d.Raw)},
		{"i_sub", n(d.Value.Sub)},
		{"i_tot", n(d.Value.Tot())},
		{"index", d.Index},
		{"last_hash", lastHash},
		{"last_height", lastHeight},
		{"n", n(uint64(d.Blocks))},
		{"sum_fee", d.SumFee.String()},
		{"sum_raw", d.SumRaw.String()},
		{"sum_sub", d.SumSub.String()},
		{"v", "1"},
	})
}

// MaxRecord is the longest day's record in bytes.
const MaxRecord = 2048

// ParseDay reads a day's record and accepts only what JSON writes; ErrRecord.
func ParseDay(raw []byte) (Day, error) {
	if len(raw) > MaxRecord {
		return Day{}, fmt.Errorf("%w: %d bytes", ErrRecord, len(raw))
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return Day{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	r := recordReader{texts: texts}
	d := Day{Index: texts["index"]}
	if !ValidName(d.Index) {
		r.fail("index")
	}
	d.Day, d.Blocks, d.Clipped = r.u32("day"), r.u32("n"), r.u32("clipped")
	d.CloseHeight, d.CloseHash = r.u32("close_height"), r.hash("close_hash")
	if d.Blocks > 0 {
		d.FirstHeight, d.FirstHash = r.u32("first_height"), r.hash("first_hash")
		d.LastHeight, d.LastHash = r.u32("last_height"), r.hash("last_hash")
	}
	d.SumSub, d.SumFee, d.SumRaw = r.big("sum_sub"), r.big("sum_fee"), r.big("sum_raw")
	d.Value = Values{Sub: r.u64("i_sub"), Fee: r.u64("i_fee")}
	d.Raw = r.u64("i_raw")
	d.Counter = Values{Sub: r.u64("c_sub"), Fee: r.u64("c_fee")}
	if r.err != nil {
		return Day{}, r.err
	}
	if string(d.JSON()) != string(raw) {
		return Day{}, fmt.Errorf("%w: not in canonical form, or its numbers do not fit together", ErrRecord)
	}
	return d, nil
}

type recordReader struct {
	texts map[string]string
	err   error
}

func (r *recordReader) fail(key string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s %q", ErrRecord, key, r.texts[key])
	}
}

func (r *recordReader) u64(key string) uint64 {
	n, err := strconv.ParseUint(r.texts[key], 10, 64)
	if err != nil || n > 1<<62 {
		r.fail(key)
	}
	return n
}

func (r *recordReader) u32(key string) uint32 {
	n, err := strconv.ParseUint(r.texts[key], 10, 32)
	if err != nil {
		r.fail(key)
	}
	return uint32(n)
}

func (r *recordReader) hash(key string) chainhash.Hash {
	h, err := chainhash.NewHashFromStr(r.texts[key])
	if err != nil {
		r.fail(key)
		return chainhash.Hash{}
	}
	return *h
}

func (r *recordReader) big(key string) *big.Int {
	text := r.texts[key]
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || len(text) > 64 || n.Sign() < 0 {
		r.fail(key)
		return new(big.Int)
	}
	return n
}
