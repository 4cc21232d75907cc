package policy

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/pelletier/go-toml/v2"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Errors of reading a policy, wrapped with the file and the key at fault.
var (
	// ErrSyntax: the file is not TOML, or has a key that is not known.
	ErrSyntax = errors.New("policy file")
	// ErrValue: a value is out of its range.
	ErrValue = errors.New("policy value")
)

// maxFile bounds a policy file, bytes.
const maxFile = 1 << 20

// secondsPerDay converts the days of the file.
const secondsPerDay = 86_400

// Policy is a whole policy. The zero value allows nothing; begin with Default.
type Policy struct {
	Limits  Limits  `toml:"limits"`
	Fees    Fees    `toml:"fees"`
	Refund  Refund  `toml:"refund"`
	Tenor   Tenor   `toml:"tenor"`
	Oracles Oracles `toml:"oracles"`
	Accept  Accept  `toml:"accept"`
	Close   Close   `toml:"close"`
	Bridge  Bridge  `toml:"bridge"`
	Quotes  Quotes  `toml:"quotes"`
	Pricer  Pricer  `toml:"pricer"`
}

// Limits bound what can be at stake. Amounts are satoshi; 0 sets no limit.
type Limits struct {
	// MaxList is how many adaptor signatures we take in one list.
	MaxList uint32 `toml:"max_list"`
	// OpenOffersPerPeer are offers of a peer that are not funded yet.
	OpenOffersPerPeer int `toml:"open_offers_per_peer"`
	// ContractsPerPeer and Contracts are those not final.
	ContractsPerPeer int `toml:"contracts_per_peer"`
	Contracts        int `toml:"contracts"`
	// LockPerContract, LockPerPeer and Lock bound what we lock ourselves.
	LockPerContract btcutil.Amount `toml:"lock_per_contract_sat"`
	LockPerPeer     btcutil.Amount `toml:"lock_per_peer_sat"`
	Lock            btcutil.Amount `toml:"lock_sat"`
	// ReservedPerPeer bounds the coins set aside for contracts with a peer that
	// are not funded yet.
	ReservedPerPeer btcutil.Amount `toml:"reserved_per_peer_sat"`
}

// Fees bound the fee rates of funding transactions and CETs, sat/vB.
type Fees struct {
	MinRate uint32 `toml:"min_rate"`
	MaxRate uint32 `toml:"max_rate"`
	// FundTarget and CETTarget are the confirmation targets, in blocks, of the
	// estimates that own offers use.
	FundTarget uint32 `toml:"fund_target"`
	CETTarget  uint32 `toml:"cet_target"`
	// WarnPermille is the share of M above which miner fees are warned of.
	WarnPermille uint32 `toml:"warn_permille"`
}

// Refund bounds refund_locktime - cet_locktime, days.
type Refund struct {
	MinDays     uint32 `toml:"min_days"`
	MaxDays     uint32 `toml:"max_days"`
	DefaultDays uint32 `toml:"default_days"`
}

// Tenor bounds the window of a contract.
type Tenor struct {
	// MinDays and MaxDays bound the number of days counted.
	MinDays uint32 `toml:"min_days"`
	MaxDays uint32 `toml:"max_days"`
	// MaxAheadDays bounds how far in the future the window may end.
	MaxAheadDays uint32 `toml:"max_ahead_days"`
}

// Oracles narrows what the node's configuration trusts.
type Oracles struct {
	// Allowed are x-only keys in hexadecimal; empty allows all that the node is
	// configured with.
	Allowed []string `toml:"allowed"`
	// Indices are the ids of the indices traded; empty allows all that the node
	// knows.
	Indices []string `toml:"indices"`
	// MinOracles and MinThreshold are the least n and t of a contract.
	MinOracles   uint16 `toml:"min_oracles"`
	MinThreshold uint16 `toml:"min_threshold"`
	// Threshold is t of own offers that name no oracles; 0 takes the majority.
	Threshold uint16 `toml:"threshold"`
}

