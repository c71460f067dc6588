package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// byHand installs, tests and packages a project as its team does on a machine.
func byHand(p Project, dir, work string) (Counts, error) {
	log, tools := filepath.Join(work, "hand.log"), filepath.Join(work, "tools")
	_ = os.Remove(log)
	path := filepath.Join(tools, "bin") + ":" + os.Getenv("PATH")
	env := []string{
		"PATH=" + path,
		"POETRY_VIRTUALENVS_IN_PROJECT=true", "UV_PYTHON_DOWNLOADS=never", "UV_PYTHON=python" + p.Python,
		"VIRTUAL_ENV=", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=",
	}
	for _, command := range append([]string{"python" + p.Python + " -m venv " + tools}, installing(p)...) {
		if out, err := shell(dir, command, log, env...); err != nil {
			return Counts{}, fmt.Errorf("installing by hand: %q: %w: %s", command, err, last(out))
		}
	}
	env = append(env, "PATH="+filepath.Join(dir, ".venv/bin")+":"+path, "VIRTUAL_ENV="+filepath.Join(dir, ".venv"))
	out, _ := shell(dir, p.Test, log, env...)
	counts := counted(out)
	if p.Package == "" {
		return counts, nil
	}
	if out, err := shell(dir, p.Package, log, env...); err != nil {
		return counts, fmt.Errorf("packaging by hand: %q: %w: %s", p.Package, err, last(out))
	}
	return counts, nil
}

func installing(p Project) []string {
	if len(p.Install) > 0 {
		return p.Install
	}
	tool, version, _ := strings.Cut(p.Lock, " ")
	switch {
	case tool == "Poetry":
		return []string{"pip install -q poetry==" + version + mirrorPlugin(version), "poetry install --no-ansi"}
	case tool == "uv":
		return []string{"pip install -q uv", "uv sync -q --frozen"}
	}
	return []string{"python" + p.Python + " -m venv .venv", ".venv/bin/pip install -q -r requirements.txt"}
}

// mirrorPlugin lets Poetry use an index with no more than the simple API, where the environment names one.
func mirrorPlugin(poetry string) string {
	switch {
	case os.Getenv("POETRY_PYPI_MIRROR_URL") == "":
		return ""
	case strings.HasPrefix(poetry, "1.") || strings.HasPrefix(poetry, "2.0."):
		return " poetry-plugin-pypi-mirror==0.4.3"
	}
	return " poetry-plugin-pypi-mirror==0.6.5"
}

// Counts are the tests of a run.
type Counts struct{ Passed, Failed, Skipped int }

func (c Counts) String() string {
	s := fmt.Sprintf("%d passed", c.Passed)
	if c.Failed > 0 {
		s += fmt.Sprintf(", %d failed", c.Failed)
	}
	if c.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", c.Skipped)
	}
	return s
}

var word = regexp.MustCompile(`(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)`)

// counted reads the last lines of all runs of pytest in an output.
func counted(out string) Counts {
	var c Counts
	for line := range strings.Lines(out) {
		if !strings.Contains(line, " in ") {
			continue
		}
		for _, m := range word.FindAllStringSubmatch(line, -1) {
			n := 0
			fmt.Sscan(m[1], &n)
			switch m[2] {
			case "passed", "xpassed":
				c.Passed += n
			case "failed", "error", "errors":
				c.Failed += n
			default:
				c.Skipped += n
			}
		}
	}
	return c
}

func last(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}
