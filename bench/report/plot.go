package report

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dagger/pipeline/bench/arm"
	"dagger/pipeline/bench/stat"
)

const width, height = 22 * vg.Centimeter, 11 * vg.Centimeter

// colours can be told apart by everybody, in grey too.
var colours = map[string]color.Color{
	"A": color.RGBA{0, 0, 0, 255}, "B": color.RGBA{230, 159, 0, 255}, "C": color.RGBA{213, 94, 0, 255},
	"D": color.RGBA{86, 180, 233, 255}, "E": color.RGBA{0, 114, 178, 255}, "F": color.RGBA{0, 158, 115, 255},
	"Z": color.RGBA{150, 150, 150, 255},
	"e": color.RGBA{204, 121, 167, 255}, "f": color.RGBA{204, 121, 167, 255},
}

func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.BackgroundColor = color.White
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font} {
		f.Variant = "Sans"
	}
	p.Title.TextStyle.Font.Size = 12
	p.Title.Padding = 8
	return p
}

// save writes a plot as SVG and PNG.
func save(p *plot.Plot, dir, name string) error {
	for _, kind := range []string{".svg", ".png"} {
		if err := p.Save(width, height, filepath.Join(dir, name+kind)); err != nil {
			return fmt.Errorf("drawing %s: %w", name, err)
		}
	}
	return nil
}

// plotPipelines shows what a pipeline takes on each arm: the median and its interval, and each run.
func plotPipelines(d data, dir string) error {
	p := newPlot("Test and package of a service with 30 packages")
	p.X.Label.Text = "seconds for the pipeline, logarithmic; large: median with 95 % interval, small: each run"
	p.X.Tick.Marker = decades{}
	p.Add(grid())
	var labels []string
	series := []struct {
		scenario string
		shape    draw.GlyphDrawer
		offset   float64
		colour   color.Color
	}{
		{"nothing changed", draw.CircleGlyph{}, 0.15, color.RGBA{0, 114, 178, 255}},
		{"source edit", draw.BoxGlyph{}, -0.15, color.RGBA{213, 94, 0, 255}},
	}
	rows := d.arms("nothing changed")
	if len(rows) == 0 {
		return nil
	}
	for i := len(rows) - 1; i >= 0; i-- {
		labels = append(labels, names[rows[i]])
	}
	for _, s := range series {
		var points plotter.XYs
		var errors plotter.XErrors
		var single plotter.XYs
		for i, a := range rows {
			y := float64(len(rows)-1-i) + s.offset
			times := d.times(s.scenario, a, -1)
			if len(times) == 0 {
				continue
			}
			m, interval := math.Log10(stat.Median(times)), stat.MedianInterval(times)
			points = append(points, plotter.XY{X: m, Y: y})
			errors = append(errors, struct{ Low, High float64 }{math.Log10(interval.Low) - m, math.Log10(interval.High) - m})
			for _, t := range times {
				single = append(single, plotter.XY{X: math.Log10(t), Y: y})
			}
		}
		if len(points) == 0 {
			continue
		}
		bars, err := plotter.NewXErrorBars(struct {
			plotter.XYs
			plotter.XErrors
		}{points, errors})
		if err != nil {
			return err
		}
		bars.Color, bars.Width = s.colour, vg.Points(1.5)
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: s.colour, Radius: vg.Points(4), Shape: s.shape}
		small, err := plotter.NewScatter(single)
		if err != nil {
			return err
		}
		small.GlyphStyle = draw.GlyphStyle{Color: s.colour, Radius: vg.Points(1.2), Shape: draw.CircleGlyph{}}
		p.Add(small, bars, dots)
		p.Legend.Add(s.scenario, dots)
	}
	p.NominalY(labels...)
	p.Y.Min, p.Y.Max = -0.6, float64(len(labels))-0.4
	p.X.Max += 0.05
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, true, vg.Points(8), -vg.Points(8)
	return save(p, dir, "pipelines")
}

// names are those of the arms on the page; the letters are in results.csv.
var names = map[string]string{
	"A": "install in each job", "B": "archive and restore", "C": "image in each pipeline", "D": "pipeline, empty engine",
	"E": "pipeline, kept engine", "F": "pipeline, one call", "Z": "bare commands",
	"e": "on Dagger, kept engine", "f": "on Dagger, one call",
}

// plotJobs shows the cost model: a pipeline of n jobs on each arm, with the number of jobs from which on
// each pays. Points are measured.
func plotJobs(d data, dir string) error {
	p := newPlot("Jobs that run the tests: when reuse pays")
	p.X.Label.Text, p.Y.Label.Text = "jobs in the pipeline, the image or engine empty before the first", "seconds"
	p.Add(grid())
	const most = 8
	costs := d.costs()
	for _, c := range costs {
		line := plotter.NewFunction(c.of)
		line.Color, line.Width = colours[c.arm], vg.Points(1.5)
		line.XMin, line.XMax = 1, most
		p.Add(line)
		label := fmt.Sprintf("%s: %.1f s + %.1f s a job", names[c.arm], c.fixed, c.each)
		if n := breakEven(costs[0], c); c.arm != "A" && n > 0 && n <= most {
			label += fmt.Sprintf(", pays from N* = %.1f", n)
			mark, err := plotter.NewScatter(plotter.XYs{{X: max(n, 1), Y: c.of(max(n, 1))}})
			if err != nil {
				return err
			}
			mark.GlyphStyle = draw.GlyphStyle{Color: colours[c.arm], Radius: vg.Points(5), Shape: draw.RingGlyph{}}
			p.Add(mark)
		}
		p.Legend.Add(label, line)
	}
	if len(costs) == 0 {
		return nil
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 1, most, 0, costs[0].of(most)*1.05
	p.X.Tick.Marker = whole{step: 1}
	p.Y.Tick.Marker = whole{step: 50}
	p.Legend.Top, p.Legend.Left = true, true
	return save(p, dir, "jobs")
}

func grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = color.Gray{225}, color.Gray{225}
	return g
}

// decades are ticks for an axis of decimal logarithms.
type decades struct{}

func (decades) Ticks(low, high float64) (out []plot.Tick) {
	for power := -3; power < 5; power++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow10(power); math.Log10(v) >= low && math.Log10(v) <= high {
				out = append(out, plot.Tick{Value: math.Log10(v), Label: fmt.Sprintf("%g", v)})
			}
		}
	}
	return out
}

// whole are ticks at whole numbers, step apart.
type whole struct{ step float64 }

func (w whole) Ticks(low, high float64) (out []plot.Tick) {
	for v := math.Ceil(low/w.step) * w.step; v <= high; v += w.step {
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprint(v)})
	}
	return out
}

// legend describes the arms that were measured.
func legend(d data) (out [][2]string) {
	for _, a := range d.arms("nothing changed") {
		out = append(out, [2]string{names[a] + " (" + a + ")", arm.Titles[a]})
	}
	return out
}
