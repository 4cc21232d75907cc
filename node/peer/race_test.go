//go:build race

package peer_test

// racing says that the race detector is on, whose memory is not ours.
const racing = true
