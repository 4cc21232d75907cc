package rpc_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
)

// desk is an open wallet with its trading side and a client that may trade.
func desk(t *testing.T) (*env, *fake.Desk, *client.Client) {
	t.Helper()
	e := startOpen(t)
	d, err := e.node.Desk()
	require.NoError(t, err)
	return e, d, e.dial(e.role("trader.macaroon"))
}

func swapDraft() *alkv1.TermsDraft {
	return &alkv1.TermsDraft{Product: "SWAP_M", Days: 30, NotionalThs: 5_000, K: 10_100}
}

func TestOrdersGoOutAndComeBack(t *testing.T) {
	_, d, c := desk(t)
	published, err := c.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{Side: "sell", Terms: swapDraft(), ExpiresInSeconds: 600})
	require.NoError(t, err)
	o := published.GetOrder()
	require.True(t, o.GetOwn())
	require.Equal(t, "hp1-regtest/tot", o.GetIndex())
	require.EqualValues(t, fake.LastDay+1, o.GetStartDay())
	require.EqualValues(t, d.Now().Unix()+600, o.GetExpiryUnix())
	require.InDelta(t, 10_000, o.GetFairPrice(), 1)
	decoded, err := order.DecodeOrder(o.GetRecord())
	require.NoError(t, err)
	require.NoError(t, decoded.Verify())

	list, err := c.Orders.ListOrders(t.Context(), &alkv1.ListOrdersRequest{Refresh: true})
	require.NoError(t, err)
	require.EqualValues(t, 3, list.GetTotal())
	require.Empty(t, list.GetFailed())
	require.EqualValues(t, []uint64{10_100, 10_200, 9_900}, []uint64{list.GetOrders()[0].GetK(), list.GetOrders()[1].GetK(), list.GetOrders()[2].GetK()})
	others, err := c.Orders.ListOrders(t.Context(), &alkv1.ListOrdersRequest{Others: true, Side: "sell", Product: "SWAP_M", SizeThs: 20_000, Limit: 1})
	require.NoError(t, err)
	require.Len(t, others.GetOrders(), 1)

	replaced := swapDraft()
	replaced.K = 10_090
	again, err := c.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{Side: "sell", Terms: replaced, Replaces: o.GetId()[:8]})
	require.NoError(t, err)
	cancelled, err := c.Orders.CancelOrders(t.Context(), &alkv1.CancelOrdersRequest{Ids: []string{again.GetOrder().GetId()[:8]}})
	require.NoError(t, err)
	require.EqualValues(t, 1, cancelled.GetCancelled())
	_, err = c.Orders.CancelOrders(t.Context(), &alkv1.CancelOrdersRequest{Ids: []string{again.GetOrder().GetId()}})
	requireReason(t, err, connect.CodeNotFound, "order_unknown")
	_, err = c.Orders.CancelOrders(t.Context(), &alkv1.CancelOrdersRequest{Ids: []string{others.GetOrders()[0].GetId()}})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	cancelled, err = c.Orders.CancelOrders(t.Context(), &alkv1.CancelOrdersRequest{All: true})
	require.NoError(t, err)
	require.Zero(t, cancelled.GetCancelled())
}

func TestATakeIsShownBeforeItIsOffered(t *testing.T) {
	e, d, c := desk(t)
	list, err := c.Orders.ListOrders(t.Context(), &alkv1.ListOrdersRequest{Side: "buy"})
	require.NoError(t, err)
	id := list.GetOrders()[0].GetId()
	dry, err := c.Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{Id: id[:10], NotionalThs: 5_000, DryRun: true})
	require.NoError(t, err)
	s := dry.GetSimulation()
	require.Nil(t, dry.GetContract())
	require.Equal(t, "short", s.GetSide(), "who takes a buyer's order is short")
	require.Equal(t, s.GetCollateralSat(), s.GetOwnLockSat()+s.GetPeerLockSat())
	require.NotZero(t, s.GetSignatures())
	require.NotEmpty(t, s.GetTable())
	require.InDelta(t, 9_900, s.GetBreakevens()[0].GetPerDay(), 10)
	require.InDelta(t, 10_000, s.GetValuation().GetFairPrice(), 1)
	require.InDelta(t, 9_900, s.GetValuation().GetPrice(), 0)
	taken, err := c.Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{Id: id, NotionalThs: 5_000})
	require.NoError(t, err)
	require.Equal(t, "Offered", taken.GetContract().GetPhase())
	require.Equal(t, hex.EncodeToString(d.MakerKey[:]), taken.GetContract().GetPeer())
	_, err = c.Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{Id: id, NotionalThs: 20_100})
	requireReason(t, err, connect.CodeInvalidArgument, "order_size")
	_, err = c.Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{Id: "0011"})
	requireReason(t, err, connect.CodeNotFound, "order_unknown")
	_, err = e.dial(e.role("readonly.macaroon")).Orders.TakeOrder(t.Context(), &alkv1.TakeOrderRequest{Id: id, DryRun: true})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
}

