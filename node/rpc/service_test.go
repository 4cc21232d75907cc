package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

var someTx = strings.Repeat("ab", chainhash.HashSize)

func TestErrorsOfTheDomainReachTheClientAsReasons(t *testing.T) {
	e := startOpen(t)
	c := e.admin()
	for _, tc := range []struct {
		err    error
		status connect.Code
		code   string
	}{
		{fmt.Errorf("ask for tip: %w", chain.ErrUnavailable), connect.CodeUnavailable, "chain_unavailable"},
		{chain.ErrAuth, connect.CodeUnavailable, "chain_auth"},
		{chain.ErrFeeUnknown, connect.CodeUnavailable, "fee_unknown"},
		{wallet.ErrDust, connect.CodeInvalidArgument, "dust"},
		{wallet.ErrBadAddress, connect.CodeInvalidArgument, "bad_address"},
		{wallet.ErrWrongNetworkAddress, connect.CodeInvalidArgument, "wrong_network_address"},
		{wallet.ErrUnknownCoin, connect.CodeNotFound, "unknown_coin"},
		{wallet.ErrCoinLeased, connect.CodeFailedPrecondition, "coin_leased"},
		{wallet.ErrTxNotFound, connect.CodeNotFound, "tx_not_found"},
		{wallet.ErrNotBumpable, connect.CodeFailedPrecondition, "not_bumpable"},
		{wallet.ErrRejected, connect.CodeFailedPrecondition, "tx_rejected"},
		{wallet.ErrNotSynced, connect.CodeFailedPrecondition, "not_synced"},
		{keys.ErrCorrupt, connect.CodeDataLoss, "key_corrupt"},
		{keys.ErrNetwork, connect.CodeFailedPrecondition, "key_network"},
		{rpc.ErrWalletClosed, connect.CodeFailedPrecondition, "wallet_closed"},
		{context.DeadlineExceeded, connect.CodeDeadlineExceeded, "canceled"},
	} {
		e.node.Fail(tc.err)
		_, err := c.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
		reason := requireReason(t, err, tc.status, tc.code)
		require.NotEmpty(t, reason.GetHelp(), tc.code)
		require.ErrorContains(t, err, tc.err.Error())
	}
	require.NotContains(t, e.log.String(), `"level":"ERROR"`, "foreseen errors are not logged as faults")

	e.node.Fail(&wallet.FeeTooHighError{Rate: 5000, MaxRate: 1000, Fee: 7, MaxFee: 9})
	_, err := c.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	require.Equal(t, "1000", requireReason(t, err, connect.CodeFailedPrecondition, "fee_too_high").GetFields()["max_sat_per_vbyte"])

	e.node.Fail(errors.New("nobody foresaw this"))
	_, err = c.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	requireReason(t, err, connect.CodeInternal, "internal")
	require.Contains(t, e.log.String(), "nobody foresaw this")
}

func TestInsufficientFundsSaysWhatIsMissingAndWhoHoldsTheRest(t *testing.T) {
	e := startOpen(t)
	_, err := e.admin().Wallet.Send(t.Context(), &alkv1.SendRequest{
		Outputs: []*alkv1.Payment{{Address: fake.Address, AmountSat: 2_000_000}}, Fee: &alkv1.FeeSpec{SatPerVbyte: 2},
	})
	reason := requireReason(t, err, connect.CodeFailedPrecondition, "insufficient_funds")
	require.Equal(t, map[string]string{
		"need_sat": "2000282", "available_sat": "1250000", "missing_sat": "750282", "unconfirmed_sat": "0",
		"leased_sat:alice": "1000",
	}, reason.GetFields())
}

func TestAPanicAnswersOneRequestAndTheServerLives(t *testing.T) {
	e := start(t)
	e.node.WhileOpening(func() { panic("canary value") })
	c := e.dial(nil)
	_, err := c.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte(phrase)})
	requireReason(t, err, connect.CodeInternal, "internal")
	require.NotContains(t, err.Error()+e.log.String(), "canary")
	require.Contains(t, e.log.String(), "request panicked")
	_, err = c.State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.NoError(t, err)
}

