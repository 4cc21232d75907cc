package node

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/peer"
)

// recovery is what keeps contracts through the loss of a disk.
type recovery struct {
	seal    *backup.Seal
	folder  *backup.Folder
	records *backup.Records
}

// openRecovery makes the recovery of a session's contracts; the folder is not
// touched yet.
func (d *Daemon) openRecovery(s *session, t *trading) (*recovery, error) {
	secret, err := s.ring.BackupKey()
	if err != nil {
		return nil, err
	}
	defer clear(secret[:])
	r := &recovery{}
	if r.seal, err = backup.NewSeal(d.params.Name, secret); err != nil {
		return nil, err
	}
	dir := d.cfg.Trading.Backup
	if dir == "" {
		dir = d.cfg.path("recovery")
	}
	alarm := func(key [32]byte, reason string) error { return t.engine.Alarm(s.ctx, key, reason) }
	if r.folder, err = backup.NewFolder(dir, r.seal, t.store, d.cfg.Logs.Logger("backup"), alarm); err != nil {
		return nil, err
	}
	r.records = backup.NewRecords(backup.RecordsConfig{
		Contracts: t.store, Keys: s.ring, Peers: hostPeers{t}, Import: t.takeOver, Unread: r.folder.Unread,
		Params: d.cfg.Trading.Params, Log: d.cfg.Logs.Logger("backup"), Now: time.Now,
	})
	return r, nil
}

// takeOver implements backup.Importer.
func (t *trading) takeOver(ctx context.Context, record []byte) error {
	_, err := t.engine.Import(ctx, record)
	return err
}

// takeOverTime is how long a node that has contracts waits for its recovery files
// before it meets peers all the same.
const takeOverTime = 15 * time.Second

// keepRecovery takes over what the folder holds and the store does not, keeps the
// folder and meets peers. A node whose store held nothing meets nobody before its files
// are taken over: neither a peer's record nor an offer that names the id of a lost
// contract again may come before them. A node that has contracts goes on with them, and
// takes no offer before.
func (t *trading) keepRecovery(ctx context.Context, lost bool) error {
	folder := t.recovery.folder
	group, ctx := errgroup.WithContext(ctx)
	taken := make(chan struct{})
	group.Go(func() error {
		if folder.TakeOver(ctx, t.takeOver) == nil || folder.Recover(ctx, t.takeOver) == nil {
			close(taken)
		}
		return nil
	})
	group.Go(func() error {
		var enough <-chan time.Time
		if !lost {
			timer := time.NewTimer(takeOverTime)
			defer timer.Stop()
			enough = timer.C
		}
		select {
		case <-taken:
		case <-enough:
		case <-ctx.Done():
			return nil
		}
		return t.host.Run(ctx)
	})
	group.Go(func() error { return folder.Run(ctx) })
	group.Go(func() error { return t.recovery.records.Run(ctx) })
	return group.Wait()
}

// met asks a peer for lost contracts if there are none here.
func (r *router) met(k peer.Key) {
	if err := r.recovery.records.AskIfEmpty(r.ctx, k); err != nil {
		r.log.Warn("peer not asked for lost contracts", "peer", k.String(), "err", err)
	}
}

// recovered handles what a peer says about lost contracts: it asks for them, gives
// one back, or refuses to.
func (r *router) recovered(k peer.Key, t wire.Type, raw []byte) {
	var err error
	switch t { //nolint:exhaustive // nothing else is about them
	case wire.TypeReject:
		if message, err := wire.Decode(raw); err == nil {
			if reject, ok := message.(*wire.Reject); ok {
				r.recovery.records.Refused(k, reject.Code)
			}
		}
		return
	case wire.TypeRecover:
		err = r.recovery.records.Answer(r.ctx, k)
		if errors.Is(err, backup.ErrTooSoon) {
			reject := wire.Reject{Refused: t, Code: wire.RejectRateLimited}
			err = r.peers.Send(r.ctx, k, reject.Encode())
		}
	case wire.TypeRecord:
		err = r.recovery.records.Record(r.ctx, k, raw)
	}
	if err != nil {
		r.log.Warn("contracts not recovered", "peer", k.String(), "type", t.String(), "err", err)
	}
}