func TestQuotesAreAskedForAndAnswered(t *testing.T) {
	_, d, c := desk(t)
	ask := swapDraft()
	ask.K = 0
	got, err := c.Orders.RequestQuotes(t.Context(), &alkv1.RequestQuotesRequest{Side: "both", Terms: ask})
	require.NoError(t, err)
	require.Len(t, got.GetQuotes(), 1)
	require.Empty(t, got.GetQuotes()[0].GetFailure())
	require.EqualValues(t, []uint64{9_900, 10_100}, []uint64{got.GetQuotes()[0].GetOrders()[0].GetK(), got.GetQuotes()[0].GetOrders()[1].GetK()},
		"1 % around the reference")

	answer := make(chan []book.Quoted, 1)
	go func() {
		quotes, err := d.Maker.AskQuotes(t.Context(), book.Question{
			Draft: book.Draft{Side: order.Sell, Product: payout.SwapM, Days: 30, HMax: 500}, Wait: time.Minute,
		})
		if err != nil {
			quotes = []book.Quoted{{Err: err}}
		}
		answer <- quotes
	}()
	var waiting *alkv1.ListQuoteRequestsResponse
	require.Eventually(t, func() bool {
		waiting, err = c.Orders.ListQuoteRequests(t.Context(), &alkv1.ListQuoteRequestsRequest{})
		return err == nil && len(waiting.GetRequests()) == 1
	}, time.Minute, time.Millisecond)
	r := waiting.GetRequests()[0]
	require.Equal(t, "sell", r.GetOrder().GetSide())
	bid := int64(9_876)
	_, err = c.Orders.AnswerQuoteRequest(t.Context(), &alkv1.AnswerQuoteRequestRequest{Id: r.GetId()[:8], Ask: &bid, Seconds: 60})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = c.Orders.AnswerQuoteRequest(t.Context(), &alkv1.AnswerQuoteRequestRequest{Id: r.GetId()[:8], Bid: &bid, Seconds: 60})
	require.NoError(t, err)
	quotes := <-answer
	require.NoError(t, quotes[0].Err)
	require.Equal(t, bid, quotes[0].Entries[0].Price())
	_, err = c.Orders.DeclineQuoteRequest(t.Context(), &alkv1.DeclineQuoteRequestRequest{Id: r.GetId()})
	requireReason(t, err, connect.CodeNotFound, "order_unknown")
}

func TestTheCurveHasBidAskAndReference(t *testing.T) {
	_, _, c := desk(t)
	curve, err := c.Orders.GetCurve(t.Context(), &alkv1.GetCurveRequest{Refresh: true})
	require.NoError(t, err)
	require.Empty(t, curve.GetUnpriced())
	for _, p := range curve.GetPoints() {
		require.InDelta(t, 10_000, p.GetReference(), 1)
		if p.GetDays() == 30 {
			require.EqualValues(t, 9_900, p.GetBid().GetPrice())
			require.EqualValues(t, 10_200, p.GetAsk().GetPrice())
			require.EqualValues(t, 20_000, p.GetAsk().GetSizeThs())
		}
	}
	_, err = c.Orders.GetCurve(t.Context(), &alkv1.GetCurveRequest{Index: "tot"})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
}

