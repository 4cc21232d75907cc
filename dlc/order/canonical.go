package order

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// member is one key of a record with its value: text, or a list of texts.
type member struct {
	key    string
	text   string
	list   []string
	isList bool
}

func text(key, value string) member           { return member{key: key, text: value} }
func number(key string, n uint64) member      { return text(key, strconv.FormatUint(n, 10)) }
func signed(key string, n int64) member       { return text(key, strconv.FormatInt(n, 10)) }
func hexText(key string, value []byte) member { return text(key, hex.EncodeToString(value)) }

func hexList(key string, values [][32]byte) member {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, hex.EncodeToString(v[:]))
	}
	return member{key: key, list: list, isList: true}
}

// encode returns the canonical JSON of a record: the given members, type and
// version, and the signature unless it is nil.
func encode(k kind, members []member, sig *[64]byte) []byte {
	members = append(slices.Clone(members), text("type", k.name), text("v", "1"))
	if sig != nil {
		members = append(members, hexText("sig", sig[:]))
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	out := make([]byte, 0, 1024)
	for i, m := range members {
		out = append(out, ",{"[boolIndex(i == 0)])
		out = append(appendText(out, m.key), ':')
		if !m.isList {
			out = appendText(out, m.text)
			continue
		}
		out = append(out, '[')
		for j, item := range m.list {
			if j > 0 {
				out = append(out, ',')
			}
			out = appendText(out, item)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func boolIndex(b bool) int {
	if b {
		return 1
	}
	return 0
}

// appendText writes a text that needs no escape, as all that a record holds.
func appendText(out []byte, s string) []byte {
	out = append(out, '"')
	out = append(out, s...)
	return append(out, '"')
}

// scanner reads the one form of JSON that a record has: an object whose values
// are texts or lists of texts, without white space and without escapes. No
// value of a record has a character that JSON would escape or that is not ASCII.
type scanner struct {
	rest []byte
	at   int
}

func (s *scanner) fault(want string) error {
	return malformed("byte %d: %s expected", s.at, want)
}

// accept reads the byte c if it is next.
func (s *scanner) accept(c byte) bool {
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest, s.at = s.rest[1:], s.at+1
	return true
}

func (s *scanner) text() (string, error) {
	if !s.accept('"') {
		return "", s.fault("text")
	}
	for i, c := range s.rest {
		switch {
		case c == '"':
			value := string(s.rest[:i])
			s.rest, s.at = s.rest[i+1:], s.at+i+1
			return value, nil
		case c < ' ' || c > '~' || c == '\\':
			s.at += i
			return "", s.fault("plain ASCII")
		}
	}
	return "", s.fault("end of text")
}

func (s *scanner) list() ([]string, error) {
	items := []string{}
	if s.accept(']') {
		return items, nil
	}
	for {
		item, err := s.text()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if s.accept(']') {
			return items, nil
		}
		if !s.accept(',') {
			return nil, s.fault("comma")
		}
	}
}

// member reads the member that must come next, whose key is known.
func (s *scanner) member(key string) (member, error) {
	got, err := s.text()
	if err != nil {
		return member{}, err
	}
	if got != key {
		return member{}, malformed("key %q where %q belongs", got, key)
	}
	if !s.accept(':') {
		return member{}, s.fault("colon")
	}
	m := member{key: key}
	if s.accept('[') {
		m.isList = true
		m.list, err = s.list()
	} else {
		m.text, err = s.text()
	}
	return m, err
}

// parseRecord reads a record's members. They must be exactly those of its kind,
// in order, so unknown, missing, repeated and misplaced keys all fail alike.
func parseRecord(b []byte, k kind) (*fields, error) {
	if len(b) > MaxRecord {
		return nil, fmt.Errorf("%s of %d bytes: %w", k.name, len(b), ErrTooLong)
	}
	s := &scanner{rest: b}
	f := &fields{values: make(map[string]member, len(k.keys))}
	for i, key := range k.keys {
		if !s.accept(",{"[boolIndex(i == 0)]) {
			return nil, s.fault("next member")
		}
		m, err := s.member(key)
		if err != nil {
			return nil, err
		}
		f.values[key] = m
	}
	if !s.accept('}') || len(s.rest) > 0 {
		return nil, s.fault("end of record")
	}
	f.exactly("type", k.name)
	f.exactly("v", "1")
	return f, f.err
}

// fields reads the values of a record's members and keeps the first error.
type fields struct {
	values map[string]member
	err    error
}

func (f *fields) fail(key, format string, args ...any) {
	if f.err == nil {
		f.err = malformed("%s: %w", key, fmt.Errorf(format, args...))
	}
}

func (f *fields) text(key string) string {
	m := f.values[key]
	if m.isList {
		f.fail(key, "a list")
	}
	return m.text
}

func (f *fields) exactly(key, want string) {
	if got := f.text(key); got != want {
		f.fail(key, "%q instead of %q", got, want)
	}
}

// decimal says whether s is a number without sign or leading zeros.
func decimal(s string) bool {
	if s == "" || len(s) > 1 && s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

func (f *fields) unsigned(key string, bits int) uint64 {
	s := f.text(key)
	if !decimal(s) {
		f.fail(key, "%.32q is no number", s)
		return 0
	}
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		f.fail(key, "above %d bits", bits)
		return 0
	}
	return n
}

func (f *fields) u64(key string) uint64 { return f.unsigned(key, 64) }
func (f *fields) u32(key string) uint32 { return uint32(f.unsigned(key, 32)) } //nolint:gosec // G115: 32 bits at most
func (f *fields) u16(key string) uint16 { return uint16(f.unsigned(key, 16)) } //nolint:gosec // G115: 16 bits at most
func (f *fields) u8(key string) uint8   { return uint8(f.unsigned(key, 8)) }   //nolint:gosec // G115: 8 bits at most

func (f *fields) i64(key string) int64 {
	s := f.text(key)
	magnitude, negative := strings.CutPrefix(s, "-")
	if !decimal(magnitude) || negative && magnitude == "0" {
		f.fail(key, "%.32q is no number", s)
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f.fail(key, "above 64 bits")
		return 0
	}
	return n
}

// lowerHex writes the bytes of s into dst, which they must fill.
func (f *fields) lowerHex(key, s string, dst []byte) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(dst) || hex.EncodeToString(b) != s {
		f.fail(key, "not %d bytes of lower-case hex", len(dst))
		return
	}
	copy(dst, b)
}

func (f *fields) bytes32(key string) (b [32]byte) {
	f.lowerHex(key, f.text(key), b[:])
	return b
}

// optional32 is bytes32 where "" stands for none, which zeros mean.
func (f *fields) optional32(key string) (b [32]byte) {
	if f.text(key) == "" {
		return b
	}
	b = f.bytes32(key)
	if b == [32]byte{} {
		f.fail(key, "zeros")
	}
	return b
}

func (f *fields) list32(key string) [][32]byte {
	m := f.values[key]
	if !m.isList {
		f.fail(key, "not a list")
	}
	list := make([][32]byte, len(m.list))
	for i, item := range m.list {
		f.lowerHex(key, item, list[i][:])
	}
	return list
}

func (f *fields) sig() (sig [64]byte) {
	f.lowerHex("sig", f.text("sig"), sig[:])
	return sig
}
