// Package index computes the mining-reward index from the chain: how many satoshi
// one unit of hashrate earned in a day, exactly, from headers and coinbases alone
// (docs/product.md section 2). It also names the events that oracles attest of an
// index, and holds the evidence from which anyone recomputes a day.
//
// It reads no node and no disk: oracle/series follows a chain and keeps what is
// computed here. It attests nothing.
//
// Its invariant: the same blocks give the same bytes to everyone. All numbers are
// integers, sums are wide, each division is made once and rounds down, and a
// value is a day's only when every block that it depends on is known.
package index
