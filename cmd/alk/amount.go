package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/btcutil"
)

const (
	satPerBTC   = btcutil.SatoshiPerBitcoin
	btcDecimals = 8
	amountHint  = "give satoshis (150000) or bitcoins (0.0015btc)"
)

// parseAmount reads satoshis, or bitcoins with the suffix "btc". It computes in
// integers and wants a positive amount of at most 21 million bitcoins.
func parseAmount(s string) (uint64, error) {
	number, isBTC := strings.CutSuffix(strings.ToLower(s), "btc")
	whole, fraction, hasPoint := strings.Cut(number, ".")
	if !isBTC {
		if hasPoint {
			return 0, errUsage(amountHint, "amount %q: there is nothing smaller than a satoshi", s)
		}
		return parseSat(s, whole)
	}
	if len(fraction) > btcDecimals {
		return 0, errUsage(amountHint, "amount %q: more than %d decimals", s, btcDecimals)
	}
	if whole == "" && fraction == "" || hasPoint && fraction == "" {
		return 0, errUsage(amountHint, "amount %q is not a number", s)
	}
	// Digits only: 0.0015 is 0 followed by 00150000 satoshis.
	return parseSat(s, whole+fraction+strings.Repeat("0", btcDecimals-len(fraction)))
}

func parseSat(given, digits string) (uint64, error) {
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, errUsage(amountHint, "amount %q is not a number", given)
		}
	}
	sat, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case digits == "":
		return 0, errUsage(amountHint, "amount %q is not a number", given)
	case err != nil || sat > btcutil.MaxSatoshi:
		return 0, errUsage(amountHint, "amount %q is more than there will ever be", given)
	case sat == 0:
		return 0, errUsage(amountHint, "amount %q is nothing", given)
	}
	return sat, nil
}

// sat prints satoshis with thousands separators.
func sat[T int64 | uint64](amount T) string {
	digits := strconv.FormatInt(int64(amount), 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// btc prints satoshis as bitcoins, exactly.
func btc(amount int64) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	return fmt.Sprintf("%s%d.%08d", sign, amount/satPerBTC, amount%satPerBTC)
}
