package order_test

import (
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// The vector of PRODUCT.md 5.1: secret key 3, aux 32 zero bytes.
const (
	vectorBody = `{"cap":"70000","days":"30","expiry":"1767830400","floor":"40000","fv":"0","h_max":"5000","h_min":"100","index":"hp1/tot","k":"55000","kc":"0","maker_pk":"f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9","nonce":"1","oracles":["774ae7f858a9411e5ef4246b70c65aac5649980be5c17891bbec17895da008cb","d01115d548e7561b15c38f004d734633687cf4419620095bc5b0f47070afe85a","f28773c2d975288bc7d1d205c3748651b075fbc6610e58cddeeddf8f19405aa8"],"premium":"0","premium_mode":"inside","product":"SWAP_M","quant_j":"10","side":"sell","start_day":"20460","taker_pk":"","threshold":"2","type":"order","v":"1"}`
	vectorID   = "6eb6e9e5f3188f48f2baba996f11dcef8eeca9190803ea996413b2b04334551e"
	vectorSig  = "3e2bf667321656c8abd2d214c2eaf691b9a4e4edbdb5f2d9cef9108ff18e6e3b87d925b4c7d4837437190a386d8a3e65653311a8833e935a7b85a2361298369e"
)

var aux [32]byte

func unhex32(t testing.TB, s string) [32]byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	require.Len(t, b, 32)
	return [32]byte(b)
}

func keyThree() *btcec.PrivateKey {
	key, _ := btcec.PrivKeyFromBytes([]byte{3})
	return key
}

func publicKey(key *btcec.PrivateKey) [32]byte {
	return [32]byte(schnorr.SerializePubKey(key.PubKey()))
}

// swap is the order of the vector, unsigned.
func swap(t testing.TB) order.Order {
	t.Helper()
	return order.Order{Quote: order.Quote{
		MakerPK: publicKey(keyThree()), Side: order.Sell, Product: payout.SwapM, Index: "hp1/tot",
		StartDay: 20460, Days: 30, HMin: 100, HMax: 5000, K: 55_000, Floor: 40_000, Cap: 70_000, QuantJ: 10,
		Oracles: [][32]byte{
			unhex32(t, "774ae7f858a9411e5ef4246b70c65aac5649980be5c17891bbec17895da008cb"),
			unhex32(t, "d01115d548e7561b15c38f004d734633687cf4419620095bc5b0f47070afe85a"),
			unhex32(t, "f28773c2d975288bc7d1d205c3748651b075fbc6610e58cddeeddf8f19405aa8"),
		},
		Threshold: 2, Expiry: 1767830400, Nonce: 1,
	}}
}

// products holds a valid order of each product.
func products(t testing.TB) map[payout.Instrument]order.Order {
	t.Helper()
	of := func(product payout.Instrument, set func(*order.Quote)) order.Order {
		o := swap(t)
		o.Product, o.K, o.Floor, o.Cap = product, 52_000, 0, 0
		set(&o.Quote)
		return o
	}
	return map[payout.Instrument]order.Order{
		payout.SwapM:  swap(t),
		payout.SwapP:  of(payout.SwapP, func(q *order.Quote) { q.Cap = 70_000 }),
		payout.Call:   of(payout.Call, func(q *order.Quote) { q.Cap, q.Premium = 75_000, 50_000 }),
		payout.Put:    of(payout.Put, func(q *order.Quote) { q.Floor, q.Premium = 30_000, 24_000 }),
		payout.Collar: of(payout.Collar, func(q *order.Quote) { q.K, q.Floor, q.KC, q.Cap, q.Premium = 50_000, 30_000, 56_000, 75_000, -1_000 }),
		payout.Conv:   of(payout.Conv, func(q *order.Quote) { q.Cap, q.FV, q.Premium = 80_000, 25_000_000, 24_900_000 }),
	}
}

func request(t testing.TB, product payout.Instrument, side order.Side) order.RFQ {
	t.Helper()
	r := order.RFQ{Quote: products(t)[product].Quote}
	r.Side, r.HMin = side, r.HMax
	if product.HasPremium() {
		r.Premium = 0
	} else {
		r.K = 0
	}
	return r
}

func TestVectorsOfTheProductOrder(t *testing.T) {
	o, err := swap(t).Sign(keyThree(), aux)
	require.NoError(t, err)
	require.Equal(t, vectorBody, string(o.Body()))
	id := o.ID()
	require.Equal(t, vectorID, hex.EncodeToString(id[:]))
	require.Equal(t, vectorSig, hex.EncodeToString(o.Sig[:]))
	require.NoError(t, o.Verify())

	record := strings.Replace(vectorBody, `"start_day"`, `"sig":"`+vectorSig+`","start_day"`, 1)
	require.Equal(t, record, string(o.Encode()))
	back, err := order.DecodeOrder([]byte(record))
	require.NoError(t, err)
	require.Equal(t, o, back)
	require.NoError(t, back.Verify())
}

