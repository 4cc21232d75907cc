package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/macaroon.v2"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
)

const (
	bridgeAddress = "0xb000000000000000000000000000000000000001"
	bridgeAccount = "0xacc0000000000000000000000000000000000002"
)

// bridgeFake is what alkbridge says, for alk's own part: it keeps lots, and checks
// what it is given as far as alk can get it wrong.
type bridgeFake struct {
	bridgev1connect.UnimplementedBridgeServiceHandler
	owner [33]byte

	mu    sync.Mutex
	lots  []*bridgev1.Lot
	calls int
	// liar offers vaults that are not those of its operators.
	liar bool
	// busy lets calls wait for ever.
	busy bool
}

func (b *bridgeFake) GetStatus(context.Context, *bridgev1.GetStatusRequest) (*bridgev1.GetStatusResponse, error) {
	return &bridgev1.GetStatusResponse{
		Trust: "Holders trust the operators.\n", Network: "regtest", ChainId: 1337, Account: bridgeAccount, AccountWei: "5", Operators: 3, Threshold: 2,
		Deployment: &bridgev1.Deployment{Bridge: bridgeAddress}, Roles: []string{"relay", "watch"}, BitcoinHeight: 1200, RelayHeight: 1190,
		Alerts: []*bridgev1.Alert{{Name: "headers_unposted", Text: "10 headers", Since: 86_400}},
	}, nil
}

func (b *bridgeFake) VerifyDeployment(context.Context, *bridgev1.VerifyDeploymentRequest) (*bridgev1.VerifyDeploymentResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.liar {
		return &bridgev1.VerifyDeploymentResponse{Problem: "code of Bridge"}, nil
	}
	return &bridgev1.VerifyDeploymentResponse{Ok: true, Checked: []string{"code of Bridge"}}, nil
}

// NewVault implements BridgeService: a vault of three operators, two of whom sign.
func (b *bridgeFake) NewVault(context.Context, *bridgev1.NewVaultRequest) (*bridgev1.NewVaultResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := vault.Record{ChainID: 1337, Salt: [32]byte{1}, Committee: vault.Committee{Threshold: 2}}
	raw, err := hex.DecodeString(bridgeAddress[2:])
	if err != nil {
		return nil, err
	}
	copy(r.Bridge[:], raw)
	for _, name := range []string{"a", "b", "c"} {
		r.Committee.Operators = append(r.Committee.Operators, [32]byte(schnorr.SerializePubKey(testkit.Key("operator "+name).PubKey())))
	}
	keys := r.Committee.Operators
	for i := range keys { // three keys, ascending
		for j := range i {
			if bytes.Compare(keys[i][:], keys[j][:]) < 0 {
				keys[i], keys[j] = keys[j], keys[i]
			}
		}
	}
	v, err := r.Vault(*chaincfg.RegressionNetParams.GenesisHash)
	if err != nil {
		return nil, err
	}
	resp := &bridgev1.NewVaultResponse{VaultSalt: r.Salt[:], VaultScript: v.Script(), ChainId: r.ChainID, Bridge: bridgeAddress, Threshold: 2}
	for _, key := range keys {
		resp.Operators = append(resp.Operators, key[:])
	}
	if b.liar {
		resp.VaultScript[20] ^= 1
	}
	return resp, nil
}

func (b *bridgeFake) PrepareLot(_ context.Context, r *bridgev1.PrepareLotRequest) (*bridgev1.PrepareLotResponse, error) {
	p := r.GetPackage()
	to, err := hex.DecodeString(strings.TrimPrefix(p.GetTo(), "0x"))
	if err != nil || len(to) != 20 {
		return nil, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("address %q", p.GetTo()))
	}
	if len(p.GetVaultSalt()) != 32 || len(p.GetIndexParams()) != 32 || len(p.GetTowerPackage()) == 0 {
		return nil, connect.NewError(connect.CodeInvalidArgument, errors.New("package"))
	}
	id := bytes.Repeat([]byte{0x10}, 32)
	key := p.GetTowerPackage() // the fake node's package is the contract's key
	funding := fmt.Sprintf("%s01%x:0", strings.Repeat("00", 30), key[:1])
	return &bridgev1.PrepareLotResponse{
		LotId: id, DomainSeparator: bytes.Repeat([]byte{0xd0}, 32), To: to, Bond: 1_320_000, MintBefore: 86_400,
		Lot: &bridgev1.Lot{Id: "0x" + hex.EncodeToString(id), SeriesId: "0x5e", Funding: funding, Units: 1_200_000, VaultSalt: p.GetVaultSalt()},
	}, nil
}

