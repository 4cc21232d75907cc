package track

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"
)

// medianBlocks is how many blocks BIP113 takes the median time of.
const medianBlocks = 11

// maxMedians bounds the blocks whose times are remembered, maxHeaders the
// headers.
const (
	maxMedians = 1000
	maxHeaders = 1000
)

// BlockOf returns a block with its times. It fails as the backend does.
func (t *Tracker) BlockOf(ctx context.Context, hash chainhash.Hash, height uint32) (Block, error) {
	t.mu.Lock()
	known, ok := t.medians[hash]
	t.mu.Unlock()
	if ok {
		return known, nil
	}
	block := Block{Height: height, Hash: hash}
	var times []int64
	for at := hash; len(times) < medianBlocks; {
		header, err := t.header(ctx, at)
		if err != nil {
			return Block{}, err
		}
		times = append(times, header.Timestamp.Unix())
		if header.PrevBlock == (chainhash.Hash{}) {
			break
		}
		at = header.PrevBlock
	}
	block.Time = times[0]
	slices.Sort(times)
	block.MTP = times[len(times)/2]
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.medians) >= maxMedians {
		clear(t.medians)
	}
	t.medians[hash] = block
	return block, nil
}

// header returns the header of a block. Each is asked for once: the median of a
// block needs ten that the one before needed, too.
func (t *Tracker) header(ctx context.Context, hash chainhash.Hash) (*btcwire.BlockHeader, error) {
	t.mu.Lock()
	known, ok := t.headers[hash]
	t.mu.Unlock()
	if ok {
		return known, nil
	}
	header, err := t.chain.Header(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("header %s: %w", hash, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.headers) >= maxHeaders {
		clear(t.headers)
	}
	t.headers[hash] = header
	return header, nil
}

// Tip returns the backend's tip with its times.
func (t *Tracker) Tip(ctx context.Context) (Block, error) {
	tip, err := t.chain.Tip(ctx)
	if err != nil {
		return Block{}, err
	}
	return t.BlockOf(ctx, tip.Hash, uint32(tip.Height)) //nolint:gosec // heights are not negative
}

// HeightAt returns the height of the last block whose header time is not after
// a Unix second, as far as times rise with heights: a place to begin a search,
// not a judgement.
func (t *Tracker) HeightAt(ctx context.Context, second int64) (uint32, error) {
	tip, err := t.chain.Tip(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int32(0), tip.Height
	for low < high {
		middle := low + (high-low+1)/2
		hash, err := t.chain.HashAt(ctx, middle)
		if err != nil {
			return 0, err
		}
		header, err := t.header(ctx, hash)
		if err != nil {
			return 0, err
		}
		if header.Timestamp.Unix() <= second {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return uint32(low), nil
}

// placeBlocks is how many blocks a Place remembers: a reorganisation below them
// makes a restart look at everything again.
const placeBlocks = 288

// ErrPlace means that bytes are no Place.
var ErrPlace = errors.New("not a place in the chain")

// Place is the last blocks of the best chain as it was, ascending, so that a
// reorganisation that happened meanwhile can be found. The zero Place is none.
type Place struct {
	// First is the height of the first hash.
	First  uint32
	Hashes []chainhash.Hash
}

// Height is that of the last block, false for the zero Place.
func (p Place) Height() (uint32, bool) {
	if len(p.Hashes) == 0 {
		return 0, false
	}
	return p.First + uint32(len(p.Hashes)) - 1, true //nolint:gosec // a few hundred
}

// Advance returns the place that ends with tip: what of the old one is below it,
// and the blocks since. It fails as the backend does.
func (t *Tracker) Advance(ctx context.Context, p Place, tip Block) (Place, error) {
	since := []chainhash.Hash{tip.Hash}
	for height := tip.Height; !p.holds(height, since[len(since)-1]) && height > 0 && len(since) < placeBlocks; height-- {
		header, err := t.header(ctx, since[len(since)-1])
		if err != nil {
			return Place{}, err
		}
		since = append(since, header.PrevBlock)
	}
	lowest := tip.Height + 1 - uint32(len(since)) //nolint:gosec // a few hundred
	slices.Reverse(since)
	next := Place{First: lowest, Hashes: since}
	if p.holds(lowest, since[0]) {
		next = Place{First: p.First, Hashes: slices.Concat(p.Hashes[:lowest-p.First], since)}
	}
	if extra := len(next.Hashes) - placeBlocks; extra > 0 {
		next.Hashes, next.First = next.Hashes[extra:], next.First+uint32(extra) //nolint:gosec // a few hundred
	}
	return next, nil
}

// holds reports whether the block of a height in the place is the given one.
func (p Place) holds(height uint32, hash chainhash.Hash) bool {
	i := int64(height) - int64(p.First)
	return i >= 0 && i < int64(len(p.Hashes)) && p.Hashes[i] == hash
}

// Encode returns the place in bytes.
func (p Place) Encode() []byte {
	raw := binary.BigEndian.AppendUint32(nil, p.First)
	for _, h := range p.Hashes {
		raw = append(raw, h[:]...)
	}
	return raw
}

// DecodePlace reads what Encode wrote; nothing is the zero Place. It fails with
// ErrPlace.
func DecodePlace(raw []byte) (Place, error) {
	if len(raw) == 0 {
		return Place{}, nil
	}
	const size = chainhash.HashSize
	if len(raw) < 4 || (len(raw)-4)%size != 0 || len(raw)-4 > placeBlocks*size {
		return Place{}, fmt.Errorf("%w: %d bytes", ErrPlace, len(raw))
	}
	p := Place{First: binary.BigEndian.Uint32(raw)}
	for rest := raw[4:]; len(rest) > 0; rest = rest[size:] {
		p.Hashes = append(p.Hashes, chainhash.Hash(rest[:size]))
	}
	return p, nil
}

// Fork returns the last block of a place that is still in the best chain, and
// false if none is. It fails as the backend does.
func (t *Tracker) Fork(ctx context.Context, p Place) (Block, bool, error) {
	tip, err := t.chain.Tip(ctx)
	if err != nil {
		return Block{}, false, err
	}
	for i, hash := range slices.Backward(p.Hashes) {
		height := p.First + uint32(i) //nolint:gosec // a few hundred
		if int64(height) > int64(tip.Height) {
			continue
		}
		now, err := t.chain.HashAt(ctx, int32(height)) //nolint:gosec // at most the tip's
		if err != nil {
			return Block{}, false, err
		}
		if now == hash {
			block, err := t.BlockOf(ctx, hash, height)
			return block, err == nil, err
		}
	}
	return Block{}, false, nil
}
