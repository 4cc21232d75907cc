package peer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/peer"
)

// BenchmarkConnect is a whole meeting over loopback: TCP, three acts, hellos,
// session, end; both ends in one process.
func BenchmarkConnect(b *testing.B) {
	server := start(b, 1, nil)
	client := start(b, 2, func(cfg *peer.Config) { cfg.Listen = nil })
	address := server.address(b)
	for b.Loop() {
		require.NoError(b, client.Connect(b.Context(), address))
		require.NoError(b, client.Disconnect(server.Self()))
		client.handler.until(b, "the end", func() bool { return len(client.handler.online) == 0 })
		server.handler.until(b, "the end", func() bool { return len(server.handler.online) == 0 })
	}
}

// BenchmarkSend sends whole messages over loopback until they have arrived; both
// ends in one process.
func BenchmarkSend(b *testing.B) {
	for name, message := range map[string][]byte{"small": offer(1), "4MB": long(b, 4_000_000)} {
		b.Run(name, func(b *testing.B) {
			server := start(b, 1, nil)
			client := start(b, 2, func(cfg *peer.Config) { cfg.Listen = nil })
			require.NoError(b, client.Connect(b.Context(), server.address(b)))
			b.SetBytes(int64(len(message)))
			n := uint64(0)
			for b.Loop() {
				require.NoError(b, client.Send(b.Context(), server.Self(), message))
				n++
			}
			for server.Stats().Messages < n {
				continue
			}
		})
	}
}
