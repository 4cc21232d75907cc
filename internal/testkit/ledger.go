package testkit

import (
	"maps"
	"sync"
)

// NonceLedger remembers which nonces signers used, and fails its test as soon
// as one nonce meets two challenges under one key: two such signatures reveal
// the key. The same signature made twice is no breach. It is safe for concurrent
// use; NewNonceLedger makes one.
type NonceLedger struct {
	t    Reporter
	mu   sync.Mutex
	seen map[nonceUse][32]byte
}

type nonceUse struct{ key, nonce [32]byte }

// NewNonceLedger returns an empty ledger that reports to t.
func NewNonceLedger(t Reporter) *NonceLedger {
	return &NonceLedger{t: t, seen: make(map[nonceUse][32]byte)}
}

// Fork returns a ledger that reports to t and knows what this one does: that of
// a test which goes on from where another has stopped.
func (l *NonceLedger) Fork(t Reporter) *NonceLedger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &NonceLedger{t: t, seen: maps.Clone(l.seen)}
}

// Record enters a signature: the signer's key x(P), the point of its own nonce
// x(k*G), and the challenge e. For an adaptor signature that is the point before
// the adaptor point is added, since the same k with two adaptor points reveals
// the key no less; callers that see only R = k*G + T enter R - T.
func (l *NonceLedger) Record(key, nonce, challenge [32]byte) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	use := nonceUse{key, nonce}
	before, met := l.seen[use]
	if met && before != challenge {
		l.t.Errorf("nonce %x of key %x met two challenges, %x and %x", nonce, key, before, challenge)
	}
	l.seen[use] = challenge
}

// Len returns how many nonces were used.
func (l *NonceLedger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen)
}
