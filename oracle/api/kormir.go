package api

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// The answers of kormir's list of events: its own form, and those it gives for
// format=hex and format=tlv.
type (
	kormirEvent struct {
		ID           string           `json:"event_id"`
		Announcement announcementJSON `json:"announcement"`
		// Indexes were nonce counters of old versions, whose clients want the field.
		Indexes []uint32 `json:"indexes"`
		// Signatures are pairs of outcome and signature.
		Signatures [][2]string `json:"signatures"`
	}
	kormirHex struct {
		ID           string  `json:"event_id"`
		Maturity     uint32  `json:"event_maturity_epoch"`
		Announcement string  `json:"announcement"`
		Attestation  *string `json:"attestation"`
	}
)

func (s *Server) pubkey(ctx context.Context, _ query) (answer, error) {
	info, err := s.cfg.Records.Info(ctx)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(info.Key, briefly)
}

// listEvents is kormir's list of events, in pages as ours is.
func (s *Server) listEvents(_ context.Context, q query) (answer, error) {
	e, err := s.eventsQuery(q)
	if err != nil {
		return answer{}, err
	}
	e.Full = true
	if q.r.URL.Query().Get("limit") == "" {
		e.Limit = MaxLimit
	}
	page, err := s.cfg.Records.Events(e)
	if err != nil {
		return answer{}, err
	}
	var list any
	switch format := q.r.URL.Query().Get("format"); format {
	case "", "json":
		list, err = kormirList(page.Events)
	case "hex":
		list, err = kormirHexList(page.Events, bodyOf)
	case "tlv":
		list, err = kormirHexList(page.Events, func(raw []byte) ([]byte, error) { return raw, nil })
	default:
		err = fmt.Errorf("%w: format is json, hex or tlv", ErrQuery)
	}
	if err != nil {
		return answer{}, err
	}
	a, err := jsonAnswer(list, briefly)
	if page.Next != "" {
		a.link = q.next("after", page.Next)
	}
	return a, err
}

func kormirList(events []Event) ([]kormirEvent, error) {
	list := make([]kormirEvent, len(events))
	for i, e := range events {
		a, err := attest.DecodeAnnouncement(e.Announcement)
		if err != nil {
			return nil, fmt.Errorf("stored announcement of %q: %w", e.ID, err)
		}
		list[i] = kormirEvent{ID: e.ID, Announcement: toAnnouncementJSON(a), Indexes: []uint32{}, Signatures: [][2]string{}}
		if len(e.Attestation) == 0 {
			continue
		}
		b, err := attest.DecodeAttestation(e.Attestation)
		if err != nil {
			return nil, fmt.Errorf("stored attestation of %q: %w", e.ID, err)
		}
		for j, sig := range b.Signatures {
			list[i].Signatures = append(list[i].Signatures, [2]string{b.Outcomes[j], hex.EncodeToString(sig[:])})
		}
	}
	return list, nil
}

func kormirHexList(events []Event, form func([]byte) ([]byte, error)) ([]kormirHex, error) {
	list := make([]kormirHex, len(events))
	for i, e := range events {
		raw, err := form(e.Announcement)
		if err != nil {
			return nil, fmt.Errorf("stored announcement of %q: %w", e.ID, err)
		}
		list[i] = kormirHex{ID: e.ID, Maturity: e.Maturity, Announcement: hex.EncodeToString(raw)}
		if len(e.Attestation) == 0 {
			continue
		}
		if raw, err = form(e.Attestation); err != nil {
			return nil, fmt.Errorf("stored attestation of %q: %w", e.ID, err)
		}
		text := hex.EncodeToString(raw)
		list[i].Attestation = &text
	}
	return list, nil
}

// bodyOf takes the type and length off a TLV.
func bodyOf(raw []byte) ([]byte, error) {
	r := tlv.NewReader(raw)
	if _, err := r.BigSize(); err != nil {
		return nil, err
	}
	if _, err := r.BigSize(); err != nil {
		return nil, err
	}
	return r.Rest(), nil
}
