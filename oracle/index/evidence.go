package index

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// ErrEvidence says that evidence is malformed, or does not show what it claims.
var ErrEvidence = errors.New("evidence of a day")

// Bounds of evidence.
const (
	// MaxEvidence is the longest evidence in its binary form, bytes.
	MaxEvidence = 64 << 20
	// MaxEvidenceBlocks is how many headers it may hold.
	MaxEvidenceBlocks = 20_000
)

const (
	evidenceMagic   = "ALKI"
	evidenceVersion = 1
)

// Evidence is what a day's value follows from: the headers of the day's blocks and
// of those around it, which show where the day begins and ends, and the coinbases
// of the fee window. Anyone who trusts the headers needs nothing else. For a day
// without blocks it is the evidence of the last day before that has any.
type Evidence struct {
	// Parameters is the parameter hash of the index.
	Parameters [32]byte
	// Day is the Unix day in question.
	Day uint32
	// First is the height of Headers[0]; headers are consecutive.
	First   uint32
	Headers []wire.BlockHeader
	// ProofsFrom is the height of the first proof; the proofs are of consecutive
	// blocks up to the last header.
	ProofsFrom uint32
	Proofs     []Proof
}

// Range returns the heights that the evidence of a day must hold, first to last
// inclusive: headers, and from which height on coinbase proofs. d must come from an
// Engine.
func (d Day) Range(p Params) (headers, proofs, last uint32) {
	first := d.sourceFirst
	proofs = first - min(first, p.ClipHalf)
	headers = min(proofs, first-min(first, 11))
	return headers, proofs, d.sourceTo + p.ClipHalf
}

// Source returns the heights of the blocks that a day's value comes from: its own,
// or those of the last day before it that has any. d must come from an Engine or
// from WithSource.
func (d Day) Source() (first, last uint32) { return d.sourceFirst, d.sourceTo }

// WithSource returns d, read from its record, with the heights of Source.
func (d Day) WithSource(first, last uint32) Day {
	d.sourceFirst, d.sourceTo = first, last
	return d
}

// Chain is a header chain of the verifier's own, to which evidence is compared.
type Chain interface {
	// HashAt returns the hash of the best chain's block at a height.
	HashAt(height uint32) (chainhash.Hash, error)
}

// Verify checks evidence and returns the day that follows from it, with zero
// counters, which are sums over earlier days, and with the rows of its blocks. chain
// is the caller's own header chain; nil takes the evidence's headers for the best
// chain after checking their links, work and targets among themselves. It fails
// with ErrEvidence, ErrHeader, ErrCoinbase, ErrTime or ErrBits, wrapped, or with the
// chain's error.
func (e Evidence) Verify(p Params, chain Chain) (Day, []Row, error) {
	if e.Parameters != p.Hash() {
		return Day{}, nil, fmt.Errorf("%w: it is of another index than %s", ErrEvidence, p.ID)
	}
	hashes, err := e.checkHeaders(p, chain)
	if err != nil {
		return Day{}, nil, err
	}
	first, last, err := e.bounds(p)
	if err != nil {
		return Day{}, nil, err
	}
	blocks, err := e.checkProofs(p, first, last, hashes)
	if err != nil {
		return Day{}, nil, err
	}
	rows, err := Series(p, blocks)
	if err != nil {
		return Day{}, nil, err
	}
	rows = rows[first-e.ProofsFrom : last-e.ProofsFrom+1]
	for i := range rows {
		rows[i].MTP, rows[i].Known, rows[i].Provisional = e.mtp(rows[i].Height), true, false
	}
	d := DayOf(p, rows)
	if d.Day != e.Day {
		d = Day{
			Index: p.ID, Day: e.Day, Value: d.Value, Raw: d.Raw,
			SumSub: newSummary().sub, SumFee: newSummary().fee, SumRaw: newSummary().raw,
		}
	}
	d.CloseHeight, d.CloseHash = last+1, hashes[last+1-e.First]
	d.sourceFirst, d.sourceTo = first, last
	return d, rows, nil
}

