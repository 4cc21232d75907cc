// Package oracle is the oracle service: it decides when to announce events of its
// indices and when to attest them, and it keeps an eye on its node, its federation
// and itself. PRODUCT.md 2.4 and 2.9, SECURITY.md R1 to R10.
//
// It computes no index (a Source does), makes no signature (oracle/attest does) and
// is not the last word on what may be signed (oracle/store is). It listens on
// nothing: oracle/api serves what it reads here.
//
// Its invariant: it attests only what it announced, only when the day is closed and
// mature, its node can be relied on and the value follows from the evidence; a value
// once attested stands, and later counters continue from it; and what it shows to
// anybody is on its disk, together with the high-water mark that counts it.
package oracle
