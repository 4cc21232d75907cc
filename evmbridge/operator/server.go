package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/records"
)

// Contracts judges pre-signed contracts.
type Contracts interface {
	// Read reads a package and what lot it makes, without verifying its signatures. It
	// is cheap.
	Read(pkg *bridgev1.LotPackage) (spv.SeriesKey, spv.Terms, spv.Address, error)
}

// ServerConfig is what a server is made of.
type ServerConfig struct {
	Self      *vault.Operator
	Address   spv.Address // of the attestation key
	Domain    spv.Domain
	Vaults    *Vaults
	Store     *Store
	Anchors   *vault.Store
	Contracts Contracts
	Burns     vault.Burns
	Network   Network
	// Spendable says whether an output is a coin of the bridge: one that was paid to a vault
	// before its lot was minted is none, and nobody looks for what spends it.
	Spendable func(o wire.OutPoint) bool
	// Binds says whether what another operator bound a redemption to counts; see Payments.Binds.
	Binds func(r spv.Redemption, anchor wire.OutPoint) bool
	// Peers are the certificates of those who may ask for payments, the other operators;
	// Others reaches them, in the same order.
	Peers  []Fingerprint
	Others func() []Cosigner
	// Height returns Bitcoin's, Now the EVM chain's time.
	Height func() uint32
	Now    func() uint64
	Log    *slog.Logger
}

// hour is by how much the clocks of two operators' chains may differ, in seconds.
const hour = 3600

// maxAttested is how far ahead an attestation may hold, in seconds.
const maxAttested = 24 * 3600

// maxPackage bounds a request: a tower package has up to three messages of 4 MiB.
const maxPackage = 14 << 20

// Server answers relays and other operators. Its methods are safe for concurrent use.
type Server struct {
	c ServerConfig
	// verifying is held by the one request that verifies a contract.
	verifying chan struct{}
	// signing are held while a batch of a peer's is judged.
	signing map[Fingerprint]*sync.Mutex
}

var _ bridgev1connect.OperatorServiceHandler = (*Server)(nil)

// NewServer returns a server.
func NewServer(c ServerConfig) *Server {
	s := &Server{c: c, verifying: make(chan struct{}, 1), signing: map[Fingerprint]*sync.Mutex{}}
	for _, peer := range c.Peers {
		s.signing[peer] = &sync.Mutex{}
	}
	return s
}

type peerKey struct{}

// Handler returns the HTTP handler; it must be served with Identity.Server.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(bridgev1connect.NewOperatorServiceHandler(s, connect.WithReadMaxBytes(maxPackage)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const patience = 2 * time.Minute
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)); err != nil {
			http.Error(w, "no deadlines", http.StatusInternalServerError)
			return
		}
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			r = r.WithContext(context.WithValue(r.Context(), peerKey{}, fingerprintOf(r.TLS.PeerCertificates[0])))
		}
		mux.ServeHTTP(w, r)
	})
}

// DescribeOperator implements OperatorService.
func (s *Server) DescribeOperator(context.Context, *bridgev1.DescribeOperatorRequest) (*bridgev1.DescribeOperatorResponse, error) {
	key, separator := s.c.Self.Key(), s.c.Domain.Separator()
	return &bridgev1.DescribeOperatorResponse{
		VaultKey: key[:], AttestationAddress: fmt.Sprintf("0x%x", s.c.Address), DomainSeparator: separator[:],
	}, nil
}

// AttestLot implements OperatorService.
func (s *Server) AttestLot(ctx context.Context, r *bridgev1.AttestLotRequest) (*bridgev1.AttestLotResponse, error) {
	id, sig, err := s.Attest(ctx, r.GetPackage(), r.GetExpiry())
	if err != nil {
		s.c.Log.InfoContext(ctx, "lot not attested", "lot_id", fmt.Sprintf("%x", id), "error", err)
		return nil, refusal(err)
	}
	s.c.Log.InfoContext(ctx, "lot attested", "lot_id", fmt.Sprintf("%x", id))
	return &bridgev1.AttestLotResponse{LotId: id[:], Expiry: r.GetExpiry(), Signature: sig[:]}, nil
}

