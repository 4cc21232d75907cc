package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/spf13/pflag"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/internal/settings"
)

func configOf(t *testing.T, args ...string) (*config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("alkbridge", pflag.ContinueOnError)
	addFlags(flags)
	if err := flags.Parse(append([]string{"--datadir=" + t.TempDir(), "--network=regtest"}, args...)); err != nil {
		t.Fatal(err)
	}
	v, err := settings.Load(flags, names)
	if err != nil {
		t.Fatal(err)
	}
	return newConfig(v)
}

func TestBadSettingsAreRefused(t *testing.T) {
	if _, err := configOf(t); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"--network=testnet3", "--role=king", "--gas-budget=1e18", "--gas-budget=0", "--max-fee-rate=0", "--max-batch=0", "--evm-span=0",
		"--headers-every=0", "--metrics-listen=0.0.0.0:1", "--batch-every=-1s", "--poll=-1s",
	} {
		if _, err := configOf(t, bad); !errors.Is(err, errConfig) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := configOf(t, "--network=mainnet"); !errors.Is(err, errMainnet) {
		t.Errorf("mainnet: %v", err)
	}
	if _, err := configOf(t, "--network=mainnet", "--mainnet-i-understand"); err != nil {
		t.Errorf("mainnet, understood: %v", err)
	}
}

func TestKeysOpenByTheirPassphraseAlone(t *testing.T) {
	cfg, err := configOf(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := makeKeys(cfg, []byte("right"), nil, true); err != nil {
		t.Fatal(err)
	}
	if err := makeKeys(cfg, []byte("right"), nil, true); !errors.Is(err, errExists) {
		t.Errorf("keys made twice: %v", err)
	}
	if _, err := openKeys(cfg, []byte("wrong")); !errors.Is(err, errKeys) {
		t.Errorf("another passphrase: %v", err)
	}
	first, err := openKeys(cfg, []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := openKeys(cfg, []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	var out [2]bytes.Buffer
	for i, r := range []*ring{first, second} {
		if err := describeKeys(&out[i], r, "127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
	}
	if out[0].String() != out[1].String() || !json.Valid(out[0].Bytes()) {
		t.Errorf("described as %s and %s", out[0].String(), out[1].String())
	}
	if first.derive("records") == first.derive("macaroons") {
		t.Error("two secrets are one")
	}
	if err := os.Chmod(cfg.path(vaultKey), 0o644); err != nil { //nolint:gosec // G302: what is refused
		t.Fatal(err)
	}
	if _, err := openKeys(cfg, []byte("right")); !errors.Is(err, errKeys) {
		t.Errorf("a key that others can read: %v", err)
	}
}

func TestBadDeploymentFilesAreRefused(t *testing.T) {
	key := strings.Repeat("00", 31) + "01"
	good := `{"chain_id":1,"anchor":"` + strings.Repeat("00", 80) + `","threshold":1,"min_fee":15000,"operators":[{"attestation":"0x0000000000000000000000000000000000000001",
	"vault_key":"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798","address":"127.0.0.1:1","fingerprint":"` + key + `"}]}`
	path := filepath.Join(t.TempDir(), "deployment.json")
	read := func(text string) error {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readDeployment(path, &chaincfg.RegressionNetParams)
		return err
	}
	if err := read(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown field":     {`"chain_id"`, `"chain"`},
		"short anchor":      {strings.Repeat("00", 80), "00"},
		"no operators":      {`"threshold":1`, `"threshold":2`},
		"key off the curve": {"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", strings.Repeat("ff", 32)},
		"fingerprint":       {key, "01"},
		"fee too small":     {`"min_fee":15000`, `"min_fee":499`},
		"fee too high":      {`"min_fee":15000`, `"min_fee":1000001`},
	} {
		if err := read(strings.Replace(good, change[0], change[1], 1)); !errors.Is(err, errDeployment) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := read("{"); !errors.Is(err, errDeployment) {
		t.Errorf("no JSON: %v", err)
	}
}

func TestAddressesAreChecked(t *testing.T) {
	const good = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
	for text, ok := range map[string]bool{
		good: true, strings.ToLower(good): true, strings.Replace(good, "fB", "Fb", 1): false, good[:41]: false, "": false, good + "00": false,
	} {
		if _, err := parseAddress(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReadLot(f *testing.F) {
	f.Add([]byte{1}, "long", []byte{2})
	f.Add([]byte{1, 0, 0, 0}, "short", make([]byte, 32))
	f.Fuzz(func(t *testing.T, tower []byte, side string, salt []byte) {
		pkg := &bridgev1.LotPackage{TowerPackage: tower, Side: side, VaultSalt: salt, IndexParams: salt, To: "0x0"}
		if _, err := readLot(pkg); err != nil && !errors.Is(err, errPackage) {
			t.Errorf("error of no kind: %v", err)
		}
	})
}
