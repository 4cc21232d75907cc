package peer

import (
	"bytes"
	"crypto/sha3"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/btcec/v2"
)

// ErrAddress means that a text is not a peer's address or key.
var ErrAddress = errors.New("not a peer address (pubkey@host:port)")

// Limits of a host name (RFC 1035), and of the whole of an address.
const (
	maxHost    = 253
	maxLabel   = 63
	maxAddress = 2*KeySize + 1 + maxHost + len("[]:65535")
)

// KeySize is the length of a Key in bytes.
const KeySize = 33

// Key is a node key, by which a peer is known: a compressed point.
type Key [KeySize]byte

// String returns the key in lower-case hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText returns what String does, so that logs and JSON show it.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Compare orders keys by their bytes: -1, 0 or 1.
func (k Key) Compare(other Key) int { return bytes.Compare(k[:], other[:]) }

// point returns the key as a point of the curve.
func (k Key) point() (*btcec.PublicKey, error) {
	p, err := btcec.ParsePubKey(k[:])
	if err != nil {
		return nil, fmt.Errorf("%w: key %s: %w", ErrAddress, k, err)
	}
	return p, nil
}

// ParseKey reads a key in hexadecimal, either case; it must be a point of the
// curve. Errors are ErrAddress.
func ParseKey(text string) (Key, error) {
	var k Key
	if len(text) != 2*KeySize {
		return k, fmt.Errorf("%w: key of %d characters, want %d", ErrAddress, len(text), 2*KeySize)
	}
	if _, err := hex.Decode(k[:], []byte(text)); err != nil {
		return k, fmt.Errorf("%w: key %q: %w", ErrAddress, text, err)
	}
	_, err := k.point()
	return k, err
}

// Address says who a peer is and where it listens.
type Address struct {
	Key Key
	// Host is an IP address without brackets or zone, a host name in lower
	// case, or a version 3 onion name.
	Host string
	// Port is 1 to 65535.
	Port uint16
}

// String returns pubkey@host:port, which ParseAddress reads.
func (a Address) String() string { return a.Key.String() + "@" + a.HostPort() }

// HostPort returns host:port, with brackets around an IPv6 address.
func (a Address) HostPort() string {
	return net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
}

// Onion says whether the host is an onion name, reached through Tor alone.
func (a Address) Onion() bool { return strings.HasSuffix(a.Host, onionSuffix) }

// ParseAddress reads pubkey@host:port, where host is an IPv4 address, an IPv6
// address in brackets, a host name or a version 3 onion name. It returns the
// canonical form: lower case, shortest address. Errors are ErrAddress and say
// what is wrong.
func ParseAddress(text string) (Address, error) {
	var a Address
	if len(text) > maxAddress {
		return a, fmt.Errorf("%w: %d characters", ErrAddress, len(text))
	}
	keyText, hostPort, found := strings.Cut(text, "@")
	if !found {
		return a, fmt.Errorf("%w: no @ in %q", ErrAddress, text)
	}
	key, err := ParseKey(keyText)
	if err != nil {
		return a, err
	}
	host, portText, err := net.SplitHostPort(hostPort)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 || portText[0] == '+' {
		return a, fmt.Errorf("%w: port %q, want 1 to 65535", ErrAddress, portText)
	}
	if host, err = parseHost(host, strings.HasPrefix(hostPort, "[")); err != nil {
		return a, err
	}
	return Address{Key: key, Host: host, Port: uint16(port)}, nil
}

// parseHost returns the canonical form of a host; brackets are for IPv6 alone.
func parseHost(host string, brackets bool) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		if ip.Zone() != "" {
			return "", fmt.Errorf("%w: %q has a zone", ErrAddress, host)
		}
		if ip.IsUnspecified() || ip.IsMulticast() {
			return "", fmt.Errorf("%w: %s is no host", ErrAddress, ip)
		}
		return ip.String(), nil
	}
	host = strings.ToLower(host)
	switch {
	case brackets:
		return "", fmt.Errorf("%w: %q in brackets is no IPv6 address", ErrAddress, host)
	case strings.HasSuffix(host, onionSuffix):
		return host, checkOnion(host)
	}
	return host, checkName(host)
}

// checkName holds a host name against RFC 1123: labels of letters, digits and
// inner hyphens. The last label is not a number, which would be a mistyped IP
// address.
func checkName(host string) error {
	if len(host) == 0 || len(host) > maxHost {
		return fmt.Errorf("%w: host name of %d characters", ErrAddress, len(host))
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return fmt.Errorf("%w: label %q of a host name", ErrAddress, label)
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return fmt.Errorf("%w: label %q of a host name", ErrAddress, label)
			}
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return fmt.Errorf("%w: %q is neither an IP address nor a name", ErrAddress, host)
	}
	return nil
}

// The parts of a version 3 onion name: base32 of a key, two bytes of checksum
// and the version.
const (
	onionSuffix  = ".onion"
	onionLength  = 56
	onionKey     = 32
	onionVersion = 3
)

// checkOnion holds an onion name against its checksum, so that a mistyped one
// is told at once.
func checkOnion(host string) error {
	name := strings.TrimSuffix(host, onionSuffix)
	if len(name) != onionLength {
		return fmt.Errorf("%w: onion name of %d characters, want the %d of version 3", ErrAddress, len(name), onionLength)
	}
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(name))
	if err != nil {
		return fmt.Errorf("%w: onion name: %w", ErrAddress, err)
	}
	key, sum, version := raw[:onionKey], raw[onionKey:onionKey+2], raw[onionKey+2]
	want := sha3.Sum256(append(append([]byte(".onion checksum"), key...), version))
	if version != onionVersion || !bytes.Equal(sum, want[:2]) {
		return fmt.Errorf("%w: checksum of the onion name %s", ErrAddress, host)
	}
	return nil
}