// Attest checks a lot, keeps its contract, and signs. It fails with vault.ErrNotAttested.
func (s *Server) Attest(ctx context.Context, pkg *bridgev1.LotPackage, expiry uint64) (id [32]byte, sig [65]byte, err error) {
	if now := s.c.Now(); expiry <= now || expiry > now+maxAttested {
		return id, sig, fmt.Errorf("%w: expiry %d is not within a day of %d", vault.ErrNotAttested, expiry, now)
	}
	key, terms, to, err := s.c.Contracts.Read(pkg)
	if err != nil {
		return id, sig, fmt.Errorf("%w: %w", vault.ErrNotAttested, err)
	}
	id = terms.ID()
	select {
	case s.verifying <- struct{}{}:
		defer func() { <-s.verifying }()
	case <-ctx.Done():
		return id, sig, ctx.Err()
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(pkg)
	if err != nil {
		return id, sig, fmt.Errorf("encode package: %w", err)
	}
	// The contract is on disk before the signature leaves: whoever attests can complete. Its
	// vault stays unknown until the lot is minted: what is paid to it before is not spent.
	sig, err = s.attest(ctx, raw, attested{key: key, terms: terms, to: to, expiry: expiry})
	return id, sig, err
}

type attested struct {
	key    spv.SeriesKey
	terms  spv.Terms
	to     spv.Address
	expiry uint64
}

func (s *Server) attest(ctx context.Context, raw []byte, a attested) (sig [65]byte, err error) {
	ctx = context.WithValue(ctx, packageKey{}, raw)
	if sig, err = s.c.Self.Attest(ctx, a.key, a.terms, a.to, a.expiry); err != nil {
		return sig, err
	}
	if err := s.c.Store.PutPackage(a.terms.ID(), raw); err != nil {
		return [65]byte{}, err
	}
	return sig, nil
}

type packageKey struct{}

// PackageOf returns the package that is being attested: a LotVerifier is asked with the
// terms alone.
func PackageOf(ctx context.Context) (*bridgev1.LotPackage, error) {
	raw, ok := ctx.Value(packageKey{}).([]byte)
	if !ok {
		return nil, fmt.Errorf("no contract in hand: %w", vault.ErrNotAttested)
	}
	pkg := &bridgev1.LotPackage{}
	if err := proto.Unmarshal(raw, pkg); err != nil {
		return nil, fmt.Errorf("%w: %w", vault.ErrNotAttested, err)
	}
	return pkg, nil
}

// SignBatch implements OperatorService.
func (s *Server) SignBatch(ctx context.Context, r *bridgev1.SignBatchRequest) (*bridgev1.SignBatchResponse, error) {
	peer, ok := ctx.Value(peerKey{}).(Fingerprint)
	if !ok || !slices.Contains(s.c.Peers, peer) {
		return nil, connect.NewError(connect.CodePermissionDenied, ErrPeer)
	}
	b, err := batchOf(r, s.c.Vaults)
	if err != nil {
		return nil, refusal(err)
	}
	log := s.c.Log.With("txid", b.Tx.TxHash(), "peer", peer.String())
	turn := s.signing[peer]
	if !turn.TryLock() {
		return nil, refusal(fmt.Errorf("the batch before is not judged yet: %w", ErrBusy))
	}
	defer turn.Unlock()
	// Nothing is kept or computed of what would not be signed.
	if err := errors.Join(s.ours(b), s.c.Self.Judge(ctx, b)); err != nil {
		log.InfoContext(ctx, "batch not signed", "error", err)
		return nil, refusal(err)
	}
	if bound := s.bound(b); len(bound) > 0 {
		log.InfoContext(ctx, "batch lacks anchors", "missing", len(bound))
		return &bridgev1.SignBatchResponse{Bound: boundTo(bound)}, nil
	}
	usual, err := s.c.Network.FeeRate(ctx)
	if err != nil {
		log.WarnContext(ctx, "batch not signed", "error", err)
		return nil, connect.NewError(connect.CodeUnavailable, errors.New("own node tells no fee rate"))
	}
	height := s.c.Height()
	payment := Payment{Tx: b.Tx, Redemptions: b.Redemptions, Height: height, Rate: b.Rate()}
	for i, c := range b.Coins {
		payment.Coins = append(payment.Coins, PaymentCoin{Value: int64(c.Value), Salt: [32]byte(r.GetInputs()[i].GetVaultSalt())})
	}
	withdraw, err := s.c.Store.Reserve(payment, func(before []Payment) error {
		held, err := holds(ctx, s.c.Network, before, height)
		if err != nil {
			return err
		}
		if err := errors.Join(s.frugal(b), s.swift(b, before, usual)); err != nil {
			return err
		}
		return conflict(before, held, b, func(rid [32]byte) (bool, error) { return s.c.Burns.Finalized(ctx, rid) })
	})
	if err != nil {
		log.InfoContext(ctx, "batch not signed", "error", err)
		return nil, refusal(err)
	}
	answer, err := s.bindAndSign(ctx, b, peer, withdraw)
	if err != nil {
		log.InfoContext(ctx, "batch not signed", "error", err)
		return nil, refusal(err)
	}
	log.InfoContext(ctx, "batch answered", "redemptions", len(b.Redemptions), "missing", len(answer.GetBound()))
	return answer, nil
}

// bindAndSign signs a batch that was judged and is reserved, unless others bound its redemptions
// to what it lacks. Without a signature everything is as before.
func (s *Server) bindAndSign(ctx context.Context, b *vault.Batch, peer Fingerprint, forget func() error) (*bridgev1.SignBatchResponse, error) {
	unbind, err := bindAnew(s.c.Self, s.c.Anchors, s.c.Store, b)
	withdraw := func() error { return errors.Join(forget(), unbind()) }
	if err != nil {
		return nil, errors.Join(err, withdraw())
	}
	if missing := elsewhere(ctx, s.c.Log, s.others(peer), b, s.c.Binds); len(missing) > 0 {
		return &bridgev1.SignBatchResponse{Bound: boundTo(missing)}, withdraw()
	}
	if err := ctx.Err(); err != nil { // nobody waits for the answer, who may have chosen when
		return nil, errors.Join(err, withdraw())
	}
	sigs, err := s.c.Self.SignBound(b)
	if err != nil {
		return nil, errors.Join(err, withdraw())
	}
	answer := &bridgev1.SignBatchResponse{}
	for i := range sigs {
		answer.Signatures = append(answer.Signatures, sigs[i][:])
	}
	return answer, nil
}

var (
	// ErrWaste means that a batch spends coins that its claims do not need: for some blocks
	// nobody could pay anything else with them.
	ErrWaste = errors.New("batch spends more than it needs")
	// ErrSlow means that a batch offers less than a payment should now, though its redemptions
	// allow more or have time: what it spends could be held for long.
	ErrSlow = errors.New("batch offers too low a fee rate")
)

// ours refuses a batch that spends what is no coin of the bridge.
func (s *Server) ours(b *vault.Batch) error {
	for i, c := range b.Coins {
		if !s.c.Spendable(c.Outpoint) {
			return fmt.Errorf("input %d, %v: %w", i, c.Outpoint, vault.ErrNotVault)
		}
	}
	return nil
}

// frugal refuses a batch that spends more coins without need than one, and one for each
// redemption, which others may have bound: an operator could hold the vault by it.
func (s *Server) frugal(b *vault.Batch) error {
	var claims, in btcutil.Amount
	anchors := map[wire.OutPoint]bool{}
	for _, r := range b.Redemptions {
		claims += btcutil.Amount(r.Sats) //nolint:gosec // G115: at most the money there is
		if anchor, err := s.c.Anchors.Anchor(r.RID()); err == nil {
			anchors[anchor] = true
		}
	}
	for _, c := range b.Coins {
		in += c.Value
	}
	wasted := 0
	for _, c := range b.Coins {
		if !anchors[c.Outpoint] && in-c.Value >= claims {
			wasted++
		}
	}
	if wasted > 1+len(b.Redemptions) {
		return fmt.Errorf("%d coins: %w", wasted, ErrWaste)
	}
	return nil
}

// swift refuses a batch that offers less than half of the usual rate, unless it raises one that
// was signed before, or all of it is late and it offers a quarter, or half of what each of its
// redemptions allows by itself; and one that offers so much that nothing could replace it.
func (s *Server) swift(b *vault.Batch, before []Payment, usual vault.FeeRate) error {
	const dear = 4
	rate := b.Rate()
	if rate > dear*max(usual, dear) {
		return fmt.Errorf("%d sat/vB, a payment should offer %d: %w", rate, usual, vault.ErrRate)
	}
	if rate >= usual/2 {
		return nil
	}
	late := !slices.ContainsFunc(b.Redemptions, func(r spv.Redemption) bool { return s.c.Now()+lastDay+hour <= r.Deadline })
	raises := slices.ContainsFunc(before, func(p Payment) bool {
		return rate >= raised(p.Rate) && slices.ContainsFunc(b.Tx.TxIn, func(in *wire.TxIn) bool { return spends(p.Tx, in.PreviousOutPoint) }) &&
			!slices.ContainsFunc(b.Redemptions, func(r spv.Redemption) bool { return !p.pays(r) })
	})
	if raises || (late && rate >= min(usual/4, b.Bearable()/2)) {
		return nil
	}
	return fmt.Errorf("%d sat/vB, a payment should offer %d: %w", rate, usual, ErrSlow)
}

// others are the operators to ask about a batch of one of them, who is believed nothing.
func (s *Server) others(but Fingerprint) (out []Cosigner) {
	for i, o := range s.c.Others() {
		if s.c.Peers[i] != but {
			out = append(out, o)
		}
	}
	return out
}

// TellBindings implements OperatorService.
func (s *Server) TellBindings(ctx context.Context, r *bridgev1.TellBindingsRequest) (*bridgev1.TellBindingsResponse, error) {
	peer, ok := ctx.Value(peerKey{}).(Fingerprint)
	if !ok || !slices.Contains(s.c.Peers, peer) {
		return nil, connect.NewError(connect.CodePermissionDenied, ErrPeer)
	}
	if len(r.GetRids()) > spv.MaxBatch {
		return nil, refusal(fmt.Errorf("%d redemptions: %w", len(r.GetRids()), vault.ErrBatch))
	}
	var bound []Bound
	for i, raw := range r.GetRids() {
		if len(raw) != 32 {
			return nil, refusal(fmt.Errorf("redemption %d has an id of %d bytes: %w", i, len(raw), vault.ErrBatch))
		}
		anchor, err := s.c.Anchors.Anchor([32]byte(raw))
		if err == nil {
			bound = append(bound, Bound{RID: [32]byte(raw), Anchor: anchor})
		} else if !errors.Is(err, records.ErrNotFound) {
			return nil, connect.NewError(connect.CodeInternal, errors.New("own store"))
		}
	}
	return &bridgev1.TellBindingsResponse{Bound: boundTo(bound)}, nil
}

// bound returns what redemptions of a batch are bound to that it does not spend.
func (s *Server) bound(b *vault.Batch) (out []Bound) {
	for _, r := range b.Redemptions {
		rid := r.RID()
		anchor, err := s.c.Anchors.Anchor(rid)
		if err != nil {
			continue // Bind finds what is wrong with the store
		}
		if !spends(b.Tx, anchor) {
			out = append(out, Bound{RID: rid, Anchor: anchor})
		}
	}
	return out
}

func boundTo(all []Bound) (out []*bridgev1.BoundAnchor) {
	for _, b := range all {
		out = append(out, &bridgev1.BoundAnchor{Rid: b.RID[:], Txid: b.Anchor.Hash[:], Vout: b.Anchor.Index})
	}
	return out
}

// refusal gives an error the code of the protocol.
func refusal(err error) error {
	for _, own := range []error{records.ErrDiskFull, records.ErrCorrupt} {
		if errors.Is(err, own) {
			return connect.NewError(connect.CodeInternal, errors.New("own store"))
		}
	}
	for _, policy := range []error{
		vault.ErrNotBurned, vault.ErrNotVault, vault.ErrAnchor, vault.ErrRate, vault.ErrLimit, vault.ErrNotAttested, ErrBusy, ErrWaste, ErrSlow,
	} {
		if errors.Is(err, policy) {
			return connect.NewError(connect.CodeFailedPrecondition, err)
		}
	}
	return connect.NewError(connect.CodeInvalidArgument, err)
}
