package itest_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// The market of these tests: a chain in which days pass in seconds, three oracles
// of which two must agree, and traders with their own daemons and wallets.
const (
	// marketBlocks is how many blocks a day has.
	marketBlocks = 4
	// marketCoin is what each coin of a trader is worth, satoshi.
	marketCoin = 2_000_000
	// refundDelay is the shortest that the protocol allows, seconds.
	refundDelay = 14 * index.DaySeconds
)

// market is the world of a contract.
type market struct {
	t       testing.TB
	node    *harness.Node
	cal     *regtest.Calendar
	oracles []*harness.Oracle
	// all are the traders, of whom one may fall while another is watched.
	all []*trader
	// index are arguments that approve of further indices, for oracles and traders.
	index []string
}

// trader is a user who trades.
type trader struct {
	*user
	m    *market
	port *regtest.Port
	// key is the node key in hexadecimal.
	key string
	// fallen counts the crashes that were meant.
	fallen int
}

// newMarket starts a chain and three oracles, and lets the first days pass.
func newMarket(t testing.TB) *market {
	t.Helper()
	return newMarketOf(t, 120)
}

// newMarketOf is newMarket for so many days until the present, or for fewer if the
// index has not had so many.
func newMarketOf(t testing.TB, days int) *market {
	t.Helper()
	m := &market{t: t}
	m.begin(days, nil)
	return m
}

// begin starts the market's chain and oracles; approve, if not nil, is called when
// the chain's time is known.
func (m *market) begin(days int, approve func()) {
	t := m.t
	t.Helper()
	days = min(days, int(time.Now().Unix()/index.DaySeconds)-int(index.HP1Regtest().FirstDay)-2)
	first := time.Now().Add(-time.Duration(days) * 24 * time.Hour).UTC().Truncate(24 * time.Hour).Add(10 * time.Minute)
	var err error
	m.cal, err = regtest.NewCalendar(first.Add(regtest.ActivationHeight*time.Minute), marketBlocks)
	require.NoError(t, err)
	m.node = harness.StartAt(t, m.cal.Now)
	require.NoError(t, m.cal.Begin(m.node.Node))
	if approve != nil {
		approve()
	}
	for range 3 {
		// What lies before the chain, and far ahead, would only cost time.
		args := append([]string{"--horizon=25", fmt.Sprintf("--start=hp1-regtest=%d", m.today())}, m.index...)
		o := harness.NewOracle(t, harness.WithNode(m.node, ""), harness.WithArgs(args...))
		o.Start()
		m.oracles = append(m.oracles, o)
	}
	m.endDay()
}

// endDay lets the present day pass, until it is closed for good.
func (m *market) endDay() {
	m.t.Helper()
	require.NoError(m.t, m.cal.EndDay(int(index.HP1Regtest().Confirmations)))
}

// today is the Unix day of the tip's time.
func (m *market) today() uint32 { return uint32(m.cal.Now().Unix() / index.DaySeconds) } //nolint:gosec // G115: days of this century

// blocks mines blocks a few hours apart.
func (m *market) blocks(n int) {
	m.t.Helper()
	require.NoError(m.t, m.cal.Blocks(n))
}

// minutes mines blocks a minute apart, so that hardly any time passes.
func (m *market) minutes(n int) {
	m.t.Helper()
	for range n {
		_, err := m.cal.BlockAt(m.cal.Now().Add(time.Minute))
		require.NoError(m.t, err)
	}
}

// arguments are those of a trader's daemon: short waits, the market's oracles.
func (m *market) arguments(port *regtest.Port) []string {
	args := []string{
		"--clock=chain", "--listen=" + port.Addr(), "--oracle-poll=200ms", "--mempool-poll=200ms",
		"--t-settle=15", "--t-answer=2", "--t-close=4", "--t-fund=20", "--fund-conf=1",
	}
	for i, o := range m.oracles {
		args = append(args, fmt.Sprintf("--oracle=oracle%d=%x@%s", i, o.Key, o.URL()))
	}
	return append(args, m.index...)
}

