package index

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// ErrBlock says that a block is empty, or its first transaction is no coinbase.
var ErrBlock = errors.New("block")

// Block is what the index keeps of a block: header fields and coinbase sum.
type Block struct {
	// Height counts from the genesis block, 0.
	Height uint32
	// Hash and Prev are block hashes in internal byte order.
	Hash, Prev chainhash.Hash
	// Time is the header's, Unix seconds; Bits its compact target.
	Time, Bits uint32
	// Coinbase is the sum of the coinbase's outputs in satoshi.
	Coinbase uint64
	// Txid is the coinbase's, in internal byte order.
	Txid chainhash.Hash
}

// FromBlock returns what the index keeps of a whole block at a height, with the
// coinbase in its form without witness. It checks the coinbase and that the header
// commits to the transactions. It fails with ErrBlock or ErrCoinbase.
func FromBlock(b *wire.MsgBlock, height uint32) (Block, Proof, error) {
	if len(b.Transactions) == 0 {
		return Block{}, Proof{}, fmt.Errorf("%w %d: no transactions", ErrBlock, height)
	}
	var raw bytes.Buffer
	if err := b.Transactions[0].SerializeNoWitness(&raw); err != nil {
		return Block{}, Proof{}, fmt.Errorf("%w %d: write coinbase: %w", ErrBlock, height, err)
	}
	coinbase, err := ParseCoinbase(raw.Bytes())
	if err != nil {
		return Block{}, Proof{}, fmt.Errorf("block %d: %w", height, err)
	}
	ids := make([]chainhash.Hash, len(b.Transactions))
	for i, tx := range b.Transactions {
		ids[i] = tx.TxHash()
	}
	proof := Proof{Coinbase: raw.Bytes(), Branch: firstBranch(ids)}
	if proof.root(coinbase.Txid) != b.Header.MerkleRoot {
		return Block{}, Proof{}, fmt.Errorf("%w %d: transactions do not give the Merkle root", ErrBlock, height)
	}
	return Block{
		Height: height, Hash: b.Header.BlockHash(), Prev: b.Header.PrevBlock,
		Time: uint32(b.Header.Timestamp.Unix()), Bits: b.Header.Bits, //nolint:gosec // G115: a header's time has 32 bits
		Coinbase: coinbase.Out, Txid: coinbase.Txid,
	}, proof, nil
}

// Row is a block with what the index says of it.
type Row struct {
	Block
	// MTP is the median of the times of this block and the ten before it, Unix
	// seconds; Known is false if those are not all known, and then it is 0.
	MTP   uint32
	Known bool
	// Subsidy, RawFee, Median and Fee are in satoshi.
	Subsidy, RawFee, Median, Fee uint64
	// Provisional says that the fee window is cut off by the tip or by the begin of
	// what is known: Median and Fee may still change.
	Provisional bool
	// QS, QF and QR are subsidy, fee and raw fee per unit of hashrate, scaled by
	// InnerScale.
	QS, QF, QR *big.Int
}

// Day returns the Unix day that the block belongs to.
func (r Row) Day() uint32 { return r.MTP / DaySeconds }

// JSON returns the published form of the row: canonical JSON, hashes in the order
// in which people write them.
func (r Row) JSON() []byte {
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	return canonical([][2]string{
		{"bits", fmt.Sprintf("%08x", r.Bits)},
		{"cbout", n(r.Coinbase)},
		{"coinbase_txid", r.Txid.String()},
		{"fee", n(r.Fee)},
		{"hash", r.Hash.String()},
		{"height", n(uint64(r.Height))},
		{"med", n(r.Median)},
		{"mtp", n(uint64(r.MTP))},
		{"rawfee", n(r.RawFee)},
		{"subsidy", n(r.Subsidy)},
		{"time", n(uint64(r.Time))},
	})
}

// calculator computes rows; it remembers the work of the last target.
type calculator struct {
	p    Params
	bits uint32
	den  *big.Int
	buf  []uint64
}

// raw returns the block with its subsidy and raw fee.
func (c *calculator) raw(b Block) Row {
	row := Row{Block: b, Subsidy: c.p.Subsidy(b.Height)}
	if b.Coinbase > row.Subsidy {
		row.RawFee = b.Coinbase - row.Subsidy
	}
	return row
}

// complete fills in what depends on the neighbours: window holds the rows of the
// fee window, row's own included.
func (c *calculator) complete(row *Row, window []Row) error {
	c.buf = c.buf[:0]
	for i := range window {
		c.buf = append(c.buf, window[i].RawFee)
	}
	slices.Sort(c.buf)
	row.Median = c.buf[len(c.buf)/2]
	row.Fee = row.RawFee
	if limit := new(big.Int).Mul(new(big.Int).SetUint64(row.Median), new(big.Int).SetUint64(c.p.ClipMult)); limit.IsUint64() {
		row.Fee = min(row.Fee, limit.Uint64())
	}
	if c.den == nil || c.bits != row.Bits {
		work, err := Work(row.Bits)
		if err != nil {
			return fmt.Errorf("block %d: %w", row.Height, err)
		}
		c.bits, c.den = row.Bits, work.Mul(work, c.p.UnitDen)
	}
	row.QS, row.QF = c.ratio(row.Subsidy), c.ratio(row.Fee)
	row.QR = row.QF
	if row.RawFee != row.Fee {
		row.QR = c.ratio(row.RawFee)
	}
	return nil
}

// ratio returns floor(unit_num*SC*amount / (unit_den*W)).
func (c *calculator) ratio(amount uint64) *big.Int {
	q := new(big.Int).SetUint64(amount)
	q.Mul(q, new(big.Int).SetUint64(c.p.InnerScale)).Mul(q, c.p.UnitNum)
	return q.Div(q, c.den)
}

// medianTime returns the median of the last eleven times, fewer at the genesis
// block.
func medianTime(times []uint32) uint32 {
	var buf [11]uint32
	n := copy(buf[:], times[max(0, len(times)-11):])
	slices.Sort(buf[:n])
	return buf[n/2]
}

// Series computes the rows of consecutive blocks. Where their neighbours are not
// among blocks, the fee window and the median time are cut off there, and the row
// is Provisional unless the chain itself begins there. It is for display and for
// single blocks; nothing is attested from it. It fails with ErrBlock if heights
// do not follow each other, or with ErrBits.
func Series(p Params, blocks []Block) ([]Row, error) {
	c := calculator{p: p}
	rows := make([]Row, len(blocks))
	times := make([]uint32, len(blocks))
	for i, b := range blocks {
		if i > 0 && b.Height != blocks[i-1].Height+1 {
			return nil, fmt.Errorf("%w %d: it does not follow %d", ErrBlock, b.Height, blocks[i-1].Height)
		}
		times[i] = b.Time
		rows[i] = c.raw(b)
		rows[i].MTP = medianTime(times[:i+1])
		rows[i].Known = i >= 10 || blocks[0].Height == 0
	}
	half := int(p.ClipHalf)
	for i := range rows {
		from, to := max(0, i-half), min(len(rows), i+half+1)
		rows[i].Provisional = i+half >= len(rows) || i < half && blocks[0].Height > 0
		if err := c.complete(&rows[i], rows[from:to]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
