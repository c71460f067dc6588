package steps

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cut runs the plugin with as much of pytest as it needs, and in each run what happens.
const cut = `
import os, sys, types
home, happens = sys.argv[1], sys.argv[2].split()
sys.path.insert(0, home)
sys.modules["pytest"] = types.SimpleNamespace(hookimpl=lambda **_: lambda f: f)
import pipeline_junit, reports
pipeline_junit.OWN = reports.PYTEST = os.getcwd()
pipeline_junit.BEGUN = os.path.join(os.getcwd(), "begun-")
for one in happens:
    cleanups, plugins = [], []
    config = types.SimpleNamespace(
        option=types.SimpleNamespace(xmlpath=None, collectonly=False), add_cleanup=cleanups.append,
        pluginmanager=types.SimpleNamespace(register=lambda plugin, name: plugins.append(plugin)))
    pipeline_junit.pytest_configure(config)
    if one == "fork":
        child = os.fork()
        if child == 0:
            plugins[0].pytest_sessionfinish()
            for cleanup in reversed(cleanups):
                cleanup()
            os._exit(0)
        os.wait()
    if one in ("all", "exits"):
        plugins[0].pytest_sessionfinish()
    if one in ("all", "none"):
        for cleanup in reversed(cleanups):
            cleanup()
    os.environ.pop(pipeline_junit.RUNNING, None) # the next one is another process
print("cut short" if reports.cut_short() else "ended")
`

// A run that ends before its tests have is told from one that ends after them, however it does.
func TestRunOfPytestThatIsCutShort(t *testing.T) {
	home, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	for happens, want := range map[string]string{
		"":            "ended",     // no pytest
		"all":         "ended",     // the usual
		"none":        "ended",     // pytest --version, or a wrong option
		"exits":       "ended",     // os._exit in a hook of the project's that comes last
		"killed":      "cut short", // os._exit in a test
		"all killed":  "cut short",
		"killed all":  "cut short",
		"fork":        "cut short", // the process that a test has forked ends by itself, and then pytest is ended
		"all none":    "ended",
		"exits exits": "ended",
	} {
		run := exec.Command("python3", "-B", "-c", cut, home, happens)
		run.Dir = t.TempDir()
		out, err := run.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%q: %v, %s, want %s", happens, err, got, want)
		}
	}
}
