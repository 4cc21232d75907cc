package spv

import "encoding/binary"

const wordLen = 32

// tuple builds the ABI encoding of a struct: a word for each field, and behind
// them the fields of variable length, to which their words point.
type tuple struct {
	words []([wordLen]byte)
	tails map[int][]byte
}

func (t *tuple) bytes32(b [wordLen]byte) { t.words = append(t.words, b) }

func (t *tuple) number(n uint64) { t.words = append(t.words, word(n)) }

func (t *tuple) bool(b bool) {
	if b {
		t.number(1)
	} else {
		t.number(0)
	}
}

func (t *tuple) address(a Address) {
	var w [wordLen]byte
	copy(w[wordLen-len(a):], a[:])
	t.words = append(t.words, w)
}

func (t *tuple) bytes(b []byte) {
	n := word(uint64(len(b)))
	tail := append(n[:], b...)
	t.tail(append(tail, make([]byte, (wordLen-len(b)%wordLen)%wordLen)...))
}

func (t *tuple) array(items [][wordLen]byte) {
	n := word(uint64(len(items)))
	tail := n[:]
	for _, item := range items {
		tail = append(tail, item[:]...)
	}
	t.tail(tail)
}

func (t *tuple) tail(b []byte) {
	if t.tails == nil {
		t.tails = make(map[int][]byte)
	}
	t.tails[len(t.words)] = b
	t.number(0)
}

// static returns the words of a tuple without fields of variable length.
func (t *tuple) static() []byte {
	out := make([]byte, 0, len(t.words)*wordLen)
	for _, w := range t.words {
		out = append(out, w[:]...)
	}
	return out
}

// encode returns the encoding of the tuple as the only argument, which has a
// field of variable length.
func (t *tuple) encode() []byte {
	at := uint64(len(t.words) * wordLen)
	for i := range t.words {
		if tail, ok := t.tails[i]; ok {
			t.words[i] = word(at)
			at += uint64(len(tail))
		}
	}
	offset := word(wordLen)
	out := append(offset[:], t.static()...)
	for i := range t.words {
		out = append(out, t.tails[i]...)
	}
	return out
}

func word(n uint64) (w [wordLen]byte) {
	binary.BigEndian.PutUint64(w[wordLen-8:], n)
	return w
}
