package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// twice runs the plugin several times, with as much of pytest as it needs, and collects the
// reports: each run writes one to its own path, or to the one that the plugin sets.
const twice = `
import os, sys, tempfile, types
home, patterns, runs = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
sys.path.insert(0, home)
sys.modules["pytest"] = types.SimpleNamespace(hookimpl=lambda **_: lambda f: f)
import command, pipeline_junit, reports
here = os.getcwd()
command.SOURCE = here
tempfile.tempdir = os.path.join(here, "tmp")
reports.OUT, pipeline_junit.OWN = os.path.join(here, "out"), os.path.join(here, "own")
reports.PYTEST, reports.COPIES = pipeline_junit.OWN, os.path.join(pipeline_junit.OWN, "copies")
pipeline_junit.COPIES = reports.COPIES
for folder in (tempfile.tempdir, reports.COPIES):
    os.makedirs(folder)
for number, asked in enumerate(runs):
    cleanups = []
    registered = []
    manager = types.SimpleNamespace(register=lambda plugin, name: registered.append(plugin), get_plugins=lambda: plugins)
    config = types.SimpleNamespace(option=types.SimpleNamespace(xmlpath=asked.strip("-"), collectonly=False), add_cleanup=cleanups.append, pluginmanager=manager)
    pipeline_junit.pytest_configure(config)
    plugins = [types.SimpleNamespace(), types.SimpleNamespace(logfile=config.option.xmlpath, family="xunit2")]
    for plugin in registered:
        getattr(plugin, "pytest_sessionstart", lambda: None)()
    # A report of the other family makes pytest warn of what a test records.
    assert plugins[1].family == ("xunit1" if asked == "-" else "xunit2"), "the family of the report: " + plugins[1].family
    with open(config.option.xmlpath, "w") as f:
        f.write('<testsuites><testsuite tests="1" timestamp="%d"><testcase name="t%d"/></testsuite></testsuites>' % (number, number))
    for cleanup in reversed(cleanups):
        cleanup()
if "edited" in sys.argv:
    with open("r.xml") as f:
        text = f.read()
    with open("r.xml", "w") as f:
        f.write(text.replace('"t', '"edited-t'))
reports.collect(0, {"reports": patterns, "secrets": []})
`

// Every run of pytest counts, even if a later one overwrites its report.
func TestReportsOfRunsOfPytest(t *testing.T) {
	home, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		runs, patterns, more string
		want                 string
	}{
		"one path":                   {runs: "r.xml r.xml r.xml", want: "t0 t1 t2"},
		"one path, named":            {runs: "r.xml r.xml", patterns: "*.xml", want: "t0 t1"},
		"another one is named":       {runs: "r.xml r.xml s.xml", patterns: "s.xml", want: "t2"},
		"one that is not written":    {runs: "r.xml", patterns: "r.xml nope.xml", want: "t0"},
		"two paths":                  {runs: "r.xml s.xml", want: "t0 t1"},
		"no path":                    {runs: "- -", want: "t0 t1"},
		"a path and none":            {runs: "r.xml - r.xml", want: "t0 t1 t2"},
		"outside of the project":     {runs: "../outside.xml", want: "t0"},
		"outside, one path":          {runs: "../again.xml ../again.xml", want: "t0 t1"},
		"another ending":             {runs: "report report", want: "t0 t1"},
		"one, edited by the project": {runs: "r.xml", more: "edited", want: "edited-t0"},
		"two, the last is edited":    {runs: "r.xml r.xml", more: "edited", want: "t0 edited-t1"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			run := exec.Command("python3", "-B", "-c", twice, home, test.patterns, test.runs, test.more)
			run.Dir = dir
			out, err := run.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if said := strings.Contains(string(out), `reports in [tool.pipeline.test] names "nope.xml", and the tests wrote no such file`); said != strings.Contains(test.patterns, "nope.xml") {
				t.Errorf("said of a report that is missing: %v\n%s", said, out)
			}
			text, err := os.ReadFile(filepath.Join(dir, "out/junit.xml"))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, s := range parseJUnit(string(text)) {
				for _, c := range s.Cases {
					got[c.Name] = true
				}
			}
			want := strings.Fields(test.want)
			if tests, _, _ := parseJUnit(string(text)).tests(); tests != len(want) {
				t.Errorf("%d tests, want %d\n%s", tests, len(want), text)
			}
			for _, one := range want {
				if !got[one] {
					t.Errorf("%q is missing\n%s", one, text)
				}
			}
		})
	}
}
