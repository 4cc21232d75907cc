package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func TestHashrateIsReadExactly(t *testing.T) {
	for text, want := range map[string]uint64{
		"500": 500, "500TH": 500, "5PH": 5_000, "5 ph/s": 5_000, "0.5EH": 500_000, "1.25PH": 1_250, "5RU": 5_000, "0.001RU": 1, "1,500TH/s": 1_500,
	} {
		got, err := parseHashrate(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "0", "PH", "1.PH", ".5PH", "-5PH", "1e3", "0.0001PH", "5GH", "0x5", "99999999999999999999", "5PHPH", "1.5TH"} {
		_, err := parseHashrate(text)
		require.Error(t, err, text)
		require.Equal(t, exitUsage, explain(err).exit, text)
	}
	_, err := parseSize("5000000EH")
	require.Error(t, err, "more than one contract holds")
	rapid.Check(t, func(t *rapid.T) {
		ths := rapid.Uint64Range(1, 1<<40).Draw(t, "ths")
		got, err := parseHashrate(fmt.Sprintf("%d.%03dPH", ths/1_000, ths%1_000))
		require.NoError(t, err)
		require.Equal(t, ths, got)
		again, err := parseHashrate(sizeText(ths, "hp1-regtest/tot"))
		require.NoError(t, err)
		require.Equal(t, ths, again, "what is shown can be typed")
	})
	require.Equal(t, "5 PH/s", sizeText(5_000, "hp1/tot"))
	require.Equal(t, "1.5 EH/s", sizeText(1_500_000, "hp1/tot"))
	require.Equal(t, "900 TH/s", sizeText(900, "hp1/tot"))
	require.Equal(t, "-2 PH/s", hedgeText(-2_000, "hp1/tot"))
}

func TestDaysPricesAndTimesAreRead(t *testing.T) {
	for text, want := range map[string]uint32{"20454": 20_454, "2026-01-01": 20_454, "0": 0} {
		got, err := parseUnixDay(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	require.Equal(t, "2026-01-01", dateOf(20_454))
	for _, text := range []string{"", "2026-13-01", "tomorrow", "-1", "1969-12-31", "5000000000"} {
		_, err := parseUnixDay(text)
		require.Error(t, err, text)
	}
	price, err := parseSats("42,350")
	require.NoError(t, err)
	require.EqualValues(t, 42_350, price)
	signedPrice, err := parseSignedSats("-1,000")
	require.NoError(t, err)
	require.EqualValues(t, -1_000, signedPrice)
	for _, text := range []string{"", "1.5", "-1", "1e3", "42350sat"} {
		_, err := parseSats(text)
		require.Error(t, err, text)
	}
	for text, want := range map[string]int64{"": 0, "1767225600": 1_767_225_600, "2026-01-01": 1_767_225_600, "2026-01-01T00:00:05Z": 1_767_225_605} {
		got, err := parseMoment(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	_, err = parseMoment("noon")
	require.Error(t, err)
}

func TestEventsReadLikeSentences(t *testing.T) {
	key := "abcdef0123456789"
	for want, e := range map[string]*alkv1.WatchEventsResponse{
		"Offered -> Accepted":                   {Kind: "phase", From: "Offered", Phase: "Accepted", Contract: key},
		"`alk contract accept abcdef012345`":    {Kind: "offer", Contract: key},
		"`alk contract show abcdef012345`":      {Kind: "close", Contract: key},
		"sign 5/9":                              {Kind: "progress", Task: "sign", Done: 5, Total: 9},
		"WARNING: fees?[2J":                     {Kind: "warning", Reason: "fees\x1b[2J"},
		"-             ALARM: nonce used twice": {Kind: "alarm", Reason: "nonce used twice"},
	} {
		require.Contains(t, eventLine(e), want)
	}
}
