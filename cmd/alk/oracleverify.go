package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet/chain/bitcoind"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
)

// errUntrue: what an oracle says does not follow from the chain.
var errUntrue = errors.New("the oracle's day does not follow from its evidence")

// nodeFlags say how to reach a full node.
type nodeFlags struct{ kind, host, user, passFile, cert string }

func (n *nodeFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.kind, "node", "", "check the evidence against the chain of a node: bitcoind or btcd")
	f.StringVar(&n.host, "node-host", "", "the node's RPC address, host:port (default port 8332 or 8334 of this machine)")
	f.StringVar(&n.user, "node-user", "", "the node's RPC user")
	f.StringVar(&n.passFile, "node-pass-file", "", "file with the node's RPC password, mode 0600")
	f.StringVar(&n.cert, "node-cert", "", "btcd's rpc.cert")
}

// hashes is a chain as index.Verify asks for it.
type hashes struct {
	ctx  context.Context //nolint:containedctx // index.Chain has no context, and this lives for one call
	node interface {
		HashAt(ctx context.Context, height int32) (chainhash.Hash, error)
	}
}

// HashAt implements index.Chain.
func (h hashes) HashAt(height uint32) (chainhash.Hash, error) {
	return h.node.HashAt(h.ctx, int32(height)) //nolint:gosec // G115: a height
}

// chain connects to the node, nil if none is named.
func (n *nodeFlags) chain(ctx context.Context, params *chaincfg.Params) (index.Chain, error) {
	if n.kind == "" {
		return nil, nil //nolint:nilnil // no node is an answer
	}
	var pass []byte
	if n.passFile != "" {
		var err error
		if pass, err = daemon.ReadSecret(n.passFile); err != nil {
			return nil, err
		}
		defer clear(pass)
	}
	host := n.host
	switch n.kind {
	case "bitcoind":
		if host == "" {
			host = net.JoinHostPort("127.0.0.1", "8332")
		}
		node := bitcoind.New(bitcoind.Config{Host: host, User: n.user, Pass: string(pass), Params: params})
		return hashes{ctx, node}, node.CheckNetwork(ctx, params)
	case "btcd":
		if host == "" {
			host = net.JoinHostPort("127.0.0.1", "8334")
		}
		var cert []byte
		if n.cert != "" {
			var err error
			if cert, err = os.ReadFile(filepath.Clean(n.cert)); err != nil {
				return nil, err
			}
		}
		node := btcd.New(btcd.Config{Host: host, User: n.user, Pass: string(pass), Cert: cert, DisableTLS: cert == nil, Params: params})
		return hashes{ctx, node}, node.CheckNetwork(ctx, params)
	}
	return nil, errUsage("--node=bitcoind or --node=btcd", "unknown kind of node %q", n.kind)
}

// networkParams are those of --network.
var networkParams = map[string]*chaincfg.Params{
	"mainnet": &chaincfg.MainNetParams, "testnet3": &chaincfg.TestNet3Params, "testnet4": &chaincfg.TestNet4Params,
	"signet": &chaincfg.SigNetParams, "regtest": &chaincfg.RegressionNetParams, "simnet": &chaincfg.SimNetParams,
}

// verified is what `alk oracle verify` finds.
type verified struct {
	Day    json.RawMessage `json:"day"`
	Chain  string          `json:"checked_against"`
	Events []verifiedEvent `json:"events"`
}

// verifiedEvent compares an attestation with the recomputed day.
type verifiedEvent struct {
	ID       string `json:"id"`
	Attested string `json:"attested"`
	Expected string `json:"expected"`
	Agrees   bool   `json:"agrees"`
}

