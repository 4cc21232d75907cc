package chart

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// TextOptions say how a chart of text looks.
type TextOptions struct {
	// Columns and Rows are the size of the whole, axes and title included; 0
	// means 80 by 24.
	Columns, Rows int
	// ASCII uses no characters outside ASCII. Otherwise lines are drawn with
	// Braille patterns, which terminals of today show.
	ASCII bool
}

const (
	defaultColumns = 80
	defaultRows    = 24
)

func (o TextOptions) check() (TextOptions, error) {
	if o.Columns == 0 {
		o.Columns = defaultColumns
	}
	if o.Rows == 0 {
		o.Rows = defaultRows
	}
	if o.Columns < MinColumns || o.Columns > MaxColumns || o.Rows < MinRows || o.Rows > MaxRows {
		return o, fmt.Errorf("%w: %d x %d characters, %d x %d to %d x %d are possible", ErrSize,
			o.Columns, o.Rows, MinColumns, MinRows, MaxColumns, MaxRows)
	}
	return o, nil
}

// Text writes the chart as lines of text. Marks and rules that have a label are
// explained below it, in a line each. It fails with ErrEmpty, ErrValue or
// ErrSize, or as w does.
func (c Chart) Text(w io.Writer, options TextOptions) error {
	o, err := options.check()
	if err != nil {
		return err
	}
	x, y, err := c.check()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, c.lines(o, x, y))
	return err
}

// lines lays the chart out: title, plot with labels of y on its left, labels of
// x, names of the axes, legend.
func (c Chart) lines(o TextOptions, x, y span) string {
	var b strings.Builder
	if c.Title != "" {
		fmt.Fprintln(&b, clip(printable(c.Title), o.Columns))
	}
	if c.Y.Label != "" {
		fmt.Fprintln(&b, clip(printable(c.Y.Label), o.Columns))
	}
	height := max(3, o.Rows-4)
	ticks := c.Y.ticks(y, max(2, height/3))
	left := 0
	for _, v := range ticks {
		left = max(left, utf8.RuneCountInString(c.Y.text(v)))
	}
	left = min(left, o.Columns/3)
	g := newGrid(o.Columns-left-2, height, o.ASCII, x, y)
	c.draw(g)
	labels := make(map[int]string, len(ticks))
	for _, v := range ticks {
		labels[g.row(v)] = clip(c.Y.text(v), left)
	}
	for r := range height {
		edge := g.signs.edge
		if labels[r] != "" {
			edge = g.signs.tick
		}
		fmt.Fprintf(&b, "%*s %s%s\n", left, labels[r], edge, strings.TrimRight(g.line(r), " "))
	}
	b.WriteString(c.foot(g, left, x))
	return b.String()
}

// foot is what is below the plot.
func (c Chart) foot(g *textGrid, left int, x span) string {
	var b strings.Builder
	base := []rune(strings.Repeat(string(g.signs.base), g.columns))
	words := []rune(strings.Repeat(" ", left+2+g.columns))
	free := 0
	for _, v := range c.X.ticks(x, max(2, g.columns/14)) {
		at := g.column(v)
		base[at] = g.signs.baseTick
		label := []rune(c.X.text(v))
		start := max(0, min(left+2+at-len(label)/2, len(words)-len(label)))
		if start < free || len(label) > len(words) {
			continue
		}
		copy(words[start:], label)
		free = start + len(label) + 1
	}
	fmt.Fprintf(&b, "%*s %s%s\n", left, "", g.signs.corner, string(base))
	fmt.Fprintln(&b, strings.TrimRight(string(words), " "))
	if c.X.Label != "" {
		fmt.Fprintf(&b, "%*s  %s\n", left, "", clip(printable(c.X.Label), g.columns))
	}
	for i, s := range c.Series {
		if len(c.Series) > 1 && s.Name != "" {
			fmt.Fprintf(&b, "%*s  %c %s\n", left, "", seriesSign(i), printable(s.Name))
		}
	}
	for _, r := range c.Rules {
		sign, axis := g.signs.horizontal, c.Y
		if r.Vertical {
			sign, axis = g.signs.vertical, c.X
		}
		if r.Label != "" {
			fmt.Fprintf(&b, "%*s  %c %s: %s\n", left, "", sign, printable(r.Label), axis.text(r.At))
		}
	}
	for i, m := range c.Marks {
		if m.Label != "" {
			fmt.Fprintf(&b, "%*s  %c %s: %s at %s\n", left, "", markSign(i), printable(m.Label), c.Y.text(m.Y), c.X.text(m.X))
		}
	}
	return b.String()
}

