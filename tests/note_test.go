package tests

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"dagger/pipeline/tests/harness"
)

// noteStyle is how a merge request shows a note, more or less.
const noteStyle = `:root{color-scheme:light dark;--bg:#fff;--text:#28272d;--line:#dcdcde;--code:#ececef;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--bg:#18171d;--text:#ececef;--line:#434248;--code:#333238;--link:#6cb6f2}}
body{margin:0 auto;padding:16px 24px;max-width:52rem;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:6px 10px;text-align:left}
h1{font-size:1.2rem}code{background:var(--code);border-radius:4px;padding:1px 4px;font-size:.9em;white-space:pre-wrap}
a{color:var(--link)}:focus-visible{outline:2px solid}`

// noteOf has the pipeline make the note of a project's results, and gives it as a page of HTML, with what is HTML in it
// taken for HTML: a server's sanitiser sees it only afterwards.
func noteOf(t *testing.T, p *harness.Project) string {
	t.Helper()
	dir := t.TempDir()
	facts := "GITLAB_CI=true\nCI_PROJECT_PATH=shop/orders\nCI_MERGE_REQUEST_IID=7\nCI_COMMIT_SHA=0123456789abcdef\nCI_PIPELINE_ID=12\nCI_PIPELINE_URL=https://gitlab.example.com/shop/orders/-/pipelines/12\n"
	if err := os.WriteFile(filepath.Join(dir, "ci.env"), []byte(facts), 0o600); err != nil {
		t.Fatal(err)
	}
	text := world.Succeed(t, p.Call("note", "--environment", "mr-7", "--results", p.Dir, "--ci-facts", filepath.Join(dir, "ci.env"),
		"--page", "https://gitlab.example.com/shop/orders/-/jobs/34/artifacts/file/run/run.html")).Stdout
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	shown := strings.NewReplacer("<h3", "<h1", "</h3>", "</h1>").Replace(out.String()) // the page's only heading here
	file := filepath.Join(dir, "note.html")
	page := `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Note</title><style>` + noteStyle + "</style></head><body><main>" + shown + "</main></body></html>"
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The note of an ordinary pipeline is right however it is looked at. UPDATE=1 writes its pictures in docs/ anew.
func TestNoteInABrowser(t *testing.T) {
	p := world.Example(t)
	if err := os.CopyFS(p.Dir, os.DirFS("testdata/run")); err != nil {
		t.Fatal(err)
	}
	p.Write("artifact.zip", strings.Repeat("z", 1_250_000))
	p.Write("deploy.env", "ENVIRONMENT_URL=https://mr-7.example.com\n")
	file, browser := noteOf(t, p), newBrowser(t)
	for _, want := range []string{"<strong>1 failed</strong>", "91.4 %", "1.2 MB", "aws_sqs_queue.old_jobs", "memory_size      = 128 -&gt; 256", "(sensitive value)", `href="https://mr-7.example.com"`, ">page of the run</a>"} {
		if !strings.Contains(readFile(t, file), want) {
			t.Errorf("the note has no %q", want)
		}
	}
	looksRight(t, browser, file, "note")
}

// The names of the page's test take no effect in a note either.
func TestHostileNamesOfANoteInABrowser(t *testing.T) {
	p := world.Empty(t)
	hostileResults(t, p)
	browser := newBrowser(t)
	found, _ := faults(t, browser, noteOf(t, p), looks[1])
	for _, f := range found {
		t.Error(f)
	}
}

// hostileResults leaves reports and a plan whose names are those of hostileNames.
func hostileResults(t *testing.T, p *harness.Project) {
	t.Helper()
	names := hostileNames()
	if len(names) < 200 {
		t.Fatalf("%d names", len(names))
	}
	type object = map[string]any
	var steps, changes []object
	var junit bytes.Buffer
	fmt.Fprintf(&junit, `<testsuites><testsuite tests="%d" failures="%[1]d" time="1">`, len(names))
	for _, name := range names {
		steps = append(steps, object{"name": name, "kind": "command", "seconds": 1, "start": 0})
		changes = append(changes, object{"address": name, "action": "create", "from": name})
		junit.WriteString(`<testcase time="0.1" name="`)
		_ = xml.EscapeText(&junit, []byte(name)) // a buffer takes everything
		junit.WriteString(`"><failure/></testcase>`)
	}
	junit.WriteString("</testsuite></testsuites>")
	p.Write("reports/junit.xml", junit.String())
	for file, content := range map[string]any{
		"plan/summary.json": object{"changes": changes, "outputs": names[:20]},
		"calls.json":        object{"calls": []object{{"function": names[0], "seconds": 1, "steps": steps}}, "versions": []object{{"name": names[1], "value": names[2]}}},
	} {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		p.Write(file, string(text))
	}
}
