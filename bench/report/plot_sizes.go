package report

import (
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dagger/pipeline/bench/stat"
)

// plotRegistry shows what the line to the registry costs.
func plotRegistry(d data, dir string) error {
	return plotSizes(d, dir, sizesPlot{
		name: "registry", title: "A registry that is far away, nothing changed", axis: "round trip to the registry, ms", most: 110, step: 20,
		scenarios: []dashed{{"registry at 1000 Mbit/s", "1000 Mbit/s", nil}, {"registry at 100 Mbit/s", "100 Mbit/s", dashes}},
	})
}

// sizesPlot is one of the time over a scenario's sizes.
type sizesPlot struct {
	name, title, axis string
	scenarios         []dashed
	// most leaves room for the legend; step is that of the axis.
	most, step float64
}

type dashed struct {
	scenario, label string
	dashes          []vg.Length
}

var dashes = []vg.Length{vg.Points(4), vg.Points(3)}

func plotSizes(d data, dir string, s sizesPlot) error {
	p := newPlot(s.title)
	p.X.Label.Text, p.Y.Label.Text = s.axis, "seconds for the pipeline, logarithmic"
	p.Y.Tick.Marker = decades{}
	p.Add(grid())
	drawn := false
	for _, one := range s.scenarios {
		for _, a := range d.arms(one.scenario) {
			var points plotter.XYs
			for _, size := range d.sizes(one.scenario) {
				if m := stat.Median(d.times(one.scenario, a, size)); !math.IsNaN(m) {
					points = append(points, plotter.XY{X: float64(size), Y: math.Log10(m)})
				}
			}
			line, dots, err := plotter.NewLinePoints(points)
			if err != nil {
				return err
			}
			line.Color, line.Width, line.Dashes = colours[a], vg.Points(1.5), one.dashes
			dots.GlyphStyle = draw.GlyphStyle{Color: colours[a], Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
			p.Add(line, dots)
			p.Legend.Add(names[a]+", "+one.label, line)
			drawn = true
		}
	}
	if !drawn {
		return nil
	}
	p.X.Max = s.most
	p.X.Tick.Marker = whole{step: s.step}
	return save(p, dir, s.name)
}
