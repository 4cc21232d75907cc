// Package watch tells, from a stream of blocks connected and disconnected, when
// transactions confirm, when outputs are spent, and when a reorganisation takes
// either back (PROTOCOL.md section 14).
//
// It only computes: it reads no clock and no network, and starts nothing.
// Package follow feeds it from a chain backend and delivers its events. It is
// not a wallet: it knows what it was asked to watch and nothing else, and it
// never looks at unconfirmed transactions.
//
// Its invariant: what a watch reports depends on the present best chain alone,
// not on the way there. After any sequence of Connect, Disconnect, Backfill and
// Restart the state of each watch, and the sum of its events, are those of a
// fresh Core that was shown the final chain once. Nothing is final here that is
// not final on the chain: watches stay until removed.
package watch