// trader starts a daemon with a wallet of so many coins.
func (m *market) trader(coins int, opts ...harness.Option) *trader {
	m.t.Helper()
	tr := &trader{m: m, port: harness.ReservePort(m.t)}
	opts = append([]harness.Option{
		harness.WithNode(m.node, ""), harness.WithArgs(m.arguments(tr.port)...), harness.WithPassphrase(passphrase),
	}, opts...)
	tr.user = newUser(m.t, opts...)
	for range coins {
		m.node.MustPay(scriptOf(m.t, tr.address()), marketCoin)
	}
	m.minutes(1)
	tr.holds(func(b *alkv1.GetBalanceResponse) bool { return b.GetConfirmedSat() == int64(coins)*marketCoin })
	peers, err := tr.Peers.ListPeers(m.t.Context(), &alkv1.ListPeersRequest{})
	require.NoError(m.t, err)
	tr.key = peers.GetNodeKey()
	m.all = append(m.all, tr)
	return tr
}

// traders starts two daemons and connects them for good.
func (m *market) traders(opts ...harness.Option) (miner, buyer *trader) {
	m.t.Helper()
	return m.tradersWith(2, opts...)
}

// tradersWith is traders with so many coins each.
func (m *market) tradersWith(coins int, opts ...harness.Option) (miner, buyer *trader) {
	m.t.Helper()
	miner, buyer = m.trader(coins, opts...), m.trader(coins, opts...)
	miner.meet(buyer)
	return miner, buyer
}

// meet makes another trader a persistent peer and waits for the connection.
func (tr *trader) meet(other *trader) {
	tr.t.Helper()
	_, err := tr.Peers.AddPeer(tr.t.Context(), &alkv1.AddPeerRequest{Address: other.key + "@" + other.port.Addr()})
	require.NoError(tr.t, err)
	tr.connected(other)
}

// connected waits until a peer is.
func (tr *trader) connected(other *trader) {
	tr.t.Helper()
	harness.Eventually(tr.t, "the peers to be connected", func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Peers.ListPeers(ctx, &alkv1.ListPeersRequest{})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(answer.GetPeers(), func(p *alkv1.Peer) bool { return p.GetKey() == other.key && p.GetConnected() }) {
			return fmt.Errorf("peers are %v", answer.GetPeers())
		}
		return nil
	})
}

// down stops the trader's daemon, fallen or not.
func (tr *trader) down() {
	tr.t.Helper()
	tr.revive()
	tr.daemon.Stop()
}

// up starts it again.
func (tr *trader) up() {
	tr.t.Helper()
	if err := tr.daemon.TryStart(); err != nil {
		require.ErrorContains(tr.t, err, "killed")
		tr.fallen++
		tr.disarm()
		tr.daemon.Start()
	}
	tr.back()
}

// revive starts all daemons again that were killed at a crash point.
func (m *market) revive() {
	m.t.Helper()
	for _, tr := range m.all {
		tr.revive()
	}
}

// revive starts a daemon again that was killed at a crash point.
func (tr *trader) revive() {
	tr.t.Helper()
	if !tr.daemon.Fallen() {
		return
	}
	tr.fallen++
	tr.disarm()
	tr.daemon.Start()
	tr.back()
}

// back waits for a daemon that has started again by itself opening its wallet. If it comes by
// its crash point meanwhile it is started once more.
func (tr *trader) back() {
	tr.t.Helper()
	tr.Client = tr.dial("admin.macaroon")
	harness.Eventually(tr.t, "the wallet to follow the chain", func(ctx context.Context) error {
		if tr.daemon.Fallen() {
			tr.fallen++
			tr.disarm()
			tr.daemon.Start()
			tr.Client = tr.dial("admin.macaroon")
		}
		return tr.following(ctx)
	})
}

// swap is the draft of a margin swap over the days that begin with the present
// one: fifty units at a rate between floor and cap.
func (m *market) swap(days uint32) *alkv1.TermsDraft {
	floor, top := uint64(1_000), uint64(12_000)
	return &alkv1.TermsDraft{
		Product: "SWAP_M", Index: "hp1-regtest/tot", StartDay: m.today(), Days: days, NotionalThs: 50_000, K: 5_000, Floor: &floor, Cap: &top,
	}
}

