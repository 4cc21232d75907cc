package evmbridge_test

import (
	"context"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// hard is a network with retargets at targets easy enough to mine: 2^-8 of all
// hashes.
func hard() spv.Rules {
	return spv.Rules{PowLimit: new(big.Int).Lsh(big.NewInt(1), 248)}
}

const hardBits = 0x2000ffff

// onRelay is a relay alone, beside the model of package spv.
type onRelay struct {
	*evm
	at    common.Address
	rules spv.Rules
	tip   spv.Checkpoint
}

func newRelay(t testing.TB, rules spv.Rules, anchor []byte, height, epoch uint32, genesis [32]byte) *onRelay {
	t.Helper()
	r := &onRelay{evm: newEVM(t, simchain.Osaka), rules: rules}
	var err error
	if r.tip, err = rules.Anchor(anchor, height, epoch); err != nil {
		t.Fatal(err)
	}
	args := relayC.PackConstructor(anchor, height, epoch, rules.PowLimit, rules.NoRetarget, genesis)
	at, _, err := bind.DeployContract(
		r.opts(r.alice), common.FromHex(bindings.CheckpointRelayMetaData.Bin), r.chain.Client(), args)
	if err != nil {
		t.Fatal(refusal(err))
	}
	if err := r.commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.at = at
	return r
}

// agree gives the contract and the model the same headers on top of a checkpoint
// and demands the same verdict. It returns the new checkpoint if they accept.
func (r *onRelay) agree(parent spv.Checkpoint, before, headers []byte, want error) spv.Checkpoint {
	r.t.Helper()
	call := relayC.PackAddHeaders(before, headers)
	got, err := r.rules.Extend(parent, before, headers, r.chain.Head().Time)
	if !is(err, want) {
		r.t.Errorf("the model says %v, want %v", err, want)
	}
	if want != nil {
		r.refused(want, r.eve, r.at, call)
		return parent
	}
	r.send(r.eve, r.at, call)
	packed := ask(r.evm, r.at, relayC.PackCheckpoint(got.Hash), relayC.UnpackCheckpoint)
	if wanted := packedCheckpoint(got); packed.Cmp(wanted) != 0 {
		r.t.Errorf("checkpoint of height %d is %x, the model has %x", got.Height, packed, wanted)
	}
	return got
}

func packedCheckpoint(c spv.Checkpoint) *big.Int {
	p := new(big.Int).Set(c.Work)
	for _, field := range []uint32{c.EpochStart, c.Bits, c.Time, c.Height} {
		p.Or(p.Lsh(p, 32), new(big.Int).SetUint64(uint64(field)))
	}
	return p
}

// chainOf mines headers on top of one at a network's rules; edit may change each
// before its work is done.
func chainOf(rules spv.Rules, parent []byte, at spv.Checkpoint, n int, edit func(i int, header []byte)) []byte {
	var out []byte
	for i := range n {
		bits := at.Bits
		time := at.Time + spacing
		if (at.Height+1)%spv.EpochLen == 0 {
			if !rules.NoRetarget {
				bits, _ = rules.Retarget(bits, at.Time-at.EpochStart)
			}
			at.EpochStart = time
		}
		h := makeHeader(spv.DoubleSHA256(parent), chainhash.Hash{byte(i), byte(i >> 8), 7}, time, bits)
		if edit != nil {
			edit(i, h)
		}
		parent = work(h)
		out = append(out, parent...)
		at.Time, at.Bits, at.Height = binary.LittleEndian.Uint32(h[68:]), binary.LittleEndian.Uint32(h[72:]), at.Height+1
	}
	return out
}

// newHardRelay starts 20 blocks before a retarget, with the headers before.
func newHardRelay(t testing.TB) (r *onRelay, before []byte) {
	t.Helper()
	const height = 2016*4 - 20
	first := work(makeHeader(chainhash.Hash{}, chainhash.Hash{}, start-40*spacing, hardBits))
	at := spv.Checkpoint{Bits: hardBits, Time: start - 40*spacing, Height: height - 10}
	before = append(first, chainOf(hard(), first, at, 10, nil)...)
	epoch := uint32(start - 40*spacing - 2000*spacing*3/4) // a fast epoch: the target falls
	return newRelay(t, hard(), before[len(before)-spv.HeaderLen:], height, epoch, [32]byte{2}), before
}

func lastOf(headers []byte) []byte { return headers[len(headers)-spv.HeaderLen:] }

func window(headers []byte) []byte { return headers[len(headers)-11*spv.HeaderLen:] }

func TestRelayRefusesWhatConsensusRefuses(t *testing.T) {
	r, before := newHardRelay(t)
	good := chainOf(r.rules, lastOf(before), r.tip, 25, nil)
	mined := func(i int, edit func(h []byte)) []byte {
		return chainOf(r.rules, lastOf(before), r.tip, 25, func(at int, h []byte) {
			if at == i {
				edit(h)
			}
		})
	}
	flip := func(at int) []byte {
		b := append([]byte{}, good...)
		b[at] ^= 1
		return b
	}
	bits := func(delta uint32) func([]byte) {
		return func(h []byte) {
			binary.LittleEndian.PutUint32(h[72:], binary.LittleEndian.Uint32(h[72:])+delta)
		}
	}
	median := binary.LittleEndian.Uint32(before[len(before)-6*spv.HeaderLen+68:])
	setTime := func(time uint32) func([]byte) {
		return func(h []byte) { binary.LittleEndian.PutUint32(h[68:], time) }
	}
	future := uint32(r.chain.Head().Time) + 7200 //nolint:gosec // G115: a time of ours
	for name, c := range map[string]struct {
		headers []byte
		want    error
	}{
		"79 bytes":                     {good[:79], spv.ErrBadLength},
		"81 bytes":                     {good[:81], spv.ErrBadLength},
		"nothing":                      {nil, spv.ErrBadLength},
		"unknown parent":               {good[spv.HeaderLen:], spv.ErrUnknownParent},
		"wrong link":                   {append(append([]byte{}, good[:80]...), good[160:]...), spv.ErrBadLink},
		"other bits inside an epoch":   {mined(3, bits(^uint32(0))), spv.ErrBadBits},
		"retarget one unit low":        {mined(19, bits(^uint32(0))), spv.ErrBadBits},
		"retarget one unit high":       {mined(19, bits(1)), spv.ErrBadBits},
		"old bits at the retarget":     {mined(19, func(h []byte) { binary.LittleEndian.PutUint32(h[72:], hardBits) }), spv.ErrBadBits},
		"minimum difficulty (testnet)": {mined(19, func(h []byte) { binary.LittleEndian.PutUint32(h[72:], spv.Bits(r.rules.PowLimit)) }), spv.ErrBadBits},
		"nonce":                        {flip(len(good) - 1), spv.ErrBadWork},
		"time at the median":           {mined(0, setTime(median)), spv.ErrBadTime},
		"time far ahead":               {mined(0, setTime(future+1)), spv.ErrBadTime},
		"easy bits":                    {mined(0, func(h []byte) { binary.LittleEndian.PutUint32(h[72:], easyBits) }), spv.ErrBadBits},
		"negative bits":                {mined(0, func(h []byte) { binary.LittleEndian.PutUint32(h[72:], 0x2080ffff) }), spv.ErrBadBits},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			r.agree(r.tip, window(before), c.headers, c.want)
		})
	}
	r.t = t
	r.agree(r.tip, window(before)[spv.HeaderLen:], good, spv.ErrBadLength)
	r.agree(r.tip, append(append([]byte{}, before[80:160]...), before[80:]...), good, spv.ErrBadLink)
	r.agree(r.tip, append(window(before)[spv.HeaderLen:], good[:80]...), good, spv.ErrBadLink)
	// The boundaries themselves are accepted.
	r.agree(r.tip, window(before), mined(0, setTime(median+1))[:80], nil)
	r.agree(r.tip, window(before), mined(0, setTime(future))[:80], nil)
	r.agree(r.tip, window(before), good, nil)
}