func TestEveryRecordIsSignedVerifiedAndReadBack(t *testing.T) {
	key := testkit.Key("maker")
	for product, draft := range products(t) {
		o, err := draft.Sign(key, aux)
		require.NoError(t, err, product)
		require.Equal(t, publicKey(key), o.MakerPK)
		back, err := order.DecodeOrder(o.Encode())
		require.NoError(t, err, product)
		require.Equal(t, o, back)
		require.NoError(t, back.Verify())

		for _, side := range []order.Side{order.Buy, order.Sell, order.Both} {
			r, err := request(t, product, side).Sign(key, aux)
			require.NoError(t, err, product)
			backR, err := order.DecodeRFQ(r.Encode())
			require.NoError(t, err, product)
			require.Equal(t, r, backR)
			require.NoError(t, backR.Verify())
			require.NotEqual(t, o.ID(), r.ID())
		}
	}
	take, err := order.Take{OrderID: [32]byte{1}, H: 300, Nonce: math.MaxUint64, Expiry: 7}.Sign(key, aux)
	require.NoError(t, err)
	backT, err := order.DecodeTake(take.Encode())
	require.NoError(t, err)
	require.Equal(t, take, backT)
	require.NoError(t, backT.Verify())

	cancel, err := order.Cancel{OrderIDs: [][32]byte{{1}, {2}}, BelowNonce: 4, Nonce: 5}.Sign(key, aux)
	require.NoError(t, err)
	backC, err := order.DecodeCancel(cancel.Encode())
	require.NoError(t, err)
	require.Equal(t, cancel, backC)
	require.NoError(t, backC.Verify())
}

