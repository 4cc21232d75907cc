package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/internal/chart"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// payoff is the chart of a collar's profit with everything a chart can have.
func payoff() chart.Chart {
	return chart.Chart{
		Title: "COLLAR 50,000/56,000: profit of the long at the end of 30 days",
		X:     chart.Axis{Label: "mean hashprice, sat per PH/s and day"},
		Y:     chart.Axis{Label: "profit, sat"},
		Series: []chart.Series{{Name: "long", Style: chart.Area, Points: []chart.Point{
			{26_000, 740_400}, {30_000, 740_400}, {50_000, 0}, {56_000, 0}, {75_000, -703_380}, {79_000, -703_380},
		}}},
		Rules: []chart.Rule{{At: 0, Label: "break-even"}, {At: 51_394, Vertical: true, Label: "index today"}},
		Marks: []chart.Mark{{Point: chart.Point{X: 42_000, Y: 296_160}, Label: "fair value"}},
	}
}

func index() chart.Chart {
	points := make([]chart.Point, 0, 60)
	fees := make([]chart.Point, 0, 60)
	for i := range 60 {
		y := 57_000 - 120*float64(i)
		if i > 30 {
			y -= 4_000
		}
		points = append(points, chart.Point{X: float64(20_454 + i), Y: y})
		fees = append(fees, chart.Point{X: float64(20_454 + i), Y: 50_000 + 30*float64(i)})
	}
	return chart.Chart{
		Title: "hp1/tot", X: chart.Axis{Label: "Unix day", Whole: true}, Y: chart.Axis{Label: "sat per PH/s and day"},
		Series: []chart.Series{{Name: "index", Style: chart.Step, Points: points}, {Name: "forward", Points: fees}},
	}
}

func TestTextIsWhatPeopleSaw(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, payoff().Text(&b, chart.TextOptions{}))
	b.WriteString("\n")
	require.NoError(t, index().Text(&b, chart.TextOptions{Columns: 70, Rows: 18}))
	b.WriteString("\n")
	require.NoError(t, payoff().Text(&b, chart.TextOptions{Columns: 72, Rows: 20, ASCII: true}))
	testkit.Golden(t, "charts.txt", b.Bytes())
}

func TestSVGIsXMLWithEveryLabelAndTheSameEachTime(t *testing.T) {
	c := payoff()
	c.Title = `<script>&"'` + "\x1b[2J"
	var b, again bytes.Buffer
	require.NoError(t, c.SVG(&b, chart.DefaultSize))
	require.NoError(t, c.SVG(&again, chart.DefaultSize))
	require.Equal(t, b.Bytes(), again.Bytes())
	var words strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if text, ok := token.(xml.CharData); ok {
			words.Write(text)
		}
		if start, ok := token.(xml.StartElement); ok {
			require.NotEqual(t, "script", start.Name.Local)
		}
	}
	for _, want := range []string{"<script>", "break-even", "index today", "fair value", "profit, sat", "40,000", "mean hashprice"} {
		require.Contains(t, words.String(), want)
	}
	require.NotContains(t, b.String(), "\x1b")
}

func TestPNGHasTheSizeAndTheInkOfTheChart(t *testing.T) {
	for _, c := range []chart.Chart{payoff(), index()} {
		var b bytes.Buffer
		require.NoError(t, c.PNG(&b, chart.Size{Width: 800, Height: 450}))
		img, err := png.Decode(&b)
		require.NoError(t, err)
		require.Equal(t, 800, img.Bounds().Dx())
		require.Equal(t, 450, img.Bounds().Dy())
		colors := map[[3]uint32]int{}
		for y := range 450 {
			for x := range 800 {
				r, g, b, _ := img.At(x, y).RGBA()
				colors[[3]uint32{r >> 8, g >> 8, b >> 8}]++
			}
		}
		require.Greater(t, colors[[3]uint32{0x0b, 0x69, 0xa3}], 400, "the first series is drawn")
		require.Greater(t, colors[[3]uint32{0xff, 0xff, 0xff}], 800*450/3, "on white")
	}
}

func TestWhatCannotBeDrawnIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	one := func(p chart.Point) chart.Chart {
		return chart.Chart{Series: []chart.Series{{Points: []chart.Point{p}}}}
	}
	ruled, marked := one(chart.Point{}), one(chart.Point{})
	ruled.Rules = []chart.Rule{{At: math.NaN()}}
	marked.Marks = []chart.Mark{{Point: chart.Point{X: math.Inf(1)}}}
	many := chart.Chart{Series: []chart.Series{{Points: make([]chart.Point, chart.MaxPoints+1)}}}
	for name, bad := range map[string]struct {
		c    chart.Chart
		want error
	}{
		"nothing": {chart.Chart{}, chart.ErrEmpty}, "no points": {chart.Chart{Series: []chart.Series{{}}}, chart.ErrEmpty},
		"nan": {one(chart.Point{X: math.NaN()}), chart.ErrValue}, "infinite": {one(chart.Point{Y: math.Inf(-1)}), chart.ErrValue},
		"huge": {one(chart.Point{Y: 1e300}), chart.ErrValue}, "rule": {ruled, chart.ErrValue}, "mark": {marked, chart.ErrValue},
		"many": {many, chart.ErrValue},
	} {
		var b bytes.Buffer
		require.ErrorIs(t, bad.c.Text(&b, chart.TextOptions{}), bad.want, name)
		require.ErrorIs(t, bad.c.SVG(&b, chart.DefaultSize), bad.want, name)
		require.ErrorIs(t, bad.c.PNG(&b, chart.DefaultSize), bad.want, name)
		require.Zero(t, b.Len(), name)
	}
	var b bytes.Buffer
	for _, size := range []chart.Size{{}, {Width: 99, Height: 500}, {Width: 500, Height: 8_193}, {Width: -1, Height: 500}} {
		require.ErrorIs(t, payoff().SVG(&b, size), chart.ErrSize)
		require.ErrorIs(t, payoff().PNG(&b, size), chart.ErrSize)
	}
	for _, size := range []chart.TextOptions{{Columns: 39}, {Rows: 7}, {Columns: 1_001}, {Rows: -1}} {
		require.ErrorIs(t, payoff().Text(&b, size), chart.ErrSize)
	}
	require.Zero(t, b.Len())
}

func TestNumbersHaveSeparatorsAndNoNoise(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", -0.00001: "0", 42_105: "42,105", -1_234_567.4: "-1,234,567", 0.0341: "0.0341", 12.5: "12.5", 999: "999",
		1e15: "1,000,000,000,000,000", 0.6346546: "0.6347", -12: "-12",
	} {
		require.Equal(t, want, chart.Number(v))
	}
}

// Any chart of finite numbers is drawn within its size, in every form.
func TestAnyFiniteChartFits(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(-1e15, 1e15), rapid.Float64Range(-1, 1), rapid.Just(0.0), rapid.Just(1e15), rapid.Just(5e-324))
	point := rapid.Custom(func(t *rapid.T) chart.Point { return chart.Point{X: value.Draw(t, "x"), Y: value.Draw(t, "y")} })
	series := rapid.Custom(func(t *rapid.T) chart.Series {
		return chart.Series{
			Name: rapid.String().Draw(t, "name"), Style: chart.Style(rapid.IntRange(0, 2).Draw(t, "style")), //nolint:gosec // small
			Points: rapid.SliceOfN(point, 1, 8).Draw(t, "points"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		c := chart.Chart{
			Title: rapid.String().Draw(t, "title"), Series: rapid.SliceOfN(series, 1, 3).Draw(t, "series"),
			X:     chart.Axis{Label: rapid.String().Draw(t, "label"), Whole: rapid.Bool().Draw(t, "whole"), Zero: rapid.Bool().Draw(t, "zero")},
			Rules: []chart.Rule{{At: value.Draw(t, "at"), Vertical: rapid.Bool().Draw(t, "vertical"), Label: rapid.String().Draw(t, "rule")}},
			Marks: []chart.Mark{{Point: point.Draw(t, "mark"), Label: rapid.String().Draw(t, "words")}},
		}
		o := chart.TextOptions{
			Columns: rapid.IntRange(chart.MinColumns, 120).Draw(t, "columns"), Rows: rapid.IntRange(chart.MinRows, 40).Draw(t, "rows"),
			ASCII: rapid.Bool().Draw(t, "ascii"),
		}
		var b bytes.Buffer
		require.NoError(t, c.Text(&b, o))
		require.True(t, utf8.Valid(b.Bytes()))
		for line := range strings.Lines(b.String()) {
			for _, r := range strings.TrimSuffix(line, "\n") {
				require.False(t, r < ' ' || r == 0x7f, "control character %U", r)
			}
		}
		b.Reset()
		require.NoError(t, c.SVG(&b, chart.Size{Width: 300, Height: 200}))
		require.NotContains(t, b.String(), "NaN")
		require.NoError(t, xml.Unmarshal(b.Bytes(), new(struct{})))
	})
}
