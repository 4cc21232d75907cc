// Package series follows a chain and keeps an index on disk: the facts of each
// block, the coinbase proofs, and the records of the closed days, through
// reorganisations and restarts (docs/product.md section 2).
//
// It computes nothing itself: oracle/index does. It attests nothing: what it keeps
// is what the chain says now, which after a reorganisation deeper than the index's
// confirmations may differ from what was attested.
//
// Its invariant: the blocks on disk are contiguous and link, and each day on disk
// follows from them and is final on them. A reorganisation takes days back before
// it takes the blocks, and blocks from the top; a crash anywhere leaves a state from
// which the next Sync goes on.
package series
