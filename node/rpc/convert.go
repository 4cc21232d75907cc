package rpc

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/wallet"
)

// Bounds of requests, as the .proto files state them.
const (
	maxItems       = 1000
	maxLabel       = 500
	maxOwner       = 64
	maxTarget      = 1008
	maxRate        = 1_000_000
	maxDepth       = 144
	maxLeaseSecs   = 365 * 24 * 3600
	maxWindow      = 100_000
	defaultMinConf = 1
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalidRequest, fmt.Sprintf(format, args...))
}

func decodeTxID(s string) (chainhash.Hash, error) {
	// NewHashFromStr would fill up a short one with zeros.
	if len(s) != chainhash.MaxHashStringSize {
		return chainhash.Hash{}, invalid("transaction id of %d characters, %d are needed", len(s), chainhash.MaxHashStringSize)
	}
	h, err := chainhash.NewHashFromStr(s)
	if err != nil {
		return chainhash.Hash{}, invalid("transaction id %q is not hexadecimal", s)
	}
	return *h, nil
}

func decodeOutPoint(op *alkv1.OutPoint) (wire.OutPoint, error) {
	txid, err := decodeTxID(op.GetTxid())
	if err != nil {
		return wire.OutPoint{}, err
	}
	return wire.OutPoint{Hash: txid, Index: op.GetIndex()}, nil
}

func decodeOutPoints(ops []*alkv1.OutPoint) ([]wire.OutPoint, error) {
	if len(ops) > maxItems {
		return nil, invalid("%d coins, %d are possible", len(ops), maxItems)
	}
	out := make([]wire.OutPoint, len(ops))
	seen := make(map[wire.OutPoint]bool, len(ops))
	for i, op := range ops {
		p, err := decodeOutPoint(op)
		if err != nil {
			return nil, fmt.Errorf("coin %d: %w", i, err)
		}
		if seen[p] {
			return nil, invalid("coin %s is named twice", p)
		}
		seen[p] = true
		out[i] = p
	}
	return out, nil
}

func encodeOutPoint(op wire.OutPoint) *alkv1.OutPoint {
	return &alkv1.OutPoint{Txid: op.Hash.String(), Index: op.Index}
}

func encodeOutPoints(ops []wire.OutPoint) []*alkv1.OutPoint {
	out := make([]*alkv1.OutPoint, len(ops))
	for i, op := range ops {
		out[i] = encodeOutPoint(op)
	}
	return out
}

func decodeFee(f *alkv1.FeeSpec) (wallet.FeeSpec, error) {
	if f.GetSatPerVbyte() > maxRate {
		return wallet.FeeSpec{}, invalid("fee rate of %d sat/vB, %d is possible", f.GetSatPerVbyte(), maxRate)
	}
	if f.GetTargetBlocks() > maxTarget {
		return wallet.FeeSpec{}, invalid("target of %d blocks, %d is possible", f.GetTargetBlocks(), maxTarget)
	}
	return wallet.FeeSpec{
		Rate:      chainfee.SatPerVByte(f.GetSatPerVbyte()), //nolint:gosec // bounded above
		Target:    f.GetTargetBlocks(),
		AllowHigh: f.GetAllowHigh(),
	}, nil
}

func decodePayments(ps []*alkv1.Payment, all bool) ([]wallet.Payment, error) {
	if len(ps) > maxItems {
		return nil, invalid("%d outputs, %d are possible", len(ps), maxItems)
	}
	out := make([]wallet.Payment, len(ps))
	var sum uint64
	for i, p := range ps {
		switch amount := p.GetAmountSat(); {
		case all && amount != 0:
			return nil, invalid("output %d: an amount together with everything", i)
		case !all && amount == 0:
			return nil, invalid("output %d: no amount", i)
		case amount > btcutil.MaxSatoshi || sum+amount > btcutil.MaxSatoshi:
			return nil, invalid("output %d: more than %d sat", i, int64(btcutil.MaxSatoshi))
		}
		sum += p.GetAmountSat()
		out[i] = wallet.Payment{Address: p.GetAddress(), Amount: btcutil.Amount(p.GetAmountSat())} //nolint:gosec // bounded above
	}
	return out, nil
}

// decodeMinConfs is for an optional field.
func decodeMinConfs(n *uint32) (int32, error) {
	if n == nil {
		return defaultMinConf, nil
	}
	if *n > math.MaxInt32 {
		return 0, invalid("%d confirmations", *n)
	}
	return int32(*n), nil
}

