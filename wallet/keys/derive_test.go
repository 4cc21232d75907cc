package keys_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/wallet/keys"
)

func TestProtocolKeyVectors(t *testing.T) {
	var file struct {
		Coin    uint32
		Parties []struct {
			Name, Seed, Internal, Contract string
			KeyID                          string `json:"key_id"`
			InternalSecret                 string `json:"internal_secret"`
			ContractSecret                 string `json:"contract_secret"`
		}
	}
	readVectors(t, "protocol_keys.json", &file)
	require.Len(t, file.Parties, 2)
	for _, p := range file.Parties {
		id, err := keys.ParseKeyID(unhex(t, p.KeyID))
		require.NoError(t, err)
		require.Equal(t, p.KeyID, id.String())
		internal, contract, err := keys.DeriveContractKeys(unhex(t, p.Seed), file.Coin, id)
		require.NoError(t, err)
		require.Equal(t, p.InternalSecret, hex.EncodeToString(internal.Serialize()))
		require.Equal(t, p.ContractSecret, hex.EncodeToString(contract.Serialize()))
		require.Equal(t, p.Internal, hex.EncodeToString(internal.PubKey().SerializeCompressed()))
		require.Equal(t, p.Contract, hex.EncodeToString(contract.PubKey().SerializeCompressed()))
	}
}

func TestBIP86Vectors(t *testing.T) {
	var file struct {
		Mnemonic    string
		AccountXPrv string `json:"account_xprv"`
		AccountXPub string `json:"account_xpub"`
		Addresses   []struct {
			Change, Index uint32
			InternalKey   string `json:"internal_key"`
			OutputKey     string `json:"output_key"`
			Address       string
		}
	}
	readVectors(t, "bip86.json", &file)
	m, err := keys.ParseMnemonic(file.Mnemonic)
	require.NoError(t, err)
	seed, err := m.Seed("")
	require.NoError(t, err)
	params := &chaincfg.MainNetParams

	xprv, err := keys.BIP86AccountXPrv(seed.Bytes(), params)
	require.NoError(t, err)
	require.Equal(t, file.AccountXPrv, xprv)
	xpub, err := keys.BIP86AccountXPub(seed.Bytes(), params)
	require.NoError(t, err)
	require.Equal(t, file.AccountXPub, xpub)
	require.Len(t, file.Addresses, 3)
	for _, a := range file.Addresses {
		k, err := keys.BIP86Address(seed.Bytes(), params, a.Change, a.Index)
		require.NoError(t, err)
		require.Equal(t, a.InternalKey, hex.EncodeToString(k.Internal[:]))
		require.Equal(t, a.OutputKey, hex.EncodeToString(k.Output[:]))
		require.Equal(t, a.Address, k.Address.EncodeAddress())
	}
	regtest, err := keys.BIP86Address(seed.Bytes(), &chaincfg.RegressionNetParams, 0, 0)
	require.NoError(t, err)
	require.NotEqual(t, file.Addresses[0].OutputKey, hex.EncodeToString(regtest.Output[:]), "coin 1 outside mainnet")
	require.Equal(t, "bcrt1p", regtest.Address.EncodeAddress()[:6])
}

// BIP32 test vector 4: a parent key with leading zeros, which derivation must
// keep.
func TestDerivationKeepsLeadingZeros(t *testing.T) {
	seed := unhex(t, "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678")
	const want = "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1"
	k, err := keys.Walk(seed, 0, 1)
	require.NoError(t, err)
	require.Equal(t, want, k.String())

	parent, err := keys.Walk(seed, 0)
	require.NoError(t, err)
	old, err := parent.DeriveNonStandard(hdkeychain.HardenedKeyStart + 1) //nolint:staticcheck // shows what must not be used
	require.NoError(t, err)
	require.NotEqual(t, want, old.String(), "the vector must tell the two apart")
}

// slowHardened is BIP32 for hardened steps alone, with math/big.
func slowHardened(seed []byte, steps ...uint32) []byte {
	mac := func(key, data []byte) (*big.Int, []byte) {
		h := hmac.New(sha512.New, key)
		h.Write(data)
		sum := h.Sum(nil)
		return new(big.Int).SetBytes(sum[:32]), sum[32:]
	}
	k, chain := mac([]byte("Bitcoin seed"), seed)
	for _, s := range steps {
		data := make([]byte, 37)
		k.FillBytes(data[1:33])
		binary.BigEndian.PutUint32(data[33:], s|1<<31)
		var il *big.Int
		il, chain = mac(chain, data)
		k = il.Add(il, k).Mod(il, btcec.S256().N)
	}
	return k.FillBytes(make([]byte, 32))
}

func TestDerivationEqualsSlowBIP32(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 16, 64).Draw(t, "seed")
		coin := rapid.Uint32Range(0, 1).Draw(t, "coin")
		var id keys.KeyID
		var w [4]uint32
		for i := range w {
			w[i] = rapid.Uint32Range(0, 1<<31-1).Draw(t, "word")
			binary.BigEndian.PutUint32(id[4*i:], w[i])
		}
		internal, contract, err := keys.DeriveContractKeys(seed, coin, id)
		require.NoError(t, err)
		require.Equal(t, slowHardened(seed, 8430, coin, 1, w[0], w[1], w[2], w[3], 0), internal.Serialize())
		require.Equal(t, slowHardened(seed, 8430, coin, 1, w[0], w[1], w[2], w[3], 1), contract.Serialize())
		node, err := keys.DeriveNodeKey(seed, coin)
		require.NoError(t, err)
		require.Equal(t, slowHardened(seed, 8430, coin, 0, 0), node.Serialize())
	})
}

func TestKeyIDWordsHaveClearTopBits(t *testing.T) {
	seen := map[keys.KeyID]bool{}
	for range 200 {
		id, err := keys.NewKeyID(rand.Reader)
		require.NoError(t, err)
		require.False(t, seen[id])
		seen[id] = true
		again, err := keys.ParseKeyID(id[:])
		require.NoError(t, err)
		require.Equal(t, id, again)
	}
}

func TestParseKeyIDRefusesTopBitsAndLengths(t *testing.T) {
	for _, i := range []int{0, 4, 8, 12} {
		b := make([]byte, 16)
		b[i] = 0x80
		_, err := keys.ParseKeyID(b)
		require.ErrorIs(t, err, keys.ErrKeyID)
		_, _, err = keys.DeriveContractKeys(make([]byte, 32), 1, keys.KeyID(b))
		require.ErrorIs(t, err, keys.ErrKeyID)
	}
	for _, n := range []int{0, 15, 17} {
		_, err := keys.ParseKeyID(make([]byte, n))
		require.ErrorIs(t, err, keys.ErrKeyID)
	}
}

func TestDerivationRefusesShortSeed(t *testing.T) {
	_, _, err := keys.DeriveContractKeys(make([]byte, 15), 1, keys.KeyID{})
	require.ErrorIs(t, err, hdkeychain.ErrInvalidSeedLen)
	_, err = keys.DeriveNodeKey(nil, 1)
	require.ErrorIs(t, err, hdkeychain.ErrInvalidSeedLen)
	_, err = keys.BIP86Address(nil, &chaincfg.MainNetParams, 0, 0)
	require.ErrorIs(t, err, hdkeychain.ErrInvalidSeedLen)
}
