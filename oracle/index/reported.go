package index

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// reportedJSON is a Reported in a file.
type reportedJSON struct {
	ID            string   `json:"id"`
	Legs          []string `json:"legs"`
	DayUnit       string   `json:"day_unit"`
	CumUnit       string   `json:"cum_unit"`
	DayDigits     uint8    `json:"day_digits"`
	CumDigits     uint8    `json:"cum_digits"`
	FirstDay      uint32   `json:"first_day"`
	MaturityDelay uint32   `json:"maturity_delay"`
}

// ParseReported reads the definition of a reported index from JSON, with no other
// members; ErrParams.
func ParseReported(raw []byte) (Reported, error) {
	if len(raw) > 4096 {
		return Reported{}, fmt.Errorf("%w: a definition of %d bytes", ErrParams, len(raw))
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var in reportedJSON
	if err := decoder.Decode(&in); err != nil {
		return Reported{}, fmt.Errorf("%w: %w", ErrParams, err)
	}
	r := Reported(in)
	_, err := r.Entry()
	return r, err
}
