package keys

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/tyler-smith/go-bip39"
	"golang.org/x/text/unicode/norm"
)

// entropySize is the entropy of a new mnemonic: 256 bits, 24 words.
const entropySize = 32

// Bounds on what ParseMnemonic looks at: the longest English word has 8
// letters, and no more than 24 words are valid.
const (
	minWords         = 12
	maxWords         = 24
	maxMnemonicBytes = 1024
)

// ErrMnemonic means that a mnemonic is not valid; every *MnemonicError wraps it.
var ErrMnemonic = errors.New("invalid mnemonic")

// MnemonicFault says what is wrong with a mnemonic.
type MnemonicFault uint8

const (
	// UnknownWord means that a word is not in the English list.
	UnknownWord MnemonicFault = iota + 1
	// WrongCount means not 12, 15, 18, 21 or 24 words.
	WrongCount
	// BadChecksum means that all words are known, but some are wrong or out of
	// order.
	BadChecksum
)

// String returns the fault as a phrase.
func (f MnemonicFault) String() string {
	switch f {
	case UnknownWord:
		return "not in the English word list"
	case WrongCount:
		return "wrong number of words (12, 15, 18, 21 or 24 are possible)"
	case BadChecksum:
		return "checksum does not match: a word is wrong or out of place"
	default:
		return "unknown fault"
	}
}

// MnemonicError tells what is wrong with a mnemonic. Error is safe to log: it
// names positions only. Text and Closest are close to the secret and are for
// the person who typed it.
type MnemonicError struct {
	// Word is the 1-based position of the bad word; 0 if no word is to blame.
	Word int
	// Count is the number of words given.
	Count int
	// Text is the word as typed, in lower case; empty if Word is 0.
	Text string
	// Closest are up to three words of the list that Text may stand for.
	Closest []string
	// Reason is what is wrong.
	Reason MnemonicFault
}

// Error names the position and the fault, and no word of the mnemonic.
func (e *MnemonicError) Error() string {
	if e.Word > 0 {
		return fmt.Sprintf("mnemonic: word %d of %d: %s", e.Word, e.Count, e.Reason)
	}
	return fmt.Sprintf("mnemonic of %d words: %s", e.Count, e.Reason)
}

// Hint returns a question with the closest words, such as `did you mean
// "abandon"?`, or "". It must be shown to the person at the prompt alone.
func (e *MnemonicError) Hint() string {
	if len(e.Closest) == 0 {
		return ""
	}
	quoted := make([]string, len(e.Closest))
	for i, w := range e.Closest {
		quoted[i] = `"` + w + `"`
	}
	return "did you mean " + strings.Join(quoted, " or ") + "?"
}

// Unwrap returns ErrMnemonic.
func (e *MnemonicError) Unwrap() error { return ErrMnemonic }

// LogValue is the text of Error, so that a logger does not print the fields.
func (e *MnemonicError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Mnemonic is a valid English BIP39 mnemonic. It prints as "[secret]"; Reveal
// shows it. Go strings cannot be wiped: let it go out of scope soon. Safe for
// concurrent use.
type Mnemonic struct{ words *string }

// NewMnemonic draws 256 bits from entropy, normally crypto/rand.Reader, and
// returns their 24 words. It returns ErrRandom if the source fails.
func NewMnemonic(entropy io.Reader) (Mnemonic, error) {
	b := make([]byte, entropySize)
	defer wipe(b)
	if err := readRandom(entropy, b); err != nil {
		return Mnemonic{}, fmt.Errorf("new mnemonic: %w", err)
	}
	return mnemonicOf(b)
}

// mnemonicOf encodes entropy of 16, 20, 24, 28 or 32 bytes.
func mnemonicOf(entropy []byte) (Mnemonic, error) {
	words, err := bip39.NewMnemonic(entropy)
	if err != nil {
		return Mnemonic{}, fmt.Errorf("encode mnemonic: %w", err)
	}
	return Mnemonic{words: &words}, nil
}

// ParseMnemonic accepts 12, 15, 18, 21 or 24 English words in any case, in any
// Unicode form, separated by any white space, and checks the checksum. It
// returns a *MnemonicError, which wraps ErrMnemonic.
func ParseMnemonic(text string) (Mnemonic, error) {
	if len(text) > maxMnemonicBytes {
		text = text[:maxMnemonicBytes]
	}
	words := strings.Fields(strings.ToLower(norm.NFKD.String(text)))
	count := len(words)
	if count == 0 || count > maxWords {
		return Mnemonic{}, &MnemonicError{Count: count, Reason: WrongCount}
	}
	for i, w := range words {
		if _, ok := bip39.GetWordIndex(w); !ok {
			return Mnemonic{}, &MnemonicError{
				Word: i + 1, Count: count, Text: w, Closest: closestWords(w), Reason: UnknownWord,
			}
		}
	}
	if count < minWords || count%3 != 0 {
		return Mnemonic{}, &MnemonicError{Count: count, Reason: WrongCount}
	}
	joined := strings.Join(words, " ")
	if !bip39.IsMnemonicValid(joined) {
		return Mnemonic{}, &MnemonicError{Count: count, Reason: BadChecksum}
	}
	return Mnemonic{words: &joined}, nil
}

// Reveal returns the words separated by single spaces, for showing them once to
// their owner. It is empty for the zero value.
func (m Mnemonic) Reveal() string {
	if m.words == nil {
		return ""
	}
	return *m.words
}

// Words returns the words one by one; see Reveal.
func (m Mnemonic) Words() []string { return strings.Fields(m.Reveal()) }

// Seed stretches the mnemonic and an optional BIP39 passphrase (not the key
// file's one) into the seed. Both are used in NFKD form as BIP39 asks. Another
// passphrase gives another, equally valid seed. The zero Mnemonic has no seed:
// ErrMnemonic.
func (m Mnemonic) Seed(passphrase string) (Seed, error) {
	if m.words == nil {
		return Seed{}, fmt.Errorf("seed of no mnemonic: %w", ErrMnemonic)
	}
	b := bip39.NewSeed(*m.words, norm.NFKD.String(passphrase))
	defer wipe(b)
	return NewSeed(b)
}

// Format implements fmt.Formatter and prints "[secret]" for every verb.
func (Mnemonic) Format(f fmt.State, _ rune) { redact(f) }

// String returns "[secret]".
func (Mnemonic) String() string { return redacted }

// LogValue returns "[secret]".
func (Mnemonic) LogValue() slog.Value { return slog.StringValue(redacted) }

// maxTypos is the largest edit distance at which a word is suggested.
const maxTypos = 3

// closestWords returns up to three words of the list: those that text
// abbreviates if it has three letters or more, else those with the smallest
// edit distance.
func closestWords(text string) []string {
	const most = 3
	list := bip39.GetWordList()
	var found []string
	if len(text) >= 3 {
		for _, w := range list {
			if strings.HasPrefix(w, text) && len(found) < most {
				found = append(found, w)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	best := min(maxTypos, len(text)-1)
	for _, w := range list {
		d := editDistance(text, w, best)
		switch {
		case d > best:
		case d < best:
			best, found = d, append(found[:0], w)
		case len(found) < most:
			found = append(found, w)
		}
	}
	return found
}

// editDistance is the number of letters inserted, dropped, changed or swapped
// with their neighbour that turn a into b; above limit any larger number.
func editDistance(a, b string, limit int) int {
	if diff := len(a) - len(b); diff > limit || -diff > limit {
		return limit + 1
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
