package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/embedded/report"
)

func TestReport(t *testing.T) {
	asked := 0
	newApp := func() (*App, *strings.Builder, *strings.Builder) {
		var out, errs strings.Builder
		return &App{
			Name: "pipeline", Dir: t.TempDir(), Stdout: &out, Stderr: &errs, Width: 79,
			LookupEnv: func(string) (string, bool) { return "", false },
			Report: func(_ context.Context, calls int) (report.Report, error) {
				asked = calls
				return report.Of([]report.Call{{Function: "test", Seconds: 1.5, Steps: []report.Step{{Kind: report.Command, Cached: true, Saved: 40, Known: true}}}}, 1, nil), nil
			},
		}, &out, &errs
	}
	a, out, _ := newApp()
	if code := a.Run(context.Background(), []string{"report", "--calls", "3"}); code != 0 || asked != 3 {
		t.Fatalf("exit code %d, %d calls asked for", code, asked)
	}
	if want := "40.0 s of commands saved by reuse"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in %q", want, out)
	}
	a, out, _ = newApp()
	if code := a.Run(context.Background(), []string{"report", "--format", "json", "-o", "calls.json"}); code != 0 || out.Len() > 0 {
		t.Fatalf("exit code %d, printed %q", code, out)
	}
	if text, err := os.ReadFile(filepath.Join(a.Dir, "calls.json")); err != nil || !strings.HasPrefix(string(text), "{") {
		t.Errorf("the file has %q, %v", text, err)
	}
	for _, args := range [][]string{{"--format", "pdf"}, {"--format", "html"}, {"--calls", "0"}, {"extra"}} {
		a, _, errs := newApp()
		if code := a.Run(context.Background(), append([]string{"report"}, args...)); code == 0 || errs.Len() == 0 {
			t.Errorf("%v: exit code %d, said %q", args, code, errs)
		}
	}
}
