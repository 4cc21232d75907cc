package operator

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

const (
	dialTimeout = 10 * time.Second
	// signTimeout bounds an answer about a batch, attestTimeout one about a lot, whose
	// thousands of signatures are verified.
	signTimeout   = 30 * time.Second
	attestTimeout = 5 * time.Minute
	maxAnswer     = 1 << 20
)

// Peer is another operator, over the network. It implements Cosigner; its methods are
// safe for concurrent use.
type Peer struct {
	key       [32]byte
	vaults    *Vaults
	client    bridgev1connect.OperatorServiceClient
	transport *http.Transport
}

// PeerConfig says who an operator is and where.
type PeerConfig struct {
	// Key is the x-only key by which he signs payments.
	Key [32]byte
	// Address is host:port, Fingerprint what his certificate must have.
	Address     string
	Fingerprint Fingerprint
}

// NewPeer returns an operator who is reached as self. It connects at the first call.
func NewPeer(self *Identity, c PeerConfig, vaults *Vaults) *Peer {
	transport := &http.Transport{
		Proxy: nil, DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig: self.Client(c.Fingerprint), TLSHandshakeTimeout: dialTimeout,
		ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute,
	}
	client := bridgev1connect.NewOperatorServiceClient(
		&http.Client{Transport: transport}, "https://"+c.Address, connect.WithReadMaxBytes(maxAnswer))
	return &Peer{key: c.Key, vaults: vaults, client: client, transport: transport}
}

// Close drops idle connections.
func (p *Peer) Close() { p.transport.CloseIdleConnections() }

// Key implements Cosigner.
func (p *Peer) Key() [32]byte { return p.key }

// Attest asks for an attestation of a package until expiry. The caller verifies what it
// gets.
func (p *Peer) Attest(ctx context.Context, pkg *bridgev1.LotPackage, expiry uint64) (sig [65]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, attestTimeout)
	defer cancel()
	answer, err := p.client.AttestLot(ctx, &bridgev1.AttestLotRequest{Package: pkg, Expiry: expiry})
	if err != nil {
		return sig, fmt.Errorf("attest: %w", err)
	}
	if copy(sig[:], answer.GetSignature()) != len(sig) || answer.GetExpiry() != expiry {
		return sig, fmt.Errorf("attest: answer does not fit: %w", vault.ErrSignature)
	}
	return sig, nil
}

// Sign implements Cosigner.
func (p *Peer) Sign(ctx context.Context, b *vault.Batch) (sigs [][64]byte, bound []Bound, err error) {
	ctx, cancel := context.WithTimeout(ctx, signTimeout)
	defer cancel()
	request, err := p.request(b)
	if err != nil {
		return nil, nil, err
	}
	answer, err := p.client.SignBatch(ctx, request)
	if err != nil {
		return nil, nil, fmt.Errorf("sign batch: %w", err)
	}
	for i, raw := range answer.GetSignatures() {
		if len(raw) != 64 {
			return nil, nil, fmt.Errorf("signature %d: %w", i, vault.ErrSignature)
		}
		sigs = append(sigs, [64]byte(raw))
	}
	bound, err = boundOf(b.Redemptions, answer.GetBound())
	return sigs, bound, err
}

// boundOf reads bindings of some redemptions.
func boundOf(all []spv.Redemption, answer []*bridgev1.BoundAnchor) (bound []Bound, err error) {
	if len(answer) > len(all) {
		return nil, fmt.Errorf("%d anchors of %d redemptions: %w", len(answer), len(all), vault.ErrAnchor)
	}
	for i, a := range answer {
		if len(a.GetTxid()) != chainhash.HashSize || len(a.GetRid()) != chainhash.HashSize {
			return nil, fmt.Errorf("anchor %d: %w", i, vault.ErrAnchor)
		}
		b := Bound{RID: [32]byte(a.GetRid()), Anchor: wire.OutPoint{Hash: chainhash.Hash(a.GetTxid()), Index: a.GetVout()}}
		if !slices.ContainsFunc(all, func(r spv.Redemption) bool { return r.RID() == b.RID }) {
			return nil, fmt.Errorf("anchor %d is of another redemption: %w", i, vault.ErrAnchor)
		}
		bound = append(bound, b)
	}
	return bound, nil
}

// Bindings implements Cosigner.
func (p *Peer) Bindings(ctx context.Context, all []spv.Redemption) ([]Bound, error) {
	request := &bridgev1.TellBindingsRequest{}
	for _, r := range all {
		rid := r.RID()
		request.Rids = append(request.Rids, rid[:])
	}
	answer, err := p.client.TellBindings(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("tell bindings: %w", err)
	}
	return boundOf(all, answer.GetBound())
}

func (p *Peer) request(b *vault.Batch) (*bridgev1.SignBatchRequest, error) {
	var raw bytes.Buffer
	if err := b.Tx.SerializeNoWitness(&raw); err != nil {
		return nil, fmt.Errorf("serialise batch: %w", err)
	}
	request := &bridgev1.SignBatchRequest{Transaction: raw.Bytes()}
	for _, c := range b.Coins {
		salt, ok := p.vaults.SaltOf(c.Vault.Script())
		if !ok {
			return nil, fmt.Errorf("vault of %v: %w", c.Outpoint, vault.ErrNotVault)
		}
		request.Inputs = append(request.Inputs, &bridgev1.BatchInput{Value: int64(c.Value), VaultSalt: salt[:]})
	}
	for _, r := range b.Redemptions {
		request.Redemptions = append(request.Redemptions, r.Encode())
	}
	return request, nil
}

// batchOf reads a batch that another operator built. It fails with vault.ErrBatch; what
// the batch says is for the vault's policy to judge.
func batchOf(request *bridgev1.SignBatchRequest, vaults *Vaults) (*vault.Batch, error) {
	const most = 100_000
	raw := request.GetTransaction()
	if len(raw) > most || len(request.GetInputs()) > most/41 || len(request.GetRedemptions()) > spv.MaxBatch {
		return nil, fmt.Errorf("size of the request: %w", vault.ErrBatch)
	}
	if _, err := spv.ParseTx(raw); err != nil {
		return nil, fmt.Errorf("%w: %w", vault.ErrBatch, err)
	}
	b := &vault.Batch{Tx: &wire.MsgTx{}}
	if err := b.Tx.DeserializeNoWitness(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("%w: %w", vault.ErrBatch, err)
	}
	if len(b.Tx.TxIn) != len(request.GetInputs()) {
		return nil, fmt.Errorf("%d inputs described, not %d: %w", len(request.GetInputs()), len(b.Tx.TxIn), vault.ErrBatch)
	}
	for i, in := range request.GetInputs() {
		if len(in.GetVaultSalt()) != 32 {
			return nil, fmt.Errorf("salt of input %d: %w", i, vault.ErrBatch)
		}
		of, err := vaults.New([32]byte(in.GetVaultSalt()))
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		b.Coins = append(b.Coins, vault.Coin{
			Outpoint: b.Tx.TxIn[i].PreviousOutPoint, Value: btcutil.Amount(in.GetValue()), Vault: of,
		})
	}
	for i, encoded := range request.GetRedemptions() {
		r, err := spv.DecodeRedemption(encoded)
		if err != nil {
			return nil, fmt.Errorf("redemption %d: %w: %w", i, vault.ErrBatch, err)
		}
		b.Redemptions = append(b.Redemptions, r)
	}
	return b, nil
}
