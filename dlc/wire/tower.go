package wire

import (
	"fmt"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// towerVersion is the first byte of a tower package.
const towerVersion = 1

// TowerPackage is what a watchtower needs to settle a contract without a key,
// and the unit of backup (PROTOCOL.md section 15): three whole messages, the
// sign without funding witnesses.
type TowerPackage struct {
	// Offer, Accept and Sign are whole messages. After DecodeTowerPackage they
	// alias the input.
	Offer []byte
	// Accept is described with Offer.
	Accept []byte
	// Sign is described with Offer; its witness vector is empty.
	Sign []byte
}

// NewTowerPackage returns the package of a contract from its three messages as
// they were first sent. It takes the funding witnesses out of sign, which is
// written anew otherwise bit for bit. It fails if a message is not what it
// should be, as Decode does.
func NewTowerPackage(offer, accept, sign []byte) (*TowerPackage, error) {
	stripped, err := withoutWitnesses(sign)
	if err != nil {
		return nil, err
	}
	p := &TowerPackage{Offer: offer, Accept: accept, Sign: stripped}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

func withoutWitnesses(sign []byte) ([]byte, error) {
	m, err := Decode(sign)
	if err != nil {
		return nil, err
	}
	s, ok := m.(*Sign)
	if !ok {
		return nil, fmt.Errorf("%s instead of sign: %w", m.Type(), ErrNotCanonical)
	}
	s.Witnesses = nil
	return s.Encode(), nil
}

// Encode returns the bytes of the package.
func (p *TowerPackage) Encode() []byte {
	w := tlv.NewWriter(1 + 15 + len(p.Offer) + len(p.Accept) + len(p.Sign))
	w.U8(towerVersion)
	w.VarBytes(p.Offer)
	w.VarBytes(p.Accept)
	w.VarBytes(p.Sign)
	return w.Bytes()
}

// DecodeTowerPackage reads a package. The three messages are decoded to see
// that they are well formed; whether they belong together and their signatures
// hold is for dlc/contract.
func DecodeTowerPackage(b []byte) (*TowerPackage, error) {
	d := &decoder{r: tlv.NewReader(b)}
	d.exactly("version", towerVersion)
	p := &TowerPackage{
		Offer:  d.message("offer", TypeOffer),
		Accept: d.message("accept", TypeAccept),
		Sign:   d.message("sign", TypeSign),
	}
	if err := d.done(); err != nil {
		return nil, tlv.Field("tower package", err)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

// check decodes the three messages.
func (p *TowerPackage) check() error {
	for _, part := range []struct {
		want  Type
		bytes []byte
	}{{TypeOffer, p.Offer}, {TypeAccept, p.Accept}, {TypeSign, p.Sign}} {
		m, err := Decode(part.bytes)
		if err != nil {
			return fmt.Errorf("tower package: %s: %w", part.want, err)
		}
		if m.Type() != part.want {
			return fmt.Errorf("tower package: %s instead of %s: %w", m.Type(), part.want, ErrNotCanonical)
		}
		if sign, ok := m.(*Sign); ok && len(sign.Witnesses) > 0 {
			return fmt.Errorf("tower package: sign with witnesses: %w", ErrNotCanonical)
		}
	}
	return nil
}
