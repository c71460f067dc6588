package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stepFormat is a line on a step: its name, time, containers and result.
const stepFormat = "  %-15s %8s  %-40s %s"

// step runs one call and writes its line.
func (d *demo) step(ctx context.Context, s step) (time.Duration, error) {
	summary := d.path("summary.json")
	if err := os.RemoveAll(summary); err != nil {
		return 0, fmt.Errorf("removing the last summary: %w", err)
	}
	a := d.view.begin(s.name)
	var p progress
	built := false
	note := func(line string) {
		built = built || strings.HasPrefix(line, "building the module ")
		if shown, ok := p.line(line); ok {
			a.note(shown)
		}
	}
	args := append([]string{"call", "--progress", "plain"}, s.args...)
	out, err := d.withEnv(ctx, d.app(), []string{"PIPELINE_SUMMARY=" + summary}, note, filepath.Join(d.checkout, "pipeline"), args...)
	took := a.end()
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(d.log, strings.TrimSpace(out))
	did, err := readSummary(summary)
	if err != nil {
		return 0, err
	}
	said := d.said(s, out, did)
	if built {
		said += " (and compiled the pipeline, once)"
	}
	d.view.print(stepFormat, s.name, seconds(took), did.containers(), said)
	return took, nil
}

// said is the outcome of a step, in a few words.
func (d *demo) said(s step, out string, did ran) string {
	text := lastLine(out)
	switch s.name {
	case publish.name:
		text = fmt.Sprintf("%d images in the registry", len(nonEmpty(out)))
	case pack.name:
		text = "artifact.zip"
		if info, err := os.Stat(filepath.Join(d.app(), text)); err == nil {
			text = fmt.Sprintf("artifact.zip, %d kB", (info.Size()+512)/1024)
		}
	}
	if len(did.work) == 0 && s.name != publish.name {
		text += " (kept: nothing had to run)"
	}
	return text
}
