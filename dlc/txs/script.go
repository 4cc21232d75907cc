package txs

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
)

// Form is a form of output script that payouts and change may have.
type Form uint8

// The forms of PROTOCOL.md 4, with their lengths in bytes and dust limits in
// satoshi.
const (
	P2PKH  Form = iota + 1 // 25, 546
	P2SH                   // 23, 540
	P2WPKH                 // 22, 294
	P2WSH                  // 34, 330
	P2TR                   // 34, 330
)

// scriptForms describes each form: what stands before and after the hash or key.
var scriptForms = [...]struct {
	form       Form
	name       string
	head, tail []byte
	length     int
	dust       btcutil.Amount
}{
	{P2PKH, "P2PKH", []byte{txscript.OP_DUP, txscript.OP_HASH160, txscript.OP_DATA_20},
		[]byte{txscript.OP_EQUALVERIFY, txscript.OP_CHECKSIG}, 25, 546},
	{P2SH, "P2SH", []byte{txscript.OP_HASH160, txscript.OP_DATA_20}, []byte{txscript.OP_EQUAL}, 23, 540},
	{P2WPKH, "P2WPKH", []byte{txscript.OP_0, txscript.OP_DATA_20}, nil, 22, 294},
	{P2WSH, "P2WSH", []byte{txscript.OP_0, txscript.OP_DATA_32}, nil, 34, 330},
	{P2TR, "P2TR", []byte{txscript.OP_1, txscript.OP_DATA_32}, nil, 34, 330},
}

// String returns the usual name of the form, such as "P2TR".
func (f Form) String() string {
	for _, s := range scriptForms {
		if s.form == f {
			return s.name
		}
	}
	return fmt.Sprintf("Form(%d)", uint8(f))
}

// Dust returns the least amount an output of this form may hold. It is 0 for a
// value that is no form.
func (f Form) Dust() btcutil.Amount {
	for _, s := range scriptForms {
		if s.form == f {
			return s.dust
		}
	}
	return 0
}

// ParseScript returns the form of a payout or change script. Any other script is
// ErrScript.
func ParseScript(script []byte) (Form, error) {
	for _, s := range scriptForms {
		if len(script) == s.length && bytes.HasPrefix(script, s.head) && bytes.HasSuffix(script, s.tail) {
			return s.form, nil
		}
	}
	return 0, fmt.Errorf("%w: %d bytes of none of the five forms", ErrScript, len(script))
}