// offer has a trader offer terms to another one, until the other has the offer:
// index and oracles must have caught up so far, with both. An offer that was made
// although the answer did not arrive is not made again.
func (tr *trader) offer(to *trader, side string, terms *alkv1.TermsDraft) *alkv1.Contract {
	tr.t.Helper()
	return tr.offerTo(to, &alkv1.OfferContractRequest{
		Peer: to.key, Side: side, Terms: terms, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay,
	})
}

// offerTo is offer with a whole request.
func (tr *trader) offerTo(to *trader, request *alkv1.OfferContractRequest) *alkv1.Contract {
	tr.t.Helper()
	before := tr.contracts()
	var made *alkv1.Contract
	harness.Eventually(tr.t, "the offer", func(ctx context.Context) error {
		tr.m.revive()
		for name, c := range tr.contracts() {
			if before[name] == nil {
				made = c
			}
		}
		if made == nil {
			answer, err := tr.Contracts.OfferContract(ctx, request)
			if err != nil {
				return err
			}
			made = answer.GetContract()
		}
		_, err := to.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: made.GetTempId()})
		if err != nil && tr.contract(made.GetTempId()).GetPhase() == "Aborted" {
			before[made.GetTempId()], made = made, nil
		}
		return err
	})
	return made
}

// contracts are all of a trader, by their temporary ids.
func (tr *trader) contracts() map[string]*alkv1.Contract {
	tr.t.Helper()
	all := make(map[string]*alkv1.Contract)
	harness.Eventually(tr.t, "the contracts", func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Contracts.ListContracts(ctx, &alkv1.ListContractsRequest{})
		for _, c := range answer.GetContracts() {
			all[c.GetTempId()] = c
		}
		return err
	})
	return all
}

// contract shows a contract by any of its names.
func (tr *trader) contract(name string) *alkv1.Contract {
	tr.t.Helper()
	var c *alkv1.Contract
	harness.Eventually(tr.t, "contract "+name, func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: name})
		c = answer.GetContract()
		return err
	})
	return c
}

// phase waits until a contract is in one of the phases.
func (tr *trader) phase(name string, phases ...string) *alkv1.Contract {
	tr.t.Helper()
	var c *alkv1.Contract
	harness.Eventually(tr.t, fmt.Sprintf("contract %s to be %v", name[:8], phases), func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: name})
		if err != nil {
			return err
		}
		c = answer.GetContract()
		if !slices.Contains(phases, c.GetPhase()) {
			return fmt.Errorf("it is %s", c.GetPhase())
		}
		return nil
	})
	return c
}

// spend waits until a contract's spend is seen, and returns its txid.
func (tr *trader) spend(name string) chainhash.Hash {
	tr.t.Helper()
	var seen string
	harness.Eventually(tr.t, fmt.Sprintf("the spend of contract %s", name[:8]), func(context.Context) error {
		c := tr.contract(name)
		if seen = c.GetSpend().GetTxid(); seen == "" {
			return fmt.Errorf("none is seen in phase %s", c.GetPhase())
		}
		return nil
	})
	return txid(tr.t, seen)
}

// accept approves an offer of another trader, unless it was done before.
func (tr *trader) accept(name string) {
	tr.t.Helper()
	tr.acceptOn(name, nil)
}

// acceptOn is accept with the own payout going to a vault of a bridge.
func (tr *trader) acceptOn(name string, bridge *alkv1.BridgeTerms) {
	tr.t.Helper()
	harness.Eventually(tr.t, "the offer to be accepted", func(ctx context.Context) error {
		if c := tr.contract(name); c.GetPhase() != "New" {
			return nil
		}
		_, err := tr.Contracts.AcceptContract(ctx, &alkv1.AcceptContractRequest{Contract: name, Bridge: bridge})
		return err
	})
}

// deal is a contract between two traders, by its temporary id.
type deal struct {
	m            *market
	name         string
	miner, buyer *trader
}

// sign has the miner sell and the buyer accept: both have the funding transaction.
func (m *market) sign(miner, buyer *trader, terms *alkv1.TermsDraft) *deal {
	m.t.Helper()
	d := &deal{m: m, name: miner.offer(buyer, "short", terms).GetTempId(), miner: miner, buyer: buyer}
	buyer.accept(d.name)
	buyer.phase(d.name, "Offered", "Accepted", "Signed", "Broadcast")
	c := miner.phase(d.name, "Broadcast")
	buyer.phase(d.name, "Broadcast")
	m.node.MustSee(txid(m.t, c.GetFunding().GetTxid()))
	return d
}