// Accept says which offers are accepted without asking.
type Accept struct {
	// Orders accepts takes of own orders: publishing one was the consent.
	Orders bool `toml:"orders"`
	// Offers accepts other offers from Peers, if they keep all limits.
	Offers bool `toml:"offers"`
	// Peers are node keys in hexadecimal; empty means any peer.
	Peers []string `toml:"peers"`
	// DeclineOthers refuses at once what is not accepted, instead of asking.
	DeclineOthers bool `toml:"decline_others"`
}

// Exits says what is done with an exit that a peer proposes.
type Exits string

// The ways to treat an exit.
const (
	AskExits     Exits = "ask"
	AcceptExits  Exits = "accept"
	DeclineExits Exits = "decline"
)

// Close says which exits are agreed to without asking: only such as can be taken
// back, for which a coin has to be free; else the user is asked. Closes at the
// attested payout are no matter of policy.
type Close struct {
	Exits Exits `toml:"exits"`
	// MinPermille is the least that we must get of what we locked, for Exits
	// "accept"; below it the user is asked.
	MinPermille uint32 `toml:"min_permille"`
}

// Tokens says what is done with contracts whose other side becomes tokens.
type Tokens string

// The ways to treat them.
const (
	AskTokens     Tokens = "ask"
	AcceptTokens  Tokens = "accept"
	DeclineTokens Tokens = "decline"
)

// Bridge says which contracts are taken whose peer has its payout go to the vault
// of a bridge: they cannot be closed before maturity, and settle by their CET.
type Bridge struct {
	// Peers, for peers' offers: "accept" judges them as any other offer, "ask" never
	// accepts one without asking. Of a peer that answers our offer nobody can be
	// asked: it is refused for "decline" alone.
	Peers Tokens `toml:"peers"`
}

// Default returns the policy of a node without a file.
func Default() Policy {
	return Policy{
		Limits: Limits{
			MaxList: wire.MaxList, OpenOffersPerPeer: 4, ContractsPerPeer: 1_000, Contracts: 20_000, ReservedPerPeer: btcutil.SatoshiPerBitcoin,
		},
		Fees:    Fees{MinRate: 1, MaxRate: 500, FundTarget: 6, CETTarget: 6, WarnPermille: 10},
		Refund:  Refund{MinDays: 14, MaxDays: 90, DefaultDays: 28},
		Tenor:   Tenor{MinDays: 1, MaxDays: 366, MaxAheadDays: 400},
		Oracles: Oracles{MinOracles: 1, MinThreshold: 1},
		Accept:  Accept{Orders: true},
		Close:   Close{Exits: AskExits},
		Bridge:  Bridge{Peers: AskTokens},
		Quotes:  Quotes{Ask: true},
		Pricer:  Pricer{GrowthPermille: []int32{0}, VolPermille: 35, FeeVolPermille: 300},
	}
}

// Load reads a policy file. It fails with an error of the file system, ErrSyntax
// or ErrValue.
func Load(path string) (Policy, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Policy{}, err
	}
	if info.Size() > maxFile {
		return Policy{}, fmt.Errorf("%w %s: %d bytes, limit %d", ErrSyntax, path, info.Size(), maxFile)
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return Policy{}, err
	}
	p, err := Parse(raw)
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// Parse reads a policy; what it does not name is as in Default.
func Parse(raw []byte) (Policy, error) {
	p := Default()
	decoder := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return Policy{}, fmt.Errorf("%w: unknown key:\n%s", ErrSyntax, strict.String())
		}
		return Policy{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return p, p.Check()
}

// Encode returns the policy as a file.
func (p Policy) Encode() ([]byte, error) { return toml.Marshal(p) }

