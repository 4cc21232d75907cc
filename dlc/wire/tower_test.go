package wire_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

func TestTowerPackagesHoldThreeMessagesWithoutFundingWitnesses(t *testing.T) {
	offer, accept, sign := sample[*wire.Offer]().Encode(), sample[*wire.Accept]().Encode(), sample[*wire.Sign]()
	p, err := wire.NewTowerPackage(offer, accept, sign.Encode())
	require.NoError(t, err)
	bare := *sign
	bare.Witnesses = nil
	require.Equal(t, &wire.TowerPackage{Offer: offer, Accept: accept, Sign: bare.Encode()}, p)
	encoded := p.Encode()
	require.Equal(t, byte(1), encoded[0])
	back, err := wire.DecodeTowerPackage(encoded)
	require.NoError(t, err)
	require.Equal(t, p, back)

	for name, c := range map[string]struct {
		offer, accept, sign []byte
		want                error
	}{
		"sign cut":            {offer, accept, sign.Encode()[:100], tlv.ErrTruncated},
		"sign is an accept":   {offer, accept, accept, wire.ErrNotCanonical},
		"offer is an accept":  {accept, accept, sign.Encode(), wire.ErrNotCanonical},
		"accept cut":          {offer, accept[:50], sign.Encode(), tlv.ErrTruncated},
		"there is no offer":   {nil, accept, sign.Encode(), tlv.ErrTruncated},
		"accept with a stray": {offer, append(bytes.Clone(accept), 1), sign.Encode(), tlv.ErrOrder},
	} {
		_, err := wire.NewTowerPackage(c.offer, c.accept, c.sign)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestTowerPackagesAreReadStrictly(t *testing.T) {
	offer, accept, sign := sample[*wire.Offer]().Encode(), sample[*wire.Accept]().Encode(), sample[*wire.Sign]()
	bare := *sign
	bare.Witnesses = nil
	good := wire.TowerPackage{Offer: offer, Accept: accept, Sign: bare.Encode()}
	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"witnesses":        {(&wire.TowerPackage{Offer: offer, Accept: accept, Sign: sign.Encode()}).Encode(), wire.ErrNotCanonical},
		"other version":    {append([]byte{2}, good.Encode()[1:]...), wire.ErrNotCanonical},
		"trailing byte":    {append(good.Encode(), 0), tlv.ErrTrailing},
		"cut":              {good.Encode()[:len(good.Encode())-1], tlv.ErrTruncated},
		"empty":            {nil, tlv.ErrTruncated},
		"no sign":          {(&wire.TowerPackage{Offer: offer, Accept: accept}).Encode(), tlv.ErrTruncated},
		"offer of no type": {(&wire.TowerPackage{Offer: []byte{1}, Accept: accept, Sign: good.Sign}).Encode(), tlv.ErrTruncated},
		"messages swapped": {(&wire.TowerPackage{Offer: accept, Accept: offer, Sign: good.Sign}).Encode(), wire.ErrNotCanonical},
		"message cut":      {(&wire.TowerPackage{Offer: offer[:80], Accept: accept, Sign: good.Sign}).Encode(), tlv.ErrTruncated},
	} {
		p, err := wire.DecodeTowerPackage(c.bytes)
		require.ErrorIs(t, err, c.want, name)
		require.Nil(t, p, name)
	}
}

func TestTowerPackagesReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := wire.NewTowerPackage(drawOffer(t).Encode(), (&wire.Accept{List: drawList(t)}).Encode(),
			(&wire.Sign{List: drawList(t), Witnesses: drawWitnesses(t), Extra: drawExtra(t)}).Encode())
		require.NoError(t, err)
		back, err := wire.DecodeTowerPackage(p.Encode())
		require.NoError(t, err)
		require.Equal(t, p, back)
	})
}
