package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/series"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/bitcoind"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
)

// rpcNode is what is asked of btcd and bitcoind.
type rpcNode interface {
	CheckNetwork(ctx context.Context, params *chaincfg.Params) error
	Status(ctx context.Context) (chain.Status, error)
	Tip(ctx context.Context) (chain.Tip, error)
	HashAt(ctx context.Context, height int32) (chainhash.Hash, error)
	Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error)
	Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error)
}

// blockSource is a chain to compute indices from and to judge by.
type blockSource interface {
	series.Source
	// facts are what is known of the node's place in the network.
	facts(ctx context.Context) (oracle.NodeFacts, chainhash.Hash, error)
	// refresh is called before each look at the chain.
	refresh() error
}

// newSource returns the configured chain source; it does not connect yet.
func newSource(cfg config, log *slog.Logger) (blockSource, error) {
	switch cfg.backend {
	case "btcd":
		user, pass, err := cfg.btcd.credentials()
		if err != nil {
			return nil, err
		}
		var cert []byte
		if cfg.btcd.certFile != "" {
			if cert, err = os.ReadFile(filepath.Clean(cfg.btcd.certFile)); err != nil {
				return nil, bad("btcd-cert: %w", err)
			}
		}
		return &rpcSource{node: btcd.New(btcd.Config{
			Host: cfg.btcd.host, User: user, Pass: pass, Cert: cert, DisableTLS: cert == nil, Params: cfg.params(), Logger: log,
		})}, nil
	case "bitcoind":
		user, pass, err := cfg.bitcoind.credentials()
		if err != nil {
			return nil, err
		}
		return &rpcSource{node: bitcoind.New(bitcoind.Config{
			Host: cfg.bitcoind.host, User: user, Pass: pass, Params: cfg.params(), Logger: log,
		})}, nil
	case "files":
		return &fileSource{dir: cfg.blockDir, params: cfg.params()}, nil
	}
	return nil, bad("backend %q", cfg.backend)
}

// freshStatus is how long what a node said of its place in the network is used again:
// clock, judge and API ask for it many times a round.
const freshStatus = 250 * time.Millisecond

// rpcSource is a full node by its RPC.
type rpcSource struct {
	node rpcNode

	mu     sync.Mutex
	asked  time.Time
	status chain.Status
}

// known is what the node said of itself, just now or a moment ago.
func (r *rpcSource) known(ctx context.Context) (chain.Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) < freshStatus {
		return r.status, nil
	}
	s, err := r.node.Status(ctx)
	if err != nil {
		return s, err
	}
	r.status, r.asked = s, time.Now()
	return s, nil
}

func (*rpcSource) refresh() error { return nil }

// Tip implements series.Source.
func (r *rpcSource) Tip(ctx context.Context) (uint32, chainhash.Hash, error) {
	tip, err := r.node.Tip(ctx)
	return uint32(max(tip.Height, 0)), tip.Hash, err
}

// HashAt implements series.Source.
func (r *rpcSource) HashAt(ctx context.Context, height uint32) (chainhash.Hash, error) {
	return r.node.HashAt(ctx, int32(height)) //nolint:gosec // G115: a height
}

// Header implements series.Source.
func (r *rpcSource) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	return r.node.Header(ctx, hash)
}

// Block implements series.Source.
func (r *rpcSource) Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	return r.node.Block(ctx, hash)
}

func (r *rpcSource) facts(ctx context.Context) (oracle.NodeFacts, chainhash.Hash, error) {
	s, err := r.known(ctx)
	if err != nil {
		return oracle.NodeFacts{}, chainhash.Hash{}, err
	}
	f := oracle.NodeFacts{
		Height: s.Tip.Height, Headers: s.Headers, Time: s.Tip.Time.Unix(), Initial: s.Initial, PeerHeights: s.PeerHeights,
	}
	for _, fork := range s.Forks {
		f.Rivals = append(f.Rivals, oracle.Rival{Height: fork.Height, Kind: fork.Kind})
	}
	return f, s.Tip.Hash, nil
}