// seriesSign stands at the end of a series where there are several: 1 to 9, then
// a number sign.
func seriesSign(i int) rune {
	if i < 9 {
		return rune("123456789"[i])
	}
	return '#'
}

// markSign is A to Z, then an asterisk.
func markSign(i int) rune {
	if i < 26 {
		return rune("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i])
	}
	return '*'
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// draw fills the grid: rules below, then series, marks on top.
func (c Chart) draw(g *textGrid) {
	for _, r := range c.Rules {
		if r.Vertical {
			at := g.column(r.At)
			for row := range g.rows {
				g.put(at, row, g.signs.vertical)
			}
			continue
		}
		at := g.row(r.At)
		for column := range g.columns {
			g.put(column, at, g.signs.horizontal)
		}
	}
	for i, s := range c.Series {
		for k, p := range s.Points {
			switch {
			case k == 0:
				g.stroke(p, p, i)
			case s.Style == Step:
				corner := Point{X: p.X, Y: s.Points[k-1].Y}
				g.stroke(s.Points[k-1], corner, i)
				g.stroke(corner, p, i)
			default:
				g.stroke(s.Points[k-1], p, i)
			}
		}
		if last := len(s.Points) - 1; len(c.Series) > 1 && s.Name != "" && last >= 0 {
			g.put(g.column(s.Points[last].X), g.row(s.Points[last].Y), seriesSign(i))
		}
	}
	for i, m := range c.Marks {
		g.put(g.column(m.X), g.row(m.Y), markSign(i))
	}
}

// textSigns are the characters of a grid.
type textSigns struct {
	edge, tick, corner   string
	base, baseTick       rune
	vertical, horizontal rune
	series               func(i int) rune
}

var (
	asciiSigns = textSigns{
		edge: "|", tick: "+", corner: "+", base: '-', baseTick: '+', vertical: ':', horizontal: '.',
		series: func(i int) rune { return []rune("*o#x@")[i%5] },
	}
	brailleSigns = textSigns{
		edge: "│", tick: "┤", corner: "└", base: '─', baseTick: '┬', vertical: '┊', horizontal: '┄',
	}
)

// textGrid is a plot of characters. Each has dotsWide by dotsHigh dots with
// Braille, one by one without.
type textGrid struct {
	columns, rows int
	wide, high    int
	signs         textSigns
	cells         []rune
	dots          []uint8
	x, y          span
}

// The dots of a Braille pattern are numbered down its two columns, the lowest
// row last.
var brailleBits = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

const brailleBlank = '\u2800'

func newGrid(columns, rows int, ascii bool, x, y span) *textGrid {
	g := &textGrid{
		columns: columns, rows: rows, wide: 2, high: 4, signs: brailleSigns, x: x, y: y,
		cells: []rune(strings.Repeat(" ", columns*rows)), dots: make([]uint8, columns*rows),
	}
	if ascii {
		g.wide, g.high, g.signs = 1, 1, asciiSigns
	}
	return g
}

// at maps a value to one of n places of a span.
func at(v float64, s span, n int) int {
	return max(0, min(n-1, int(math.Round((v-s.min)/s.width()*float64(n-1)))))
}

func (g *textGrid) column(v float64) int { return at(v, g.x, g.columns*g.wide) / g.wide }

func (g *textGrid) row(v float64) int {
	return g.rows - 1 - at(v, g.y, g.rows*g.high)/g.high
}

func (g *textGrid) put(column, row int, r rune) {
	g.cells[row*g.columns+column] = r
	g.dots[row*g.columns+column] = 0
}

// stroke draws a straight line, dot by dot.
func (g *textGrid) stroke(from, to Point, series int) {
	width, height := g.columns*g.wide, g.rows*g.high
	x0, y0 := at(from.X, g.x, width), at(from.Y, g.y, height)
	x1, y1 := at(to.X, g.x, width), at(to.Y, g.y, height)
	n := max(abs(x1-x0), abs(y1-y0), 1)
	for i := range n + 1 {
		part := float64(i) / float64(n)
		g.dot(x0+int(math.Round(part*float64(x1-x0))), height-1-(y0+int(math.Round(part*float64(y1-y0)))), series)
	}
}

func (g *textGrid) dot(x, y, series int) {
	cell := (y/g.high)*g.columns + x/g.wide
	if g.wide == 1 {
		g.cells[cell] = g.signs.series(series)
		return
	}
	g.dots[cell] |= brailleBits[y%g.high][x%g.wide]
	g.cells[cell] = brailleBlank + rune(g.dots[cell])
}

func (g *textGrid) line(row int) string {
	return string(g.cells[row*g.columns : (row+1)*g.columns])
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