func (a *app) oracleVerifyCommand() *cobra.Command {
	var names []string
	var file, evidenceOut string
	var node nodeFlags
	cmd := &cobra.Command{
		Use: "verify DAY", Short: "Recompute a day of the index and compare it with what an oracle attested", Args: cobra.ExactArgs(1),
		Long: `Recompute a day of the index from headers, coinbase transactions and Merkle
branches, and compare the result with the oracle's record and attestations. DAY is a
Unix day or a date, 2026-01-05.

The evidence comes from the oracle, or with --evidence from a file. Its headers link
and have the work they claim, which no oracle can invent cheaply; with --node they are
also compared with the chain of your own node.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := parseDay(args[0])
			if err != nil {
				return err
			}
			p, err := a.indexParams()
			if err != nil {
				return err
			}
			list, c, err := a.reader(names)
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			chain, err := node.chain(ctx, networkParams[a.network])
			if err != nil {
				return err
			}
			v := verifier{app: a, params: p, client: c, oracle: list[0], chain: chain, node: node.kind}
			raw, err := v.evidence(ctx, day, file)
			if err != nil {
				return err
			}
			if evidenceOut != "" {
				if err := os.WriteFile(evidenceOut, raw, 0o600); err != nil {
					return err
				}
			}
			return v.run(ctx, day, raw)
		},
	}
	addOracleFlag(cmd, &names)
	node.add(cmd)
	cmd.Flags().StringVar(&file, "evidence", "", "read the evidence from this file, binary or JSON")
	cmd.Flags().StringVar(&evidenceOut, "save-evidence", "", "write the evidence to this file")
	return cmd
}

// verifier verifies days of one oracle.
type verifier struct {
	app    *app
	params index.Params
	client *api.Client
	oracle knownOracle
	chain  index.Chain
	node   string
}

func (v *verifier) key() [32]byte { return [32]byte(v.oracle.Key) }

// evidence reads evidence from a file, or asks the oracle.
func (v *verifier) evidence(ctx context.Context, day uint32, file string) ([]byte, error) {
	if file == "" {
		return v.client.Proof(ctx, v.key(), v.params.ID, day)
	}
	return readBounded(file, v.app.in, index.MaxEvidence)
}

func decodeProof(raw []byte) (e index.Evidence, err error) {
	if len(raw) > 0 && raw[0] == '{' {
		err = json.Unmarshal(raw, &e)
		return e, err
	}
	return index.DecodeEvidence(raw)
}

// run verifies a day and prints what it finds; it fails with errUntrue.
func (v *verifier) run(ctx context.Context, day uint32, raw []byte) error {
	e, err := decodeProof(raw)
	if err != nil {
		return err
	}
	if e.Day != day {
		return fmt.Errorf("%w: it is about day %d", errUntrue, e.Day)
	}
	got, _, err := e.Verify(v.params, v.chain)
	if err != nil {
		return fmt.Errorf("%w: %w", errUntrue, err)
	}
	published, err := v.client.Day(ctx, v.key(), v.params.ID, day)
	if err != nil {
		return err
	}
	record, err := index.ParseDay(published)
	if err != nil {
		return err
	}
	if string(got.WithCounter(record.Counter)) != string(published) {
		return fmt.Errorf("%w: evidence gives %s, published is %s", errUntrue, got.WithCounter(record.Counter), published)
	}
	out := verified{Day: published, Chain: "the evidence's own headers"}
	if v.chain != nil {
		out.Chain = "the chain of " + v.node
	}
	if out.Events, err = v.events(ctx, record); err != nil {
		return err
	}
	if err := v.print(record, out); err != nil {
		return err
	}
	for _, x := range out.Events {
		if !x.Agrees {
			return fmt.Errorf("%w: %s is attested as %s, not %s", errUntrue, x.ID, x.Attested, x.Expected)
		}
	}
	return nil
}

// events compares the day's attestations with the recomputed day: the day events with
// its value, the counters with the day before.
func (v *verifier) events(ctx context.Context, d index.Day) ([]verifiedEvent, error) {
	var list []verifiedEvent
	for _, leg := range index.Legs() {
		value, _ := d.Value.Leg(leg)
		want := index.Saturate(value, v.params.DayDigits)
		x, err := v.event(ctx, index.EventID{Index: v.params.ID, Kind: index.DayValue, Day: d.Day, Leg: leg}, want)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
		counter, _ := d.Counter.Leg(leg)
		id := index.EventID{Index: v.params.ID, Kind: index.Cum, Day: d.Day, Leg: leg}
		if x, err = v.event(ctx, id, index.Saturate(counter, v.params.CumDigits)); err != nil {
			return nil, err
		}
		list = append(list, x)
		step, err := v.step(ctx, id, value)
		if err != nil {
			return nil, err
		}
		list = append(list, step...)
	}
	return list, nil
}

func (v *verifier) event(ctx context.Context, id index.EventID, want uint64) (verifiedEvent, error) {
	got, err := v.attested(ctx, id)
	if err != nil {
		return verifiedEvent{}, err
	}
	return verifiedEvent{id.String(), fmt.Sprint(got), fmt.Sprint(want), got == want}, nil
}

func (v *verifier) attested(ctx context.Context, id index.EventID) (uint64, error) {
	b, err := v.client.Attestation(ctx, v.key(), id.String())
	if err != nil {
		return 0, err
	}
	return b.Number()
}

// step checks that a counter has grown by the day's value since the day before, as far
// as that was attested.
func (v *verifier) step(ctx context.Context, id index.EventID, value uint64) ([]verifiedEvent, error) {
	after, err := v.attested(ctx, id)
	if err != nil {
		return nil, err
	}
	var before uint64
	if id.Day > v.params.FirstDay {
		id.Day--
		before, err = v.attested(ctx, id)
		if errors.Is(err, api.ErrNotFound) {
			return nil, nil // the oracle began later
		}
		if err != nil {
			return nil, err
		}
	}
	want := index.Saturate(before+value, v.params.CumDigits)
	return []verifiedEvent{{id.String() + " and the day", fmt.Sprint(after), fmt.Sprint(want), after == want}}, nil
}

func (v *verifier) print(d index.Day, out verified) error {
	return v.app.print(out, func(w io.Writer) {
		dayRows(w, d)
		row(w, "evidence", "verified against "+out.Chain)
		for _, x := range out.Events {
			state := "agrees"
			if !x.Agrees {
				state = "DIFFERS, expected " + x.Expected
			}
			row(w, x.ID, x.Attested, state)
		}
	})
}