func TestSendPreviewsAndPays(t *testing.T) {
	e := startOpen(t)
	c := e.admin()
	req := &alkv1.SendRequest{
		Outputs: []*alkv1.Payment{{Address: fake.Address, AmountSat: 5000}},
		Fee:     &alkv1.FeeSpec{SatPerVbyte: 3}, DryRun: true,
	}
	plan, err := c.Wallet.Send(t.Context(), req)
	require.NoError(t, err)
	require.False(t, plan.GetPublished())
	require.Empty(t, plan.GetTransaction().GetTxid())
	require.EqualValues(t, 423, plan.GetTransaction().GetFeeSat())
	require.EqualValues(t, 1_250_000, plan.GetTransaction().GetSpends()[0].GetValueSat())
	require.Zero(t, e.node.Count("Send"))
	req.DryRun = false
	sent, err := c.Wallet.Send(t.Context(), req)
	require.NoError(t, err)
	require.True(t, sent.GetPublished())
	require.Len(t, sent.GetTransaction().GetTxid(), 64)
	bumped, err := c.Wallet.Bump(t.Context(), &alkv1.BumpRequest{Txid: someTx})
	require.NoError(t, err)
	require.Equal(t, someTx, bumped.GetTransaction().GetReplaces())

	e.node.Fail(fmt.Errorf("publish: %w", wallet.ErrQueued))
	published, err := c.Wallet.PublishTransaction(t.Context(), &alkv1.PublishTransactionRequest{
		RawTx: sent.GetTransaction().GetRawTx(),
	})
	require.NoError(t, err)
	require.True(t, published.GetQueued())
	require.Equal(t, sent.GetTransaction().GetTxid(), published.GetTxid())
}

func TestPsbtGoesFromFundingToTransaction(t *testing.T) {
	e := startOpen(t)
	c := e.admin()
	funded, err := c.Wallet.FundPsbt(t.Context(), &alkv1.FundPsbtRequest{
		Outputs: []*alkv1.Payment{{Address: fake.Address, AmountSat: 5000}},
	})
	require.NoError(t, err)
	require.Equal(t, "psbt", funded.GetLease().GetOwner())
	require.EqualValues(t, 600, funded.GetLease().GetExpiryUnix()-funded.GetLease().GetCreatedUnix())
	again, err := c.Wallet.FundPsbt(t.Context(), &alkv1.FundPsbtRequest{Template: funded.GetPsbt(), Owner: "me"})
	require.NoError(t, err)
	require.Equal(t, funded.GetPsbt(), again.GetPsbt())
	signed, err := c.Wallet.SignPsbt(t.Context(), &alkv1.SignPsbtRequest{Psbt: funded.GetPsbt()})
	require.NoError(t, err)
	require.Equal(t, []uint32{0}, signed.GetSignedInputs())
	final, err := c.Wallet.FinalizePsbt(t.Context(), &alkv1.FinalizePsbtRequest{Psbt: signed.GetPsbt()})
	require.NoError(t, err)
	require.Len(t, final.GetTxid(), 64)
	released, err := c.Wallet.ListLeases(t.Context(), &alkv1.ListLeasesRequest{})
	require.NoError(t, err)
	require.Len(t, released.GetLeases(), 2)
	_, err = c.Wallet.ReleaseLease(t.Context(), &alkv1.ReleaseLeaseRequest{Id: funded.GetLease().GetId()})
	require.NoError(t, err)
}

