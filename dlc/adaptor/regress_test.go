package adaptor_test

import "testing"

// An oracle that announces last chose its nonce so that it alone opened the sum of
// all oracles' points (mit-dci dlcspec 5).
func TestRegressMitDci5(t *testing.T) {
	TestRogueNonceOpensPlainSums(t) // the attack works where sums are plain
	TestRogueNonceDoesNotOpenWeightedSums(t)
}

// Proofs that an oracle knows its nonces were proposed against the same
// (dlcspecs 167); here weights make them needless.
func TestRegressDlcspecs167(t *testing.T) { TestRogueNonceDoesNotOpenWeightedSums(t) }

// The point of a signature was wrong where R has an odd y (bitcoin-s 1998).
func TestRegressBitcoinS1998(t *testing.T) { TestPointsEqualTheSumWrittenOut(t) }