func TestRelayFollowsTheMostWork(t *testing.T) {
	r, before := newHardRelay(t)
	tip := func() [32]byte { return ask(r.evm, r.at, relayC.PackTip(), relayC.UnpackTip) }
	salted := func(n int, salt byte) []byte {
		return chainOf(r.rules, lastOf(before), r.tip, n, func(_ int, h []byte) { h[60] = salt })
	}
	first := r.agree(r.tip, window(before), salted(10, 1), nil)
	if tip() != first.Hash {
		t.Fatal("the first branch is not the best")
	}
	r.agree(r.tip, window(before), salted(9, 2), nil)
	equal := r.agree(r.tip, window(before), salted(10, 3), nil)
	if tip() != first.Hash {
		t.Error("a lighter branch, or one of equal work seen later, became the best")
	}
	// The branch that lost is not on the best chain.
	lost := salted(10, 3)
	r.refused(spv.ErrNotBestChain, r.bob, r.at, relayC.PackConfirmations(lost, big.NewInt(10)))
	r.accepted(r.bob, r.at, relayC.PackConfirmations(salted(10, 1), big.NewInt(10)))
	// One more block, and it is.
	more := chainOf(r.rules, lastOf(lost), equal, 1, nil)
	best := r.agree(equal, window(append(append([]byte{}, before...), lost...)), more, nil)
	if tip() != best.Hash {
		t.Error("the branch with most work is not the best")
	}
	r.accepted(r.bob, r.at, relayC.PackConfirmations(lost, big.NewInt(1)))
	r.refused(spv.ErrNotBestChain, r.bob, r.at, relayC.PackConfirmations(lost, big.NewInt(0)))
	r.refused(spv.ErrNotBestChain, r.bob, r.at, relayC.PackConfirmations(salted(10, 1), big.NewInt(10)))
	r.refused(spv.ErrBadLink, r.bob, r.at, relayC.PackConfirmations(append(append([]byte{}, lost[:80]...), lost[160:]...), big.NewInt(1)))
	// The same headers again change nothing.
	r.send(r.eve, r.at, relayC.PackAddHeaders(window(before), lost))
	if tip() != best.Hash {
		t.Error("headers sent again changed the best chain")
	}
	// 200 headers of a heavier branch in one transaction.
	r.wait(2 * day)
	long := r.agree(r.tip, window(before), salted(200, 4), nil)
	if tip() != long.Hash {
		t.Error("a branch of 200 headers is not the best")
	}
}

