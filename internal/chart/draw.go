package chart

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Size is the size of an SVG or PNG in pixels.
type Size struct{ Width, Height int }

// DefaultSize suits a page of documentation.
var DefaultSize = Size{Width: 960, Height: 540}

func (s Size) check() error {
	if s.Width < MinSide || s.Height < MinSide || s.Width > MaxSide || s.Height > MaxSide {
		return fmt.Errorf("%w: %d x %d pixels, %d to %d are possible", ErrSize, s.Width, s.Height, MinSide, MaxSide)
	}
	return nil
}

// One pixel is one 96th of an inch, and a point of vg one 72nd.
const (
	dpi      = 96
	perPixel = vg.Inch / dpi
)

var (
	ink     = color.NRGBA{R: 0x1f, G: 0x29, B: 0x33, A: 0xff}
	grid    = color.NRGBA{R: 0xe4, G: 0xe7, B: 0xeb, A: 0xff}
	ruled   = color.NRGBA{R: 0x7b, G: 0x87, B: 0x94, A: 0xff}
	palette = []color.NRGBA{
		{R: 0x0b, G: 0x69, B: 0xa3, A: 0xff}, {R: 0xd6, G: 0x45, B: 0x13, A: 0xff}, {R: 0x14, G: 0x91, B: 0x6b, A: 0xff},
		{R: 0x8a, G: 0x3f, B: 0xa8, A: 0xff}, {R: 0xb4, G: 0x8a, B: 0x00, A: 0xff},
	}
	gain = color.NRGBA{R: 0x14, G: 0x91, B: 0x6b, A: 0x30}
	loss = color.NRGBA{R: 0xd6, G: 0x45, B: 0x13, A: 0x30}
)

// SVG writes the chart as an SVG document. It fails with ErrEmpty, ErrValue or
// ErrSize, or as w does.
func (c Chart) SVG(w io.Writer, size Size) error {
	p, err := c.plot(size)
	if err != nil {
		return err
	}
	canvas := vgsvg.New(vg.Length(size.Width)*perPixel, vg.Length(size.Height)*perPixel)
	paint(p, canvas)
	_, err = canvas.WriteTo(w)
	return err
}

// PNG writes the chart as a PNG image. It fails as SVG does.
func (c Chart) PNG(w io.Writer, size Size) error {
	p, err := c.plot(size)
	if err != nil {
		return err
	}
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(
		vgimg.UseWH(vg.Length(size.Width)*perPixel, vg.Length(size.Height)*perPixel), vgimg.UseDPI(dpi),
	)}
	paint(p, canvas)
	_, err = canvas.WriteTo(w)
	return err
}

func (c Chart) plot(size Size) (*plot.Plot, error) {
	if err := size.check(); err != nil {
		return nil, err
	}
	x, y, err := c.check()
	if err != nil {
		return nil, err
	}
	p := plot.New()
	p.Title.Text = printable(c.Title)
	restyle(&p.Title.TextStyle, 14, ink)
	p.Title.Padding = vg.Points(10)
	c.axis(&p.X, c.X, x, size.Width/110)
	c.axis(&p.Y, c.Y, y, size.Height/55)
	restyle(&p.Legend.TextStyle, 10, ink)
	p.Legend.Padding = vg.Points(3)
	p.Legend.Top, p.Legend.Left = c.emptiest(x, y)
	p.Legend.XOffs, p.Legend.YOffs = vg.Points(8), vg.Points(6)
	if !p.Legend.Left {
		p.Legend.XOffs = -p.Legend.XOffs
	}
	if p.Legend.Top {
		p.Legend.YOffs = -p.Legend.YOffs
	}

	lines := plotter.NewGrid()
	lines.Vertical = draw.LineStyle{Color: grid, Width: vg.Points(0.6)}
	lines.Horizontal = lines.Vertical
	p.Add(lines)
	for i, s := range c.Series {
		if err := addSeries(p, s, palette[i%len(palette)], len(c.Series) > 1); err != nil {
			return nil, err
		}
	}
	p.Add(overlay{c: c, x: x, y: y})
	// Added data moves the ranges; they are ours.
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x.min, x.max, y.min, y.max
	return p, nil
}

// emptiest returns the corner with the fewest points, for the legend.
func (c Chart) emptiest(x, y span) (top, left bool) {
	const part = 0.25
	least := math.MaxInt
	for _, corner := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		n := 0
		for _, s := range c.Series {
			for _, p := range s.Points {
				fromTop, fromLeft := (y.max-p.Y)/y.width(), (p.X-x.min)/x.width()
				if (fromTop < part || !corner[0]) && (fromTop > 1-part || corner[0]) &&
					(fromLeft < part || !corner[1]) && (fromLeft > 1-part || corner[1]) {
					n++
				}
			}
		}
		if n < least {
			least, top, left = n, corner[0], corner[1]
		}
	}
	return top, left
}

// sans is compiled in, so that a chart looks the same on every machine.
var sans = font.Font{Typeface: "Liberation", Variant: "Sans"}

// restyle sets font and colour, and leaves the rest as the plot wants it.
func restyle(s *text.Style, points float64, c color.Color) {
	s.Font, s.Color = font.From(sans, vg.Points(points)), c
}

