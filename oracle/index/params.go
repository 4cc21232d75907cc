package index

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// Errors of parameters and registries, wrapped with the field or id at fault.
var (
	// ErrParams: a parameter is out of its range.
	ErrParams = errors.New("index parameters")
	// ErrUnknownIndex: there is no index of that id.
	ErrUnknownIndex = errors.New("unknown index")
	// ErrMutable: an id is registered with other parameters.
	ErrMutable = errors.New("index id is bound to other parameters")
)

// DaySeconds is the length of a day; days count from the Unix epoch.
const DaySeconds = 86_400

// hashTag is the BIP340 tag of parameter hashes.
const hashTag = "alk/index/v1"

// Params are what fixes a chain-derived index; they never change for an id.
type Params struct {
	// ID is [a-z0-9-]{1,32}.
	ID string
	// Genesis is the first block of the chain that the index is of.
	Genesis chainhash.Hash
	// UnitNum/UnitDen is how many hashes one unit of hashrate does in a day.
	UnitNum, UnitDen *big.Int
	// UnitName is for people, for example "PH/day".
	UnitName string
	// InitialSubsidy is that of block 0 in satoshi; it halves every
	// HalvingInterval blocks.
	InitialSubsidy  uint64
	HalvingInterval uint32
	// InnerScale is by how much the values of single blocks are scaled up.
	InnerScale uint64
	// ClipHalf is how many blocks the fee window reaches to each side, ClipMult how
	// many times its median a block's fees count at most.
	ClipHalf uint32
	ClipMult uint64
	// Confirmations is how many the closing block must have, at least ClipHalf.
	Confirmations uint32
	// FirstDay is the first Unix day that counters count.
	FirstDay uint32
	// DayDigits and CumDigits are how many binary digits the events have, 1 to 32.
	DayDigits, CumDigits uint8
	// MaturityDelay is how many seconds after the end of a day its events are
	// mature; 0 means that no clock is asked.
	MaturityDelay uint32
}

// mustHash reads a hash that this file holds.
func mustHash(s string) chainhash.Hash {
	h, err := chainhash.NewHashFromStr(s)
	if err != nil {
		panic("index: a compiled-in genesis hash is malformed: " + s)
	}
	return *h
}

