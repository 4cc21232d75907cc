package rpc

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcwallet/snacl"
	"github.com/lightningnetwork/lnd/kvdb"
	"github.com/lightningnetwork/lnd/macaroons"
	"google.golang.org/grpc/peer"
	"gopkg.in/macaroon-bakery.v2/bakery"
	"gopkg.in/macaroon-bakery.v2/bakery/checkers"
	"gopkg.in/macaroon.v2"
)

const (
	// MacaroonDBFile is the name of the database of root keys.
	MacaroonDBFile = "macaroons.db"

	// Root key 0 exists for lnd's store and signs nothing, so that every key in
	// use can be revoked.
	rootKeyAnchor   = 0
	rootKeyAdmin    = 1
	rootKeyReadOnly = 2
	rootKeyTrader   = 3
	rootKeyBaked    = 4

	macaroonLocation = "alkimiya"
	openTimeout      = 5 * time.Second
	// maxTimeout of a macaroon, in seconds: a hundred years.
	maxTimeout = 3153600000
	maxOps     = 100
)

// Errors of macaroons. Test with errors.Is.
var (
	// ErrNoMacaroon: the request brought none, or more than one.
	ErrNoMacaroon = errors.New("no macaroon")
	// ErrBadMacaroon: it is not a macaroon, is not signed with a root key of
	// ours, or a caveat such as its IP address is not met.
	ErrBadMacaroon = errors.New("macaroon is not valid")
	// ErrMacaroonExpired: its time is over.
	ErrMacaroonExpired = errors.New("macaroon has expired")
	// ErrPermission: it is valid but does not allow the method.
	ErrPermission = errors.New("macaroon does not allow this")
	// ErrMacaroonStore: the database of root keys cannot be opened: it is
	// damaged, of another wallet, or in use.
	ErrMacaroonStore = errors.New("macaroon database not usable")
	// ErrUnknownPermission: no method needs the permission asked for.
	ErrUnknownPermission = errors.New("unknown permission")
	// ErrRootKey: the root key does not exist or cannot be revoked.
	ErrRootKey = errors.New("root key cannot be revoked")
)

// Authority makes and checks macaroons. Its root keys are in a database that
// is open only while the wallet is. Safe for concurrent use.
type Authority struct {
	dir string
	// methods says what each method needs, roles which macaroons lie ready.
	methods map[string][]bakery.Op
	roles   []Role

	mu  sync.RWMutex // held for reading while svc and db are used
	svc *macaroons.Service
	db  kvdb.Backend
}

// NewAuthority returns a closed Authority for the files in dir, which is the
// network's folder.
func NewAuthority(dir string) *Authority { return NewAuthorityOf(dir, permissions, Roles()) }

// NewAuthorityOf is NewAuthority for another daemon's methods and ready-made macaroons;
// roles use the root keys 1 to 3, each its own.
func NewAuthorityOf(dir string, methods map[string][]bakery.Op, roles []Role) *Authority {
	return &Authority{dir: dir, methods: methods, roles: roles}
}

// Open opens the database, or makes one, under password, which is wiped by the
// caller. Then it writes each ready-made macaroon (Roles) whose file is missing
// or no longer good. It fails with ErrMacaroonStore if the password is wrong,
// and takes about a second (scrypt).
func (a *Authority) Open(password []byte) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.svc != nil {
		return ErrWalletOpen
	}
	db, err := kvdb.GetBoltBackend(&kvdb.BoltBackendConfig{
		DBPath: a.dir, DBFileName: MacaroonDBFile, NoFreelistSync: true, DBTimeout: openTimeout,
	})
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrMacaroonStore, filepath.Join(a.dir, MacaroonDBFile), err)
	}
	svc, err := unlock(db, password)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	if err := writeRoles(a.dir, svc, a.roles); err != nil {
		return errors.Join(err, svc.Close(), db.Close())
	}
	a.svc, a.db = svc, db
	return nil
}

func unlock(db kvdb.Backend, password []byte) (*macaroons.Service, error) {
	store, err := macaroons.NewRootKeyStorage(db)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMacaroonStore, err)
	}
	if err := store.CreateUnlock(&password); err != nil {
		if errors.Is(err, snacl.ErrInvalidPassword) {
			return nil, fmt.Errorf("%w: it belongs to another wallet: %w", ErrMacaroonStore, err)
		}
		return nil, fmt.Errorf("%w: %w", ErrMacaroonStore, err)
	}
	svc, err := macaroons.NewService(store, macaroonLocation, false, macaroons.IPLockChecker)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("macaroon service: %w", err), store.Close())
	}
	return svc, nil
}

// Close forgets the keys and closes the database, after the checks under way.
// Closing a closed Authority does nothing.
func (a *Authority) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.svc == nil {
		return nil
	}
	err := errors.Join(a.svc.Close(), a.db.Close())
	a.svc, a.db = nil, nil
	return err
}