// open is sign, with the funding confirmed.
func (m *market) open(miner, buyer *trader, terms *alkv1.TermsDraft) *deal {
	m.t.Helper()
	d := m.sign(miner, buyer, terms)
	m.minutes(1)
	d.both("Active")
	return d
}

// both waits until both traders have the contract in one of the phases.
func (d *deal) both(phases ...string) (miner, buyer *alkv1.Contract) {
	d.m.t.Helper()
	return d.miner.phase(d.name, phases...), d.buyer.phase(d.name, phases...)
}

// mature lets the contract's days pass, until the oracles attest.
func (d *deal) mature() {
	d.m.t.Helper()
	end := d.miner.contract(d.name).GetTerms().GetEndDay()
	for d.m.today() <= end {
		d.m.endDay()
	}
}

// final mines until the settlement is final and checks what both were paid: the
// same in both daemons, and with it the collateral, less what a close costs.
func (d *deal) final(phase string) (miner, buyer *alkv1.Contract) {
	d.m.t.Helper()
	d.m.node.MustSee(d.miner.spend(d.name))
	d.m.minutes(6)
	miner, buyer = d.both(phase)
	require.Equal(d.m.t, miner.GetSpend().GetTxid(), buyer.GetSpend().GetTxid())
	require.Equal(d.m.t, miner.GetOwnPayoutSat(), buyer.GetPeerPayoutSat())
	require.Equal(d.m.t, miner.GetPeerPayoutSat(), buyer.GetOwnPayoutSat())
	d.paysCollateral(miner)
	require.Empty(d.m.t, miner.GetAlarms())
	require.Empty(d.m.t, buyer.GetAlarms())
	for _, tr := range []*trader{d.miner, d.buyer} {
		tr.nothingLeased()
	}
	return miner, buyer
}

// paysCollateral checks that both together are paid the collateral, less what a close
// costs, or with what it costs less than the CET whose fee was set aside.
func (d *deal) paysCollateral(c *alkv1.Contract) {
	d.m.t.Helper()
	const dearer, cheaper = 2_000, 500
	paid, collateral := c.GetOwnPayoutSat()+c.GetPeerPayoutSat(), c.GetCollateralSat()
	require.Less(d.m.t, collateral, paid+dearer)
	require.Less(d.m.t, paid, collateral+cheaper)
	if c.GetSpend().GetKind() == "cet" {
		require.Equal(d.m.t, collateral, paid)
	}
}

// nothingLeased waits until no coin of the trader is set aside.
func (tr *trader) nothingLeased() {
	tr.t.Helper()
	harness.Eventually(tr.t, "all coins to be free", func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Wallet.ListLeases(ctx, &alkv1.ListLeasesRequest{})
		if err != nil {
			return err
		}
		if n := len(answer.GetLeases()); n > 0 {
			return fmt.Errorf("%d leases, of %s", n, answer.GetLeases()[0].GetOwner())
		}
		return nil
	})
}

// wealth is what the trader's wallet holds in all.
func (tr *trader) wealth() btcutil.Amount {
	tr.t.Helper()
	b, err := tr.Wallet.GetBalance(tr.t.Context(), &alkv1.GetBalanceRequest{})
	require.NoError(tr.t, err)
	return btcutil.Amount(b.GetConfirmedSat() + b.GetUnconfirmedSat() + b.GetLeasedSat())
}

func txid(t testing.TB, text string) chainhash.Hash {
	t.Helper()
	require.Len(t, text, 2*chainhash.HashSize)
	hash, err := chainhash.NewHashFromStr(text)
	require.NoError(t, err)
	return *hash
}

// oracleKeys are those of the market, in hexadecimal.
func (m *market) oracleKeys() []string {
	var keys []string
	for _, o := range m.oracles {
		keys = append(keys, hex.EncodeToString(o.Key[:]))
	}
	slices.Sort(keys)
	return keys
}

// silence stops all oracles for good.
func (m *market) silence() {
	for _, o := range m.oracles {
		o.Stop()
	}
}
