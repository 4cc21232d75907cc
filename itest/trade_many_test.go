package itest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// generous is a policy that leaves many offers open and accepts all.
const generous = `
[limits]
open_offers_per_peer = 500
[accept]
offers = true
`

// withPolicy gives a daemon a policy file.
func withPolicy(t testing.TB, text string) harness.Option {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.toml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return harness.WithArgs("--policy=" + file)
}

// brief are terms with few signatures.
func (m *market) brief() *alkv1.TermsDraft {
	terms := m.swap(1)
	j := uint32(10)
	terms.Bucket = &j
	return terms
}

// TestTwentyContractsShareTenCoinsWithoutUsingOneTwice offers twenty contracts at
// once; ten find coins, ten are told that there are none, and all ten are funded
// by coins of their own.
func TestTwentyContractsShareTenCoinsWithoutUsingOneTwice(t *testing.T) {
	harness.Long(t)
	const contracts, coins = 20, 10
	m := newMarket(t)
	miner, buyer := m.trader(coins, withPolicy(t, generous)), m.trader(coins, withPolicy(t, generous))
	miner.meet(buyer)
	miner.readyToTrade()
	buyer.readyToTrade()
	var made sync.Map
	var refused atomic.Int32
	var all sync.WaitGroup
	for range contracts {
		all.Go(func() {
			answer, err := miner.Contracts.OfferContract(t.Context(), &alkv1.OfferContractRequest{
				Peer: buyer.key, Side: "short", Terms: m.brief(), FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay,
			})
			if err != nil {
				refused.Add(1)
				if code := connect.CodeOf(err); code != connect.CodeResourceExhausted && code != connect.CodeFailedPrecondition {
					t.Errorf("refused as %s: %v", code, err)
				}
				return
			}
			made.Store(answer.GetContract().GetTempId(), true)
		})
	}
	all.Wait()
	require.EqualValues(t, contracts-coins, refused.Load())
	spent := map[string]string{}
	made.Range(func(key, _ any) bool {
		name := fmt.Sprint(key)
		miner.phase(name, "Broadcast")
		c := buyer.phase(name, "Broadcast")
		m.node.MustSee(txid(t, c.GetFunding().GetTxid()))
		for _, in := range mustTx(t, c.GetFunding().GetRawTx()).TxIn {
			outpoint := in.PreviousOutPoint.String()
			require.Empty(t, spent[outpoint], "coin %s funds two contracts", outpoint)
			spent[outpoint] = name
		}
		return true
	})
	require.Len(t, spent, 2*coins)
	m.minutes(1)
	made.Range(func(key, _ any) bool {
		miner.phase(fmt.Sprint(key), "Active")
		buyer.phase(fmt.Sprint(key), "Active")
		return true
	})
}

// readyToTrade waits until the trader's node knows what a contract that begins
// today needs.
func (tr *trader) readyToTrade() {
	tr.t.Helper()
	harness.Eventually(tr.t, "index and oracles", func(ctx context.Context) error {
		_, err := tr.Contracts.SimulateContract(ctx, &alkv1.SimulateContractRequest{
			Offer: &alkv1.OfferContractRequest{Side: "short", Terms: tr.m.brief()},
		})
		return err
	})
}

// TestConcurrentTakesNeverOverfillAnOrder takes an order a hundred times at once,
// for four times its size, and kills the maker in the middle.
func TestConcurrentTakesNeverOverfillAnOrder(t *testing.T) {
	harness.Long(t)
	const takes, fills, lot = 100, 6, 50_000
	m := newMarket(t)
	miner, buyer := m.trader(2*fills, withPolicy(t, generous)), m.trader(4*fills, withPolicy(t, generous))
	miner.meet(buyer)
	miner.readyToTrade()
	buyer.readyToTrade()
	terms := m.brief()
	terms.NotionalThs = fills * lot
	published, err := miner.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{
		Side: "sell", Terms: terms, MinThs: lot, ExpiryUnix: uint64(m.cal.Now().Add(12 * time.Hour).Unix()), //nolint:gosec // G115: not before 1970
	})
	require.NoError(t, err)
	id := published.GetOrder().GetId()
	harness.Eventually(t, "the order to be seen", func(ctx context.Context) error {
		answer, err := buyer.Orders.ListOrders(ctx, &alkv1.ListOrdersRequest{Others: true, Refresh: true})
		if err == nil && len(answer.GetOrders()) == 0 {
			err = fmt.Errorf("no orders: %v", answer.GetFailed())
		}
		return err
	})
	var names sync.Map
	var begun atomic.Int32
	var all sync.WaitGroup
	for range takes {
		all.Go(func() {
			answer, err := buyer.Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{
				Id: id, NotionalThs: lot, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay,
			})
			if err == nil {
				names.Store(answer.GetContract().GetTempId(), true)
				begun.Add(1)
			}
		})
	}
	harness.Eventually(t, "some takes", func(context.Context) error {
		if begun.Load() < fills/2 {
			return fmt.Errorf("%d", begun.Load())
		}
		return nil
	})
	miner.daemon.Kill()
	miner.daemon.Start()
	miner.back()
	all.Wait()
	miner.connected(buyer)

	// Whatever became of each take, what is funded fits the order.
	funded := uint32(0)
	names.Range(func(key, _ any) bool {
		name := fmt.Sprint(key)
		if c := buyer.phase(name, "Broadcast", "Confirmed", "Active", "Aborted", "Cancelling"); c.GetPhase() != "Aborted" && c.GetPhase() != "Cancelling" {
			miner.phase(name, "Broadcast", "Confirmed", "Active")
			funded += c.GetTerms().GetNotionalThs()
		}
		return true
	})
	answer, err := miner.Orders.ListOrders(t.Context(), &alkv1.ListOrdersRequest{Own: true})
	require.NoError(t, err)
	remaining := uint32(0) // one that is taken in full is no order any more
	for _, order := range answer.GetOrders() {
		require.Equal(t, id, order.GetId())
		remaining += order.GetRemainingThs()
	}
	require.LessOrEqual(t, funded, uint32(fills*lot))
	require.Equal(t, uint32(fills*lot), funded+remaining, "what is not funded can be taken")
}
