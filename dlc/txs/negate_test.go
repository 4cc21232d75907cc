package txs_test

import "github.com/btcsuite/btcd/btcec/v2/ecdsa"

// negateS turns a signature of low S, with its hash type, into the one of high S
// that is as valid to the curve.
func negateS(t tester, witness []byte) []byte {
	t.Helper()
	signature, err := ecdsa.ParseDERSignature(witness[:len(witness)-1])
	if err != nil {
		t.Fatal(err)
	}
	s, r := signature.S(), signature.R()
	sBytes, rBytes := s.Negate().Bytes(), r.Bytes()
	// Lengths are at most 72, so one byte holds them.
	prefixed := func(tag byte, b []byte) []byte { return append([]byte{tag, byte(len(b) & 0x7f)}, b...) }
	number := func(b []byte) []byte {
		for len(b) > 1 && b[0] == 0 {
			b = b[1:]
		}
		if b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return prefixed(2, b)
	}
	body := append(number(rBytes[:]), number(sBytes[:])...)
	return append(prefixed(0x30, body), witness[len(witness)-1])
}
