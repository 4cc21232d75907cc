package series

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// The records: an index id with its parameters, the height of the first block, the
// blocks with their coinbase proofs by height, the days by number.
const (
	prefixIndex = "i"
	prefixStart = "s"
	prefixBlock = "b"
	prefixProof = "p"
	prefixDay   = "d"
)

func heightKey(prefix string, height uint32) []byte {
	return records.Key(prefix, records.Number(uint64(height)))
}

// stored is a block as it lies on disk.
type stored struct {
	header wire.BlockHeader
	block  index.Block
	proof  index.Proof
}

func (s *stored) put(t *records.Txn) error {
	w := &tlv.Writer{}
	var header bytes.Buffer
	if err := s.header.Serialize(&header); err != nil {
		return fmt.Errorf("write header %d: %w", s.block.Height, err)
	}
	w.Raw(header.Bytes())
	w.U64(s.block.Coinbase)
	w.Raw(s.block.Txid[:])
	if err := t.Put(heightKey(prefixBlock, s.block.Height), w.Bytes()); err != nil {
		return err
	}
	w = &tlv.Writer{}
	w.VarBytes(s.proof.Coinbase)
	for _, h := range s.proof.Branch {
		w.Raw(h[:])
	}
	return t.Put(heightKey(prefixProof, s.block.Height), w.Bytes())
}

// readBlock decodes a block record; records has checked its checksum.
func readBlock(height uint32, raw []byte) (stored, error) {
	s := stored{}
	r := tlv.NewReader(raw)
	header, err := r.Bytes(index.HeaderSize)
	if err != nil {
		return s, corrupt(height, err)
	}
	headers, err := index.ParseHeaders(header)
	if err != nil {
		return s, corrupt(height, err)
	}
	s.header = headers[0]
	s.block = index.Block{
		Height: height, Hash: s.header.BlockHash(), Prev: s.header.PrevBlock,
		Time: uint32(s.header.Timestamp.Unix()), Bits: s.header.Bits, //nolint:gosec // G115: a header's time has 32 bits
	}
	if s.block.Coinbase, err = r.U64(); err != nil {
		return s, corrupt(height, err)
	}
	if err := r.Fill(s.block.Txid[:]); err != nil {
		return s, corrupt(height, err)
	}
	return s, corrupt(height, r.Done())
}

func readProof(height uint32, raw []byte) (index.Proof, error) {
	r := tlv.NewReader(raw)
	coinbase, err := r.VarBytes(index.MaxCoinbase)
	if err != nil {
		return index.Proof{}, corrupt(height, err)
	}
	p := index.Proof{Coinbase: coinbase, Branch: make([]chainhash.Hash, r.Len()/chainhash.HashSize)}
	for i := range p.Branch {
		if err := r.Fill(p.Branch[i][:]); err != nil {
			return index.Proof{}, corrupt(height, err)
		}
	}
	return p, corrupt(height, r.Done())
}

func corrupt(height uint32, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: block %d: %w", records.ErrCorrupt, height, err)
}

func putDay(t *records.Txn, d index.Day) error {
	first, last := d.Source()
	value := binary.BigEndian.AppendUint32(nil, first)
	value = binary.BigEndian.AppendUint32(value, last)
	return t.Put(heightKey(prefixDay, d.Day), append(value, d.JSON()...))
}

func readDay(raw []byte) (index.Day, error) {
	if len(raw) < 8 {
		return index.Day{}, fmt.Errorf("%w: day", records.ErrCorrupt)
	}
	d, err := index.ParseDay(raw[8:])
	if err != nil {
		return index.Day{}, fmt.Errorf("%w: %w", records.ErrCorrupt, err)
	}
	return d.WithSource(binary.BigEndian.Uint32(raw), binary.BigEndian.Uint32(raw[4:])), nil
}

// number reads the height or day in which a key ends.
func number(key []byte) uint32 {
	return uint32(binary.BigEndian.Uint64(key[len(key)-8:])) //nolint:gosec // G115: written from 32 bits
}

// bind makes sure that the store is of one index for ever.
func (s *Series) bind() error {
	return s.db.Update(func(t *records.Txn) error {
		err := t.PutOnce(records.Key(prefixIndex), s.p.Canonical())
		if errors.Is(err, records.ErrImmutable) {
			return fmt.Errorf("%w: the store is of another index than %s", index.ErrMutable, s.p.ID)
		}
		return err
	})
}

// bounds reads which records there are.
func (s *Series) bounds() (b bounds, err error) {
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get(records.Key(prefixStart))
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return b.read(raw)
	})
	return b, err
}

// bounds say which records there are: blocks from start to tip, days to day.
type bounds struct {
	started    bool
	start, tip uint32
	// empty says that not even the block at start is there.
	empty bool
	// hasDay says that there is a closed day; days are from first to day.
	hasDay     bool
	first, day uint32
}

func (b bounds) put(t *records.Txn) error {
	w := &tlv.Writer{}
	w.Bool(b.empty)
	w.U32(b.start)
	w.U32(b.tip)
	w.Bool(b.hasDay)
	w.U32(b.first)
	w.U32(b.day)
	return t.Put(records.Key(prefixStart), w.Bytes())
}

func (b *bounds) read(raw []byte) (err error) {
	r := tlv.NewReader(raw)
	*b = bounds{started: true}
	steps := []func() error{
		func() error { b.empty, err = r.Bool(); return err },
		func() error { b.start, err = r.U32(); return err },
		func() error { b.tip, err = r.U32(); return err },
		func() error { b.hasDay, err = r.Bool(); return err },
		func() error { b.first, err = r.U32(); return err },
		func() error { b.day, err = r.U32(); return err },
		r.Done,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("%w: bounds: %w", records.ErrCorrupt, err)
		}
	}
	return nil
}