// Mint implements BridgeService: the owner's signature must hold.
func (b *bridgeFake) Mint(ctx context.Context, r *bridgev1.MintRequest) (*bridgev1.MintResponse, error) {
	lot, err := b.PrepareLot(ctx, &bridgev1.PrepareLotRequest{Package: r.GetPackage()})
	if err != nil {
		return nil, err
	}
	if sig := r.GetPackage().GetOwnerSignature(); len(sig) != 64 || vault.VerifyRequest(
		b.owner, [32]byte(lot.GetDomainSeparator()), [32]byte(lot.GetLotId()), [20]byte(lot.GetTo()), [64]byte(sig)) != nil {
		return nil, connect.NewError(connect.CodeFailedPrecondition, errors.New("not signed by the owner"))
	}
	minted := lot.GetLot()
	minted.State, minted.Balance = "live", minted.GetUnits()
	if minted.VaultScript, err = b.script(ctx, r.GetPackage().GetVaultSalt()); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lots = append(b.lots, minted)
	return &bridgev1.MintResponse{LotId: minted.GetId()}, nil
}

// script is that of the vault whose salt the fake node uses.
func (b *bridgeFake) script(ctx context.Context, salt []byte) ([]byte, error) {
	resp, err := b.NewVault(ctx, nil)
	if err != nil {
		return nil, err
	}
	record, err := recordOf(resp)
	if err != nil {
		return nil, err
	}
	copy(record.Salt[:], salt)
	v, err := record.Vault(*chaincfg.RegressionNetParams.GenesisHash)
	if err != nil {
		return nil, err
	}
	return v.Script(), nil
}

func (b *bridgeFake) ListLots(_ context.Context, r *bridgev1.ListLotsRequest) (*bridgev1.ListLotsResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	resp := &bridgev1.ListLotsResponse{}
	for _, l := range b.lots {
		if (r.GetLotId() == "" || r.GetLotId() == l.GetId()) && (r.GetFunding() == "" || r.GetFunding() == l.GetFunding()) {
			resp.Lots = append(resp.Lots, l)
		}
	}
	return resp, nil
}

func (b *bridgeFake) ListSeries(_ context.Context, r *bridgev1.ListSeriesRequest) (*bridgev1.ListSeriesResponse, error) {
	if r.GetSeriesId() != "" && r.GetSeriesId() != "0x5e" {
		return nil, connect.NewError(connect.CodeNotFound, fmt.Errorf("series %s", r.GetSeriesId()))
	}
	return &bridgev1.ListSeriesResponse{Series: []*bridgev1.Series{{
		Id: "0x5e", Token: "0x70", State: "priced", Value: 900_000, Minted: 1_200_000, Supply: 1_000_000, PayoutPerUnit: 54_000_000,
		BackingRatio: "1000000000000000000", Expiry: 86_400, Key: &bridgev1.SeriesKey{Side: "short", Shape: "call", FirstDay: 1, LastDay: 30, Lo: 1, Hi: 2},
		Awaited: &bridgev1.Awaited{What: "the CET", Whom: "operators", Time: 86_400},
	}}}, nil
}

func (b *bridgeFake) ListRedemptions(context.Context, *bridgev1.ListRedemptionsRequest) (*bridgev1.ListRedemptionsResponse, error) {
	return &bridgev1.ListRedemptionsResponse{Redemptions: []*bridgev1.Redemption{{
		Rid: "0x7e", State: "requested", Amount: 20_000, Sats: 10_800, MaxFee: 5_000, Address: fake.Address, Deadline: 86_400,
	}}}, nil
}

// call takes a call; the chain refuses those about "0xbad".
func (b *bridgeFake) call(what string) (*bridgev1.CallResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	return &bridgev1.CallResponse{CallId: fmt.Sprintf("%s-%d", what, b.calls)}, nil
}

