// Package follow feeds package watch from a chain backend: it notices new
// blocks, finds where the chain forked, fetches what is missing, shows old
// blocks to new watches, and delivers the events.
//
// It is not an index and keeps nothing on disk: who restarts registers its
// watches again with their height hints. It does not look at the mempool.
//
// Its invariant: every block of the best chain is either shown to the core in
// order or known by the backend's filter to concern no watch that exists at
// that moment; an outage of the backend delays events and loses none
// (PROTOCOL.md section 14, SECURITY.md C1 and C8).
package follow
