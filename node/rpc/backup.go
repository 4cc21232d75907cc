package rpc

import (
	"context"
	"encoding/hex"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type backupService struct{ s *Server }

var _ alkv1connect.BackupServiceHandler = backupService{}

func (h backupService) GetBackup(ctx context.Context, _ *alkv1.GetBackupRequest) (*alkv1.GetBackupResponse, error) {
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	state, err := t.Backup.State()
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetBackupResponse{Dir: state.Dir, Kept: state.Kept}
	if state.Failing != nil {
		out.Failure = state.Failing.Error()
	}
	if state.Unread != nil {
		out.Unread = state.Unread.Error()
	}
	return out, nil
}

func (h backupService) RestoreContracts(ctx context.Context, _ *alkv1.RestoreContractsRequest) (*alkv1.RestoreContractsResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	results, err := t.Backup.Restore(ctx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.RestoreContractsResponse{}
	for _, r := range results {
		restored := &alkv1.RestoredContract{Path: r.Path}
		if r.Err != nil {
			restored.Failure = r.Err.Error()
		}
		out.Restored = append(out.Restored, restored)
	}
	return out, nil
}

func (h backupService) ImportContract(ctx context.Context, req *alkv1.ImportContractRequest) (*alkv1.ImportContractResponse, error) {
	if len(req.GetFile()) == 0 {
		return nil, invalid("an empty file")
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Backup.Import(ctx, req.GetFile()); err != nil {
		return nil, err
	}
	return &alkv1.ImportContractResponse{}, nil
}

func (h backupService) RecoverContracts(ctx context.Context, req *alkv1.RecoverContractsRequest) (*alkv1.RecoverContractsResponse, error) {
	peers, err := decodeNodeKeys(req.GetPeers())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(peers) == 0 {
		for _, p := range t.Peers.Peers().Peers {
			if p.Connected {
				peers = append(peers, p.Key)
			}
		}
	}
	out := &alkv1.RecoverContractsResponse{Failed: make(map[string]string)}
	for _, key := range peers {
		name := hex.EncodeToString(key[:])
		if err := t.Backup.Recover(ctx, key); err != nil {
			out.Failed[name] = err.Error()
			continue
		}
		out.Asked = append(out.Asked, name)
	}
	return out, nil
}