func (b *bridgeFake) ListCalls(_ context.Context, r *bridgev1.ListCallsRequest) (*bridgev1.ListCallsResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	call := &bridgev1.Call{Id: r.GetId(), State: "accepted", Txid: "0x77"}
	switch {
	case b.busy:
		call.State = "waiting"
	case strings.Contains(r.GetId(), "0xbad"):
		call.State, call.Problem = "refused", "not priced"
	}
	return &bridgev1.ListCallsResponse{Calls: []*bridgev1.Call{call}}, nil
}

func (b *bridgeFake) Wrap(_ context.Context, r *bridgev1.WrapRequest) (*bridgev1.CallResponse, error) {
	return b.call("wrap " + r.GetLotId())
}

func (b *bridgeFake) Price(_ context.Context, r *bridgev1.PriceRequest) (*bridgev1.CallResponse, error) {
	return b.call("price " + r.GetSeriesId())
}

func (b *bridgeFake) Slash(_ context.Context, r *bridgev1.SlashRequest) (*bridgev1.CallResponse, error) {
	return b.call("slash " + r.GetRid())
}

func (b *bridgeFake) Redeem(_ context.Context, r *bridgev1.RedeemRequest) (*bridgev1.CallResponse, error) {
	if r.GetAddress() != fake.Address {
		return nil, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("address %q", r.GetAddress()))
	}
	return b.call("redeem " + r.GetId())
}

func (b *bridgeFake) Release(_ context.Context, r *bridgev1.ReleaseRequest) (*bridgev1.CallResponse, error) {
	b.mu.Lock()
	for _, l := range b.lots {
		if l.GetId() == r.GetLotId() {
			l.State, l.Balance = "released", 0
		}
	}
	b.mu.Unlock()
	return b.call("release " + r.GetLotId())
}

// bridged puts the active contract 0e00.. into a fake, whose own payout goes to a
// vault of the fake bridge.
func bridged(node *fake.Node) error {
	d, err := node.Desk()
	if err != nil {
		return err
	}
	resp, err := (&bridgeFake{}).NewVault(context.Background(), nil)
	if err != nil {
		return err
	}
	record, err := recordOf(resp)
	if err != nil {
		return err
	}
	v := d.Swap(0x0e, payout.Short, contract.Active)
	record.Salt = [32]byte{0x0e}
	if err := fake.Tokenise(&v, &record); err != nil {
		return err
	}
	d.Put(v)
	return nil
}

// serveBridge runs a fake alkbridge with the files of its network in dir, and
// returns its address.
func serveBridge(ts *testscript.TestScript, b *bridgeFake, dir string) string {
	mux := http.NewServeMux()
	path, handler := bridgev1connect.NewBridgeServiceHandler(b)
	mux.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Macaroon") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	server := httptest.NewTLSServer(mux)
	ts.Defer(server.Close)
	dir = filepath.Join(dir, "bridge", "regtest")
	ts.Check(os.MkdirAll(dir, 0o700))
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(filepath.Join(dir, "tls.cert"), cert, 0o600))
	m, err := macaroon.New([]byte("root"), []byte("0"), "alkbridge", macaroon.LatestVersion)
	ts.Check(err)
	raw, err := m.MarshalBinary()
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(dir, adminMacaroon), raw, 0o600))
	return server.Listener.Addr().String()
}

// cmdAlkbridge starts a fake alkbridge for the script, after its daemon; "lie" has
// it offer wrong vaults, "truth" ends that, "busy" lets calls wait.
func cmdAlkbridge() func(ts *testscript.TestScript, neg bool, args []string) {
	var fakes sync.Map // scripts run at once: *testscript.TestScript -> *bridgeFake
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) > 1 {
			ts.Fatalf("usage: alkbridge [lie|truth|busy]")
		}
		if len(args) == 0 {
			raw, err := hex.DecodeString(ts.Getenv("SELF"))
			ts.Check(err)
			b := &bridgeFake{owner: [33]byte(raw)}
			fakes.Store(ts, b)
			ts.Setenv("ALK_BRIDGE_SERVER", serveBridge(ts, b, ts.MkAbs("data")))
			return
		}
		kept, _ := fakes.Load(ts)
		b, ok := kept.(*bridgeFake)
		if !ok {
			ts.Fatalf("no alkbridge runs")
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		switch args[0] {
		case "lie", "truth":
			b.liar = args[0] == "lie"
		case "busy":
			b.busy = true
		default:
			ts.Fatalf("unknown argument %q", args[0])
		}
	}
}
