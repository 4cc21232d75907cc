package rpc_test

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/lightningnetwork/lnd/macaroons"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"gopkg.in/macaroon-bakery.v2/bakery"
	"gopkg.in/macaroon.v2"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// procedures lists every method of every service that the generated code knows.
func procedures() []string {
	var all []string
	protoregistry.GlobalFiles.RangeFilesByPackage("alk.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			service := f.Services().Get(i)
			for j := range service.Methods().Len() {
				all = append(all, "/"+string(service.FullName())+"/"+string(service.Methods().Get(j).Name()))
			}
		}
		return true
	})
	slices.Sort(all)
	return all
}

func TestPermissionTableIsCompleteAndOnlyFourMethodsAreFree(t *testing.T) {
	table := rpc.Permissions()
	require.Equal(t, procedures(), slices.Sorted(maps.Keys(table)))
	var free []string
	for procedure, ops := range table {
		if len(ops) == 0 {
			free = append(free, procedure)
		}
	}
	require.ElementsMatch(t, []string{
		alkv1connect.StateServiceGetStateProcedure, alkv1connect.WalletServiceCreateProcedure,
		alkv1connect.WalletServiceRestoreProcedure, alkv1connect.WalletServiceUnlockProcedure,
	}, free)
}

// reopen opens the wallet again after a call that was allowed to lock it.
func (e *env) reopen() {
	e.t.Helper()
	if e.node.WalletState() == rpc.WalletLocked {
		require.NoError(e.t, e.node.Unlock(e.t.Context(), []byte(phrase)))
	}
}

// code returns the reason's code of a call, or "" if it had none.
func reasonCode(err error) string { return client.Reason(err).GetCode() }

func TestEveryMethodWithEverySinglePermission(t *testing.T) {
	e := startOpen(t)
	h := e.http()
	grants := rpc.Operations()
	for _, procedure := range procedures() {
		if len(rpc.Permissions()[procedure]) > 0 {
			grants = append(grants, bakery.Op{Entity: macaroons.PermissionEntityCustomURI, Action: procedure})
		}
	}
	tried := 0
	for _, op := range grants {
		mac := e.bake(op)
		methods := procedures()
		if at := slices.Index(methods, op.Action); at >= 0 {
			// The name of one method opens that one, and neither its neighbour nor
			// what would hurt most; entities are tried on all.
			methods = []string{op.Action, methods[(at+1)%len(methods)], alkv1connect.WalletServiceSendProcedure, alkv1connect.MacaroonServiceBakeProcedure}
		}
		for _, procedure := range methods {
			needed := rpc.Permissions()[procedure]
			if len(needed) == 0 {
				continue
			}
			allowed := slices.Equal(needed, []bakery.Op{op}) || op.Action == procedure
			before := e.node.Calls()
			err := e.call(h, procedure, mac)
			tried++
			if allowed {
				require.NotContains(t, []string{"permission_denied", "macaroon_invalid", "macaroon_missing", "wallet_closed"},
					reasonCode(err), "%s with %s:%s: %v", procedure, op.Entity, op.Action, err)
				e.reopen()
				continue
			}
			requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
			require.Equal(t, before, e.node.Calls(), "%s was called with %s:%s", procedure, op.Entity, op.Action)
		}
	}
	t.Logf("%d pairs of method and permission", tried)
	for _, procedure := range procedures() {
		checkWithoutPermission(t, e, h, procedure)
	}
}

// checkWithoutPermission expects that neither no macaroon nor a forged one
// reaches the method.
func checkWithoutPermission(t *testing.T, e *env, h *http.Client, procedure string) {
	t.Helper()
	before := e.node.Calls()
	switch needed := rpc.Permissions()[procedure]; {
	case procedure == alkv1connect.StateServiceGetStateProcedure:
		require.NoError(t, e.call(h, procedure, nil))
	case len(needed) == 0:
		requireReason(t, e.call(h, procedure, nil), connect.CodeFailedPrecondition, "wallet_open")
		requireReason(t, e.call(h, procedure, e.role("admin.macaroon")), connect.CodeFailedPrecondition, "wallet_open")
	default:
		requireReason(t, e.call(h, procedure, nil), connect.CodeUnauthenticated, "macaroon_missing")
		forged, err := macaroons.BakeFromRootKey(make([]byte, macaroons.RootKeyLen), needed)
		require.NoError(t, err)
		raw, err := forged.MarshalBinary()
		require.NoError(t, err)
		requireReason(t, e.call(h, procedure, raw), connect.CodeUnauthenticated, "macaroon_invalid")
		requireReason(t, e.call(h, procedure, []byte("junk")), connect.CodeUnauthenticated, "macaroon_invalid")
	}
	require.Equal(t, before, e.node.Calls(), "%s was called", procedure)
}