func TestContractsAreOfferedShownAndClosed(t *testing.T) {
	_, d, c := desk(t)
	peer := hex.EncodeToString(d.MakerKey[:])
	simulated, err := c.Contracts.SimulateContract(t.Context(), &alkv1.SimulateContractRequest{
		Offer: &alkv1.OfferContractRequest{Side: "short", Terms: swapDraft()},
	})
	require.NoError(t, err)
	require.Equal(t, "short", simulated.GetSimulation().GetSide())
	offered, err := c.Contracts.OfferContract(t.Context(), &alkv1.OfferContractRequest{Peer: peer, Side: "long", Terms: swapDraft()})
	require.NoError(t, err)
	got := offered.GetContract()
	require.Equal(t, "long", got.GetSide())
	require.Equal(t, "long", got.GetTerms().GetOffererSide())
	require.EqualValues(t, fake.Daily*60, got.GetTerms().GetBase())
	_, err = c.Contracts.OfferContract(t.Context(), &alkv1.OfferContractRequest{Peer: "02" + strings.Repeat("11", 32), Side: "long", Terms: swapDraft()})
	requireReason(t, err, connect.CodeFailedPrecondition, "peer_not_connected")

	waiting := d.Swap(2, payout.Short, contract.Offered)
	waiting.Role, waiting.Decision = contract.Accepter, &engine.Decision{Kind: engine.DecideOffer, Until: 99}
	d.Put(waiting)
	active := d.Swap(3, payout.Short, contract.Active)
	d.Put(active)
	d.Put(d.Swap(4, payout.Short, contract.Refunded))
	list := func(req *alkv1.ListContractsRequest) []string {
		resp, err := c.Contracts.ListContracts(t.Context(), req)
		require.NoError(t, err)
		var phases []string
		for _, v := range resp.GetContracts() {
			require.Empty(t, v.GetFunding().GetRawTx())
			phases = append(phases, v.GetPhase())
		}
		return phases
	}
	require.ElementsMatch(t, []string{"Offered", "Offered", "Active"}, list(&alkv1.ListContractsRequest{}))
	require.ElementsMatch(t, []string{"Offered", "Offered", "Active", "Refunded"}, list(&alkv1.ListContractsRequest{All: true}))
	require.Equal(t, []string{"Offered"}, list(&alkv1.ListContractsRequest{Undecided: true}))
	require.Equal(t, []string{"Active"}, list(&alkv1.ListContractsRequest{Phases: []string{"Active"}, Peer: peer}))
	page, err := c.Contracts.ListContracts(t.Context(), &alkv1.ListContractsRequest{All: true, Limit: 2})
	require.NoError(t, err)
	require.Len(t, list(&alkv1.ListContractsRequest{All: true, After: page.GetNext()}), 2)
	_, err = c.Contracts.ListContracts(t.Context(), &alkv1.ListContractsRequest{Phases: []string{"Busy"}})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")

	accepted, err := c.Contracts.AcceptContract(t.Context(), &alkv1.AcceptContractRequest{Contract: waiting.Key.String()[:8]})
	require.NoError(t, err)
	require.Equal(t, "Accepted", accepted.GetContract().GetPhase())
	_, err = c.Contracts.AcceptContract(t.Context(), &alkv1.AcceptContractRequest{Contract: waiting.Key.String()})
	requireReason(t, err, connect.CodeFailedPrecondition, "contract_phase")
	withdrawn, err := c.Contracts.WithdrawContract(t.Context(), &alkv1.WithdrawContractRequest{Contract: waiting.Key.String()})
	require.NoError(t, err)
	require.Equal(t, "Aborted", withdrawn.GetContract().GetPhase())

	key := active.Key.String()
	_, err = c.Contracts.CloseContract(t.Context(), &alkv1.CloseContractRequest{Contract: key, OwnSat: 500_000})
	require.NoError(t, err)
	_, err = c.Contracts.CloseContract(t.Context(), &alkv1.CloseContractRequest{Contract: key, OwnSat: 22e14})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = c.Contracts.DeclineClose(t.Context(), &alkv1.DeclineCloseRequest{Contract: key, Attempt: 1})
	require.NoError(t, err)
	_, err = c.Contracts.ApproveClose(t.Context(), &alkv1.ApproveCloseRequest{Contract: key, Attempt: 2})
	requireReason(t, err, connect.CodeFailedPrecondition, "exit_irrevocable")
	closing, err := c.Contracts.ApproveClose(t.Context(), &alkv1.ApproveCloseRequest{Contract: key, Attempt: 2, Irrevocable: true})
	require.NoError(t, err)
	require.Equal(t, "Closing", closing.GetContract().GetPhase())
	require.NotEmpty(t, closing.GetContract().GetFunding().GetRawTx())
	_, err = c.Contracts.GetContract(t.Context(), &alkv1.GetContractRequest{Contract: "beef"})
	requireReason(t, err, connect.CodeNotFound, "contract_unknown")

	history, err := c.Contracts.GetHistory(t.Context(), &alkv1.GetHistoryRequest{Contract: key, First: 1, Limit: 5})
	require.NoError(t, err)
	require.Len(t, history.GetEntries(), 1)
	exported, err := c.Contracts.ExportContract(t.Context(), &alkv1.ExportContractRequest{Contract: key})
	require.NoError(t, err)
	require.Contains(t, exported.GetName(), key[:8])
	payoff, err := c.Contracts.GetPayoff(t.Context(), &alkv1.GetPayoffRequest{Contract: key, Points: 20})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(payoff.GetTable()), 20)
	require.InDelta(t, 10_000, payoff.GetBreakevens()[0].GetPerDay(), 5)
	require.InDelta(t, 5_000*4_000*30/1000, payoff.GetValuation().GetLongValueSat(), 1_000)
}