// HP1 returns the parameters of the mainnet index: satoshi per PH/s and day.
func HP1() Params {
	return Params{
		ID:      "hp1",
		Genesis: mustHash("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
		UnitNum: new(big.Int).Mul(big.NewInt(DaySeconds), big.NewInt(1_000_000_000_000_000)), UnitDen: big.NewInt(1),
		UnitName: "PH/day", InitialSubsidy: 5_000_000_000, HalvingInterval: 210_000, InnerScale: 1_000_000,
		ClipHalf: 72, ClipMult: 3, Confirmations: 72, FirstDay: 20_454, DayDigits: 20, CumDigits: 30, MaturityDelay: 43_200,
	}
}

// HP1Regtest returns the parameters of the index of regression-test chains.
func HP1Regtest() Params {
	p := HP1()
	p.ID, p.UnitName = "hp1-regtest", "RU/day"
	p.Genesis = mustHash("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")
	p.UnitNum, p.UnitDen = big.NewInt(1), big.NewInt(31_250)
	p.HalvingInterval, p.ClipHalf, p.Confirmations, p.MaturityDelay = 150, 12, 12, 0
	return p
}

// Canonical returns the canonical JSON of all parameters, the body of Hash.
func (p Params) Canonical() []byte {
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	return canonical([][2]string{
		{"clip_half", n(uint64(p.ClipHalf))},
		{"clip_mult", n(p.ClipMult)},
		{"confirmations", n(uint64(p.Confirmations))},
		{"cum_digits", n(uint64(p.CumDigits))},
		{"day_digits", n(uint64(p.DayDigits))},
		{"first_day", n(uint64(p.FirstDay))},
		{"genesis", p.Genesis.String()},
		{"halving_interval", n(uint64(p.HalvingInterval))},
		{"id", p.ID},
		{"initial_subsidy", n(p.InitialSubsidy)},
		{"inner_scale", n(p.InnerScale)},
		{"maturity_delay", n(uint64(p.MaturityDelay))},
		{"unit_den", p.UnitDen.String()},
		{"unit_name", p.UnitName},
		{"unit_num", p.UnitNum.String()},
	})
}

// Hash returns the parameter hash that peers compare: the tagged hash of Canonical.
func (p Params) Hash() [32]byte { return HashParameters(p.Canonical()) }

// HashParameters returns the tagged hash (BIP340) of an index's canonical
// parameters, of whatever kind the index is.
func HashParameters(canonicalJSON []byte) [32]byte {
	return *chainhash.TaggedHash([]byte(hashTag), canonicalJSON)
}

// Check fails with ErrParams if a parameter is out of its range.
func (p Params) Check() error {
	bad := func(field string) error { return fmt.Errorf("%w: %s of %q", ErrParams, field, p.ID) }
	switch {
	case !ValidName(p.ID):
		return bad("id")
	case p.UnitNum == nil || p.UnitNum.Sign() <= 0 || p.UnitNum.BitLen() > 128:
		return bad("unit_num")
	case p.UnitDen == nil || p.UnitDen.Sign() <= 0 || p.UnitDen.BitLen() > 64:
		return bad("unit_den")
	case p.UnitName == "" || len(p.UnitName) > 32 || strings.ContainsFunc(p.UnitName, notPlain):
		return bad("unit_name")
	case p.InitialSubsidy > maxMoney:
		return bad("initial_subsidy")
	case p.HalvingInterval == 0:
		return bad("halving_interval")
	case p.InnerScale == 0 || p.InnerScale > 1<<32:
		return bad("inner_scale")
	case p.ClipHalf < 1 || p.ClipHalf > 1008:
		return bad("clip_half")
	case p.ClipMult < 1 || p.ClipMult > 1000:
		return bad("clip_mult")
	case p.Confirmations < p.ClipHalf || p.Confirmations > 2016:
		return bad("confirmations")
	case p.DayDigits < 1 || p.DayDigits > 32:
		return bad("day_digits")
	case p.CumDigits < 1 || p.CumDigits > 32:
		return bad("cum_digits")
	case p.MaturityDelay > 30*DaySeconds:
		return bad("maturity_delay")
	case p.FirstDay > MaxDay:
		return bad("first_day")
	}
	return nil
}

// MaxDay is the last day that 32-bit times reach.
const MaxDay = (1<<32 - 1) / DaySeconds

// maxMoney is all satoshi there are.
const maxMoney = 21_000_000 * 100_000_000

func notPlain(r rune) bool { return r < 0x20 || r > 0x7e || r == '"' || r == '\\' }

// ValidName says whether s is a name of an index or a leg: [a-z0-9-]{1,32}.
func ValidName(s string) bool {
	return s != "" && len(s) <= 32 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// canonical returns the canonical JSON of an object of plain texts, which come in
// the order of their keys.
func canonical(members [][2]string) []byte {
	out := make([]byte, 0, 32*len(members))
	for i, m := range members {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		out = append(out, sep, '"')
		out = append(out, m[0]...)
		out = append(out, `":"`...)
		out = append(out, m[1]...)
		out = append(out, '"')
	}
	return append(out, '}')
}

// Subsidy returns what a block at a height may create, in satoshi.
func (p Params) Subsidy(height uint32) uint64 {
	shift := height / p.HalvingInterval
	if shift >= 64 {
		return 0
	}
	return p.InitialSubsidy >> shift
}

// Maturity returns when the events of a day are mature, Unix seconds, cut at the
// largest time that an announcement can hold.
func (p Params) Maturity(day uint32) uint32 {
	return uint32(min((uint64(day)+1)*DaySeconds+uint64(p.MaturityDelay), 1<<32-1))
}

// Fingerprint is the hex of the first four bytes of the parameter hash, for people.
func (p Params) Fingerprint() string {
	h := p.Hash()
	return hex.EncodeToString(h[:4])
}

// Registry is the set of indices that a program knows. It is immutable and safe
// for concurrent use.
type Registry struct{ entries []Entry }

// Entry is one index of a registry, of whatever kind: what contracts and
// announcements need to know of it.
type Entry struct {
	// ID is [a-z0-9-]{1,32}; Legs are its parts, in the order in which they are
	// attested.
	ID   string
	Legs []string
	// DayUnit and CumUnit are the units of the day and cum events.
	DayUnit, CumUnit string
	// DayDigits and CumDigits are how many binary digits the events have, 1 to 32.
	DayDigits, CumDigits uint8
	// FirstDay is the first Unix day that counts; MaturityDelay is how many seconds
	// after a day its events are mature.
	FirstDay, MaturityDelay uint32
	// Parameters are the canonical JSON that the parameter hash covers.
	Parameters []byte
	// Chain are the parameters of an index computed from the chain, nil for one
	// whose values are reported.
	Chain *Params
}

// Hash returns the parameter hash.
func (e Entry) Hash() [32]byte { return HashParameters(e.Parameters) }

// Maturity returns when the events of a day are mature, Unix seconds.
func (e Entry) Maturity(day uint32) uint32 {
	return Params{MaturityDelay: e.MaturityDelay}.Maturity(day)
}

// HasLeg says whether leg is one of the index's parts.
func (e Entry) HasLeg(leg string) bool { return slices.Contains(e.Legs, leg) }

// Check fails with ErrParams if a field is out of its range.
func (e Entry) Check() error {
	bad := func(field string) error { return fmt.Errorf("%w: %s of %q", ErrParams, field, e.ID) }
	switch {
	case !ValidName(e.ID):
		return bad("id")
	case len(e.Legs) == 0 || len(e.Legs) > 16:
		return bad("legs")
	case e.DayDigits < 1 || e.DayDigits > 32:
		return bad("day digits")
	case e.CumDigits < 1 || e.CumDigits > 32:
		return bad("cum digits")
	case e.DayUnit == "" || e.CumUnit == "" || len(e.DayUnit) > 64 || len(e.CumUnit) > 64:
		return bad("unit")
	case len(e.Parameters) == 0 || len(e.Parameters) > 4096:
		return bad("parameters")
	case e.FirstDay > MaxDay:
		return bad("first day")
	}
	for i, leg := range e.Legs {
		if !ValidName(leg) || slices.Contains(e.Legs[:i], leg) {
			return bad("leg " + strconv.Quote(leg))
		}
	}
	if e.Chain != nil {
		return e.Chain.Check()
	}
	return nil
}

// The legs of a chain-derived index.
const (
	LegTot = "tot"
	LegSub = "sub"
	LegFee = "fee"
)

// Legs are the legs of a chain-derived index in the order in which they are
// attested.
func Legs() []string { return []string{LegTot, LegSub, LegFee} }

// Entry returns the registry entry of a chain-derived index.
func (p Params) Entry() Entry {
	unit, _, _ := strings.Cut(p.UnitName, "/")
	return Entry{
		ID: p.ID, Legs: Legs(), DayUnit: "sat/" + p.UnitName, CumUnit: "sat/" + unit,
		DayDigits: p.DayDigits, CumDigits: p.CumDigits, FirstDay: p.FirstDay, MaturityDelay: p.MaturityDelay,
		Parameters: p.Canonical(), Chain: &p,
	}
}

// Reported describes an index whose values an operator reports day by day, such as
// a staking yield: the same events, without a chain to recompute them from.
type Reported struct {
	ID                      string
	Legs                    []string
	DayUnit, CumUnit        string
	DayDigits, CumDigits    uint8
	FirstDay, MaturityDelay uint32
}

// Entry returns the registry entry of a reported index; its parameters are all of
// Reported. It fails with ErrParams.
func (r Reported) Entry() (Entry, error) {
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	for _, s := range append([]string{r.DayUnit, r.CumUnit}, r.Legs...) {
		if strings.ContainsFunc(s, notPlain) || strings.Contains(s, ",") {
			return Entry{}, fmt.Errorf("%w: text %q of %q", ErrParams, s, r.ID)
		}
	}
	e := Entry{
		ID: r.ID, Legs: slices.Clone(r.Legs), DayUnit: r.DayUnit, CumUnit: r.CumUnit,
		DayDigits: r.DayDigits, CumDigits: r.CumDigits, FirstDay: r.FirstDay, MaturityDelay: r.MaturityDelay,
		Parameters: canonical([][2]string{
			{"cum_digits", n(uint64(r.CumDigits))},
			{"cum_unit", r.CumUnit},
			{"day_digits", n(uint64(r.DayDigits))},
			{"day_unit", r.DayUnit},
			{"first_day", n(uint64(r.FirstDay))},
			{"id", r.ID},
			{"legs", strings.Join(r.Legs, ",")},
			{"maturity_delay", n(uint64(r.MaturityDelay))},
			{"source", "reported"},
		}),
	}
	return e, e.Check()
}

// NewRegistry returns a registry of entries. It fails with ErrParams, or with
// ErrMutable if one id comes with two parameter hashes.
func NewRegistry(entries ...Entry) (*Registry, error) {
	r := &Registry{}
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return nil, err
		}
		known, err := r.Lookup(e.ID)
		switch {
		case err == nil && known.Hash() != e.Hash():
			return nil, fmt.Errorf("%w: %s", ErrMutable, e.ID)
		case err != nil:
			r.entries = append(r.entries, e)
		}
	}
	return r, nil
}

// ForGenesis returns the entries compiled in for the chain that begins with the
// block genesis; none for a chain without an index.
func ForGenesis(genesis chainhash.Hash) []Entry {
	var out []Entry
	for _, p := range []Params{HP1(), HP1Regtest()} {
		if p.Genesis == genesis {
			out = append(out, p.Entry())
		}
	}
	return out
}

// Lookup returns the entry of an id; ErrUnknownIndex.
func (r *Registry) Lookup(id string) (Entry, error) {
	for _, e := range r.entries {
		if e.ID == id {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w: %q", ErrUnknownIndex, id)
}

// Entries returns all entries in the order in which they were given.
func (r *Registry) Entries() []Entry { return slices.Clone(r.entries) }

// sum256 is the checksum of evidence.
func sum256(b []byte) [32]byte { return sha256.Sum256(b) }
