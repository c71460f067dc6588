package report

import (
	"errors"
	"fmt"
	"image/color"
	"path/filepath"
	"slices"

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
	"G": color.RGBA{86, 180, 233, 255}, "Z": color.RGBA{150, 150, 150, 255},
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
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	return p
}

// plots draws all plots, and returns which there are.
func plots(d data, dir string) (map[string]bool, error) {
	drawn := map[string]bool{}
	for name, draw := range map[string]func(data) (*plot.Plot, error){"pipelines": plotPipelines, "jobs": plotJobs} {
		p, err := draw(d)
		if p != nil && err == nil {
			drawn[name], err = true, p.Save(width, height, filepath.Join(dir, name+".svg"))
		}
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", name, err)
		}
	}
	return drawn, nil
}

// plotPipelines shows what a pipeline takes on each arm: the median and its interval, and each run.
func plotPipelines(d data) (*plot.Plot, error) {
	arms := d.arms("nothing changed")
	if len(arms) == 0 {
		return nil, nil
	}
	p := newPlot("Test and package of a service with 30 packages")
	p.X.Label.Text = "seconds for the pipeline, logarithmic; large: median with 95 % interval, small: each run"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	slices.Reverse(arms) // from the bottom up
	for _, s := range []struct {
		scenario string
		shape    draw.GlyphDrawer
		offset   float64
		colour   color.Color
	}{
		{"nothing changed", draw.CircleGlyph{}, 0.15, colours["E"]},
		{"source edit", draw.BoxGlyph{}, -0.15, colours["C"]},
	} {
		var medians struct {
			plotter.XYs
			plotter.XErrors
		}
		var each plotter.XYs
		for i, a := range arms {
			times, y := d.times(s.scenario, a, -1), float64(i)+s.offset
			if len(times) == 0 {
				continue
			}
			m, interval := stat.Median(times), stat.MedianInterval(times)
			medians.XYs = append(medians.XYs, plotter.XY{X: m, Y: y})
			medians.XErrors = append(medians.XErrors, struct{ Low, High float64 }{interval.Low - m, interval.High - m})
			for _, t := range times {
				each = append(each, plotter.XY{X: t, Y: y})
			}
		}
		if len(each) == 0 {
			continue
		}
		bars, barsErr := plotter.NewXErrorBars(medians)
		dots, dotsErr := plotter.NewScatter(medians.XYs)
		small, smallErr := plotter.NewScatter(each)
		if err := errors.Join(barsErr, dotsErr, smallErr); err != nil {
			return nil, err
		}
		bars.Color, bars.Width = s.colour, vg.Points(1.5)
		dots.GlyphStyle = draw.GlyphStyle{Color: s.colour, Radius: vg.Points(4), Shape: s.shape}
		small.GlyphStyle = draw.GlyphStyle{Color: s.colour, Radius: vg.Points(1.2), Shape: draw.CircleGlyph{}}
		p.Add(small, bars, dots)
		p.Legend.Add(s.scenario, dots)
	}
	labels := make([]string, len(arms))
	for i, a := range arms {
		labels[i] = names[a]
	}
	p.NominalY(labels...)
	p.Y.Min, p.Y.Max = -0.6, float64(len(labels))-0.4
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, true, vg.Points(8), -vg.Points(8)
	return p, nil
}

// plotJobs shows the cost model: a pipeline of n jobs on each arm, with the number of jobs from which on
// each pays.
func plotJobs(d data) (*plot.Plot, error) {
	costs := d.costs()
	if len(costs) == 0 {
		return nil, nil
	}
	p := newPlot("Jobs that run the tests: when reuse pays")
	p.X.Label.Text, p.Y.Label.Text = "jobs in the pipeline, the image or engine empty before the first", "seconds"
	const most = 8
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
				return nil, err
			}
			mark.GlyphStyle = draw.GlyphStyle{Color: colours[c.arm], Radius: vg.Points(5), Shape: draw.RingGlyph{}}
			p.Add(mark)
		}
		p.Legend.Add(label, line)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 1, most, 0, costs[0].of(most)*1.05
	p.Legend.Top, p.Legend.Left = true, true
	return p, nil
}

// names are those of the arms on the page; the letters are in results.csv.
var names = map[string]string{
	"A": "install in each job", "B": "archive and restore", "C": "image in each pipeline", "D": "pipeline, empty engine",
	"E": "pipeline, kept engine", "F": "pipeline, one call", "G": "pipeline, empty engine, one call", "Z": "bare commands",
	"e": "on Dagger, kept engine", "f": "on Dagger, one call", "m": "on Dagger, minimal module",
}

// legend describes the arms that were measured.
func legend(d data) (out [][2]string) {
	for _, a := range d.arms("") {
		out = append(out, [2]string{names[a] + " (" + a + ")", arm.Titles[a]})
	}
	return out
}
