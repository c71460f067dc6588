package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestHelp compares with testdata/NAME.txt.
func TestHelp(t *testing.T) {
	for name, args := range map[string]string{
		"top":                "--help",
		"none":               "",
		"call":               "call --help",
		"call-verb":          "call --source . --help test",
		"call-arguments":     "call deploy --help",
		"call-optional":      "call environments -h",
		"call-object":        "call test-reports --help",
		"call-chained":       "call test-reports file --help",
		"call-chained-types": "call test-reports with-directory --help",
		"functions":          "functions",
		"functions-help":     "functions --help",
		"functions-of":       "functions test-reports file",
		"engine-help":        "engine --help",
		"version":            "version",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if code := w.run(strings.Fields(args)...); code != 0 || w.err.Len() > 0 {
				t.Fatalf("exit code %d: %s", code, &w.err)
			}
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, w.out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.out.String(); got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestHelpNeedsNoValues(t *testing.T) {
	w := newWorld(t)
	for _, args := range []string{"call --help deploy", "call -h test-reports file contents"} {
		if code := w.run(strings.Fields(args)...); code != 0 || !strings.Contains(w.out.String(), "USAGE") {
			t.Errorf("%s: exit code %d: %s", args, code, &w.err)
		}
	}
}

func TestHelpShowsUserDefaults(t *testing.T) {
	w := newWorld(t)
	env := "PIPELINE_REGION=us-east-1\nPIPELINE_DEPLOY_ENVIRONMENT=prod\n"
	if err := os.WriteFile(filepath.Join(w.Dir, ".env"), []byte(env), 0o644); err != nil {
		t.Fatal(err)
	}
	if w.run("call", "--help"); !strings.Contains(w.out.String(), `(default "us-east-1")`) {
		t.Errorf("no default of the constructor:\n%s", &w.out)
	}
	w.run("call", "deploy", "--help")
	if out := w.out.String(); !strings.Contains(out, `(default "prod")`) || strings.Contains(out, "[required]") {
		t.Errorf("no default of the function:\n%s", out)
	}
}

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two", 10, "one two"},
		{"one two three", 7, "one two\n  three"},
		{"one two", 3, "one\n  two"},
		{"incomprehensible text", 5, "incomprehensible\n  text"},
	} {
		if got := wrap(tc.text, tc.width, 2); got != tc.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tc.text, tc.width, got, tc.want)
		}
	}
}
