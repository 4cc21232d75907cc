package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
)

// flagOracle names the oracles to ask.
const flagOracle = "oracle"

func (a *app) oracleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "oracle", Short: "Read oracles: what they announce and attest, and whether it is true", Args: cobra.NoArgs, RunE: help,
		Long: "Read oracles over HTTP. The list that `add` and `list` are about is alk's own; whom alkd\n" +
			"trusts with contracts is its configuration's business. What is signed is verified before\n" +
			"it is shown.",
	}
	cmd.AddCommand(
		a.oracleAddCommand(), a.oracleListCommand(), a.oracleRemoveCommand(), a.oracleEventsCommand(),
		a.oracleAnnouncementCommand(), a.oracleAttestationCommand(), a.oracleVerifyCommand(), a.oracleEvidenceCommand(),
	)
	return cmd
}

// print shows an answer: as JSON, or as a table.
func (a *app) print(answer any, human func(w io.Writer)) error {
	if a.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(answer)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	human(w)
	return w.Flush()
}

func addOracleFlag(cmd *cobra.Command, names *[]string) {
	cmd.Flags().StringSliceVar(names, flagOracle, nil, "oracle to ask, by its name on the list or as KEY@URL (repeat)")
}

func (a *app) oracleAddCommand() *cobra.Command {
	var name string
	var yes bool
	cmd := &cobra.Command{
		Use: "add KEY@URL|URL", Short: "Put an oracle on the list that alk reads", Args: cobra.ExactArgs(1),
		Long: "Put an oracle on the list that alk reads. Given an address alone, its key is asked of the\n" +
			"oracle: compare it with what its operator has published elsewhere.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			o, err := a.newOracle(ctx, args[0], yes)
			if err != nil {
				return err
			}
			if name != "" {
				o.Name = name
			}
			list, err := a.knownOracles()
			if err != nil {
				return err
			}
			if strings.ContainsAny(o.Name, "@ \t") {
				return errUsage("choose a name without spaces and @", "%q is no name for an oracle", o.Name)
			}
			list = slices.DeleteFunc(list, func(k knownOracle) bool { return bytes.Equal(k.Key, o.Key) })
			if _, taken := findOracle(list, o.Name); taken {
				return errUsage("choose another one with --name", "another oracle is called %q", o.Name)
			}
			if err := a.keepOracles(append(list, o)); err != nil {
				return err
			}
			return a.print(o, func(w io.Writer) { row(w, "added", o.Name, hex.EncodeToString(o.Key), o.URL) })
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what to call it (default the first digits of its key)")
	cmd.Flags().BoolVar(&yes, "yes", false, "take the key that the oracle gives without asking")
	return cmd
}

// newOracle reads KEY@URL, or asks the oracle at URL for its key.
func (a *app) newOracle(ctx context.Context, text string, yes bool) (knownOracle, error) {
	if strings.Contains(text, "@") {
		return parseOracle(text)
	}
	info, err := api.Probe(ctx, http.DefaultTransport, text)
	if err != nil {
		return knownOracle{}, err
	}
	if len(info.Key) != 32 {
		return knownOracle{}, fmt.Errorf("%w: key of %d bytes", api.ErrInvalid, len(info.Key))
	}
	o, err := parseOracle(hex.EncodeToString(info.Key) + "@" + text)
	if err != nil || yes {
		return o, err
	}
	if !a.console.Interactive() {
		return o, errUsage("give it as KEY@URL, or with --yes", "the oracle gives key %x, and nobody is there to confirm it", []byte(o.Key))
	}
	sure, err := a.confirm(ctx, fmt.Sprintf("The oracle of %s gives the key\n  %x\nIs that the key its operator has published?", info.Network, []byte(o.Key)))
	if err == nil && !sure {
		err = fmt.Errorf("%w: not added", errOracleName)
	}
	return o, err
}

func (a *app) oracleRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Take an oracle off the list", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := a.knownOracles()
			if err != nil {
				return err
			}
			if _, ok := findOracle(list, args[0]); !ok {
				return errUsage("`alk oracle list` shows those that are known", "no oracle is called %q", args[0])
			}
			return a.keepOracles(slices.DeleteFunc(list, func(k knownOracle) bool { return k.Name == args[0] }))
		},
	}
}