func TestRequestsOutOfBoundsReachNobody(t *testing.T) {
	e := startOpen(t)
	w := e.admin().Wallet
	pay := func(change func(*alkv1.SendRequest)) error {
		r := &alkv1.SendRequest{Outputs: []*alkv1.Payment{{Address: fake.Address, AmountSat: 5000}}}
		change(r)
		_, err := w.Send(t.Context(), r)
		return err
	}
	confs := uint32(math.MaxUint32)
	coin := &alkv1.OutPoint{Txid: someTx}
	for name, err := range map[string]error{
		"no outputs":   pay(func(r *alkv1.SendRequest) { r.Outputs = nil }),
		"no amount":    pay(func(r *alkv1.SendRequest) { r.Outputs[0].AmountSat = 0 }),
		"above supply": pay(func(r *alkv1.SendRequest) { r.Outputs[0].AmountSat = btcutil.MaxSatoshi + 1 }),
		"2^64-1":       pay(func(r *alkv1.SendRequest) { r.Outputs[0].AmountSat = math.MaxUint64 }),
		"sum over": pay(func(r *alkv1.SendRequest) {
			r.Outputs[0].AmountSat = btcutil.MaxSatoshi
			r.Outputs = append(r.Outputs, r.Outputs[0])
		}),
		"all and amount": pay(func(r *alkv1.SendRequest) { r.All = true }),
		"rate":           pay(func(r *alkv1.SendRequest) { r.Fee = &alkv1.FeeSpec{SatPerVbyte: math.MaxUint64} }),
		"target":         pay(func(r *alkv1.SendRequest) { r.Fee = &alkv1.FeeSpec{TargetBlocks: 1009} }),
		"confirmations":  pay(func(r *alkv1.SendRequest) { r.MinConfs = &confs }),
		"label":          pay(func(r *alkv1.SendRequest) { r.Label = strings.Repeat("x", 501) }),
		"short txid":     pay(func(r *alkv1.SendRequest) { r.Coins = []*alkv1.OutPoint{{Txid: "ab"}} }),
		"coin twice":     pay(func(r *alkv1.SendRequest) { r.Coins = []*alkv1.OutPoint{coin, coin} }),
		"many outputs":   pay(func(r *alkv1.SendRequest) { r.Outputs = make([]*alkv1.Payment, 1001) }),
	} {
		require.NotNil(t, err, name)
		requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	}
	_, err := w.LeaseCoins(t.Context(), &alkv1.LeaseCoinsRequest{Coins: []*alkv1.OutPoint{coin}, Owner: "me"})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.LeaseCoins(t.Context(), &alkv1.LeaseCoinsRequest{Owner: "me", DurationSeconds: 60})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.ReleaseLease(t.Context(), &alkv1.ReleaseLeaseRequest{Id: "00"})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.PublishTransaction(t.Context(), &alkv1.PublishTransactionRequest{RawTx: []byte{1, 2, 3}})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.SignPsbt(t.Context(), &alkv1.SignPsbtRequest{Psbt: []byte("psbt")})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.FundPsbt(t.Context(), &alkv1.FundPsbtRequest{})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = w.ListTransactions(t.Context(), &alkv1.ListTransactionsRequest{Limit: 1001})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	require.Equal(t, 1, e.node.Calls(), "only Create was called")

	page, err := w.ListTransactions(t.Context(), &alkv1.ListTransactionsRequest{Offset: math.MaxUint32})
	require.NoError(t, err)
	require.Empty(t, page.GetTransactions())
	require.EqualValues(t, 1, page.GetTotal())
}

func TestWatchSyncReportsChangesUntilSynced(t *testing.T) {
	e := startOpen(t)
	e.node.SetSync(wallet.SyncStatus{WalletHeight: 1, ChainHeight: 3, Recovering: true, BackendError: errors.New("away")})
	stream, err := e.admin().Wallet.WatchSync(t.Context(), &alkv1.WatchSyncRequest{})
	require.NoError(t, err)
	require.True(t, stream.Receive(), "%v", stream.Err())
	require.Equal(t, "away", stream.Msg().GetSync().GetBackendError())
	e.node.SetSync(wallet.SyncStatus{WalletHeight: 2, ChainHeight: 3})
	require.True(t, stream.Receive())
	require.EqualValues(t, 2, stream.Msg().GetSync().GetWalletHeight())
	e.node.SetSync(wallet.SyncStatus{WalletHeight: 3, ChainHeight: 3, Synced: true})
	require.True(t, stream.Receive())
	require.True(t, stream.Msg().GetSync().GetSynced())
	require.False(t, stream.Receive())
	require.NoError(t, stream.Err())

	e.node.SetSync(wallet.SyncStatus{})
	stream, err = e.admin().Wallet.WatchSync(t.Context(), &alkv1.WatchSyncRequest{})
	require.NoError(t, err)
	require.True(t, stream.Receive())
	require.NoError(t, e.node.Lock(t.Context()))
	require.False(t, stream.Receive())
	requireReason(t, stream.Err(), connect.CodeFailedPrecondition, "wallet_closed")
}