// Check returns ErrValue, naming the key, unless every value is in its range.
func (p Policy) Check() error {
	for _, check := range []struct {
		ok   bool
		key  string
		says any
	}{
		{p.Limits.MaxList >= 1 && p.Limits.MaxList <= wire.MaxList, "limits.max_list", p.Limits.MaxList},
		{p.Limits.OpenOffersPerPeer >= 1 && p.Limits.OpenOffersPerPeer <= 1_000, "limits.open_offers_per_peer", p.Limits.OpenOffersPerPeer},
		{p.Limits.ContractsPerPeer >= 0, "limits.contracts_per_peer", p.Limits.ContractsPerPeer},
		{p.Limits.Contracts >= 0, "limits.contracts", p.Limits.Contracts},
		{isAmount(p.Limits.LockPerContract), "limits.lock_per_contract_sat", p.Limits.LockPerContract},
		{isAmount(p.Limits.LockPerPeer), "limits.lock_per_peer_sat", p.Limits.LockPerPeer},
		{isAmount(p.Limits.Lock), "limits.lock_sat", p.Limits.Lock},
		{isAmount(p.Limits.ReservedPerPeer), "limits.reserved_per_peer_sat", p.Limits.ReservedPerPeer},
		{p.Fees.MinRate >= wire.MinFeeRate && p.Fees.MinRate <= p.Fees.MaxRate, "fees.min_rate", p.Fees.MinRate},
		{p.Fees.MaxRate <= wire.MaxFeeRate, "fees.max_rate", p.Fees.MaxRate},
		{p.Fees.FundTarget >= 1 && p.Fees.FundTarget <= 1008, "fees.fund_target", p.Fees.FundTarget},
		{p.Fees.CETTarget >= 1 && p.Fees.CETTarget <= 1008, "fees.cet_target", p.Fees.CETTarget},
		{p.Fees.WarnPermille <= 1000, "fees.warn_permille", p.Fees.WarnPermille},
		{p.Refund.MinDays >= wire.MinRefundDelay/secondsPerDay && p.Refund.MinDays <= p.Refund.MaxDays, "refund.min_days", p.Refund.MinDays},
		{p.Refund.MaxDays <= wire.MaxRefundDelay/secondsPerDay, "refund.max_days", p.Refund.MaxDays},
		{p.Refund.DefaultDays >= p.Refund.MinDays && p.Refund.DefaultDays <= p.Refund.MaxDays, "refund.default_days", p.Refund.DefaultDays},
		{p.Tenor.MinDays >= 1 && p.Tenor.MinDays <= p.Tenor.MaxDays, "tenor.min_days", p.Tenor.MinDays},
		{p.Oracles.MinOracles >= 1 && p.Oracles.MinOracles <= wire.MaxOracles, "oracles.min_oracles", p.Oracles.MinOracles},
		{p.Oracles.MinThreshold >= 1 && p.Oracles.MinThreshold <= wire.MaxOracles, "oracles.min_threshold", p.Oracles.MinThreshold},
		{p.Oracles.Threshold <= wire.MaxOracles, "oracles.threshold", p.Oracles.Threshold},
		{slices.Contains([]Exits{AskExits, AcceptExits, DeclineExits}, p.Close.Exits), "close.exits", p.Close.Exits},
		{slices.Contains([]Tokens{AskTokens, AcceptTokens, DeclineTokens}, p.Bridge.Peers), "bridge.peers", p.Bridge.Peers},
		{areHex(p.Oracles.Allowed, 32), "oracles.allowed", p.Oracles.Allowed},
		{areHex(p.Accept.Peers, 33), "accept.peers", p.Accept.Peers},
	} {
		if !check.ok {
			return fmt.Errorf("%w: %s = %v is out of range", ErrValue, check.key, check.says)
		}
	}
	if err := p.Quotes.check(); err != nil {
		return err
	}
	return p.Pricer.check()
}

func isAmount(a btcutil.Amount) bool { return a >= 0 && a <= wire.MaxCollateral }

func areHex(texts []string, size int) bool {
	return !slices.ContainsFunc(texts, func(text string) bool {
		raw, err := hex.DecodeString(text)
		return err != nil || len(raw) != size
	})
}