// use calls f with the open service, which stays open until f returns.
func (a *Authority) use(f func(*macaroons.Service, kvdb.Backend) error) error {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.svc == nil {
		return ErrWalletClosed
	}
	return f(a.svc, a.db)
}

// authorize returns nil only if encoded is the hexadecimal form of a valid
// macaroon that allows all of ops, or the method itself by its name. remote is
// the caller's host and port.
func (a *Authority) authorize(ctx context.Context, encoded string, ops []bakery.Op, procedure, remote string) error {
	if len(ops) == 0 {
		// The bakery would allow any macaroon at all to do nothing in particular.
		return fmt.Errorf("%w: %s has no permissions", ErrPermission, procedure)
	}
	raw, err := hex.DecodeString(encoded)
	if err != nil {
		return fmt.Errorf("%w: not hexadecimal", ErrBadMacaroon)
	}
	ctx, err = withPeer(ctx, remote)
	if err != nil {
		return err
	}
	return a.use(func(svc *macaroons.Service, _ kvdb.Backend) error {
		if svc.CheckMacAuth(ctx, raw, ops, procedure) == nil {
			return nil
		}
		return refusal(ctx, svc, raw, ops)
	})
}

// Admit returns nil only if a request's headers bring the macaroon that its method needs.
// A method that is not in the table is refused to everyone.
func (a *Authority) Admit(ctx context.Context, procedure, remote string, h http.Header) error {
	ops, known := a.methods[procedure]
	if !known {
		return fmt.Errorf("%w: %s", errUnknownMethod, procedure)
	}
	encoded, err := macaroonOf(h)
	if err != nil {
		return err
	}
	return a.authorize(ctx, encoded, ops, procedure, remote)
}

// withPeer makes the caller's address known to the checker of IP caveats.
func withPeer(ctx context.Context, remote string) (context.Context, error) {
	addr, err := netip.ParseAddrPort(remote)
	if err != nil {
		return nil, fmt.Errorf("%w: address of caller: %w", ErrBadMacaroon, err)
	}
	return peer.NewContext(ctx, &peer.Peer{Addr: net.TCPAddrFromAddrPort(addr)}), nil
}

// refusal finds out why a macaroon was refused. It must not be used to allow.
func refusal(ctx context.Context, svc *macaroons.Service, raw []byte, ops []bakery.Op) error {
	var m macaroon.Macaroon
	if err := m.UnmarshalBinary(raw); err != nil {
		return fmt.Errorf("%w: not a macaroon", ErrBadMacaroon)
	}
	slice := macaroon.Slice{&m}
	if end, ok := checkers.MacaroonsExpiryTime(svc.Checker.Namespace(), slice); ok && !time.Now().Before(end) {
		return ErrMacaroonExpired
	}
	// Operations are listed here only if signature and caveats hold.
	info, err := svc.Checker.Auth(slice).Allowed(ctx)
	if err == nil && len(info.OpIndexes) > 0 {
		return fmt.Errorf("%w: it needs %s", ErrPermission, formatOps(ops))
	}
	return ErrBadMacaroon
}

func formatOps(ops []bakery.Op) string {
	var b strings.Builder
	for i, op := range ops {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(op.Entity + ":" + op.Action)
	}
	return b.String()
}

// Grant describes a macaroon to make.
type Grant struct {
	// Ops it allows, each one of Operations or {"uri", procedure}.
	Ops []bakery.Op
	// Timeout in seconds after which it expires, 1 to 3153600000; nil: never.
	Timeout *uint64
	// IP is the only address it may be used from; empty: any.
	IP string
	// RootKeyID it is made from; 0 means 4. A new id makes a new key.
	RootKeyID uint64
}

// Bake makes a macaroon in binary form. Errors: ErrUnknownPermission,
// ErrInvalidRequest, ErrWalletClosed.
func (a *Authority) Bake(ctx context.Context, g Grant) ([]byte, error) {
	constraints, err := g.check(a.methods)
	if err != nil {
		return nil, err
	}
	id := g.RootKeyID
	if id == rootKeyAnchor {
		id = rootKeyBaked
	}
	var raw []byte
	err = a.use(func(svc *macaroons.Service, _ kvdb.Backend) error {
		raw, err = bake(ctx, svc, id, g.Ops, constraints...)
		return err
	})
	return raw, err
}

