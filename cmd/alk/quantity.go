package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	hashrateHint = "write it as 500TH, 5PH, 0.5EH (or 5RU on regtest), or as a number of TH/s"
	dayHint      = "write a date such as 2026-01-31 or a Unix day such as 20484"
	numberHint   = "write a whole number of satoshis, such as 42350"
	daySeconds   = 86_400
)

// unitsOfHashrate in thousandths of the index unit: of PH/s on mainnet.
var unitsOfHashrate = []struct {
	suffix string
	ths    uint64
}{
	{"EH", 1_000_000}, {"PH", 1_000}, {"TH", 1}, {"RU", 1_000}, {"SU", 1_000}, {"", 1},
}

// parseHashrate reads an amount of hashrate in thousandths of the index unit,
// exactly.
func parseHashrate(s string) (uint64, error) {
	text := strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(s, ",", "")))
	text = strings.TrimSuffix(text, "/S")
	for _, u := range unitsOfHashrate {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		ths, err := scaled(strings.TrimSpace(number), u.ths)
		if err != nil {
			return 0, errUsage(hashrateHint, "hashrate %q: %w", s, err)
		}
		return ths, nil
	}
	return 0, errUsage(hashrateHint, "hashrate %q", s)
}

// scaled multiplies a decimal text by a power of ten without rounding.
func scaled(number string, factor uint64) (uint64, error) {
	whole, fraction, hasPoint := strings.Cut(number, ".")
	decimals := len(strconv.FormatUint(factor, 10)) - 1
	if len(fraction) > decimals {
		return 0, fmt.Errorf("finer than a thousandth of the unit")
	}
	digits := whole + fraction + strings.Repeat("0", decimals-len(fraction))
	if whole == "" || (hasPoint && fraction == "") || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("not a number")
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > math.MaxInt64 {
		return 0, fmt.Errorf("too much")
	}
	if n == 0 {
		return 0, fmt.Errorf("nothing")
	}
	return n, nil
}

// parseSize reads the notional of one contract or order.
func parseSize(s string) (uint32, error) {
	ths, err := parseHashrate(s)
	if err != nil {
		return 0, err
	}
	if ths > math.MaxUint32 {
		return 0, errUsage(hashrateHint, "size %q is too much for one contract", s)
	}
	return uint32(ths), nil
}

// sizeText shows thousandths of the unit of an index.
func sizeText(ths uint64, index string) string {
	switch {
	case strings.HasPrefix(index, "hp1-"):
		return decimal(ths, 3) + " RU"
	case ths >= 1_000_000 && ths%1_000 == 0:
		return decimal(ths/1_000, 3) + " EH/s"
	case ths >= 1_000:
		return decimal(ths, 3) + " PH/s"
	}
	return sat(ths) + " TH/s"
}

// decimal shows a number of thousandths without trailing zeros.
func decimal(n uint64, places int) string {
	whole, part := n/1_000, n%1_000
	text := strings.TrimRight(fmt.Sprintf("%0*d", places, part), "0")
	if text == "" {
		return sat(whole)
	}
	return sat(whole) + "." + text
}

// unitName is the unit of hashrate of an index, for prices.
func unitName(index string) string {
	if strings.HasPrefix(index, "hp1-") {
		return "RU"
	}
	return "PH/s"
}

// parseUnixDay reads a date or a Unix day.
func parseUnixDay(s string) (uint32, error) {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return uint32(n), nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Unix() < 0 {
		return 0, errUsage(dayHint, "%q is no day", s)
	}
	return uint32(t.Unix() / daySeconds), nil //nolint:gosec // dates have four digits of year
}

func dateOf(day uint32) string {
	return time.Unix(int64(day)*daySeconds, 0).UTC().Format(time.DateOnly)
}

// windowText shows the days of a contract.
func windowText(start, end uint32) string {
	return fmt.Sprintf("%s to %s (%d days)", dateOf(start), dateOf(end), end-start+1)
}

// parseSats reads a whole number of satoshis that may be 0 and may have
// thousands separators.
func parseSats(s string) (uint64, error) {
	n, err := strconv.ParseUint(strings.ReplaceAll(s, ",", ""), 10, 63)
	if err != nil {
		return 0, errUsage(numberHint, "%q is not a price", s)
	}
	return n, nil
}

// parseSignedSats is parseSats for prices that may be negative.
func parseSignedSats(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 63)
	if err != nil {
		return 0, errUsage(numberHint, "%q is not a price", s)
	}
	return n, nil
}

// parseMoment reads a date, a date with time (RFC 3339) or Unix seconds.
func parseMoment(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		return n, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Unix() > 0 {
			return t.Unix(), nil
		}
	}
	return 0, errUsage("write 2026-01-31, 2026-01-31T12:00:00Z or Unix seconds", "%q is no time", s)
}

// abbreviate shows enough of an id to tell it from others.
func abbreviate(id string) string {
	const digits = 12
	if len(id) <= digits {
		return id
	}
	return id[:digits]
}

// percent shows a part of 1.
func percent(v float64) string { return strconv.FormatFloat(v*100, 'f', 2, 64) + " %" }

// rounded shows satoshis that were computed in floating point.
func rounded(v float64) string { return sat(int64(math.Round(v))) }

// signed shows a gain or loss.
func signed(v int64) string {
	if v > 0 {
		return "+" + sat(v)
	}
	return sat(v)
}
