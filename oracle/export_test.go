package oracle

import (
	"context"
	"errors"
)

// Round does one round of the work loop.
func (s *Service) Round(ctx context.Context) { s.round(ctx) }

// FollowPeers follows every peer once and returns what it says of them.
func (s *Service) FollowPeers(ctx context.Context) error {
	var errs []error
	for _, p := range s.peers {
		s.followAndTell(ctx, p)
		if _, said := p.state(); said != "" {
			errs = append(errs, errors.New(said))
		}
	}
	return errors.Join(errs...)
}

// ConfirmNow is Confirm without a running work loop.
func (s *Service) ConfirmNow(ctx context.Context, c Confirmation) (Confirmed, error) {
	return s.confirm(ctx, c)
}
