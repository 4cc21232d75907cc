package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet"
)

// openDesk holds the present session open for one request about trading, under a
// context that ends with the session.
func (d *Daemon) openDesk(ctx context.Context) (context.Context, *rpc.Trading, func(), error) {
	s := d.current()
	if s == nil {
		return ctx, nil, nil, rpc.ErrWalletClosed
	}
	s.use.RLock()
	switch {
	case s.closed:
		s.use.RUnlock()
		return ctx, nil, nil, rpc.ErrWalletClosed
	case s.trading == nil:
		s.use.RUnlock()
		return ctx, nil, nil, fmt.Errorf("%w: %s", rpc.ErrNoTrading, d.cfg.Network)
	}
	held, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(rpc.ErrWalletClosed) })
	return held, s.trading.desk, func() {
		stop()
		cancel(nil)
		s.use.RUnlock()
	}, nil
}

// newDesk shows everything about trading to the RPC server.
func (d *Daemon) newDesk(s *session, t *trading) *rpc.Trading {
	return &rpc.Trading{
		Peers: deskPeers{t}, Orders: t.book, Taker: t.book, Quotes: t.book, Contracts: t.engine, Closes: t.engine, Bridge: t.engine, Views: t.engine,
		Portfolio: portfolio.New(t.engine, t.book, deskWallet{s}, t.clock),
		Oracles:   t.feed, Indices: deskIndices{t.feed}, Policy: deskPolicy{d, t}, Backup: deskBackup{t},
	}
}

// deskWallet is the wallet as the portfolio sees it, in a session that is held
// open.
type deskWallet struct{ s *session }

func (w deskWallet) Balance(ctx context.Context) (wallet.Balance, error) {
	return w.s.wallet.Balance(ctx)
}

func (w deskWallet) Transactions(ctx context.Context, limit int) ([]wallet.TxSummary, error) {
	return w.s.wallet.Transactions(ctx, limit)
}

// deskPeers is host and list of peers.
type deskPeers struct{ t *trading }

func (p deskPeers) Add(_ context.Context, a peer.Address) error {
	if err := p.t.host.Add(a); err != nil {
		return err
	}
	return p.t.peers.add(a)
}

func (p deskPeers) Remove(_ context.Context, k peer.Key) (bool, error) {
	removed, err := p.t.peers.remove(k)
	return p.t.host.Remove(k) || removed, err
}

func (p deskPeers) Connect(ctx context.Context, a peer.Address) error {
	err := p.t.host.Connect(ctx, a)
	if unread := p.t.recovery.folder.Unread(); unread != nil && errors.Is(err, peer.ErrStopped) {
		return unread // the host waits for the recovery files
	}
	return err
}

func (p deskPeers) Disconnect(k peer.Key) error { return p.t.host.Disconnect(k) }

func (p deskPeers) Peers() rpc.PeerList {
	list := rpc.PeerList{Self: p.t.host.Self(), Peers: p.t.host.Peers()}
	for _, a := range p.t.host.Listening() {
		list.Listening = append(list.Listening, a.String())
	}
	return list
}

// deskIndices is the feed with the days that it computed.
type deskIndices struct{ Feed }

func (i deskIndices) Days(_ context.Context, id string, first, last uint32) ([]index.Day, bool, error) {
	s := i.Series(id)
	if s == nil {
		return nil, false, nil
	}
	days, err := s.Days(first, last)
	return days, true, err
}

// deskPolicy is the policy in force and its file.
type deskPolicy struct {
	d *Daemon
	t *trading
}

func (p deskPolicy) Policy() policy.Policy { return *p.t.rules.Load() }

func (p deskPolicy) Path() string { return p.d.cfg.Trading.PolicyFile }

func (p deskPolicy) Reload(context.Context) error { return p.d.reloadPolicy(p.t) }

// deskBackup is the recovery of contracts.
type deskBackup struct{ t *trading }

func (b deskBackup) State() (rpc.BackupState, error) {
	f := b.t.recovery.folder
	kept, err := f.Kept()
	return rpc.BackupState{Dir: f.Dir(), Failing: f.Failing(), Unread: f.Unread(), Kept: kept}, err
}

func (b deskBackup) Export(ctx context.Context, k engine.Key) ([]byte, error) {
	record, err := b.t.engine.Export(ctx, k)
	if err != nil {
		return nil, err
	}
	return b.t.recovery.seal.Close(record)
}

func (b deskBackup) Restore(ctx context.Context) ([]backup.Restored, error) {
	return b.t.recovery.folder.Restore(ctx, b.t.takeOver)
}

func (b deskBackup) Import(ctx context.Context, file []byte) error {
	record, err := b.t.recovery.seal.Open(file)
	if err != nil {
		return err
	}
	return b.t.takeOver(ctx, record)
}

func (b deskBackup) Recover(ctx context.Context, k peer.Key) error {
	return b.t.recovery.records.Ask(ctx, k)
}
