package peer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/node/peer"
)

const (
	goodKey = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	// onion is the name of a version 3 service of the Tor project.
	onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
)

func TestAddressesHaveOneForm(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{goodKey + "@127.0.0.1:9735", ""},
		{strings.ToUpper(goodKey) + "@Example.ORG:1", goodKey + "@example.org:1"},
		{goodKey + "@[2001:DB8:0:0::1]:65535", goodKey + "@[2001:db8::1]:65535"},
		{goodKey + "@[::ffff:10.0.0.1]:7", goodKey + "@10.0.0.1:7"},
		{goodKey + "@" + onion + ":8430", ""},
		{goodKey + "@localhost:8430", ""},
		{goodKey + "@1st.example:08430", goodKey + "@1st.example:8430"},
	} {
		want := c.out
		if want == "" {
			want = c.in
		}
		a, err := peer.ParseAddress(c.in)
		require.NoError(t, err, c.in)
		require.Equal(t, want, a.String())
		require.Equal(t, strings.Contains(c.in, ".onion"), a.Onion())
	}
}

func TestBadAddressesAreRefused(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                "",
		"no key":               "127.0.0.1:1",
		"short key":            goodKey[2:] + "@127.0.0.1:1",
		"key is no point":      "02" + strings.Repeat("ff", 32) + "@127.0.0.1:1",
		"uncompressed":         "04" + goodKey[2:] + "@127.0.0.1:1",
		"key is not hex":       "zz" + goodKey[2:] + "@127.0.0.1:1",
		"no port":              goodKey + "@127.0.0.1",
		"port 0":               goodKey + "@127.0.0.1:0",
		"port above 65535":     goodKey + "@127.0.0.1:65536",
		"signed port":          goodKey + "@127.0.0.1:+1",
		"named port":           goodKey + "@127.0.0.1:http",
		"no host":              goodKey + "@:1",
		"bare IPv6":            goodKey + "@::1:1",
		"zone":                 goodKey + "@[fe80::1%eth0]:1",
		"IPv4 with 5 parts":    goodKey + "@1.2.3.4.5:1",
		"IPv4 part above 255":  goodKey + "@1.2.3.256:1",
		"name in brackets":     goodKey + "@[example.org]:1",
		"unspecified":          goodKey + "@0.0.0.0:1",
		"multicast":            goodKey + "@[ff02::1]:1",
		"white space":          goodKey + "@exa mple.org:1",
		"empty label":          goodKey + "@example..org:1",
		"hyphen in front":      goodKey + "@-example.org:1",
		"underscore":           goodKey + "@a_b.org:1",
		"second at":            goodKey + "@a@b:1",
		"long label":           goodKey + "@" + strings.Repeat("a", 64) + ".org:1",
		"long name":            goodKey + "@" + strings.Repeat("a.", 127) + "org:1",
		"longer than anything": goodKey + "@" + strings.Repeat("a", 1<<20) + ":1",
		"short onion":          goodKey + "@expyuzz4wqqyqhjn.onion:1",
		"mistyped onion":       goodKey + "@" + strings.Replace(onion, "2gzy", "2gzz", 1) + ":1",
	} {
		_, err := peer.ParseAddress(in)
		require.ErrorIs(t, err, peer.ErrAddress, name)
		require.Less(t, len(err.Error()), 600, name)
	}
}

func TestAddressesSurviveTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := peer.Address{
			Key:  keyOf(key(rapid.Byte().Filter(func(b byte) bool { return b < 250 }).Draw(t, "key"))),
			Host: rapid.StringMatching(`([a-z][a-z0-9]{0,20}\.){0,3}[a-z]{1,20}|([1-9][0-9]\.){3}[1-9]|fd[0-9a-f]{2}::[1-9a-f]`).Draw(t, "host"),
			Port: rapid.Uint16Min(1).Draw(t, "port"),
		}
		if strings.HasSuffix(a.Host, ".onion") {
			t.Skip("an onion name by chance has no checksum")
		}
		b, err := peer.ParseAddress(a.String())
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{
		goodKey + "@127.0.0.1:1", goodKey + "@[::1]:2", goodKey + "@" + onion + ":3", goodKey + "@a.b:4", "@", "@:", goodKey + "@[%]:1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := peer.ParseAddress(text)
		if err != nil {
			if !errors.Is(err, peer.ErrAddress) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		b, err := peer.ParseAddress(a.String())
		if err != nil || a != b {
			t.Fatalf("%q reads as %v, whose text reads as %v: %v", text, a, b, err)
		}
	})
}
