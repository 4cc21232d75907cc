package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// show prints an answer: as JSON, or by the given function.
func (a *app) show(m proto.Message, human func(w io.Writer)) error {
	if !a.json {
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		human(w)
		return w.Flush()
	}
	raw, err := marshal(m)
	if err != nil {
		return err
	}
	// protojson varies its spaces on purpose; ours are stable.
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s\n", b.Bytes())
	return err
}

// showLine prints one of many answers: JSON in one line.
func (a *app) showLine(m proto.Message, human string) error {
	if !a.json {
		_, err := fmt.Fprintln(a.out, human)
		return err
	}
	raw, err := marshal(m)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s\n", b.Bytes())
	return err
}

func marshal(m proto.Message) ([]byte, error) {
	return protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(m)
}

// row prints cells of a table.
func row(w io.Writer, cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = printable(fmt.Sprint(c))
	}
	// A tabwriter reports errors of its target in Flush.
	_, _ = fmt.Fprintln(w, strings.Join(texts, "\t"))
}

// printable replaces control characters: labels are not to move the cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return '?'
		}
		return r
	}, s)
}

func outpoint(op *alkv1.OutPoint) string { return fmt.Sprintf("%s:%d", op.GetTxid(), op.GetIndex()) }

func moment(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04") }

func syncText(s *alkv1.SyncStatus) string {
	text := fmt.Sprintf("height %s of %s", sat(int64(s.GetWalletHeight())), sat(int64(s.GetChainHeight())))
	switch {
	case s.GetBackendError() != "":
		return text + ", chain backend away: " + s.GetBackendError()
	case s.GetSynced():
		return "synced, " + text
	case s.GetRecovering():
		return "recovering, " + text
	}
	return "syncing, " + text
}

func walletStateText(s alkv1.WalletState) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "WALLET_STATE_"))
}

// showVersion prints what no daemon was asked for.
func (a *app) showVersion(v string) error {
	if !a.json {
		_, err := fmt.Fprintf(a.out, "alk %s\n", v)
		return err
	}
	return json.NewEncoder(a.out).Encode(map[string]string{"version": v})
}