func TestReadyMadeMacaroonsAllowWhatTheirNameSays(t *testing.T) {
	e := startOpen(t)
	h := e.http()
	for _, role := range rpc.Roles() {
		info, err := os.Stat(e.path(role.File))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode(), role.File)
		for _, procedure := range procedures() {
			needed := rpc.Permissions()[procedure]
			if len(needed) == 0 || procedure == alkv1connect.WalletServiceLockProcedure {
				continue
			}
			allowed := true
			for _, op := range needed {
				allowed = allowed && slices.Contains(role.Ops, op)
			}
			err := e.call(h, procedure, e.role(role.File))
			require.Equal(t, !allowed, reasonCode(err) == "permission_denied", "%s with %s: %v", procedure, role.File, err)
		}
	}
	trader, readonly := e.dial(e.role("trader.macaroon")), e.dial(e.role("readonly.macaroon"))
	_, err := trader.Wallet.NewAddress(t.Context(), &alkv1.NewAddressRequest{})
	require.NoError(t, err)
	_, err = trader.Wallet.Send(t.Context(), &alkv1.SendRequest{})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
	_, err = trader.Wallet.Lock(t.Context(), &alkv1.LockRequest{})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
	_, err = trader.Macaroons.ListRootKeys(t.Context(), &alkv1.ListRootKeysRequest{})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
	_, err = readonly.Wallet.NewAddress(t.Context(), &alkv1.NewAddressRequest{})
	requireReason(t, err, connect.CodePermissionDenied, "permission_denied")
}

func TestClosedWalletAnswersOnlyStateAndWhatOpensIt(t *testing.T) {
	e := startOpen(t)
	h := e.http()
	admin := e.role("admin.macaroon")
	require.NoError(t, e.call(h, alkv1connect.WalletServiceLockProcedure, admin))
	require.Equal(t, rpc.WalletLocked, e.node.WalletState())
	for _, procedure := range procedures() {
		if len(rpc.Permissions()[procedure]) == 0 {
			continue
		}
		before := e.node.Calls()
		for _, mac := range [][]byte{nil, admin} {
			requireReason(t, e.call(h, procedure, mac), connect.CodeFailedPrecondition, "wallet_closed")
		}
		require.Equal(t, before, e.node.Calls(), procedure)
	}
	c := e.dial(nil)
	state, err := c.State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.NoError(t, err)
	require.Equal(t, alkv1.WalletState_WALLET_STATE_LOCKED, state.GetWalletState())
	require.Nil(t, state.GetSync())
	_, err = c.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte("not this one")})
	requireReason(t, err, connect.CodePermissionDenied, "wrong_passphrase")
	_, err = c.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte(phrase)})
	require.NoError(t, err)
	_, err = e.dial(admin).Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	require.NoError(t, err, "macaroons outlive a lock")
}

func TestCreateGivesTheMnemonicOnceAndTwoOpenersDoNotMeet(t *testing.T) {
	e := start(t)
	c := e.dial(nil)
	state, err := c.State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.NoError(t, err)
	require.Equal(t, alkv1.WalletState_WALLET_STATE_NONE, state.GetWalletState())
	_, err = c.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte("short")})
	requireReason(t, err, connect.CodeInvalidArgument, "weak_passphrase")
	_, err = c.Wallet.Restore(t.Context(), &alkv1.RestoreRequest{
		Passphrase: []byte(phrase), Mnemonic: strings.Fields(strings.Replace(fake.Mnemonic, "art", "artt", 1)),
	})
	reason := requireReason(t, err, connect.CodeInvalidArgument, "bad_mnemonic")
	require.Equal(t, "24", reason.GetFields()["word"])
	require.NotContains(t, err.Error(), "artt")

	var during error
	e.node.WhileOpening(func() {
		// The state is opening by now; the gate refuses.
		_, during = c.Wallet.Unlock(t.Context(), &alkv1.UnlockRequest{Passphrase: []byte(phrase)})
	})
	created, err := c.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte(phrase)})
	require.NoError(t, err)
	require.Equal(t, fake.Mnemonic, strings.Join(created.GetMnemonic(), " "))
	requireReason(t, during, connect.CodeFailedPrecondition, "wallet_open")

	_, err = c.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte(phrase)})
	requireReason(t, err, connect.CodeFailedPrecondition, "wallet_open")
	require.Equal(t, 2, e.node.Count("Create"))
}

