package policy_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
)

func TestAFileChangesWhatItNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.toml")
	text := "[limits]\nlock_sat = 5_000\n[accept]\noffers = true\n[close]\nexits = \"accept\"\nmin_permille = 900\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := policy.Default()
	want.Limits.Lock, want.Accept.Offers = 5000, true
	want.Close = policy.Close{Exits: policy.AcceptExits, MinPermille: 900}
	got, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	expected, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, expected) {
		t.Fatalf("got\n%s\nwant\n%s", got, expected)
	}
	again, err := policy.Parse(got)
	if err != nil {
		t.Fatalf("what Encode writes is refused: %v", err)
	}
	if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, got) {
		t.Fatalf("a round trip changes it: %v\n%s", err, twice)
	}
	if _, err := policy.Load(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a missing file: %v", err)
	}
}

func TestBadFilesAreRefusedWhole(t *testing.T) {
	for text, want := range map[string]struct {
		err error
		key string
	}{
		"[limits":                          {policy.ErrSyntax, "policy file"},
		"[limits]\nmax_lists = 1":          {policy.ErrSyntax, "max_lists"},
		"[limits]\nmax_list = 20001":       {policy.ErrValue, "limits.max_list"},
		"[limits]\nmax_list = -1":          {policy.ErrSyntax, ""},
		"[limits]\nlock_sat = -5":          {policy.ErrValue, "limits.lock_sat"},
		"[limits]\nlock_sat = 0.5":         {policy.ErrSyntax, ""},
		"[fees]\nmin_rate = 0":             {policy.ErrValue, "fees.min_rate"},
		"[fees]\nmax_rate = 1001":          {policy.ErrValue, "fees.max_rate"},
		"[fees]\nmin_rate = 9\nmax_rate=8": {policy.ErrValue, "fees.min_rate"},
		"[refund]\nmin_days = 13":          {policy.ErrValue, "refund.min_days"},
		"[refund]\nmax_days = 366":         {policy.ErrValue, "refund.max_days"},
		"[refund]\ndefault_days = 91":      {policy.ErrValue, "refund.default_days"},
		"[oracles]\nallowed = [\"12\"]":    {policy.ErrValue, "oracles.allowed"},
		"[close]\nexits = \"never\"":       {policy.ErrValue, "close.exits"},
	} {
		_, err := policy.Parse([]byte(text))
		if !errors.Is(err, want.err) || !strings.Contains(err.Error(), want.key) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// offer is one that the default policy lets through.
func offer() policy.Offer {
	return policy.Offer{
		Peer: [33]byte{2}, OwnLock: 1000, Today: 100,
		Terms: payout.Terms{Index: "hp1/tot", StartDay: 101, EndDay: 110, Threshold: 2, Oracles: [][32]byte{{1}, {2}, {3}}},
	}
}

func TestEveryLimitHolds(t *testing.T) {
	base := policy.Default()
	base.Accept.Offers = true
	if v, r := base.Judge(offer()); v != policy.Agree || r != nil {
		t.Fatalf("the usual offer: %d, %v", v, r)
	}
	for key, change := range map[string]func(*policy.Policy, *policy.Offer){
		"limits.open_offers_per_peer":  func(_ *policy.Policy, o *policy.Offer) { o.Exposure.OpenWithPeer = 4 },
		"limits.contracts_per_peer":    func(_ *policy.Policy, o *policy.Offer) { o.Exposure.ContractsWithPeer = 1000 },
		"limits.contracts":             func(_ *policy.Policy, o *policy.Offer) { o.Exposure.Contracts = 20_000 },
		"limits.lock_per_contract_sat": func(p *policy.Policy, _ *policy.Offer) { p.Limits.LockPerContract = 999 },
		"limits.lock_per_peer_sat": func(p *policy.Policy, o *policy.Offer) {
			p.Limits.LockPerPeer, o.Exposure.LockedWithPeer = 1500, 501
		},
		"limits.lock_sat": func(p *policy.Policy, o *policy.Offer) { p.Limits.Lock, o.Exposure.Locked = 1500, 501 },
		"limits.reserved_per_peer_sat": func(p *policy.Policy, o *policy.Offer) {
			p.Limits.ReservedPerPeer, o.Exposure.ReservedWithPeer = 1500, 501
		},
		"tenor.min_days":        func(p *policy.Policy, _ *policy.Offer) { p.Tenor.MinDays = 11 },
		"tenor.max_days":        func(p *policy.Policy, _ *policy.Offer) { p.Tenor.MaxDays = 9 },
		"tenor.max_ahead_days":  func(p *policy.Policy, _ *policy.Offer) { p.Tenor.MaxAheadDays = 9 },
		"oracles.indices":       func(p *policy.Policy, _ *policy.Offer) { p.Oracles.Indices = []string{"other"} },
		"oracles.min_oracles":   func(p *policy.Policy, _ *policy.Offer) { p.Oracles.MinOracles = 4 },
		"oracles.min_threshold": func(p *policy.Policy, _ *policy.Offer) { p.Oracles.MinThreshold = 3 },
		"oracles.allowed":       func(p *policy.Policy, _ *policy.Offer) { p.Oracles.Allowed = []string{strings.Repeat("00", 32)} },
	} {
		p, o := base, offer()
		change(&p, &o)
		v, r := p.Judge(o)
		if v != policy.Refuse || r == nil || r.Key != key || !r.Code.Valid() {
			t.Errorf("%s: %d, %v", key, v, r)
		}
	}
}

func TestRulesOfAcceptance(t *testing.T) {
	peer := "02" + strings.Repeat("00", 32)
	for name, c := range map[string]struct {
		accept policy.Accept
		order  bool
		want   policy.Verdict
	}{
		"order by default":       {policy.Default().Accept, true, policy.Agree},
		"offer by default":       {policy.Default().Accept, false, policy.Ask},
		"order not wanted":       {policy.Accept{}, true, policy.Ask},
		"offer of anyone":        {policy.Accept{Offers: true}, false, policy.Agree},
		"offer of a listed peer": {policy.Accept{Offers: true, Peers: []string{strings.ToUpper(peer)}}, false, policy.Agree},
		"offer of another peer":  {policy.Accept{Offers: true, Peers: []string{"03" + peer[2:]}}, false, policy.Ask},
		"others are declined":    {policy.Accept{DeclineOthers: true}, false, policy.Refuse},
	} {
		p, o := policy.Default(), offer()
		p.Accept, o.Order = c.accept, c.order
		if v, r := p.Judge(o); v != c.want || (r != nil) != (v == policy.Refuse) {
			t.Errorf("%s: %d, %v", name, v, r)
		}
	}
}

func TestExitsAreJudgedByWhatTheyGive(t *testing.T) {
	p := policy.Default()
	p.Close = policy.Close{Exits: policy.AcceptExits, MinPermille: 900}
	for value, want := range map[btcutil.Amount]policy.Verdict{900: policy.Agree, 899: policy.Ask, 2000: policy.Agree} {
		if got := p.JudgeExit(value, 1000); got != want {
			t.Errorf("%d of 1000: %d", value, got)
		}
	}
	if got := p.JudgeExit(wire.MaxCollateral, wire.MaxCollateral); got != policy.Agree {
		t.Errorf("the largest amounts: %d", got)
	}
	p.Close.Exits = policy.DeclineExits
	if got := p.JudgeExit(2000, 1000); got != policy.Refuse {
		t.Errorf("declined: %d", got)
	}
}

func TestFeesAreKeptWithinBoundsAndWarnedOf(t *testing.T) {
	p := policy.Default()
	if p.Rate(0) != 1 || p.Rate(7) != 7 || p.Rate(9999) != 500 {
		t.Error("rates are not kept within bounds")
	}
	if p.WarnsOf(1000, 100_000) || !p.WarnsOf(1001, 100_000) {
		t.Error("the warning is not at 1 %")
	}
	if least, most, usual := p.RefundBounds(); least != wire.MinRefundDelay || most != 90*86_400 || usual != 28*86_400 {
		t.Error("refund bounds", least, most, usual)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("[limits]\nmax_list = 10"))
	f.Add([]byte("[close]\nexits = \"ask\""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := policy.Parse(raw)
		if err == nil && p.Check() != nil {
			t.Error("Parse accepted what Check refuses")
		}
	})
}

// A peer that tokenises is never accepted without asking, unless the policy says so;
// who declines such peers refuses even takes of own orders.
func TestPeersThatTokeniseAreAskedAbout(t *testing.T) {
	for tokens, want := range map[policy.Tokens]policy.Verdict{
		policy.AskTokens: policy.Ask, policy.AcceptTokens: policy.Agree, policy.DeclineTokens: policy.Refuse,
	} {
		p := policy.Default()
		p.Bridge.Peers = tokens
		o := offer()
		o.Order, o.Bridged = true, true
		verdict, refusal := p.Judge(o)
		if verdict != want || (refusal != nil) != (want == policy.Refuse) {
			t.Errorf("%s: %v, %v", tokens, verdict, refusal)
		}
		o.Bridged = false
		if verdict, _ := p.Judge(o); verdict != policy.Agree {
			t.Errorf("%s, no vault: %v", tokens, verdict)
		}
	}
	if _, err := policy.Parse([]byte("[bridge]\npeers = \"maybe\"")); !errors.Is(err, policy.ErrValue) {
		t.Errorf("peers = maybe: %v", err)
	}
}