func label(points float64, c color.Color) text.Style {
	s := text.Style{Handler: plot.DefaultTextHandler, XAlign: draw.XCenter, YAlign: draw.YCenter}
	restyle(&s, points, c)
	return s
}

// margin keeps the outermost labels on the page.
const margin = 14

// paint puts a plot on a canvas.
func paint(p *plot.Plot, on vg.CanvasSizer) {
	page := vg.Points(margin)
	p.Draw(draw.Crop(draw.New(on), page, -page, page, -page))
}

func (c Chart) axis(to *plot.Axis, a Axis, s span, n int) {
	to.Label.Text = printable(a.Label)
	restyle(&to.Label.TextStyle, 11, ink)
	to.Label.Padding = vg.Points(4)
	restyle(&to.Tick.Label, 9.5, ink)
	to.Min, to.Max = s.min, s.max
	to.LineStyle = draw.LineStyle{Color: ruled, Width: vg.Points(0.8)}
	to.Tick.LineStyle = to.LineStyle
	to.Padding = 0
	to.Tick.Marker = plot.TickerFunc(func(_, _ float64) []plot.Tick {
		var out []plot.Tick
		for _, v := range a.ticks(s, n) {
			out = append(out, plot.Tick{Value: v, Label: a.text(v)})
		}
		return out
	})
}

func addSeries(p *plot.Plot, s Series, c color.NRGBA, named bool) error {
	if len(s.Points) == 0 {
		return nil
	}
	xys := make(plotter.XYs, len(s.Points))
	for i, at := range s.Points {
		xys[i] = plotter.XY{X: at.X, Y: at.Y}
	}
	if s.Style == Area {
		if err := addArea(p, s.Points); err != nil {
			return err
		}
	}
	line, err := plotter.NewLine(xys)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrValue, err)
	}
	line.LineStyle = draw.LineStyle{Color: c, Width: vg.Points(1.8)}
	if s.Style == Step {
		line.StepStyle = plotter.PostStep
	}
	p.Add(line)
	if named && s.Name != "" {
		p.Legend.Add(printable(s.Name), line)
	}
	return nil
}

// addArea fills between the points and zero: what is above in another colour
// than what is below.
func addArea(p *plot.Plot, points []Point) error {
	for _, part := range []struct {
		color color.NRGBA
		limit func(a, b float64) float64
	}{{gain, func(a, b float64) float64 { return max(a, b) }}, {loss, func(a, b float64) float64 { return min(a, b) }}} {
		ring := plotter.XYs{{X: points[0].X}}
		for i, at := range points {
			if i > 0 && (points[i-1].Y > 0) != (at.Y > 0) && points[i-1].Y != at.Y {
				before := points[i-1]
				ring = append(ring, plotter.XY{X: before.X + (at.X-before.X)*before.Y/(before.Y-at.Y)})
			}
			ring = append(ring, plotter.XY{X: at.X, Y: part.limit(at.Y, 0)})
		}
		ring = append(ring, plotter.XY{X: points[len(points)-1].X})
		polygon, err := plotter.NewPolygon(ring)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrValue, err)
		}
		polygon.Color = part.color
		polygon.LineStyle = draw.LineStyle{}
		p.Add(polygon)
	}
	return nil
}

// overlay draws rules and marks above the series.
type overlay struct {
	c    Chart
	x, y span
}

// Plot implements plot.Plotter.
func (o overlay) Plot(canvas draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&canvas)
	style := draw.LineStyle{Color: ruled, Width: vg.Points(1), Dashes: []vg.Length{vg.Points(4), vg.Points(3)}}
	row := 0
	for _, r := range o.c.Rules {
		words := label(10, ruled)
		words.Handler = p.TextHandler
		if !r.Vertical {
			at := toY(r.At)
			canvas.StrokeLine2(style, canvas.Min.X, at, canvas.Max.X, at)
			words.XAlign, words.YAlign = draw.XRight, draw.YBottom
			canvas.FillText(words, vg.Point{X: canvas.Max.X - vg.Points(4), Y: at + vg.Points(2)}, printable(r.Label))
			continue
		}
		at := toX(r.At)
		canvas.StrokeLine2(style, at, canvas.Min.Y, at, canvas.Max.Y)
		// Labels of rules that stand close to each other go on different rows.
		o.beside(canvas, words, vg.Point{X: at, Y: canvas.Max.Y - vg.Points(8+14*float64(row%4))}, printable(r.Label))
		row++
	}
	for _, m := range o.c.Marks {
		at := vg.Point{X: toX(m.X), Y: toY(m.Y)}
		canvas.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: vg.Points(3.2), Shape: draw.CircleGlyph{}}, at)
		words := label(10.5, ink)
		words.Handler = p.TextHandler
		o.beside(canvas, words, vg.Point{X: at.X, Y: at.Y + vg.Points(9)}, printable(m.Label))
	}
}

// beside writes to the right of a point, or to its left where the right has no
// room.
func (o overlay) beside(canvas draw.Canvas, words text.Style, at vg.Point, s string) {
	gap := vg.Points(5)
	words.XAlign = draw.XLeft
	if at.X+gap+words.Width(s) > canvas.Max.X {
		words.XAlign, gap = draw.XRight, -gap
	}
	canvas.FillText(words, vg.Point{X: at.X + gap, Y: at.Y}, s)
}