func TestRelayRefusesNetworksItDoesNotKnow(t *testing.T) {
	e := newEVM(t, simchain.Osaka)
	header := work(makeHeader(chainhash.Hash{}, chainhash.Hash{}, start, hardBits))
	hash := func(display string) [32]byte {
		h, err := chainhash.NewHashFromStr(display)
		if err != nil {
			t.Fatal(err)
		}
		return *h
	}
	limit := hard().PowLimit
	for name, c := range map[string]struct {
		genesis [32]byte
		limit   *big.Int
		fixed   bool
	}{
		"testnet3":                     {hash("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"), limit, false},
		"testnet4":                     {hash("00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"), limit, false},
		"mainnet with another limit":   {mainnet, limit, false},
		"mainnet without retargets":    {mainnet, mainnetLimit(), true},
		"no network":                   {[32]byte{}, limit, false},
		"a target of more than we fit": {[32]byte{5}, new(big.Int).Lsh(big.NewInt(1), 255), false},
	} {
		args := relayC.PackConstructor(header, 100, start, c.limit, c.fixed, c.genesis)
		_, _, err := bind.DeployContract(
			e.opts(e.alice), common.FromHex(bindings.CheckpointRelayMetaData.Bin), e.chain.Client(), args)
		if !is(refusal(err), spv.ErrUnsupportedNetwork) {
			t.Errorf("%s: deployed with %v", name, refusal(err))
		}
	}
}