func TestEverythingAboutAContractIsEncoded(t *testing.T) {
	_, d, c := desk(t)
	v := d.Swap(7, payout.Long, contract.Closed)
	outcome, own, peer := uint64(900_000), btcutil.Amount(700_000), btcutil.Amount(500_000)
	v.Outcome, v.OwnPayout, v.PeerPayout = &outcome, &own, &peer
	v.CET = &engine.TxView{Txid: chainhash.Hash{9}, Raw: []byte{1}, Complete: true, Height: 500, Depth: 6}
	v.Closes = []engine.CloseView{{Attempt: 4, Exit: true, OwnValue: 1, PeerValue: 2, FeeRate: 3, Tx: engine.TxView{Txid: chainhash.Hash{8}}}}
	v.Spend = &engine.SpendView{Kind: contract.SpentByCET, Txid: chainhash.Hash{9}, Height: 500, Depth: 6}
	v.Attestations = []engine.AttestationView{{Oracle: fake.OracleKey, Outcome: outcome}}
	v.OrderID, v.TakeID = [32]byte{1}, [32]byte{2}
	v.Decision = &engine.Decision{Kind: engine.DecideClose, Attempt: 5, OwnValue: 6, PeerValue: 7, FeeRate: 8, Until: 9}
	v.Work = &engine.Work{Task: "sign", Done: 3, Total: 10}
	v.Deadline, v.Alarms, v.Warnings = 1_800_000_000, []string{"look"}, []string{"fees"}
	d.Put(v)
	resp, err := c.Contracts.GetContract(t.Context(), &alkv1.GetContractRequest{Contract: v.Key.String()})
	require.NoError(t, err)
	got := resp.GetContract()
	require.Equal(t, outcome, got.GetOutcome())
	require.EqualValues(t, []uint64{700_000, 500_000}, []uint64{got.GetOwnPayoutSat(), got.GetPeerPayoutSat()})
	require.Equal(t, "cet", got.GetSpend().GetKind())
	require.Equal(t, []byte{1}, got.GetCet().GetRawTx())
	require.True(t, got.GetCloses()[0].GetExit())
	require.EqualValues(t, 5, got.GetDecision().GetAttempt())
	require.EqualValues(t, 3, got.GetWork().GetDone())
	require.Equal(t, hex.EncodeToString(fake.OracleKey[:]), got.GetAttestations()[0].GetOracle())
	require.NotEmpty(t, got.GetOrderId())
	require.Equal(t, []string{"look"}, got.GetAlarms())
}

func TestPortfolioAndReportAddUp(t *testing.T) {
	e, d, c := desk(t)
	d.Put(d.Swap(3, payout.Short, contract.Active))
	p, err := c.Portfolio.GetPortfolio(t.Context(), &alkv1.GetPortfolioRequest{HashrateThs: 10_000})
	require.NoError(t, err)
	require.Len(t, p.GetPositions(), 1)
	require.InDelta(t, 5_000, p.GetPositions()[0].GetHedgeThs(), 1)
	require.InDelta(t, 0.5*30/30, p.GetHedgeRatio(), 0.02)
	require.Equal(t, p.GetMarkSat(), p.GetPositions()[0].GetMarkSat())
	_, err = c.Portfolio.GetPortfolio(t.Context(), &alkv1.GetPortfolioRequest{HorizonDays: 1_000})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	r, err := c.Portfolio.GetReport(t.Context(), &alkv1.GetReportRequest{})
	require.NoError(t, err)
	require.Equal(t, r.GetWalletNetSat(), r.GetNetSat())
	require.Equal(t, p.GetLockedSat(), r.GetLockedSat())
	_, err = c.Portfolio.GetReport(t.Context(), &alkv1.GetReportRequest{FromUnix: -1})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = e.dial(e.role("readonly.macaroon")).Portfolio.GetReport(t.Context(), &alkv1.GetReportRequest{})
	require.NoError(t, err)
}