// listed is an oracle of the list with what it says of itself.
type listed struct {
	knownOracle
	Info  *api.Info `json:"info,omitempty"`
	Error string    `json:"error,omitempty"`
}

func (a *app) oracleListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Show the oracles on the list, and how they are", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			known, err := a.knownOracles()
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			list := make([]listed, len(known))
			for i, o := range known {
				list[i].knownOracle = o
				info, err := api.Probe(ctx, http.DefaultTransport, o.URL)
				if err != nil {
					list[i].Error = err.Error()
					continue
				}
				list[i].Info = &info
			}
			return a.print(list, func(w io.Writer) {
				row(w, "NAME", "KEY", "ADDRESS", "STATE")
				for _, o := range list {
					row(w, o.Name, hex.EncodeToString(o.Key), o.URL, o.state())
				}
			})
		},
	}
}

func (o listed) state() string {
	switch {
	case o.Info == nil:
		return o.Error
	case !slices.ContainsFunc(o.Info.Keys, func(k api.KeyInfo) bool { return bytes.Equal(k.Key, o.Key) }):
		return "does not have this key"
	case !o.Info.Signing:
		return "not signing: " + strings.Join(o.Info.Reasons, "; ")
	}
	days := make([]string, len(o.Info.Indices))
	for i, x := range o.Info.Indices {
		days[i] = fmt.Sprintf("%s through %s", x.ID, dayText(x.Attested))
	}
	return "attested " + strings.Join(days, ", ")
}

func (a *app) oracleEventsCommand() *cobra.Command {
	var names []string
	var q api.EventsQuery
	var attested, open bool
	cmd := &cobra.Command{
		Use: "events", Short: "List what an oracle has announced", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, c, err := a.reader(names)
			if err != nil {
				return err
			}
			if attested != open {
				q.Attested = &attested
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			page, err := c.Events(ctx, [32]byte(list[0].Key), q)
			if err != nil {
				return err
			}
			return a.print(page, func(w io.Writer) {
				row(w, "EVENT", "MATURITY (UTC)", "UNIT", "DIGITS", "VALUE")
				for _, e := range page.Events {
					row(w, e.ID, moment(int64(e.Maturity)), e.Unit, e.Digits, e.Value)
				}
				if page.Next != "" {
					row(w, "more with --after", page.Next)
				}
			})
		},
	}
	addOracleFlag(cmd, &names)
	f := cmd.Flags()
	f.StringVar(&q.Prefix, "prefix", "", "how the ids begin, such as hp1/cum/")
	f.StringVar(&q.After, "after", "", "begin after this id")
	f.IntVar(&q.Limit, "limit", api.DefaultLimit, "how many, at most 1000")
	f.BoolVar(&attested, "attested", false, "only attested ones")
	f.BoolVar(&open, "open", false, "only those not attested yet")
	return cmd
}

// announced is a verified announcement as alk prints it.
type announced struct {
	ID           string    `json:"id"`
	Oracle       api.Bytes `json:"oracle"`
	Maturity     uint32    `json:"maturity"`
	Unit         string    `json:"unit"`
	Digits       uint16    `json:"digits"`
	Announcement api.Bytes `json:"announcement"`
}

func (a *app) oracleAnnouncementCommand() *cobra.Command {
	var names []string
	cmd := &cobra.Command{
		Use: "announcement EVENT", Short: "Fetch and verify announcements of an event", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, c, err := a.reader(names)
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			all, err := c.Announcements(ctx, args[0], keysOf(list))
			if err != nil {
				return err
			}
			out := make([]announced, len(all))
			for i, x := range all {
				d, _ := x.Event.Descriptor.(attest.DigitEvent)
				out[i] = announced{x.Event.ID, x.Key[:], x.Event.Maturity, d.Unit, d.Digits, x.Encode()}
			}
			return a.print(out, func(w io.Writer) {
				row(w, "ORACLE", "EVENT", "MATURITY (UTC)", "UNIT", "DIGITS", "SIGNATURE")
				for i, x := range out {
					row(w, list[i].Name, x.ID, moment(int64(x.Maturity)), x.Unit, x.Digits, "verified")
				}
			})
		},
	}
	addOracleFlag(cmd, &names)
	return cmd
}

