package node_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/node/peer"
)

// TestAPeerSendsOnlySoMuchAMinute: each kind for itself, each peer for himself, and
// messages about what both have agreed to are never turned away.
func TestAPeerSendsOnlySoMuchAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		admit := node.NewAdmission()
		flood := func(k peer.Key, about wire.Type) int {
			let := 0
			for range 2_000 {
				if admit(k, about) {
					let++
				}
			}
			return let
		}
		one, other := peer.Key{2, 1}, peer.Key{2, 2}
		require.Equal(t, 60, flood(one, wire.TypeOffer))
		require.Equal(t, 60, flood(one, wire.TypeResume))
		require.Equal(t, 10, flood(one, wire.TypeEvidence))
		require.Equal(t, 60, flood(other, wire.TypeOffer))
		require.Equal(t, 2_000, flood(one, wire.TypeCloseOffer))
		require.Equal(t, 2_000, flood(one, wire.TypeFunded))
		time.Sleep(time.Minute)
		require.Equal(t, 60, flood(one, wire.TypeOffer))
	})
}