func TestEventsAreReplayedAndFollowed(t *testing.T) {
	_, d, c := desk(t)
	d.Put(d.Swap(1, payout.Short, contract.Offered))
	d.Put(d.Swap(2, payout.Short, contract.Offered))
	read := func(req *alkv1.WatchEventsRequest) []*alkv1.WatchEventsResponse {
		stream, err := c.Events.WatchEvents(t.Context(), req)
		require.NoError(t, err)
		var out []*alkv1.WatchEventsResponse
		for stream.Receive() {
			out = append(out, stream.Msg())
		}
		require.NoError(t, stream.Err())
		require.NoError(t, stream.Close())
		return out
	}
	require.Len(t, read(&alkv1.WatchEventsRequest{StoredOnly: true}), 2)
	require.Len(t, read(&alkv1.WatchEventsRequest{StoredOnly: true, After: 1}), 1)
	require.Len(t, read(&alkv1.WatchEventsRequest{StoredOnly: true, Contract: "0200"}), 1)

	ctx, cancel := context.WithCancel(t.Context())
	stream, err := c.Events.WatchEvents(ctx, &alkv1.WatchEventsRequest{NewOnly: true, Progress: true})
	require.NoError(t, err)
	d.Tell(engine.Event{Kind: engine.EventProgress, Key: engine.Key{1}, Task: "sign", Done: 5, Total: 9})
	d.Tell(engine.Event{Kind: engine.EventAlarm, Reason: "look here"})
	require.True(t, stream.Receive())
	require.EqualValues(t, 5, stream.Msg().GetDone())
	require.True(t, stream.Receive())
	require.Equal(t, "look here", stream.Msg().GetReason())
	require.Empty(t, stream.Msg().GetContract())
	cancel()
	require.False(t, stream.Receive())
	_, err = c.Events.WatchEvents(t.Context(), &alkv1.WatchEventsRequest{Contract: "ffff"})
	if err == nil {
		other, errWatch := c.Events.WatchEvents(t.Context(), &alkv1.WatchEventsRequest{Contract: "ffff"})
		require.NoError(t, errWatch)
		require.False(t, other.Receive())
		err = other.Err()
	}
	requireReason(t, err, connect.CodeNotFound, "contract_unknown")
}