// check validates the grant and returns its caveats.
func (g Grant) check(methods map[string][]bakery.Op) ([]macaroons.Constraint, error) {
	if len(g.Ops) == 0 || len(g.Ops) > maxOps {
		return nil, fmt.Errorf("%w: %d permissions, 1 to %d are possible", ErrInvalidRequest, len(g.Ops), maxOps)
	}
	known := operations(methods)
	for _, op := range g.Ops {
		method := op.Entity == macaroons.PermissionEntityCustomURI && len(methods[op.Action]) > 0
		if !method && !slices.Contains(known, op) {
			return nil, fmt.Errorf("%w: %q", ErrUnknownPermission, op.Entity+":"+op.Action)
		}
	}
	var constraints []macaroons.Constraint
	if g.Timeout != nil {
		if *g.Timeout == 0 || *g.Timeout > maxTimeout {
			return nil, fmt.Errorf("%w: timeout of %d s, 1 to %d are possible", ErrInvalidRequest, *g.Timeout, maxTimeout)
		}
		constraints = append(constraints, macaroons.TimeoutConstraint(int64(*g.Timeout)))
	}
	if g.IP != "" {
		if net.ParseIP(g.IP) == nil {
			return nil, fmt.Errorf("%w: %q is not an IP address", ErrInvalidRequest, g.IP)
		}
		constraints = append(constraints, macaroons.IPLockConstraint(g.IP))
	}
	return constraints, nil
}

func bake(ctx context.Context, svc *macaroons.Service, id uint64, ops []bakery.Op, constraints ...macaroons.Constraint) ([]byte, error) {
	m, err := svc.NewMacaroon(ctx, rootKeyName(id), ops...)
	if err != nil {
		return nil, fmt.Errorf("bake macaroon: %w", err)
	}
	narrowed, err := macaroons.AddConstraints(m.M(), constraints...)
	if err != nil {
		return nil, fmt.Errorf("bake macaroon: %w", err)
	}
	return narrowed.MarshalBinary()
}

func rootKeyName(id uint64) []byte { return strconv.AppendUint(nil, id, 10) }

// RootKeys returns the ids of the root keys in use, ascending.
func (a *Authority) RootKeys(context.Context) ([]uint64, error) {
	var ids []uint64
	err := a.use(func(_ *macaroons.Service, db kvdb.Backend) (err error) {
		ids, err = rootKeys(db)
		return err
	})
	return ids, err
}

// rootKeys reads the ids itself: lnd's ListMacaroonIDs returns slices into the
// database's memory that are not valid after its transaction.
func rootKeys(db kvdb.Backend) ([]uint64, error) {
	var ids []uint64
	err := kvdb.View(db, func(tx kvdb.RTx) error {
		bucket := tx.ReadBucket([]byte("macrootkeys")) // lnd's name for it
		if bucket == nil {
			return fmt.Errorf("%w: %w", ErrMacaroonStore, macaroons.ErrRootKeyBucketNotFound)
		}
		return bucket.ForEach(func(name, _ []byte) error {
			// The other record in the bucket is the encryption key.
			if id, err := strconv.ParseUint(string(name), 10, 64); err == nil && id != rootKeyAnchor {
				ids = append(ids, id)
			}
			return nil
		})
	}, func() { ids = nil })
	slices.Sort(ids)
	return ids, err
}

// Revoke deletes a root key and so every macaroon made from it. It returns
// ErrRootKey for 0 and for a key that does not exist. The file of a ready-made
// macaroon is made anew, from a new key, when the Authority is opened again.
func (a *Authority) Revoke(ctx context.Context, id uint64) error {
	return a.use(func(svc *macaroons.Service, _ kvdb.Backend) error {
		if id == rootKeyAnchor {
			return fmt.Errorf("%w: %d is reserved", ErrRootKey, id)
		}
		deleted, err := svc.DeleteMacaroonID(ctx, rootKeyName(id))
		if err != nil {
			return fmt.Errorf("revoke root key %d: %w", id, err)
		}
		if deleted == nil {
			return fmt.Errorf("%w: %d does not exist", ErrRootKey, id)
		}
		return nil
	})
}

// writeRoles writes the ready-made macaroons that are missing, revoked or of
// another set of permissions than now. One that its owner has narrowed by a
// caveat of his own is left alone.
func writeRoles(dir string, svc *macaroons.Service, roles []Role) error {
	ctx := context.Background()
	for _, role := range roles {
		path := filepath.Join(dir, role.File)
		raw, err := os.ReadFile(path) //nolint:gosec // a name of ours in the daemon's folder
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err == nil && isGood(ctx, svc, raw, role) {
			continue
		}
		if raw, err = bake(ctx, svc, role.RootKeyID, role.Ops); err != nil {
			return err
		}
		if err := writeFile(path, raw); err != nil {
			return err
		}
	}
	return nil
}

func isGood(ctx context.Context, svc *macaroons.Service, raw []byte, role Role) bool {
	var m macaroon.Macaroon
	if m.UnmarshalBinary(raw) != nil {
		return false
	}
	ops, caveats, err := svc.Oven.VerifyMacaroon(ctx, macaroon.Slice{&m})
	if err != nil {
		return false
	}
	return len(caveats) > 0 || sameOps(ops, role.Ops)
}

func sameOps(a, b []bakery.Op) bool {
	notIn := func(list []bakery.Op) func(bakery.Op) bool {
		return func(op bakery.Op) bool { return !slices.Contains(list, op) }
	}
	return !slices.ContainsFunc(a, notIn(b)) && !slices.ContainsFunc(b, notIn(a))
}