var mainnet = [32]byte{
	0x6f, 0xe2, 0x8c, 0x0a, 0xb6, 0xf1, 0xb3, 0x72, 0xc1, 0xa6, 0xa2, 0x46, 0xae, 0x63, 0xf7, 0x4f,
	0x93, 0x1e, 0x83, 0x65, 0xe1, 0x5a, 0x08, 0x9c, 0x68, 0xd6, 0x19,
}

func mainnetLimit() *big.Int {
	one := big.NewInt(1)
	return new(big.Int).Sub(new(big.Int).Lsh(one, 224), one)
}

// Mainnet's headers 822,528 to 830,592, in days, across four retargets. The time is
// then: two hours past the last header.
func TestRelayAcceptsMainnet(t *testing.T) {
	headers := testkit.Data(t, "headers-822528-830592.bin")
	const first = 822_528
	rules := spv.Rules{PowLimit: mainnetLimit()}
	anchor := 10
	epoch := binary.LittleEndian.Uint32(headers[68:]) // 822,528 begins an epoch
	section := func(from, to int) []byte { return headers[from*spv.HeaderLen : to*spv.HeaderLen] }
	r := newRelay(t, rules, section(anchor, anchor+1), first+10, epoch, mainnet)
	r.waitUntil(uint64(binary.LittleEndian.Uint32(lastOf(headers)[68:])))
	at, n := anchor, len(headers)/spv.HeaderLen
	for at+1 < n {
		to := min(at+1+504, n)
		before := section(at-10, at+1)
		if at%2016 > 1000 || at == anchor {
			tampered := append([]byte{}, section(at+1, to)...)
			for _, field := range []int{0, 4, 36, 68, 72, 76} {
				place := spv.HeaderLen*((to-at)/2) + field
				tampered[place] ^= 4
				if _, err := r.call(r.eve, r.at, relayC.PackAddHeaders(before, tampered)); err == nil {
					t.Errorf("a header after %d with byte %d changed is accepted", first+at, field)
				}
				tampered[place] ^= 4
			}
		}
		r.tip = r.agree(r.tip, before, section(at+1, to), nil)
		at = to - 1
	}
	if r.tip.Height != 830_592 {
		t.Errorf("the tip is at height %d", r.tip.Height)
	}
	// A block eight days back, by its own headers.
	block := 829_900 - first
	end := anchor
	for end < block {
		end = min(end+504, n-1)
	}
	answer := ask(r.evm, r.at, relayC.PackConfirmations(section(block, end+1), big.NewInt(3)), relayC.UnpackConfirmations)
	if answer.Height != 829_900 || answer.Conf != 830_592-829_900+1 {
		t.Errorf("block 829,900 has height %d and %d confirmations", answer.Height, answer.Conf)
	}
}

// The retarget at every boundary in mainnet's history.
func TestRetargetsOfMainnetsHistory(t *testing.T) {
	raw := testkit.Data(t, "headers-retarget-boundaries.bin")
	rules := spv.Rules{PowLimit: mainnetLimit()}
	header := func(i int) (time, bits uint32) {
		h := raw[i*spv.HeaderLen:]
		return binary.LittleEndian.Uint32(h[68:]), binary.LittleEndian.Uint32(h[72:])
	}
	epoch, checked := uint32(0), 0
	for i := 0; i+1 < len(raw)/spv.HeaderLen; i += 2 {
		start, _ := header(i)
		last, bits := header(i + 1)
		if i+2 >= len(raw)/spv.HeaderLen {
			break
		}
		_, next := header(i + 2)
		got, err := rules.Retarget(bits, last-start)
		if err != nil || got != next {
			t.Errorf("epoch %d: bits %08x, want %08x (%v)", epoch, got, next, err)
		}
		epoch++
		checked++
	}
	if checked < 400 {
		t.Errorf("only %d retargets checked", checked)
	}
}
