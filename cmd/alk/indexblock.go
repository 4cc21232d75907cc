package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/btcsuite/btcd/wire"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/oracle/index"
)

var (
	errBlockFile = errors.New("not a serialised block")
	errNoHeight  = errors.New("the coinbase tells no height")
)

// indexBlockCommand computes the index of blocks in files, without a daemon.
func (a *app) indexBlockCommand() *cobra.Command {
	var height int64
	cmd := &cobra.Command{
		Use:   "block FILE...",
		Short: "Compute the index of serialised blocks, each as a day of its own",
		Long: "Reads blocks in network serialisation, binary or hex, \"-\" for standard input, and prints one JSON object a line.\n" +
			"Each block is taken alone, as a day of one block, so its fees are not clipped: i_raw is the raw fee leg, i_tot_raw\n" +
			"the subsidy leg plus that. Amounts are satoshi; qs and qr are per unit of hashrate, scaled by a million. The height\n" +
			"is read from the coinbase (BIP34). --network chooses the index: hp1 on mainnet, hp1-regtest on regtest.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := a.indexParams()
			if err != nil {
				return err
			}
			for i, name := range args {
				at := height
				if height >= 0 {
					at += int64(i)
				}
				line, err := indexLine(p, name, a.in, at)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				if _, err := fmt.Fprintf(a.out, "%s\n", line); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().Int64Var(&height, "height", -1, "height of the first block, for blocks older than BIP34; the others follow it")
	return cmd
}

// indexParams are those of the index on --network.
func (a *app) indexParams() (index.Params, error) {
	switch a.network {
	case "mainnet":
		return index.HP1(), nil
	case "regtest":
		return index.HP1Regtest(), nil
	}
	return index.Params{}, &problem{
		err: fmt.Errorf("%w: %s", index.ErrUnknownIndex, a.network), exit: exitUsage, hint: "mainnet and regtest have an index",
	}
}

// indexLine is the JSON of one block.
func indexLine(p index.Params, name string, in io.Reader, height int64) ([]byte, error) {
	block, err := readBlock(name, in)
	if err != nil {
		return nil, err
	}
	if height < 0 {
		if height, err = blockHeight(block); err != nil {
			return nil, err
		}
	}
	facts, _, err := index.FromBlock(block, uint32(height)) //nolint:gosec // G115: the flag and BIP34 heights are small
	if err != nil {
		return nil, err
	}
	rows, err := index.Series(p, []index.Block{facts})
	if err != nil {
		return nil, err
	}
	work, err := index.Work(facts.Bits)
	if err != nil {
		return nil, err
	}
	r, d := rows[0], index.DayOf(p, rows)
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	return lineOf([][2]string{
		{"height", n(uint64(r.Height))}, {"hash", r.Hash.String()}, {"time", n(uint64(r.Time))},
		{"bits", fmt.Sprintf("%08x", r.Bits)}, {"work", work.String()}, {"subsidy", n(r.Subsidy)}, {"cbout", n(r.Coinbase)},
		{"rawfee", n(r.RawFee)}, {"qs", r.QS.String()}, {"qr", r.QR.String()}, {"i_sub", n(d.Value.Sub)}, {"i_raw", n(d.Raw)},
		{"i_tot_raw", n(d.Value.Sub + d.Raw)},
	}), nil
}

// lineOf is a JSON object of plain texts in the given order.
func lineOf(members [][2]string) []byte {
	var b bytes.Buffer
	for i, m := range members {
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		fmt.Fprintf(&b, "%q:%q", m[0], m[1])
	}
	b.WriteByte('}')
	return b.Bytes()
}

// readBlock reads a block from a file, in bytes or in hex.
func readBlock(name string, in io.Reader) (*wire.MsgBlock, error) {
	raw, err := readBounded(name, in, 2*wire.MaxBlockPayload+2)
	if err != nil {
		return nil, err
	}
	if decoded, err := hex.DecodeString(string(bytes.TrimSpace(raw))); err == nil {
		raw = decoded
	}
	block := &wire.MsgBlock{}
	r := bytes.NewReader(raw)
	if err := block.Deserialize(r); err != nil {
		return nil, fmt.Errorf("%w: %w", errBlockFile, err)
	}
	if r.Len() > 0 {
		return nil, fmt.Errorf("%w: %d bytes after it", errBlockFile, r.Len())
	}
	return block, nil
}

// readBounded reads a file, or standard input for "-", of at most limit bytes.
func readBounded(name string, in io.Reader, limit int64) (raw []byte, err error) {
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // G304: the user names the file
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		in = file
	}
	raw, err = io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("%w: more than %d bytes", errBlockFile, limit)
	}
	return raw, err
}

// blockHeight reads the height at the begin of the coinbase's script (BIP34).
func blockHeight(b *wire.MsgBlock) (int64, error) {
	if len(b.Transactions) == 0 || len(b.Transactions[0].TxIn) == 0 {
		return 0, fmt.Errorf("%w: no coinbase", errBlockFile)
	}
	script := b.Transactions[0].TxIn[0].SignatureScript
	hint := &problem{err: errNoHeight, exit: exitUsage, hint: "give it with --height"}
	if len(script) == 0 {
		return 0, hint
	}
	size := int(script[0])
	switch {
	case size >= 0x51 && size <= 0x60: // OP_1 to OP_16
		return int64(size - 0x50), nil
	case size < 1 || size > 4 || len(script) < 1+size || script[size]&0x80 != 0:
		return 0, hint
	}
	var height int64
	for i := size; i >= 1; i-- {
		height = height<<8 | int64(script[i])
	}
	return height, nil
}