func TestPeersOraclesIndexPolicyAndBackup(t *testing.T) {
	e, d, c := desk(t)
	admin := e.admin()
	list, err := c.Peers.ListPeers(t.Context(), &alkv1.ListPeersRequest{})
	require.NoError(t, err)
	require.Equal(t, d.SelfKey.String(), list.GetNodeKey())
	require.True(t, list.GetPeers()[0].GetConnected())
	address := d.MakerKey.String() + "@127.0.0.1:9735"
	added, err := c.Peers.AddPeer(t.Context(), &alkv1.AddPeerRequest{Address: strings.ToUpper(address[:66]) + address[66:]})
	require.NoError(t, err)
	require.Equal(t, address, added.GetAddress())
	for _, bad := range []string{"", "02@", d.MakerKey.String()} {
		_, err = c.Peers.AddPeer(t.Context(), &alkv1.AddPeerRequest{Address: bad})
		requireReason(t, err, connect.CodeInvalidArgument, "peer_address")
	}
	_, err = c.Peers.ConnectPeer(t.Context(), &alkv1.ConnectPeerRequest{Address: d.SelfKey.String() + "@127.0.0.1:1"})
	requireReason(t, err, connect.CodeInvalidArgument, "peer_self")
	_, err = c.Peers.ConnectPeer(t.Context(), &alkv1.ConnectPeerRequest{Address: address})
	require.NoError(t, err)
	removed, err := c.Peers.RemovePeer(t.Context(), &alkv1.RemovePeerRequest{Key: d.MakerKey.String()})
	require.NoError(t, err)
	require.True(t, removed.GetRemoved())

	oracles, err := c.Oracles.ListOracles(t.Context(), &alkv1.ListOraclesRequest{})
	require.NoError(t, err)
	require.Equal(t, "red", oracles.GetOracles()[0].GetName())
	_, err = c.Oracles.AddOracle(t.Context(), &alkv1.AddOracleRequest{Url: "http://127.0.0.1:1"})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
	asked, err := admin.Oracles.AddOracle(t.Context(), &alkv1.AddOracleRequest{Url: "http://127.0.0.1:1", Name: "blue"})
	require.NoError(t, err)
	_, err = admin.Oracles.RemoveOracle(t.Context(), &alkv1.RemoveOracleRequest{Key: asked.GetOracle().GetKey()})
	require.NoError(t, err)
	_, err = admin.Oracles.RemoveOracle(t.Context(), &alkv1.RemoveOracleRequest{Key: asked.GetOracle().GetKey()})
	requireReason(t, err, connect.CodeInvalidArgument, "oracle")
	_, err = admin.Oracles.ImportRecord(t.Context(), &alkv1.ImportRecordRequest{Record: make([]byte, 70_000)})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	evidence, err := c.Oracles.ListEvidence(t.Context(), &alkv1.ListEvidenceRequest{})
	require.NoError(t, err)
	require.Len(t, evidence.GetAlarms(), 1)

	indices, err := c.Index.ListIndices(t.Context(), &alkv1.ListIndicesRequest{})
	require.NoError(t, err)
	require.EqualValues(t, fake.LastDay, indices.GetIndices()[0].GetLastDay())
	require.Equal(t, "772a68ed6ec14f9b6cf37fe4858988651f22a4c4e8fa24a75d82ccdb62dae184", indices.GetIndices()[0].GetParameterHash())
	day, err := c.Index.GetIndexDay(t.Context(), &alkv1.GetIndexDayRequest{})
	require.NoError(t, err)
	require.EqualValues(t, fake.LastDay, day.GetDay().GetDay())
	require.EqualValues(t, fake.Daily, day.GetDay().GetTot())
	days, err := c.Index.ListIndexDays(t.Context(), &alkv1.ListIndexDaysRequest{Limit: 7})
	require.NoError(t, err)
	require.Len(t, days.GetDays(), 7)
	_, err = c.Index.GetIndexDay(t.Context(), &alkv1.GetIndexDayRequest{Day: fake.LastDay + 1})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")

	rules, err := c.Policy.GetPolicy(t.Context(), &alkv1.GetPolicyRequest{})
	require.NoError(t, err)
	parsed, err := policy.Parse([]byte(rules.GetToml()))
	require.NoError(t, err)
	same, err := parsed.Encode()
	require.NoError(t, err)
	require.Equal(t, rules.GetToml(), string(same))
	d.FailReload(fmt.Errorf("%w: limits.lock_sat = -1", policy.ErrValue))
	_, err = admin.Policy.ReloadPolicy(t.Context(), &alkv1.ReloadPolicyRequest{})
	requireReason(t, err, connect.CodeInvalidArgument, "policy_file")
	d.FailReload(nil)
	_, err = admin.Policy.ReloadPolicy(t.Context(), &alkv1.ReloadPolicyRequest{})
	require.NoError(t, err)

	state, err := c.Backup.GetBackup(t.Context(), &alkv1.GetBackupRequest{})
	require.NoError(t, err)
	require.Equal(t, "no space left on device", state.GetFailure())
	require.Equal(t, backup.ErrUnread.Error(), state.GetUnread())
	require.Len(t, state.GetKept(), 1)
	restored, err := admin.Backup.RestoreContracts(t.Context(), &alkv1.RestoreContractsRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, restored.GetRestored()[1].GetFailure())
	_, err = admin.Backup.ImportContract(t.Context(), &alkv1.ImportContractRequest{File: []byte("junk")})
	requireReason(t, err, connect.CodeInvalidArgument, "backup_format")
	recovered, err := admin.Backup.RecoverContracts(t.Context(), &alkv1.RecoverContractsRequest{Peers: []string{d.MakerKey.String(), d.SelfKey.String()}})
	require.NoError(t, err)
	require.Equal(t, []string{d.MakerKey.String()}, recovered.GetAsked())
	require.Len(t, recovered.GetFailed(), 1)
	_, err = c.Peers.DisconnectPeer(t.Context(), &alkv1.DisconnectPeerRequest{Key: d.MakerKey.String()})
	require.NoError(t, err)
	_, err = c.Peers.DisconnectPeer(t.Context(), &alkv1.DisconnectPeerRequest{Key: d.MakerKey.String()})
	requireReason(t, err, connect.CodeFailedPrecondition, "peer_not_connected")
}

