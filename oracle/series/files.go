package series

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// ErrFiles says that block files are damaged, or hold no chain from the genesis block.
var ErrFiles = errors.New("block files")

// Files is a Source over the block files of a node (blk*.dat, with xor.dat where
// the node obfuscates them). It reads what the files hold when it is made; a node
// that writes on is followed by making it anew. It is safe for concurrent use.
type Files struct {
	mask  []byte
	best  []place
	byID  map[chainhash.Hash]place
	files []string
}

// place is where a block lies.
type place struct {
	header wire.BlockHeader
	hash   chainhash.Hash
	file   int
	offset int64
	size   uint32
}

// OpenFiles scans the block files in dir of the network whose messages begin with
// magic, finds the chain of most work from the genesis block, and verifies its
// headers: links, work, targets and times. What else makes blocks valid it takes from
// the node that wrote them. A block whose ancestors are missing is left out. It fails
// with ErrFiles, with index.ErrParams for a chain without an index, or with an error
// of the file system.
func OpenFiles(dir string, magic wire.BitcoinNet, genesis chainhash.Hash) (*Files, error) {
	names, err := filepath.Glob(filepath.Join(dir, "blk*.dat"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%w: no blk*.dat in %s", ErrFiles, dir)
	}
	slices.Sort(names)
	f := &Files{files: names, byID: map[chainhash.Hash]place{}}
	f.mask, err = os.ReadFile(filepath.Join(dir, "xor.dat")) //nolint:gosec // G304: the operator names the folder
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read mask of block files: %w", err)
	}
	for i := range names {
		if err := f.scan(i, magic); err != nil {
			return nil, err
		}
	}
	return f, f.choose(genesis)
}

// read reads from a block file and takes the mask off.
func (f *Files) read(file *os.File, offset int64, n uint32) ([]byte, error) {
	raw := make([]byte, n)
	if _, err := file.ReadAt(raw, offset); err != nil {
		return nil, err
	}
	if len(f.mask) > 0 {
		for i := range raw {
			raw[i] ^= f.mask[(offset+int64(i))%int64(len(f.mask))]
		}
	}
	return raw, nil
}

// scan notes the blocks of a file: magic, length, block, repeated, then zeros. A last
// block that is cut off is one that the node is writing.
func (f *Files) scan(number int, magic wire.BitcoinNet) (err error) {
	file, err := os.Open(f.files[number])
	if err != nil {
		return fmt.Errorf("open block file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", f.files[number], err)
	}
	for offset := int64(0); ; {
		head, err := f.read(file, offset, 8+index.HeaderSize)
		if errors.Is(err, io.EOF) || err == nil && binary.LittleEndian.Uint32(head) != uint32(magic) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", f.files[number], err)
		}
		size := binary.LittleEndian.Uint32(head[4:])
		if size < index.HeaderSize || size > wire.MaxBlockPayload {
			return fmt.Errorf("%w: %s at %d: a block of %d bytes", ErrFiles, f.files[number], offset, size)
		}
		if offset+8+int64(size) > info.Size() {
			return nil
		}
		headers, err := index.ParseHeaders(head[8:])
		if err != nil {
			return fmt.Errorf("%w: %s at %d: %w", ErrFiles, f.files[number], offset, err)
		}
		p := place{header: headers[0], hash: headers[0].BlockHash(), file: number, offset: offset + 8, size: size}
		f.byID[p.hash] = p
		offset += 8 + int64(size)
	}
}

// choose finds the chain of most work.
func (f *Files) choose(genesis chainhash.Hash) error {
	if _, ok := f.byID[genesis]; !ok {
		return fmt.Errorf("%w: no genesis block %s", ErrFiles, genesis)
	}
	children := map[chainhash.Hash][]chainhash.Hash{}
	for hash, p := range f.byID {
		children[p.header.PrevBlock] = append(children[p.header.PrevBlock], hash)
	}
	type end struct {
		hash chainhash.Hash
		work *big.Int
	}
	best := end{hash: genesis, work: new(big.Int)}
	queue := []end{best}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if c := at.work.Cmp(best.work); c > 0 || c == 0 && bytes.Compare(at.hash[:], best.hash[:]) < 0 {
			best = at
		}
		for _, child := range children[at.hash] {
			work, err := index.Work(f.byID[child].header.Bits)
			if err != nil {
				return fmt.Errorf("%w: block %s: %w", ErrFiles, child, err)
			}
			queue = append(queue, end{child, work.Add(work, at.work)})
		}
	}
	for hash := best.hash; ; hash = f.byID[hash].header.PrevBlock {
		f.best = append(f.best, f.byID[hash])
		if hash == genesis {
			break
		}
	}
	slices.Reverse(f.best)
	return f.verify(genesis)
}

// verify checks the headers of the chosen chain by the rules of its network.
func (f *Files) verify(genesis chainhash.Hash) error {
	rules, err := index.Params{Genesis: genesis}.HeaderRules()
	if err != nil {
		return err
	}
	v := index.NewVerifier(rules, 0)
	for i := range f.best {
		if _, err := v.Add(&f.best[i].header); err != nil {
			return fmt.Errorf("%w: %s at %d: %w", ErrFiles, f.files[f.best[i].file], f.best[i].offset, err)
		}
	}
	return nil
}

// Tip implements Source.
func (f *Files) Tip(context.Context) (uint32, chainhash.Hash, error) {
	n := len(f.best) - 1
	return uint32(n), f.best[n].hash, nil //nolint:gosec // G115: heights fit 32 bits
}

// HashAt implements Source.
func (f *Files) HashAt(_ context.Context, height uint32) (chainhash.Hash, error) {
	if int64(height) >= int64(len(f.best)) {
		return chainhash.Hash{}, fmt.Errorf("%w: block %d", ErrUnknown, height)
	}
	return f.best[height].hash, nil
}

// Header implements Source.
func (f *Files) Header(_ context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	p, ok := f.byID[hash]
	if !ok {
		return nil, fmt.Errorf("%w: block %s", ErrUnknown, hash)
	}
	return &p.header, nil
}

// Block implements Source.
func (f *Files) Block(_ context.Context, hash chainhash.Hash) (block *wire.MsgBlock, err error) {
	p, ok := f.byID[hash]
	if !ok {
		return nil, fmt.Errorf("%w: block %s", ErrUnknown, hash)
	}
	file, err := os.Open(f.files[p.file])
	if err != nil {
		return nil, fmt.Errorf("open block file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err := f.read(file, p.offset, p.size)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.files[p.file], err)
	}
	block = &wire.MsgBlock{}
	if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("%w: block %s: %w", ErrFiles, hash, err)
	}
	return block, nil
}