// fileSource is a node's block files. They say nothing of peers: whoever uses them
// answers for the node that writes them.
type fileSource struct {
	dir    string
	params *chaincfg.Params

	mu    sync.Mutex
	files *series.Files
	seen  string
}

// refresh reads the files again if they have changed.
func (f *fileSource) refresh() error {
	names, err := filepath.Glob(filepath.Join(f.dir, "blk*.dat"))
	if err != nil || len(names) == 0 {
		return errors.Join(err, fmt.Errorf("%w: no blk*.dat in %s", series.ErrFiles, f.dir))
	}
	info, err := os.Stat(names[len(names)-1])
	if err != nil {
		return err
	}
	state := fmt.Sprint(len(names), info.Size(), info.ModTime())
	f.mu.Lock()
	defer f.mu.Unlock()
	if state == f.seen {
		return nil
	}
	files, err := series.OpenFiles(f.dir, f.params.Net, *f.params.GenesisHash)
	if err != nil {
		return err
	}
	f.files, f.seen = files, state
	return nil
}

func (f *fileSource) open() (*series.Files, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		return nil, fmt.Errorf("%w: not read yet", series.ErrFiles)
	}
	return f.files, nil
}

// Tip implements series.Source.
func (f *fileSource) Tip(ctx context.Context) (uint32, chainhash.Hash, error) {
	files, err := f.open()
	if err != nil {
		return 0, chainhash.Hash{}, err
	}
	return files.Tip(ctx)
}

// HashAt implements series.Source.
func (f *fileSource) HashAt(ctx context.Context, height uint32) (chainhash.Hash, error) {
	files, err := f.open()
	if err != nil {
		return chainhash.Hash{}, err
	}
	return files.HashAt(ctx, height)
}

// Header implements series.Source.
func (f *fileSource) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	files, err := f.open()
	if err != nil {
		return nil, err
	}
	return files.Header(ctx, hash)
}

// Block implements series.Source.
func (f *fileSource) Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	files, err := f.open()
	if err != nil {
		return nil, err
	}
	return files.Block(ctx, hash)
}

func (f *fileSource) facts(ctx context.Context) (oracle.NodeFacts, chainhash.Hash, error) {
	height, hash, err := f.Tip(ctx)
	if err != nil {
		return oracle.NodeFacts{}, hash, err
	}
	header, err := f.Header(ctx, hash)
	if err != nil {
		return oracle.NodeFacts{}, hash, err
	}
	tip := int32(height) //nolint:gosec // G115: a height
	return oracle.NodeFacts{Height: tip, Headers: tip, Time: header.Timestamp.Unix(), PeerHeights: []int32{tip}}, hash, nil
}

// judge is the node as the oracle sees it.
type judge struct {
	source  blockSource
	private bool
}

var _ oracle.Node = (*judge)(nil)

// Status implements oracle.Node.
func (j *judge) Status(ctx context.Context) (oracle.NodeStatus, error) {
	f, hash, err := j.source.facts(ctx)
	if err != nil {
		return oracle.NodeStatus{}, err
	}
	f.Now, f.Private = time.Now().Unix(), j.private
	s := oracle.NodeStatus{Height: f.Height, Hash: hash.String(), Time: f.Time}
	s.Behind, s.Minority = oracle.Judge(f)
	return s, nil
}

// HashAt implements oracle.Node.
func (j *judge) HashAt(ctx context.Context, height int32) (string, error) {
	f, _, err := j.source.facts(ctx)
	if err != nil {
		return "", err
	}
	if height < 0 || height > f.Height {
		return "", nil
	}
	hash, err := j.source.HashAt(ctx, uint32(height))
	if err != nil {
		return "", err
	}
	return hash.String(), nil
}

// wallClock is the clock of the machine.
type wallClock struct{}

// Now implements oracle.Clock.
func (wallClock) Now(context.Context) (int64, error) { return time.Now().Unix(), nil }

// chainClock is the header time of the tip: time on a test network that stands still.
type chainClock struct{ source blockSource }

// Now implements oracle.Clock.
func (c chainClock) Now(ctx context.Context) (int64, error) {
	f, _, err := c.source.facts(ctx)
	return f.Time, err
}
