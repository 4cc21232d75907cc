package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// errDeployment: the file that names the contracts and the operators cannot be used.
var errDeployment = errors.New("deployment file")

// deployment is what everybody must agree on: the contracts and the operators.
type deployment struct {
	ChainID   uint64            `json:"chain_id"`
	FromBlock uint64            `json:"from_block"`
	Contracts contracts         `json:"contracts"`
	Anchor    string            `json:"anchor"`
	Height    uint32            `json:"height"`
	Epoch     uint32            `json:"epoch_start"`
	Operators []operatorEntry   `json:"operators"`
	Threshold uint8             `json:"threshold"`
	Guardians [3]common.Address `json:"guardians"`
	Asset     common.Address    `json:"asset"`
	SeriesCap uint64            `json:"series_cap"`
	TotalCap  uint64            `json:"total_cap"`
	MinFee    uint64            `json:"min_fee"`
	params    *chaincfg.Params  // of the network that the program is for
	peers     []operator.PeerConfig
}

// usualMinFee is what a redemption must allow for fees, satoshi, if the draft of a deployment
// does not say: a payment of one output for some 60 sat/vB.
const usualMinFee = 15_000

type contracts struct {
	Relay     common.Address `json:"relay"`
	Spv       common.Address `json:"spv"`
	Oracle    common.Address `json:"oracle"`
	Committee common.Address `json:"committee"`
	Bond      common.Address `json:"bond"`
	Bridge    common.Address `json:"bridge"`
	Fraud     common.Address `json:"fraud"`
	LotToken  common.Address `json:"lot_token"`
	Book      common.Address `json:"book"`
}

// operatorEntry is an operator: the address of his attestation key, his x-only key for
// payments, where he listens, and his certificate's fingerprint.
type operatorEntry struct {
	Attestation common.Address `json:"attestation"`
	VaultKey    string         `json:"vault_key"`
	Address     string         `json:"address"`
	Fingerprint string         `json:"fingerprint"`
}

func readDeployment(path string, params *chaincfg.Params) (*deployment, error) {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDeployment, err)
	}
	d := &deployment{params: params}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(d); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDeployment, path, err)
	}
	return d, d.check()
}

// readDraft reads a deployment file whose anchor and contracts are still to be set.
func readDraft(path string, params *chaincfg.Params) (*deployment, error) {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDeployment, err)
	}
	d := &deployment{params: params}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(d); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDeployment, path, err)
	}
	d.Anchor = strings.Repeat("00", spv.HeaderLen)
	if d.MinFee == 0 {
		d.MinFee = usualMinFee
	}
	return d, d.check()
}

// setAnchor takes the block at a depth as the one from which the relay begins.
func (d *deployment) setAnchor(ctx context.Context, node *bitcoin, depth uint32) error {
	tip, err := node.Tip(ctx)
	if err != nil {
		return err
	}
	if depth > tip {
		return fmt.Errorf("%w: the chain has %d blocks, the anchor shall be %d deep", errDeployment, tip, depth)
	}
	d.Height = tip - depth
	header, err := node.Header(ctx, d.Height)
	if err != nil {
		return err
	}
	first, err := node.Header(ctx, d.Height/spv.EpochLen*spv.EpochLen)
	if err != nil {
		return err
	}
	const timeAt = 68
	d.Anchor, d.Epoch = hex.EncodeToString(header), binary.LittleEndian.Uint32(first[timeAt:])
	return nil
}

func (d *deployment) check() error {
	if anchor, err := hex.DecodeString(d.Anchor); err != nil || len(anchor) != spv.HeaderLen {
		return fmt.Errorf("%w: anchor is not a header of 80 bytes", errDeployment)
	}
	for i, o := range d.Operators {
		key, err := hex.DecodeString(o.VaultKey)
		if err != nil || len(key) != 32 {
			return fmt.Errorf("%w: vault key of operator %d", errDeployment, i)
		}
		fingerprint, err := operator.ParseFingerprint(o.Fingerprint)
		if err != nil {
			return fmt.Errorf("%w: operator %d: %w", errDeployment, i, err)
		}
		d.peers = append(d.peers, operator.PeerConfig{Key: [32]byte(key), Address: o.Address, Fingerprint: fingerprint})
	}
	if d.MinFee < deploy.MinFeeFrom || d.MinFee > deploy.MinFeeTo {
		return fmt.Errorf("%w: min_fee is %d sat, not %d to %d", errDeployment, d.MinFee, deploy.MinFeeFrom, deploy.MinFeeTo)
	}
	if err := d.committee().Check(); err != nil {
		return fmt.Errorf("%w: %w", errDeployment, err)
	}
	return nil
}

// committee is who owns the vault.
func (d *deployment) committee() vault.Committee {
	c := vault.Committee{Threshold: int(d.Threshold)}
	for _, p := range d.peers {
		c.Operators = append(c.Operators, p.Key)
	}
	slices.SortFunc(c.Operators, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return c
}

func (d *deployment) addresses() deploy.Addresses {
	c := d.Contracts
	return deploy.Addresses{
		Relay: c.Relay, Spv: c.Spv, Oracle: c.Oracle, Committee: c.Committee, Bond: c.Bond, Bridge: c.Bridge, Fraud: c.Fraud,
		LotToken: c.LotToken, Book: c.Book,
	}
}

func (d *deployment) setAddresses(a deploy.Addresses) {
	d.Contracts = contracts{
		Relay: a.Relay, Spv: a.Spv, Oracle: a.Oracle, Committee: a.Committee, Bond: a.Bond, Bridge: a.Bridge, Fraud: a.Fraud,
		LotToken: a.LotToken, Book: a.Book,
	}
}

func (d *deployment) anchor() []byte {
	raw, err := hex.DecodeString(d.Anchor)
	if err != nil {
		panic("alkbridge: an anchor that was checked: " + err.Error())
	}
	return raw
}

// config is the deployment as the contracts were made from it.
func (d *deployment) config() deploy.Config {
	c := deploy.Config{
		Anchor: d.anchor(), Height: d.Height, EpochStart: d.Epoch,
		PowLimit: d.params.PowLimit, NoRetarget: d.params.PoWNoRetargeting, Genesis: *d.params.GenesisHash,
		HalvingInterval: uint32(d.params.SubsidyReductionInterval), //nolint:gosec // G115: a constant of the network
		Threshold:       d.Threshold, Guardians: d.Guardians, Asset: d.Asset, SeriesCap: d.SeriesCap, TotalCap: d.TotalCap, MinFee: d.MinFee,
	}
	for _, o := range d.Operators {
		c.Operators = append(c.Operators, o.Attestation)
	}
	slices.SortFunc(c.Operators, func(a, b common.Address) int { return a.Cmp(b) })
	return c
}

func (d *deployment) write(path string) error {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("encode deployment: %w", err)
	}
	return os.WriteFile(filepath.Clean(path), append(raw, '\n'), 0o600)
}

// parseAddress reads an EVM address; with mixed case its checksum must fit.
func parseAddress(text string) (spv.Address, error) {
	digits := strings.TrimPrefix(text, "0x")
	a := common.HexToAddress(text)
	mixed := strings.ToLower(digits) != digits && strings.ToUpper(digits) != digits
	if !common.IsHexAddress(text) || (mixed && a.Hex() != "0x"+digits) {
		return spv.Address{}, fmt.Errorf("%q is no address", text)
	}
	return a, nil
}