func TestWatchedTransactionTellsConfirmationAndItsLoss(t *testing.T) {
	e := startOpen(t)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := e.admin().Wallet.WatchTransaction(ctx, &alkv1.WatchTransactionRequest{Txid: someTx, Depth: 3})
	require.NoError(t, err)
	e.node.Emit(rpc.TxEvent{Confirmed: true, Depth: 3, Height: 440, Block: chainhash.Hash{9}})
	e.node.Emit(rpc.TxEvent{Height: 440})
	require.True(t, stream.Receive(), "%v", stream.Err())
	require.Equal(t, alkv1.TxEvent_TX_EVENT_CONFIRMED, stream.Msg().GetEvent())
	require.EqualValues(t, 3, stream.Msg().GetDepth())
	require.Equal(t, chainhash.Hash{9}.String(), stream.Msg().GetBlockHash())
	require.True(t, stream.Receive())
	require.Equal(t, alkv1.TxEvent_TX_EVENT_UNCONFIRMED, stream.Msg().GetEvent())
	cancel()
	require.ErrorIs(t, <-e.node.WatchEnded(), context.Canceled, "the client's leaving ends the daemon's work")
}

func TestStreamsAreBoundedAndEndWithTheServer(t *testing.T) {
	e := startOpen(t)
	c := e.admin()
	var streams []*connect.ServerStreamForClient[alkv1.WatchTransactionResponse]
	for range 64 {
		stream, err := c.Wallet.WatchTransaction(t.Context(), &alkv1.WatchTransactionRequest{Txid: someTx})
		require.NoError(t, err)
		streams = append(streams, stream)
	}
	require.Eventually(t, func() bool { return e.node.Count("WatchTransaction") == 64 }, time.Minute, time.Millisecond)
	stream, err := c.Wallet.WatchTransaction(t.Context(), &alkv1.WatchTransactionRequest{Txid: someTx})
	require.NoError(t, err)
	require.False(t, stream.Receive())
	requireReason(t, stream.Err(), connect.CodeResourceExhausted, "busy")

	ended := make(chan struct{})
	go func() {
		for range streams {
			assert.ErrorIs(t, <-e.node.WatchEnded(), context.Canceled)
		}
		close(ended)
	}()
	e.stop()
	for _, s := range streams {
		require.False(t, s.Receive())
		requireReason(t, s.Err(), connect.CodeUnavailable, "stopping")
	}
	<-ended
}

func TestShutdownLetsARequestFinish(t *testing.T) {
	e := start(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	e.node.WhileOpening(func() { close(entered); <-leave })
	result := make(chan error, 1)
	c := e.dial(nil)
	go func() {
		_, err := c.Wallet.Create(context.Background(), &alkv1.CreateRequest{Passphrase: []byte(phrase)})
		result <- err
	}()
	<-entered
	e.stop()
	close(leave)
	require.NoError(t, <-result)
}

func TestNodeServiceShowsAndControlsTheDaemon(t *testing.T) {
	e := startOpen(t)
	c := e.admin()
	info, err := c.Node.GetInfo(t.Context(), &alkv1.GetInfoRequest{})
	require.NoError(t, err)
	require.Equal(t, "regtest", info.GetNetwork())
	require.EqualValues(t, 90, info.GetUptimeSeconds())
	require.True(t, info.GetSync().GetSynced())
	levels, err := c.Node.SetLogLevel(t.Context(), &alkv1.SetLogLevelRequest{Level: "debug"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"wallet": "debug"}, levels.GetLogLevels())
	_, err = c.Node.SetLogLevel(t.Context(), &alkv1.SetLogLevelRequest{Level: "loud"})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = c.Node.Stop(t.Context(), &alkv1.StopRequest{})
	require.NoError(t, err)
	<-e.node.Stopped()
}
