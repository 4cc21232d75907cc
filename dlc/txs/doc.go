// Package txs makes and checks every Bitcoin transaction of a contract in the
// scheme taproot-v1: the funding output and its spending paths, the funding
// transaction that both parties pay into, the contract execution transactions
// (CETs), the refund, the cooperative close, and the transaction by which a party
// withdraws from a funding transaction that is not confirmed.
//
// It is not a wallet: it selects no coins, signs no funding input and asks no
// chain whether a coin exists. It knows payouts as amounts only; what an outcome
// pays is dlc/payout, and signatures that depend on an oracle are dlc/adaptor.
//
// The invariant: from the same agreement both parties build the same bytes.
// Neither accepts a transaction that the other built, each builds its own, and
// in each the outputs and the fee sum up to the inputs. No output is ever below
// the dust limit of its script.
//
// It implements PROTOCOL.md 3 (funding output), 4 (transactions) and the kinds 0
// and 1 of 8 (cooperative close). A rollover is refused before it gets here, so
// its terms in the fee formulas are left out.
//
// Everything here only computes: randomness arrives as an argument. Values are
// not changed after they are made and may be used by several goroutines, except
// SecretNonce, whose one use is guarded.
package txs