func keysOf(list []knownOracle) [][32]byte {
	keys := make([][32]byte, len(list))
	for i, o := range list {
		keys[i] = [32]byte(o.Key)
	}
	return keys
}

// attestedBy is what one oracle attested, or why that is not known.
type attestedBy struct {
	Name        string    `json:"name"`
	Oracle      api.Bytes `json:"oracle"`
	Value       *uint64   `json:"value,omitempty"`
	Attestation api.Bytes `json:"attestation,omitempty"`
	Error       string    `json:"error,omitempty"`
}

// attestedEvent is what several oracles attested.
type attestedEvent struct {
	ID        string       `json:"id"`
	Threshold int          `json:"threshold"`
	Agreed    bool         `json:"agreed"`
	Value     uint64       `json:"value"`
	Oracles   []attestedBy `json:"oracles"`
}

func (a *app) oracleAttestationCommand() *cobra.Command {
	var names []string
	var threshold int
	cmd := &cobra.Command{
		Use: "attestation EVENT", Short: "Fetch and verify attestations of an event, and say whether the oracles agree", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, c, err := a.reader(names)
			if err != nil {
				return err
			}
			if threshold == 0 {
				threshold = len(list)/2 + 1
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			out, err := a.attestations(ctx, c, list, args[0], threshold)
			if err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) {
				row(w, "ORACLE", "VALUE", "SIGNATURES")
				for _, o := range out.Oracles {
					if o.Value == nil {
						row(w, o.Name, "", o.Error)
						continue
					}
					row(w, o.Name, *o.Value, "verified")
				}
				if out.Agreed {
					row(w, fmt.Sprintf("%d of %d agree", threshold, len(list)), out.Value)
					return
				}
				row(w, fmt.Sprintf("no %d of %d agree", threshold, len(list)))
			})
		},
	}
	addOracleFlag(cmd, &names)
	cmd.Flags().IntVar(&threshold, "threshold", 0, "how many must agree; 0: more than half")
	return cmd
}

func (a *app) attestations(ctx context.Context, c *api.Client, list []knownOracle, id string, threshold int) (attestedEvent, error) {
	out := attestedEvent{ID: id, Threshold: threshold}
	set, err := federation.New(keysOf(list), threshold)
	if err != nil {
		return out, err
	}
	voices, errs := c.Gather(ctx, id, keysOf(list))
	for i, o := range list {
		by := attestedBy{Name: o.Name, Oracle: o.Key}
		switch {
		case errs[i] != nil:
			by.Error = errs[i].Error()
		default:
			b := voices[i].Attestations[0]
			v, err := b.Number()
			if err != nil {
				return out, err
			}
			by.Value, by.Attestation = &v, b.Encode()
		}
		out.Oracles = append(out.Oracles, by)
	}
	report := set.Tally(id, voices)
	out.Agreed, out.Value = report.Agreed, report.Value
	return out, nil
}

func (a *app) oracleEvidenceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "evidence FILE", Short: "Check evidence that an oracle is faulty", Args: cobra.ExactArgs(1),
		Long: "Check a file of evidence: that an oracle attested two outcomes of one event, or used a\n" +
			"nonce for two events. It needs no oracle, no node and no trust in whoever made the file.",
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := readBounded(args[0], a.in, attest.MaxEvidence)
			if err != nil {
				return err
			}
			e, err := attest.DecodeEvidence(raw)
			if err != nil {
				return err
			}
			proof, err := e.Verify()
			if err != nil {
				return err
			}
			out := map[string]string{"proves": proof.Kind.String(), "oracle": hex.EncodeToString(proof.Key[:])}
			return a.print(out, func(w io.Writer) {
				row(w, "proves", out["proves"])
				row(w, "oracle", out["oracle"])
			})
		},
	}
}
