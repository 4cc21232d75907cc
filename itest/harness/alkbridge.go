package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// bridgePassphrase protects the keys of the alkbridges of tests.
const bridgePassphrase = "passphrase of a test"

// Bridge is an alkbridge of a test, with keys of its own. RPCAddr is the address of its
// own RPC.
type Bridge struct {
	*Daemon
	bridgev1connect.BridgeServiceClient

	// Entry is what a deployment file says of it as an operator.
	Entry BridgeEntry

	passphrase string
	port       *regtest.Port
}

// BridgeEntry is what alkbridge init prints.
type BridgeEntry struct {
	Account     string `json:"account,omitempty"`
	Attestation string `json:"attestation"`
	VaultKey    string `json:"vault_key"`
	Address     string `json:"address"`
	Fingerprint string `json:"fingerprint"`
}

// NewBridge makes an alkbridge on regtest whose account has a private key, in
// hexadecimal; Start runs it once there is a deployment file at Deployment.
func NewBridge(t testing.TB, account string, opts ...Option) *Bridge {
	t.Helper()
	b := &Bridge{passphrase: secretFile(t, "passphrase", bridgePassphrase), port: ReservePort(t)}
	opts = append(opts, WithArgs("--operator-listen="+b.port.Addr(), "--passphrase-file="+b.passphrase))
	b.Daemon = newDaemon(t, &Daemon{program: "alkbridge", lead: []string{"run"}, listen: flagRPCListen}, opts)
	r := b.Command("init", "--lightkdf", "--account-file="+secretFile(t, "account", account))
	if r.ExitCode != 0 {
		t.Fatalf("alkbridge init: %s", r.Stderr)
	}
	if err := json.Unmarshal([]byte(r.Stdout), &b.Entry); err != nil {
		t.Fatalf("alkbridge init: %v: %s", err, r.Stdout)
	}
	return b
}

// Command runs another command of the program on the same data and with the same flags.
func (b *Bridge) Command(args ...string) Result {
	b.t.Helper()
	return Run(b.t, b.program, "", append(args, b.Args()[len(b.lead):]...)...)
}

// Dir is where its data lies.
func (b *Bridge) Dir() string { return filepath.Join(b.dataDir, "bridge", "regtest") }

// Deployment is where it reads the deployment file.
func (b *Bridge) Deployment() string { return filepath.Join(b.Dir(), "deployment.json") }

// MustDeploy gives it a deployment file.
func (b *Bridge) MustDeploy(content []byte) {
	b.t.Helper()
	if err := os.WriteFile(b.Deployment(), content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Dial makes the client of its RPC, once it runs.
func (b *Bridge) Dial() {
	b.t.Helper()
	line, err := client.NewLine(client.Options{
		Addr: b.RPCAddr(), TLSCertPath: filepath.Join(b.Dir(), "tls.cert"), MacaroonPath: filepath.Join(b.Dir(), "admin.macaroon"),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(line.Close)
	b.BridgeServiceClient = bridgev1connect.NewBridgeServiceClient(line.HTTP, line.URL, line.Options...)
}