// checkHeaders verifies the headers among themselves and against the own chain.
func (e Evidence) checkHeaders(p Params, chain Chain) ([]chainhash.Hash, error) {
	if len(e.Headers) == 0 || len(e.Headers) > MaxEvidenceBlocks {
		return nil, fmt.Errorf("%w: %d headers", ErrEvidence, len(e.Headers))
	}
	if uint64(e.First)+uint64(len(e.Headers)) > 1<<31 {
		return nil, fmt.Errorf("%w: height %d", ErrEvidence, e.First)
	}
	rules, err := p.HeaderRules()
	if err != nil {
		return nil, err
	}
	v := NewVerifier(rules, e.First)
	hashes := make([]chainhash.Hash, len(e.Headers))
	for i := range e.Headers {
		if hashes[i], err = v.Add(&e.Headers[i]); err != nil {
			return nil, err
		}
	}
	if e.First == 0 && hashes[0] != p.Genesis {
		return nil, fmt.Errorf("%w: genesis %s", ErrEvidence, hashes[0])
	}
	if chain == nil {
		return hashes, nil
	}
	for i, hash := range hashes {
		height := e.First + uint32(i)
		own, err := chain.HashAt(height)
		if err != nil {
			return nil, fmt.Errorf("own header %d: %w", height, err)
		}
		if own != hash {
			return nil, fmt.Errorf("%w: block %d is %s, the best chain has %s", ErrEvidence, height, hash, own)
		}
	}
	return hashes, nil
}

// mtp returns the median time of a block whose ten predecessors are held, or which
// is near the genesis block.
func (e Evidence) mtp(height uint32) uint32 {
	i := int(height - e.First)
	times := make([]uint32, 0, 11)
	for j := max(0, i-10); j <= i; j++ {
		times = append(times, headerTime(&e.Headers[j]))
	}
	return medianTime(times)
}

// bounds finds the blocks that the value comes from: those of the last day at or
// before Day that has any, which must end where a later day than Day begins.
func (e Evidence) bounds(p Params) (first, last uint32, err error) {
	end := e.First + uint32(len(e.Headers)) //nolint:gosec // G115: bounded by checkHeaders
	known := e.First
	if known > 0 {
		known += 10
	}
	var day, before uint32
	found, closed := false, false
	for h := known; h < end; h++ {
		d := e.mtp(h) / DaySeconds
		if h > known && d < before {
			return 0, 0, fmt.Errorf("%w: block %d", ErrTime, h)
		}
		if d > e.Day {
			closed = h > known
			break
		}
		if !found || d != day {
			first, day, found = h, d, true
		}
		before, last = d, h
	}
	switch {
	case !found || !closed:
		return 0, 0, fmt.Errorf("%w: its headers do not show where day %d ends", ErrEvidence, e.Day)
	case first == known && known > 0:
		return 0, 0, fmt.Errorf("%w: its headers do not show where the day before %d ends", ErrEvidence, e.Day)
	}
	want := Day{sourceFirst: first, sourceTo: last}
	headers, proofs, to := want.Range(p)
	if e.First != headers || e.ProofsFrom != proofs || end != to+1 {
		return 0, 0, fmt.Errorf("%w: blocks %d to %d with coinbases from %d; it should be %d to %d from %d",
			ErrEvidence, e.First, end-1, e.ProofsFrom, headers, to, proofs)
	}
	return first, last, nil
}

// checkProofs verifies the coinbases and returns the blocks of the fee window.
func (e Evidence) checkProofs(p Params, first, last uint32, hashes []chainhash.Hash) ([]Block, error) {
	if want := last + p.ClipHalf - e.ProofsFrom + 1; uint32(len(e.Proofs)) != want { //nolint:gosec // G115: compared
		return nil, fmt.Errorf("%w: %d coinbases for blocks %d to %d, not %d", ErrEvidence, len(e.Proofs), first, last, want)
	}
	blocks := make([]Block, len(e.Proofs))
	for i, proof := range e.Proofs {
		height := e.ProofsFrom + uint32(i)
		coinbase, err := ParseCoinbase(proof.Coinbase)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", height, err)
		}
		at := height - e.First
		h := &e.Headers[at]
		if len(proof.Branch) > maxBranch || proof.root(coinbase.Txid) != h.MerkleRoot {
			return nil, fmt.Errorf("%w: coinbase of block %d does not give the Merkle root", ErrEvidence, height)
		}
		blocks[i] = Block{
			Height: height, Hash: hashes[at], Prev: h.PrevBlock, Time: headerTime(h), Bits: h.Bits,
			Coinbase: coinbase.Out, Txid: coinbase.Txid,
		}
	}
	return blocks, nil
}