func checkLabel(label string) error {
	if len(label) > maxLabel {
		return invalid("label of %d bytes, %d are possible", len(label), maxLabel)
	}
	return nil
}

func decodePsbt(raw []byte) (*psbt.Packet, error) {
	p, err := psbt.NewFromRawBytes(bytes.NewReader(raw), false)
	if err != nil {
		return nil, fmt.Errorf("%w: psbt: %w", ErrInvalidRequest, err)
	}
	return p, nil
}

func encodePsbt(p *psbt.Packet) ([]byte, error) {
	var b bytes.Buffer
	if err := p.Serialize(&b); err != nil {
		return nil, fmt.Errorf("serialize psbt: %w", err)
	}
	return b.Bytes(), nil
}

// decodeTx wants the whole of raw to be one transaction.
func decodeTx(raw []byte) (*wire.MsgTx, error) {
	var tx wire.MsgTx
	r := bytes.NewReader(raw)
	if err := tx.Deserialize(r); err != nil {
		return nil, fmt.Errorf("%w: transaction: %w", ErrInvalidRequest, err)
	}
	if r.Len() > 0 {
		return nil, invalid("%d bytes after the transaction", r.Len())
	}
	return &tx, nil
}

func encodeTx(tx *wire.MsgTx) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, tx.SerializeSize()))
	if err := tx.Serialize(b); err != nil {
		return nil, fmt.Errorf("serialize transaction: %w", err)
	}
	return b.Bytes(), nil
}

// encodeSent takes the result and the error of Preview, Send or Bump.
func encodeSent(s *wallet.Sent, err error) (*alkv1.SentTransaction, error) {
	queued := errors.Is(err, wallet.ErrQueued)
	if err != nil && !queued {
		return nil, err
	}
	raw, err := encodeTx(s.Tx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.SentTransaction{
		RawTx: raw, FeeSat: unsigned(s.Fee), Queued: queued,
		Vsize: uint32(max(0, min(s.VSize, math.MaxUint32))),
	}
	if s.TxID != (chainhash.Hash{}) {
		out.Txid = s.TxID.String()
	}
	for i, in := range s.Tx.TxIn {
		spend := &alkv1.SpentOutput{Outpoint: encodeOutPoint(in.PreviousOutPoint)}
		if i < len(s.Prevouts) {
			spend.ValueSat = unsigned(btcutil.Amount(s.Prevouts[i].Value))
			spend.PkScript = s.Prevouts[i].PkScript
		}
		out.Spends = append(out.Spends, spend)
	}
	if s.Replaces != nil {
		out.Replaces = s.Replaces.String()
	}
	return out, nil
}

func encodeLease(l wallet.Lease) *alkv1.Lease {
	return &alkv1.Lease{
		Id: hex.EncodeToString(l.ID[:]), Owner: l.Owner, Coins: encodeOutPoints(l.OutPoints),
		CreatedUnix: l.Created.Unix(), ExpiryUnix: l.Expiry.Unix(),
	}
}

func decodeLeaseID(s string) (id wallet.LeaseID, err error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(id) {
		return id, invalid("lease id %q is not %d hexadecimal digits", s, 2*len(id))
	}
	return wallet.LeaseID(raw), nil
}

func decodeLeaseTerms(owner string, seconds uint32) (time.Duration, error) {
	if owner == "" || len(owner) > maxOwner {
		return 0, invalid("owner of %d bytes, 1 to %d are possible", len(owner), maxOwner)
	}
	if seconds == 0 || seconds > maxLeaseSecs {
		return 0, invalid("lease of %d s, 1 to %d are possible", seconds, maxLeaseSecs)
	}
	return time.Duration(seconds) * time.Second, nil
}

func encodeSync(s wallet.SyncStatus) *alkv1.SyncStatus {
	out := &alkv1.SyncStatus{
		Synced: s.Synced, Recovering: s.Recovering,
		WalletHeight: s.WalletHeight, ChainHeight: s.ChainHeight, StartHeight: s.StartHeight,
		WalletBlockHash: s.WalletHash.String(),
	}
	if s.BackendError != nil {
		out.BackendError = s.BackendError.Error()
	}
	return out
}

// unsigned is for amounts that are never negative.
func unsigned(a btcutil.Amount) uint64 { return uint64(max(0, a)) }