func TestRequestsOutOfRangeAreRefusedBeforeAnythingIsDone(t *testing.T) {
	_, _, c := desk(t)
	big := uint32(17)
	for name, err := range map[string]error{
		"no terms": func() error {
			_, err := c.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{Side: "buy"})
			return err
		}(),
		"product": func() error {
			_, err := c.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{Side: "buy", Terms: &alkv1.TermsDraft{Product: "FUTURE"}})
			return err
		}(),
		"side": func() error {
			_, err := c.Orders.PublishOrder(t.Context(), &alkv1.PublishOrderRequest{Side: "both", Terms: swapDraft()})
			return err
		}(),
		"bucket": func() error {
			d := swapDraft()
			d.Bucket = &big
			_, err := c.Contracts.SimulateContract(t.Context(), &alkv1.SimulateContractRequest{Offer: &alkv1.OfferContractRequest{Side: "long", Terms: d}})
			return err
		}(),
		"oracle": func() error {
			d := swapDraft()
			d.Oracles = []string{"zz"}
			_, err := c.Contracts.SimulateContract(t.Context(), &alkv1.SimulateContractRequest{Offer: &alkv1.OfferContractRequest{Side: "long", Terms: d}})
			return err
		}(),
		"page": func() error {
			_, err := c.Orders.ListOrders(t.Context(), &alkv1.ListOrdersRequest{Limit: 1_001})
			return err
		}(),
		"cancel nothing": func() error {
			_, err := c.Orders.CancelOrders(t.Context(), &alkv1.CancelOrdersRequest{})
			return err
		}(),
		"wait": func() error {
			_, err := c.Orders.RequestQuotes(t.Context(), &alkv1.RequestQuotesRequest{Side: "buy", Terms: swapDraft(), WaitSeconds: 601})
			return err
		}(),
		"points": func() error {
			_, err := c.Contracts.GetPayoff(t.Context(), &alkv1.GetPayoffRequest{Contract: "00", Points: 1})
			return err
		}(),
		"peer": func() error {
			_, err := c.Peers.RemovePeer(t.Context(), &alkv1.RemovePeerRequest{Key: "02"})
			return err
		}(),
	} {
		requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
		require.Error(t, err, name)
	}
	_, err := c.Contracts.SimulateContract(t.Context(), &alkv1.SimulateContractRequest{Offer: &alkv1.OfferContractRequest{
		Side: "long", Terms: func() *alkv1.TermsDraft { d := swapDraft(); d.Oracles = []string{strings.Repeat("11", 32)}; return d }(),
	}})
	requireReason(t, err, connect.CodeFailedPrecondition, "oracle_declined")
}

func TestANetworkWithoutIndexSaysSo(t *testing.T) {
	e := startWith(t, func(c *rpc.Config) {
		c.Trading = func(ctx context.Context) (context.Context, *rpc.Trading, func(), error) {
			return ctx, nil, nil, fmt.Errorf("%w: signet", rpc.ErrNoTrading)
		}
	})
	_, err := e.node.Create(t.Context(), []byte(phrase), nil)
	require.NoError(t, err)
	_, err = e.admin().Orders.GetCurve(t.Context(), &alkv1.GetCurveRequest{})
	requireReason(t, err, connect.CodeFailedPrecondition, "no_index")
}

func TestReasonsHaveOneMeaningEach(t *testing.T) {
	all := rpc.Reasons()
	require.Greater(t, len(all), 60)
	for _, r := range all {
		require.NotEmpty(t, r.Code)
		require.NotContains(t, r.Code, " ")
	}
	require.False(t, errors.Is(rpc.ErrNoTrading, rpc.ErrWalletClosed))
}