func TestVerifyRefusesOtherKeysIdsAndSignatures(t *testing.T) {
	o, err := swap(t).Sign(keyThree(), aux)
	require.NoError(t, err)
	for name, change := range map[string]func(*order.Order){
		"flipped bit of s":  func(o *order.Order) { o.Sig[63] ^= 1 },
		"flipped bit of R":  func(o *order.Order) { o.Sig[0] ^= 1 },
		"r above the field": func(o *order.Order) { fill(o.Sig[:], 0xff) },
		"other maker":       func(o *order.Order) { o.MakerPK = publicKey(testkit.Key("other")) },
		"no point":          func(o *order.Order) { o.MakerPK = [32]byte{} },
		"other strike":      func(o *order.Order) { o.K++ },
		"zero":              func(o *order.Order) { o.Sig = [64]byte{} },
	} {
		changed := *o
		change(&changed)
		require.ErrorIs(t, changed.Verify(), order.ErrMalformed, name)
	}
	// A take's id is another hash than a cancel's of the same bytes: tags differ.
	take, err := order.Take{H: 100}.Sign(keyThree(), aux)
	require.NoError(t, err)
	take.Sig = o.Sig
	require.ErrorIs(t, take.Verify(), order.ErrMalformed)
	cancel := &order.Cancel{MakerPK: o.MakerPK, Sig: o.Sig}
	require.ErrorIs(t, cancel.Verify(), order.ErrMalformed)
	r := request(t, payout.SwapM, order.Buy)
	r.Sig = o.Sig
	require.ErrorIs(t, r.Verify(), order.ErrMalformed)
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

func TestSigningRefusesWhatNobodyMayOrder(t *testing.T) {
	bad := swap(t)
	bad.HMax = 4_950
	_, err := bad.Sign(keyThree(), aux)
	require.ErrorIs(t, err, order.ErrMalformed)
	_, err = order.Take{H: 50}.Sign(keyThree(), aux)
	require.ErrorIs(t, err, order.ErrMalformed)
	_, err = order.Cancel{OrderIDs: make([][32]byte, 100)}.Sign(keyThree(), aux)
	require.ErrorIs(t, err, order.ErrTooLong)
	r := request(t, payout.SwapM, order.Buy)
	r.HMin = 100
	_, err = r.Sign(keyThree(), aux)
	require.ErrorIs(t, err, order.ErrMalformed)
}

func TestCancelKillsListedAndOlderOrdersOfItsMakerOnly(t *testing.T) {
	o := swap(t)
	o.Nonce = 10
	for name, c := range map[string]struct {
		cancel order.Cancel
		kills  bool
	}{
		"listed":        {order.Cancel{MakerPK: o.MakerPK, OrderIDs: [][32]byte{{}, o.ID()}}, true},
		"below":         {order.Cancel{MakerPK: o.MakerPK, BelowNonce: 11}, true},
		"at":            {order.Cancel{MakerPK: o.MakerPK, BelowNonce: 10}, false},
		"nothing":       {order.Cancel{MakerPK: o.MakerPK}, false},
		"another maker": {order.Cancel{MakerPK: publicKey(testkit.Key("x")), OrderIDs: [][32]byte{o.ID()}, BelowNonce: 99}, false},
	} {
		require.Equal(t, c.kills, c.cancel.Kills(&o), name)
	}
}

func TestFillsKeepTheSizeAndTimeThatAreOffered(t *testing.T) {
	const now = 1_000
	o := swap(t)
	o.HMin, o.HMax, o.Expiry = 300, 1_000, 2_000
	for name, c := range map[string]struct {
		h, remaining uint32
		now, expiry  uint64
		want         error
	}{
		"the least":            {300, 1_000, now, 1_500, nil},
		"all":                  {1_000, 1_000, now, 1_500, nil},
		"last remainder":       {200, 200, now, 1_500, nil},
		"below the least":      {200, 1_000, now, 1_500, order.ErrQuoteMismatch},
		"part of a remainder":  {100, 200, now, 1_500, order.ErrQuoteMismatch},
		"more than offered":    {1_100, 2_000, now, 1_500, order.ErrQuoteMismatch},
		"more than left":       {500, 400, now, 1_500, order.ErrUnavailable},
		"nothing left":         {300, 0, now, 1_500, order.ErrUnavailable},
		"order just not over":  {300, 1_000, 1_999, 9_999, nil},
		"order over":           {300, 1_000, 2_000, 9_999, order.ErrExpired},
		"take just not over":   {300, 1_000, now, now + 1, nil},
		"take over":            {300, 1_000, now, now, order.ErrExpired},
		"expiry comes first":   {300, 0, now, 0, order.ErrExpired},
		"absurd size":          {4_294_967_200, 4_294_967_295, now, 1_500, order.ErrQuoteMismatch},
		"never before the end": {300, 1_000, math.MaxUint64, math.MaxUint64, order.ErrExpired},
	} {
		take := &order.Take{H: c.h, Expiry: c.expiry}
		require.ErrorIs(t, order.CheckFill(&o, take, c.remaining, c.now), c.want, name)
	}
}

func TestExpiryEndsWithTheStartDaysMaturity(t *testing.T) {
	o := swap(t)
	maturity := (uint64(o.StartDay)+1)*86_400 + 43_200
	o.Expiry = maturity
	require.NoError(t, o.CheckExpiry(maturity))
	o.Expiry++
	require.ErrorIs(t, o.CheckExpiry(maturity), order.ErrMalformed)
}

func TestOpenTakeWantsThreeRecordsThatBelongTogether(t *testing.T) {
	maker, taker, other := keyThree(), testkit.Key("taker"), publicKey(testkit.Key("other"))
	o, err := swap(t).Sign(maker, aux)
	require.NoError(t, err)
	take, err := order.Take{OrderID: o.ID(), H: 500, Nonce: 1, Expiry: 99}.Sign(taker, aux)
	require.NoError(t, err)
	closed := swap(t)
	closed.TakerPK = other
	private, err := closed.Sign(maker, aux)
	require.NoError(t, err)
	stray, err := order.Take{OrderID: [32]byte{9}, H: 500}.Sign(taker, aux)
	require.NoError(t, err)
	forgedOrder, forgedTake := *o, *take
	forgedOrder.Sig[40] ^= 1
	forgedTake.Sig[40] ^= 1

	type input struct {
		order, take         []byte
		maker, taker, quote [32]byte
	}
	good := input{o.Encode(), take.Encode(), o.MakerPK, take.TakerPK, o.ID()}
	for name, c := range map[string]struct {
		change func(*input)
		want   error
	}{
		"good":                      {func(*input) {}, nil},
		"order unreadable":          {func(in *input) { in.order = in.order[1:] }, order.ErrMalformed},
		"take unreadable":           {func(in *input) { in.take = nil }, order.ErrMalformed},
		"take too long":             {func(in *input) { in.take = make([]byte, order.MaxRecord+1) }, order.ErrTooLong},
		"we are not the maker":      {func(in *input) { in.maker = other }, order.ErrMalformed},
		"the peer is not the taker": {func(in *input) { in.taker = other }, order.ErrMalformed},
		"order for somebody else":   {func(in *input) { in.order, in.quote = private.Encode(), private.ID() }, order.ErrMalformed},
		"quote_id of another":       {func(in *input) { in.quote[0] ^= 1 }, order.ErrQuoteMismatch},
		"take of another order":     {func(in *input) { in.take = stray.Encode() }, order.ErrQuoteMismatch},
		"order forged":              {func(in *input) { in.order = forgedOrder.Encode() }, order.ErrMalformed},
		"take forged":               {func(in *input) { in.take = forgedTake.Encode() }, order.ErrMalformed},
	} {
		in := good
		c.change(&in)
		gotOrder, gotTake, err := order.OpenTake(in.order, in.take, in.maker, in.taker, in.quote)
		require.ErrorIs(t, err, c.want, name)
		if c.want == nil {
			require.Equal(t, o, gotOrder)
			require.Equal(t, take, gotTake)
		} else {
			require.Nil(t, gotOrder, name)
			require.Nil(t, gotTake, name)
		}
	}
}

func TestTermsFollowFromOrderAndTake(t *testing.T) {
	event := order.Event{Base: 21_834_567, Digits: 30}
	for product, o := range products(t) {
		for _, side := range []order.Side{order.Buy, order.Sell} {
			o.Side = side
			terms, err := order.TermsFrom(&o, &order.Take{H: 1_200}, event)
			require.NoError(t, err, product)
			require.Equal(t, payout.Terms{
				Instrument: product, Index: "hp1/tot", Event: "hp1/cum/20489/tot", StartDay: 20460, EndDay: 20489,
				Base: 21_834_567, Digits: 30, Bucket: 10, Notional: 1_200, K: o.K, F: o.Floor, C: o.Cap, K2: o.KC,
				FaceValue: o.FV, Premium: o.Premium, Offerer: terms.Offerer, Threshold: 2, Oracles: o.Oracles,
			}, terms)
			require.Equal(t, side == order.Sell, terms.Offerer == payout.Long, "the taker has the other side")
			require.NoError(t, order.MatchTerms(terms.Encode(), &o, &order.Take{H: 1_200}, event))
		}
	}
}

func TestTermsThatDifferFromTheQuoteAreNamed(t *testing.T) {
	event := order.Event{Base: 21_834_567, Digits: 30}
	o, take := products(t)[payout.Collar], &order.Take{H: 1_200}
	good, err := order.TermsFrom(&o, take, event)
	require.NoError(t, err)
	for name, change := range map[string]func(*payout.Terms){
		"record 2":  func(terms *payout.Terms) { terms.Instrument, terms.K2 = payout.Call, 0 },
		"record 4":  func(terms *payout.Terms) { terms.Index = "hp1/sub" },
		"record 6":  func(terms *payout.Terms) { terms.Event = "hp1/cum/20488/tot" },
		"record 8":  func(terms *payout.Terms) { terms.StartDay-- },
		"record 10": func(terms *payout.Terms) { terms.EndDay++ },
		"record 12": func(terms *payout.Terms) { terms.Base++ },
		"record 14": func(terms *payout.Terms) { terms.Digits-- },
		"record 16": func(terms *payout.Terms) { terms.Bucket++ },
		"record 18": func(terms *payout.Terms) { terms.Notional += 100 },
		"record 20": func(terms *payout.Terms) { terms.K++ },
		"record 22": func(terms *payout.Terms) { terms.F++ },
		"record 24": func(terms *payout.Terms) { terms.C++ },
		"record 26": func(terms *payout.Terms) { terms.K2++ },
		"record 30": func(terms *payout.Terms) { terms.Premium++ },
		"record 32": func(terms *payout.Terms) { terms.Offerer = payout.Long + payout.Short - terms.Offerer },
		"record 34": func(terms *payout.Terms) { terms.Threshold++ },
		"record 36": func(terms *payout.Terms) { terms.Oracles = terms.Oracles[:2] },
	} {
		changed := good
		change(&changed)
		err := order.MatchTerms(changed.Encode(), &o, take, event)
		require.ErrorIs(t, err, order.ErrQuoteMismatch, name)
		require.ErrorContains(t, err, "terms differ in "+name+":")
	}
	encoded := good.Encode()
	for name, offered := range map[string][]byte{
		"their encoding": encoded[:len(encoded)-1],
		"record 36":      encoded[:len(encoded)-98],
		"record 37":      append(encoded[:len(encoded):len(encoded)], 37, 0),
	} {
		err := order.MatchTerms(offered, &o, take, event)
		require.ErrorIs(t, err, order.ErrQuoteMismatch, name)
		require.ErrorContains(t, err, name)
	}
}

func TestTermsNoContractMayHaveAreRefused(t *testing.T) {
	o := swap(t)
	for name, c := range map[string]struct {
		take  order.Take
		event order.Event
	}{
		"collateral below the limit": {order.Take{H: 100}, order.Event{Digits: 30}},
		"base beyond the digits":     {order.Take{H: 1_000}, order.Event{Base: 1<<30 - 1, Digits: 30}},
		"too few digits":             {order.Take{H: 1_000}, order.Event{Digits: 12}},
		"no digits":                  {order.Take{H: 1_000}, order.Event{}},
	} {
		_, err := order.TermsFrom(&o, &c.take, c.event)
		require.ErrorIs(t, err, order.ErrBadTerms, name)
		require.ErrorIs(t, order.MatchTerms(nil, &o, &c.take, c.event), order.ErrBadTerms, name)
	}
	o.Index = "hp1"
	_, err := order.TermsFrom(&o, &order.Take{H: 1_000}, order.Event{Digits: 30})
	require.ErrorIs(t, err, order.ErrBadTerms)
}

func TestAnswersAreWhatTheRFQAskedFor(t *testing.T) {
	const now = 1_000
	asker, maker := testkit.Key("asker"), testkit.Key("maker")
	prices := map[payout.Instrument]int64{
		payout.SwapM: 55_000, payout.SwapP: 42_000, payout.Call: 50_000, payout.Put: 24_000, payout.Collar: -500, payout.Conv: 24_900_000,
	}
	answer := func(r *order.RFQ, side order.Side, change func(*order.Order)) *order.Order {
		o := r.Answer(side, prices[r.Product])
		o.Expiry, o.Nonce = now+5, 77
		change(&o)
		signed, err := o.Sign(maker, aux)
		require.NoError(t, err)
		return signed
	}
	same := func(*order.Order) {}
	for product := range products(t) {
		for _, side := range []order.Side{order.Buy, order.Sell, order.Both} {
			r, err := request(t, product, side).Sign(asker, aux)
			require.NoError(t, err)
			buy, sell := answer(r, order.Buy, same), answer(r, order.Sell, same)
			good := map[order.Side][]*order.Order{order.Buy: {sell}, order.Sell: {buy}, order.Both: {buy, sell}}[side]
			require.NoError(t, r.CheckAnswers(good, publicKey(maker), now), "%s %s", product, side)
			require.Equal(t, r.MakerPK, good[0].TakerPK)
			require.ErrorIs(t, r.CheckAnswers(nil, publicKey(maker), now), order.ErrQuoteMismatch)
			require.ErrorIs(t, r.CheckAnswers(append(good, good[0]), publicKey(maker), now), order.ErrQuoteMismatch)
			require.ErrorIs(t, r.CheckAnswers(good, publicKey(asker), now), order.ErrMalformed)
			require.ErrorIs(t, r.CheckAnswers(good, publicKey(maker), now+5), order.ErrExpired)
		}
	}
	r, err := request(t, payout.SwapM, order.Buy).Sign(asker, aux)
	require.NoError(t, err)
	for name, change := range map[string]func(*order.Order){
		"other size":      func(o *order.Order) { o.HMin = 100 },
		"other cap":       func(o *order.Order) { o.Cap++ },
		"other window":    func(o *order.Order) { o.Days++ },
		"other oracles":   func(o *order.Order) { o.Oracles = o.Oracles[1:] },
		"other threshold": func(o *order.Order) { o.Threshold = 1 },
		"other buckets":   func(o *order.Order) { o.QuantJ++ },
		"open to anyone":  func(o *order.Order) { o.TakerPK = [32]byte{} },
	} {
		o := answer(r, order.Sell, change)
		require.ErrorIs(t, r.CheckAnswers([]*order.Order{o}, publicKey(maker), now), order.ErrQuoteMismatch, name)
	}
	forged := answer(r, order.Sell, same)
	forged.Sig[50] ^= 1
	require.ErrorIs(t, r.CheckAnswers([]*order.Order{forged}, publicKey(maker), now), order.ErrMalformed)
	absurd := r.Answer(order.Sell, -1)
	require.ErrorIs(t, absurd.Check(), order.ErrMalformed)
}

func TestSidesHaveTheNamesOfRecords(t *testing.T) {
	require.Equal(t, []string{"side 0", "buy", "sell", "both", "side 4"},
		[]string{order.AnySide.String(), order.Buy.String(), order.Sell.String(), order.Both.String(), order.Side(4).String()})
}
