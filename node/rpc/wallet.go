package rpc

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// walletService has its methods in wallet.go (open and close), coins.go,
// send.go, psbt.go and sync.go.
type walletService struct{ s *Server }

var _ alkv1connect.WalletServiceHandler = walletService{}

// alone runs f while no other request opens or closes the wallet. The context
// it passes does not end when the client leaves: what was begun is finished.
func (h walletService) alone(ctx context.Context, f func(context.Context) error) error {
	select {
	case h.s.opening <- struct{}{}:
		defer func() { <-h.s.opening }()
	default:
		return ErrBusy
	}
	return f(context.WithoutCancel(ctx))
}

// whileClosed is alone for requests that open the wallet. The gate has looked
// at the state already, but another request may have opened it since.
func (h walletService) whileClosed(ctx context.Context, f func(context.Context) error) error {
	return h.alone(ctx, func(ctx context.Context) error {
		if st := h.s.cfg.Node.WalletState(); st != WalletNone && st != WalletLocked {
			return ErrWalletOpen
		}
		return f(ctx)
	})
}

func (h walletService) Create(ctx context.Context, req *alkv1.CreateRequest) (*alkv1.CreateResponse, error) {
	defer clear(req.GetPassphrase())
	defer clear(req.GetBip39Passphrase())
	var mnemonic keys.Mnemonic
	caller := ctx
	err := h.whileClosed(ctx, func(ctx context.Context) (err error) {
		mnemonic, err = h.s.cfg.Wallets.Create(ctx, req.GetPassphrase(), req.GetBip39Passphrase())
		if err == nil && caller.Err() != nil {
			// Who asked has gone and will not see the words.
			return errors.Join(caller.Err(), h.s.cfg.Wallets.Discard(ctx))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.CreateResponse{Mnemonic: mnemonic.Words()}, nil
}

func (h walletService) Restore(ctx context.Context, req *alkv1.RestoreRequest) (*alkv1.RestoreResponse, error) {
	defer clear(req.GetPassphrase())
	defer clear(req.GetBip39Passphrase())
	mnemonic, err := keys.ParseMnemonic(strings.Join(req.GetMnemonic(), " "))
	if err != nil {
		return nil, err
	}
	if req.GetRecoveryWindow() > maxWindow {
		return nil, invalid("recovery window of %d, %d is possible", req.GetRecoveryWindow(), maxWindow)
	}
	r := RestoreRequest{
		Mnemonic: mnemonic, BIP39Passphrase: req.GetBip39Passphrase(), Passphrase: req.GetPassphrase(),
		RecoveryWindow: req.GetRecoveryWindow(),
	}
	if req.BirthdayUnix != nil {
		r.Birthday = time.Unix(req.GetBirthdayUnix(), 0)
	}
	err = h.whileClosed(ctx, func(ctx context.Context) error { return h.s.cfg.Wallets.Restore(ctx, r) })
	if err != nil {
		return nil, err
	}
	return &alkv1.RestoreResponse{}, nil
}

func (h walletService) Unlock(ctx context.Context, req *alkv1.UnlockRequest) (*alkv1.UnlockResponse, error) {
	defer clear(req.GetPassphrase())
	err := h.whileClosed(ctx, func(ctx context.Context) error {
		return h.s.cfg.Wallets.Unlock(ctx, req.GetPassphrase())
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.UnlockResponse{}, nil
}

func (h walletService) Lock(ctx context.Context, _ *alkv1.LockRequest) (*alkv1.LockResponse, error) {
	if err := h.alone(ctx, h.s.cfg.Wallets.Lock); err != nil {
		return nil, err
	}
	return &alkv1.LockResponse{}, nil
}

func (h walletService) ChangePassphrase(ctx context.Context, req *alkv1.ChangePassphraseRequest) (*alkv1.ChangePassphraseResponse, error) {
	defer clear(req.GetOldPassphrase())
	defer clear(req.GetNewPassphrase())
	err := h.alone(ctx, func(ctx context.Context) error {
		return h.s.cfg.Wallets.ChangePassphrase(ctx, req.GetOldPassphrase(), req.GetNewPassphrase())
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.ChangePassphraseResponse{}, nil
}