// Encode returns the binary form: "ALKI", version, parameter hash, day, heights,
// headers and proofs, integers big-endian, and the SHA256 of all before it.
func (e Evidence) Encode() ([]byte, error) {
	var b bytes.Buffer
	w := &tlv.Writer{}
	w.Raw([]byte(evidenceMagic))
	w.U8(evidenceVersion)
	w.Raw(e.Parameters[:])
	w.U32(e.Day)
	w.U32(e.First)
	w.U32(e.ProofsFrom)
	w.BigSize(uint64(len(e.Headers)))
	for i := range e.Headers {
		b.Reset()
		if err := e.Headers[i].Serialize(&b); err != nil {
			return nil, fmt.Errorf("write header %d: %w", i, err)
		}
		w.Raw(b.Bytes())
	}
	w.BigSize(uint64(len(e.Proofs)))
	for _, p := range e.Proofs {
		w.VarBytes(p.Coinbase)
		w.U8(uint8(len(p.Branch))) //nolint:gosec // G115: decoded or built branches have at most 24
		for _, h := range p.Branch {
			w.Raw(h[:])
		}
	}
	sum := sum256(w.Bytes())
	w.Raw(sum[:])
	return w.Bytes(), nil
}

// DecodeEvidence reads the binary form, all of it. It judges the form alone:
// Verify does the rest. It fails with ErrEvidence naming the field.
func DecodeEvidence(raw []byte) (Evidence, error) {
	if len(raw) > MaxEvidence || len(raw) < 32 {
		return Evidence{}, fmt.Errorf("%w: %d bytes", ErrEvidence, len(raw))
	}
	body, sum := raw[:len(raw)-32], sum256(raw[:len(raw)-32])
	if !bytes.Equal(sum[:], raw[len(raw)-32:]) {
		return Evidence{}, fmt.Errorf("%w: checksum differs", ErrEvidence)
	}
	e, err := decodeEvidence(tlv.NewReader(body))
	if err != nil {
		return Evidence{}, fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	return e, nil
}

var errMagic = errors.New("it does not begin as evidence of version 1")

func decodeEvidence(r *tlv.Reader) (e Evidence, err error) {
	var magic [5]byte
	if err := r.Fill(magic[:]); err != nil || string(magic[:]) != evidenceMagic+string(rune(evidenceVersion)) {
		return e, errMagic
	}
	if err := r.Fill(e.Parameters[:]); err != nil {
		return e, tlv.Field("parameter hash", err)
	}
	for _, f := range []struct {
		name string
		at   *uint32
	}{{"day", &e.Day}, {"first height", &e.First}, {"height of the first proof", &e.ProofsFrom}} {
		if *f.at, err = r.U32(); err != nil {
			return e, tlv.Field(f.name, err)
		}
	}
	n, err := r.Count(MaxEvidenceBlocks, HeaderSize)
	if err != nil {
		return e, tlv.Field("headers", err)
	}
	chunk, err := r.Bytes(n * HeaderSize)
	if err != nil {
		return e, tlv.Field("headers", err)
	}
	if e.Headers, err = ParseHeaders(chunk); err != nil {
		return e, err
	}
	if n, err = r.Count(MaxEvidenceBlocks, 2); err != nil {
		return e, tlv.Field("proofs", err)
	}
	e.Proofs = make([]Proof, n)
	for i := range e.Proofs {
		if e.Proofs[i], err = decodeProof(r); err != nil {
			return e, tlv.Field(fmt.Sprintf("proof %d", i), err)
		}
	}
	return e, r.Done()
}

func decodeProof(r *tlv.Reader) (p Proof, err error) {
	if p.Coinbase, err = r.VarBytes(MaxCoinbase); err != nil {
		return p, tlv.Field("coinbase", err)
	}
	depth, err := r.U8()
	if err != nil || depth > maxBranch {
		return p, tlv.Field("branch", errors.Join(tlv.ErrTooLong, err))
	}
	p.Branch = make([]chainhash.Hash, depth)
	for i := range p.Branch {
		if err := r.Fill(p.Branch[i][:]); err != nil {
			return p, tlv.Field("branch", err)
		}
	}
	return p, nil
}

// evidenceJSON is the JSON form; bytes are hex, hashes of branches in internal
// byte order, as they are hashed.
type evidenceJSON struct {
	Version    string      `json:"v"`
	Parameters string      `json:"parameters"`
	Day        uint32      `json:"day"`
	First      uint32      `json:"first_height"`
	Headers    []string    `json:"headers"`
	ProofsFrom uint32      `json:"proofs_from"`
	Proofs     []proofJSON `json:"proofs"`
}

type proofJSON struct {
	Coinbase string   `json:"coinbase"`
	Branch   []string `json:"branch"`
}

// MarshalJSON returns the JSON form.
func (e Evidence) MarshalJSON() ([]byte, error) {
	out := evidenceJSON{
		Version: "1", Parameters: hex.EncodeToString(e.Parameters[:]), Day: e.Day, First: e.First,
		ProofsFrom: e.ProofsFrom, Headers: make([]string, 0, len(e.Headers)), Proofs: make([]proofJSON, 0, len(e.Proofs)),
	}
	for i := range e.Headers {
		var b bytes.Buffer
		if err := e.Headers[i].Serialize(&b); err != nil {
			return nil, fmt.Errorf("write header %d: %w", i, err)
		}
		out.Headers = append(out.Headers, hex.EncodeToString(b.Bytes()))
	}
	for _, p := range e.Proofs {
		pj := proofJSON{Coinbase: hex.EncodeToString(p.Coinbase), Branch: make([]string, 0, len(p.Branch))}
		for _, h := range p.Branch {
			pj.Branch = append(pj.Branch, hex.EncodeToString(h[:]))
		}
		out.Proofs = append(out.Proofs, pj)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads the JSON form under the bounds of the binary one, and accepts
// only what MarshalJSON writes, apart from space between tokens; ErrEvidence.
func (e *Evidence) UnmarshalJSON(raw []byte) error {
	if len(raw) > 2*MaxEvidence {
		return fmt.Errorf("%w: %d bytes of JSON", ErrEvidence, len(raw))
	}
	var in evidenceJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	if in.Version != "1" || len(in.Headers) > MaxEvidenceBlocks || len(in.Proofs) > MaxEvidenceBlocks {
		return fmt.Errorf("%w: version %q, %d headers, %d proofs", ErrEvidence, in.Version, len(in.Headers), len(in.Proofs))
	}
	out := Evidence{Day: in.Day, First: in.First, ProofsFrom: in.ProofsFrom}
	if err := fillHex(out.Parameters[:], in.Parameters); err != nil {
		return fmt.Errorf("%w: parameters: %w", ErrEvidence, err)
	}
	for i, text := range in.Headers {
		var header [HeaderSize]byte
		if err := fillHex(header[:], text); err != nil {
			return fmt.Errorf("%w: header %d: %w", ErrEvidence, i, err)
		}
		parsed, err := ParseHeaders(header[:])
		if err != nil {
			return err
		}
		out.Headers = append(out.Headers, parsed[0])
	}
	for i, pj := range in.Proofs {
		p, err := pj.proof()
		if err != nil {
			return fmt.Errorf("%w: proof %d: %w", ErrEvidence, i, err)
		}
		out.Proofs = append(out.Proofs, p)
	}
	if err := out.isWrittenAs(raw); err != nil {
		return err
	}
	*e = out
	return nil
}

// isWrittenAs fails unless the JSON form is raw, space between tokens apart.
func (e Evidence) isWrittenAs(raw []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	again, err := e.MarshalJSON()
	if err != nil {
		return err
	}
	if !bytes.Equal(compact.Bytes(), again) {
		return fmt.Errorf("%w: its JSON is not in the one form", ErrEvidence)
	}
	return nil
}

var errLength = errors.New("wrong length")

func fillHex(dst []byte, text string) error {
	if len(text) != 2*len(dst) {
		return fmt.Errorf("%w: %d hex digits, not %d", errLength, len(text), 2*len(dst))
	}
	_, err := hex.Decode(dst, []byte(text))
	return err
}

func (pj proofJSON) proof() (Proof, error) {
	if len(pj.Branch) > maxBranch || len(pj.Coinbase) > 2*MaxCoinbase {
		return Proof{}, errLength
	}
	p := Proof{Branch: make([]chainhash.Hash, len(pj.Branch))}
	var err error
	if p.Coinbase, err = hex.DecodeString(pj.Coinbase); err != nil {
		return Proof{}, err
	}
	for i, text := range pj.Branch {
		if err := fillHex(p.Branch[i][:], text); err != nil {
			return Proof{}, err
		}
	}
	return p, nil
}
