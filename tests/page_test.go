package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// pageOf has the pipeline make the page of a project's results, and gives the path of run.html.
func pageOf(t *testing.T, p *harness.Project) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	world.Succeed(t, p.Call("page", "--environment", "mr-7", "--results", p.Dir, "--calls", p.Path("calls.json"), "-o", out))
	if text := readFile(t, filepath.Join(out, "run.json")); !json.Valid([]byte(text)) {
		t.Errorf("run.json is no JSON: %.200s", text)
	}
	return filepath.Join(out, "run.html")
}

// The page of an ordinary run is right however it is looked at. UPDATE=1 writes its pictures in docs/ anew.
func TestPageInABrowser(t *testing.T) {
	p := world.Example(t)
	if err := os.CopyFS(p.Dir, os.DirFS("testdata/run")); err != nil {
		t.Fatal(err)
	}
	p.Write("artifact.zip", strings.Repeat("z", 1_250_000))
	file, browser := pageOf(t, p), newBrowser(t)
	for _, want := range []string{"critical", "from registry", "reused", "aws_sqs_queue.jobs", "1 failed", "91.4 %", "Package managers"} {
		if !strings.Contains(readFile(t, file), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	looksRight(t, browser, file, "page")
}

// Over 200 names that would be more than names take no effect in a browser, and the page can be used with them.
func TestHostileNamesInABrowser(t *testing.T) {
	p := world.Empty(t)
	hostileResults(t, p)
	names := hostileNames()
	file, browser := pageOf(t, p), newBrowser(t)
	for _, l := range looks[1:3] {
		found, _ := faults(t, browser, file, l)
		for _, f := range found {
			t.Errorf("%s: %s", l, f)
		}
	}

	// Where nothing is escaped and nothing forbidden, the browser tells.
	for text, kinds := range map[string][]string{
		strings.Join(names[:15], "\n"): {"request", "dialog", "structure", "axe"},
		"<style>a{outline:none}</style><script>console.warn(1); missing()</script><a href=#x>x</a>": {"focus", "console", "exception"},
	} {
		naive := filepath.Join(t.TempDir(), "naive.html")
		if err := os.WriteFile(naive, []byte("<!doctype html>"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		found, _ := faults(t, browser, naive, looks[0])
		for _, kind := range kinds {
			if !has(found, kind) {
				t.Errorf("no fault of the kind %q is seen in a page that has it: %q", kind, found)
			}
		}
	}
}

// hostileNames are what tests, resources and commands could be called to be more than a name.
func hostileNames() (out []string) {
	for _, trick := range []string{
		"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)' x='", "</style><script>alert(1)</script>",
		"</title><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<svg><script>alert(1)</script></svg>", "<details open ontoggle=alert(1)>",
		"<input autofocus onfocus=alert(1)>", "<base href=https://evil.example/>", "<link rel=stylesheet href=https://evil.example/x.css>", "<meta http-equiv=refresh content='0;url=https://evil.example'>",
		"<form action=https://evil.example><button>x</button></form>", "<object data=https://evil.example></object>", "<style>body{background:url(https://evil.example)}</style>",
		"<a href=javascript:alert(1)>x</a>", "javascript:alert(1)", "https://evil.example/\" onclick=\"alert(1)", "</li></ol></section></main>", "<!--", "-->", "<![CDATA[", "]]>",
		"&lt;script&gt;", "&#60;script&#62;", "\\u003cscript\\u003e", "{{.}}", "{{template \"page\"}}", "${alert(1)}", "`", "\x00", "\x1b[31mred", "\u202egnp.exe", "\u2066x\u2069", "\u200b", "\ufeff",
		"\u2028alert(1)", "\xff\xfe", strings.Repeat("A", 10_000), strings.Repeat("<b>", 3_000), strings.Repeat("\u202e", 3_000), strings.Repeat("x ", 5_000), "", " ", "\n\n",
	} {
		out = append(out, trick, "tests."+trick+".case", "x\n"+trick+"\ny", "aws_x.y[\""+trick+"\"]", trick+trick)
	}
	return out
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
