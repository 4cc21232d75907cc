package attest

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// MarkSize is the length of a mark in bytes.
const MarkSize = 32 + 8 + 32 + 64

// ErrMark says that two marks, or a mark and a log, contradict each other: the oracle runs
// twice, or went on from an old copy of its data.
var ErrMark = errors.New("high-water marks contradict each other")

var (
	tagMark = newTag("alkimiya/oracle-mark")
	tagLog  = newTag("alkimiya/oracle-log")
	tagNext = newTag("alkimiya/oracle-successor")
)

// A Mark is an oracle's signed high-water mark: how many attestations it has made,
// and a hash that commits to all of them in their order. Whoever kept a mark can
// tell whether an oracle's store is as new as what the oracle has published.
type Mark struct {
	// Key is the oracle's x-only key.
	Key [32]byte
	// Count is how many attestations the oracle has made; 0 for none.
	Count uint64
	// Head is NextHead over all of them, from 32 zero bytes on.
	Head [32]byte
	// Signature is BIP340 by Key.
	Signature [64]byte
}

// NextHead returns the head of a log after one more attestation, given its TLV:
// H_{alkimiya/oracle-log}(head || attestation).
func NextHead(head [32]byte, attestation []byte) [32]byte {
	return tagLog.sum(head[:], attestation)
}

// hash is what a mark's signature signs.
func (m Mark) hash() [32]byte {
	return tagMark.sum(m.Key[:], binary.BigEndian.AppendUint64(nil, m.Count), m.Head[:])
}

// Mark signs a high-water mark. After Wipe its signature does not verify.
func (s *Signer) Mark(count uint64, head [32]byte) Mark {
	m := Mark{Key: s.key, Count: count, Head: head}
	m.Signature, _ = s.sign(m.hash(), [32]byte{})
	return m
}

// Verify fails with ErrSignature if the mark is not signed by its key, and with
// ErrMark if it counts nothing yet commits to something, or the reverse.
func (m Mark) Verify() error {
	if (m.Count == 0) != (m.Head == [32]byte{}) {
		return fmt.Errorf("mark %d of oracle %x: %w", m.Count, m.Key[:4], ErrMark)
	}
	if !verifyBIP340(m.Signature, m.Key, m.hash()) {
		return fmt.Errorf("mark %d of oracle %x: %w", m.Count, m.Key[:4], ErrSignature)
	}
	return nil
}

// Encode returns the mark: key, u64 count, head, signature.
func (m Mark) Encode() []byte {
	w := tlv.NewWriter(MarkSize)
	w.Raw(m.Key[:])
	w.U64(m.Count)
	w.Raw(m.Head[:])
	w.Raw(m.Signature[:])
	return w.Bytes()
}

// DecodeMark reads a mark and nothing after it. It checks no signature; it fails
// with the errors of internal/tlv.
func DecodeMark(b []byte) (m Mark, err error) {
	r := tlv.NewReader(b)
	if err := r.Fill(m.Key[:]); err != nil {
		return m, tlv.Field("mark", err)
	}
	if m.Count, err = r.U64(); err != nil {
		return m, tlv.Field("mark", err)
	}
	if err := r.Fill(m.Head[:]); err != nil {
		return m, tlv.Field("mark", err)
	}
	if err := r.Fill(m.Signature[:]); err != nil {
		return m, tlv.Field("mark", err)
	}
	return m, tlv.Field("mark", r.Done())
}

// Endorse signs the key that replaces this one. After Wipe the signature does not
// verify.
func (s *Signer) Endorse(successor [32]byte) [64]byte {
	sig, _ := s.sign(tagNext.sum(s.key[:], successor[:]), [32]byte{})
	return sig
}

// VerifyEndorsement fails with ErrSignature unless key endorsed its successor by
// signature.
func VerifyEndorsement(key, successor [32]byte, signature [64]byte) error {
	if !verifyBIP340(signature, key, tagNext.sum(key[:], successor[:])) {
		return fmt.Errorf("endorsement by oracle %x: %w", key[:4], ErrSignature)
	}
	return nil
}
