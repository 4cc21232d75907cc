package attest_test

import (
	"strconv"
	"testing"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

func BenchmarkAnnounce(b *testing.B) {
	s := signer(b, "red")
	_, d, maturity := cum(20600)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, err := s.Announce("hp1/cum/"+strconv.Itoa(n)+"/tot", d, maturity); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAttest signs 30 digits and verifies them before they are let out.
func BenchmarkAttest(b *testing.B) {
	s := signer(b, "red")
	a, err := s.Announce(cum(20600))
	if err != nil {
		b.Fatal(err)
	}
	digits := attest.Digits(23_376_409, 30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Attest(a, digits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAccept(b *testing.B) {
	s := signer(b, "red")
	a, err := s.Announce(cum(20600))
	if err != nil {
		b.Fatal(err)
	}
	attestation, err := s.Attest(a, attest.Digits(23_376_409, 30))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := a.Accept(attest.D2, attestation); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyAnnouncement(b *testing.B) {
	a, err := signer(b, "red").Announce(cum(20600))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Verify(); err != nil {
			b.Fatal(err)
		}
	}
}
