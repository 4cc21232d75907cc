package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/contracts"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

var (
	// ErrCode means that the code at an address is not the contract's.
	ErrCode = errors.New("code differs from the artifact")
	// ErrSetting means that something that is fixed in a contract is not as configured.
	ErrSetting = errors.New("setting differs")
)

// artifact is what is compared of a contract.
type artifact struct {
	Runtime    string   `json:"bin-runtime"`
	Immutables [][2]int `json:"immutables"`
}

// Verify compares the contracts at the addresses with the artifacts, byte for byte
// but for what is fixed at deployment, and that with the configuration. It fails
// with ErrCode or ErrSetting and the name of what differs.
func Verify(ctx context.Context, backend Backend, a Addresses, c Config) error {
	artifacts, err := load()
	if err != nil {
		return err
	}
	for name, where := range map[string]common.Address{
		"CheckpointRelay": a.Relay, "Spv": a.Spv, "OracleVerifier": a.Oracle, "Committee": a.Committee,
		"Bond": a.Bond, "Bridge": a.Bridge, "Fraud": a.Fraud, "LotToken": a.LotToken, "SeriesBook": a.Book,
	} {
		code, err := backend.CodeAt(ctx, where, nil)
		if err != nil {
			return fmt.Errorf("code of %s at %v: %w", name, where, err)
		}
		if !artifacts[name].matches(code) {
			return fmt.Errorf("%s at %v: %w", name, where, ErrCode)
		}
	}
	v := &verifier{backend: backend}
	v.relay(ctx, a, c)
	v.committee(ctx, a, c)
	v.references(ctx, a, c)
	return v.err
}

func load() (map[string]artifact, error) {
	var file struct {
		Contracts map[string]artifact `json:"contracts"`
	}
	if err := json.Unmarshal(contracts.Artifacts, &file); err != nil {
		return nil, fmt.Errorf("read artifacts: %w", err)
	}
	byName := make(map[string]artifact, len(file.Contracts))
	for path, a := range file.Contracts {
		_, name, _ := strings.Cut(path, ":")
		byName[name] = a
	}
	return byName, nil
}

func (a artifact) matches(code []byte) bool {
	code = bytes.Clone(code)
	for _, r := range a.Immutables {
		if r[0] < 0 || r[1] < 0 || r[0]+r[1] > len(code) {
			return false
		}
		clear(code[r[0] : r[0]+r[1]])
	}
	return len(code) > 0 && bytes.Equal(code, common.FromHex(a.Runtime))
}

// verifier asks for settings until the first one differs.
type verifier struct {
	backend Backend
	err     error
}

// same asks a contract for a setting.
func same[T comparable](
	ctx context.Context, v *verifier, name string, c *bind.BoundContract, call []byte, unpack func([]byte) (T, error), want T,
) {
	if v.err != nil {
		return
	}
	got, err := bind.Call(c, &bind.CallOpts{Context: ctx}, call, unpack)
	if err != nil {
		v.err = fmt.Errorf("ask for %s: %w", name, err)
	} else if got != want {
		v.err = fmt.Errorf("%s is %v, not %v: %w", name, got, want, ErrSetting)
	}
}

// text makes numbers comparable.
func text(unpack func([]byte) (*big.Int, error)) func([]byte) (string, error) {
	return func(b []byte) (string, error) {
		n, err := unpack(b)
		if err != nil {
			return "", err
		}
		return n.String(), nil
	}
}

func (v *verifier) relay(ctx context.Context, a Addresses, c Config) {
	relay := bindings.NewCheckpointRelay()
	at := relay.Instance(v.backend, a.Relay)
	same(ctx, v, "relay's network", at, relay.PackNetwork(), relay.UnpackNetwork, c.Genesis)
	same(ctx, v, "relay's largest target", at, relay.PackPowLimit(), text(relay.UnpackPowLimit), c.PowLimit.String())
	same(ctx, v, "relay's retarget rule", at, relay.PackNoRetarget(), relay.UnpackNoRetarget, c.NoRetarget)
	anchor := [32]byte(spv.DoubleSHA256(c.Anchor))
	same(ctx, v, "relay's anchor", at, relay.PackAnchor(), relay.UnpackAnchor, anchor)
	if v.err != nil {
		return
	}
	got, err := bind.Call(at, &bind.CallOpts{Context: ctx}, relay.PackCheckpoint(anchor), relay.UnpackCheckpoint)
	if err != nil {
		v.err = fmt.Errorf("ask for the anchor: %w", err)
		return
	}
	height := new(big.Int).And(got, big.NewInt(1<<32-1)).Uint64()
	epoch := new(big.Int).And(new(big.Int).Rsh(got, 96), big.NewInt(1<<32-1)).Uint64()
	if height != uint64(c.Height) || epoch != uint64(c.EpochStart) {
		v.err = fmt.Errorf("anchor of height %d, epoch from %d: %w", height, epoch, ErrSetting)
	}
}

