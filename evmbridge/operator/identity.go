package operator

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// ErrPeer means that the other end has not the certificate that is pinned for it.
var ErrPeer = errors.New("certificate is not the pinned one")

// Fingerprint is the SHA256 of a certificate's public key (SubjectPublicKeyInfo), by
// which operators know each other.
type Fingerprint [32]byte

// String returns the fingerprint in hexadecimal.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// ParseFingerprint reads the hexadecimal form.
func ParseFingerprint(text string) (Fingerprint, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(Fingerprint{}) {
		return Fingerprint{}, fmt.Errorf("%q: %w", text, ErrPeer)
	}
	return Fingerprint(raw), nil
}

// Identity is by which a program is known to operators: a key and a certificate of its
// own making.
type Identity struct {
	certificate tls.Certificate
	fingerprint Fingerprint
}

// NewIdentity returns the identity of a seed, 32 secret bytes. The same seed gives the
// same fingerprint.
func NewIdentity(seed [32]byte) (*Identity, error) {
	key := ed25519.NewKeyFromSeed(seed[:])
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"alkbridge operator"}},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0), // who has the key is what counts
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	return &Identity{
		certificate: tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, fingerprint: fingerprintOf(parsed),
	}, nil
}

func fingerprintOf(c *x509.Certificate) Fingerprint { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// Fingerprint returns the identity's.
func (i *Identity) Fingerprint() Fingerprint { return i.fingerprint }

// Server returns how an operator serves: it shows its certificate, and takes any
// client's, which proves that it has the key; whom to trust is for the methods to say.
func (i *Identity) Server() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{i.certificate}, MinVersion: tls.VersionTLS13, ClientAuth: tls.RequestClientCert,
		NextProtos: []string{"h2", "http/1.1"},
	}
}

// Client returns how an operator with a pinned certificate is reached.
func (i *Identity) Client(pinned Fingerprint) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{i.certificate}, MinVersion: tls.VersionTLS13,
		// The name in a certificate of one's own making says nothing; its key is compared.
		InsecureSkipVerify: true, //nolint:gosec // G402: VerifyConnection compares the key
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 || fingerprintOf(state.PeerCertificates[0]) != pinned {
				return ErrPeer
			}
			return nil
		},
	}
}