func TestCaveatsOfTimeAndAddressHold(t *testing.T) {
	e := startOpen(t)
	var admin macaroon.Macaroon
	require.NoError(t, admin.UnmarshalBinary(e.role("admin.macaroon")))
	balance := func(c *client.Client) error {
		_, err := c.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
		return err
	}
	narrow := func(constraint macaroons.Constraint) *client.Client {
		m, err := macaroons.AddConstraints(&admin, constraint)
		require.NoError(t, err)
		raw, err := m.MarshalBinary()
		require.NoError(t, err)
		return e.dial(raw)
	}
	requireReason(t, balance(narrow(macaroons.TimeoutConstraint(-1))), connect.CodeUnauthenticated, "macaroon_expired")
	require.NoError(t, balance(narrow(macaroons.TimeoutConstraint(60))))
	requireReason(t, balance(narrow(macaroons.IPLockConstraint("192.0.2.1"))), connect.CodeUnauthenticated, "macaroon_invalid")
	require.NoError(t, balance(narrow(macaroons.IPLockConstraint("127.0.0.1"))))

	bake := e.admin().Macaroons.Bake
	minute := uint64(60)
	baked, err := bake(t.Context(), &alkv1.BakeRequest{
		Permissions:    []*alkv1.Permission{{Entity: "wallet", Action: "read"}},
		TimeoutSeconds: &minute, IpAddress: "127.0.0.1",
	})
	require.NoError(t, err)
	require.NoError(t, balance(e.dial(baked.GetMacaroon())))
	var m macaroon.Macaroon
	require.NoError(t, m.UnmarshalBinary(baked.GetMacaroon()))
	require.Len(t, m.Caveats(), 2)

	zero := uint64(0)
	for name, bad := range map[string]*alkv1.BakeRequest{
		"permission_unknown": {Permissions: []*alkv1.Permission{{Entity: "wallet", Action: "burn"}}},
		"invalid_request":    {},
	} {
		_, err := bake(t.Context(), bad)
		requireReason(t, err, connect.CodeInvalidArgument, name)
	}
	read := []*alkv1.Permission{{Entity: "wallet", Action: "read"}}
	_, err = bake(t.Context(), &alkv1.BakeRequest{Permissions: read, TimeoutSeconds: &zero})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = bake(t.Context(), &alkv1.BakeRequest{Permissions: read, IpAddress: "localhost"})
	requireReason(t, err, connect.CodeInvalidArgument, "invalid_request")
	_, err = bake(t.Context(), &alkv1.BakeRequest{Permissions: []*alkv1.Permission{
		{Entity: "uri", Action: "/alk.v1.WalletService/Nothing"},
	}})
	requireReason(t, err, connect.CodeInvalidArgument, "permission_unknown")
}

func TestRevokingARootKeyEndsItsMacaroonsAndNoOthers(t *testing.T) {
	e := startOpen(t)
	readonly := e.role("readonly.macaroon")
	ids, err := e.admin().Macaroons.ListRootKeys(t.Context(), &alkv1.ListRootKeysRequest{})
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 2, 3}, ids.GetRootKeyIds())
	_, err = e.dial(readonly).Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	require.NoError(t, err)

	revoke := e.admin().Macaroons.RevokeRootKey
	_, err = revoke(t.Context(), &alkv1.RevokeRootKeyRequest{RootKeyId: 2})
	require.NoError(t, err)
	_, err = e.dial(readonly).Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	requireReason(t, err, connect.CodeUnauthenticated, "macaroon_invalid")
	_, err = revoke(t.Context(), &alkv1.RevokeRootKeyRequest{RootKeyId: 2})
	requireReason(t, err, connect.CodeFailedPrecondition, "root_key")
	_, err = revoke(t.Context(), &alkv1.RevokeRootKeyRequest{})
	requireReason(t, err, connect.CodeFailedPrecondition, "root_key")

	// The owner narrows his trader macaroon in place; opening again leaves that
	// alone and renews the one that was revoked.
	var trader macaroon.Macaroon
	require.NoError(t, trader.UnmarshalBinary(e.role("trader.macaroon")))
	locked, err := macaroons.AddConstraints(&trader, macaroons.IPLockConstraint("192.0.2.1"))
	require.NoError(t, err)
	narrowed, err := locked.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(e.path("trader.macaroon"), narrowed, 0o600))
	admin := e.role("admin.macaroon")
	require.NoError(t, e.node.Lock(t.Context()))
	require.NoError(t, e.node.Unlock(t.Context(), []byte(phrase)))
	require.Equal(t, admin, e.role("admin.macaroon"))
	require.Equal(t, narrowed, e.role("trader.macaroon"))
	require.NotEqual(t, readonly, e.role("readonly.macaroon"))
	_, err = e.dial(e.role("readonly.macaroon")).Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
	require.NoError(t, err)
}

func TestAuthorityOfAnotherWalletIsRefused(t *testing.T) {
	dir := t.TempDir()
	a := rpc.NewAuthority(dir)
	require.NoError(t, a.Open([]byte("one")))
	require.ErrorIs(t, a.Open([]byte("one")), rpc.ErrWalletOpen)
	require.NoError(t, a.Close())
	require.NoError(t, a.Close(), "closing twice")
	err := a.Open([]byte("two"))
	require.ErrorIs(t, err, rpc.ErrMacaroonStore)
	require.False(t, errors.Is(err, keys.ErrWrongPassphrase))
	_, err = a.Bake(t.Context(), rpc.Grant{Ops: rpc.Operations()})
	require.ErrorIs(t, err, rpc.ErrWalletClosed)
	info, err := os.Stat(dir + "/" + rpc.MacaroonDBFile)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}