func (v *verifier) committee(ctx context.Context, a Addresses, c Config) {
	committee := bindings.NewCommittee()
	at := committee.Instance(v.backend, a.Committee)
	threshold := new(big.Int).SetUint64(uint64(c.Threshold))
	same(ctx, v, "threshold", at, committee.PackThreshold(), text(committee.UnpackThreshold), threshold.String())
	same(ctx, v, "committee's fraud contract", at, committee.PackFraud(), committee.UnpackFraud, a.Fraud)
	for i, operator := range c.Operators {
		call := committee.PackIsOperator(operator)
		same(ctx, v, fmt.Sprintf("operator %d", i), at, call, committee.UnpackIsOperator, true)
	}
	same(ctx, v, "number of operators", at, committee.PackOperators(), text(committee.UnpackOperators),
		big.NewInt(int64(len(c.Operators))).String())
	for i, guardian := range c.Guardians {
		call := committee.PackGuardians(big.NewInt(int64(i)))
		same(ctx, v, fmt.Sprintf("guardian %d", i), at, call, committee.UnpackGuardians, guardian)
	}
}

func (v *verifier) references(ctx context.Context, a Addresses, c Config) {
	spv, bond, bridge := bindings.NewSpv(), bindings.NewBond(), bindings.NewBridge()
	fraud, book, lots := bindings.NewFraud(), bindings.NewSeriesBook(), bindings.NewLotToken()
	s, b, br := spv.Instance(v.backend, a.Spv), bond.Instance(v.backend, a.Bond), bridge.Instance(v.backend, a.Bridge)
	interval := new(big.Int).SetUint64(uint64(c.HalvingInterval))
	same(ctx, v, "relay of the proofs", s, spv.PackRelay(), spv.UnpackRelay, a.Relay)
	same(ctx, v, "halving interval", s, spv.PackHalvingInterval(), text(spv.UnpackHalvingInterval), interval.String())
	same(ctx, v, "bond's asset", b, bond.PackAsset(), bond.UnpackAsset, c.Asset)
	same(ctx, v, "bond's bridge", b, bond.PackBridge(), bond.UnpackBridge, a.Bridge)
	same(ctx, v, "bond's committee", b, bond.PackCommittee(), bond.UnpackCommittee, a.Committee)
	same(ctx, v, "bridge's proofs", br, bridge.PackSpv(), bridge.UnpackSpv, a.Spv)
	same(ctx, v, "bridge's committee", br, bridge.PackCommittee(), bridge.UnpackCommittee, a.Committee)
	same(ctx, v, "bridge's bond", br, bridge.PackBond(), bridge.UnpackBond, a.Bond)
	same(ctx, v, "bridge's lot token", br, bridge.PackLotToken(), bridge.UnpackLotToken, a.LotToken)
	same(ctx, v, "bridge's book", br, bridge.PackBook(), bridge.UnpackBook, a.Book)
	same(ctx, v, "series cap", br, bridge.PackSeriesCap(), bridge.UnpackSeriesCap, c.SeriesCap)
	same(ctx, v, "total cap", br, bridge.PackTotalCap(), bridge.UnpackTotalCap, c.TotalCap)
	same(ctx, v, "least fee", br, bridge.PackMinFee(), bridge.UnpackMinFee, c.MinFee)
	f := fraud.Instance(v.backend, a.Fraud)
	same(ctx, v, "fraud's bridge", f, fraud.PackBridge(), fraud.UnpackBridge, a.Bridge)
	same(ctx, v, "fraud's proofs", f, fraud.PackSpv(), fraud.UnpackSpv, a.Spv)
	same(ctx, v, "fraud's committee", f, fraud.PackCommittee(), fraud.UnpackCommittee, a.Committee)
	k := book.Instance(v.backend, a.Book)
	same(ctx, v, "book's bridge", k, book.PackBridge(), book.UnpackBridge, a.Bridge)
	same(ctx, v, "book's oracles", k, book.PackOracle(), book.UnpackOracle, a.Oracle)
	same(ctx, v, "lot token's bridge", lots.Instance(v.backend, a.LotToken), lots.PackBridge(), lots.UnpackBridge, a.Bridge)
}
