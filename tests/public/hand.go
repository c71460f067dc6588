package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// byHand installs, tests and packages a project as its team does on a machine.
func byHand(p Project, dir, work string) (Counts, error) {
	log := filepath.Join(work, "hand.log")
	_ = os.Remove(log)
	tools, manager := packageManager(p)
	tools = filepath.Join(filepath.Dir(work), "tools", tools)
	path := filepath.Join(tools, "bin") + ":" + os.Getenv("PATH")
	env := []string{
		"PATH=" + path,
		"POETRY_VIRTUALENVS_IN_PROJECT=true", "UV_PYTHON_DOWNLOADS=never", "UV_PYTHON=python" + p.Python,
		"VIRTUAL_ENV=", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=",
	}
	commands := installing(p)
	if _, err := os.Stat(filepath.Join(tools, "complete")); err != nil {
		commands = append([]string{"python" + p.Python + " -m venv --clear " + tools, manager, "touch " + filepath.Join(tools, "complete")}, commands...)
	}
	for _, command := range commands {
		if out, err := shell(dir, command, log, env...); err != nil {
			return Counts{}, fmt.Errorf("installing by hand: %q: %w: %s", command, err, last(out))
		}
	}
	// Told by a variable, pytest writes a report without another option.
	_ = os.Remove(handReport(work))
	env = append(env, "PYTEST_ADDOPTS=--junit-xml="+handReport(work), "PATH="+filepath.Join(dir, ".venv/bin")+":"+path, "VIRTUAL_ENV="+filepath.Join(dir, ".venv"))
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

func handReport(work string) string { return filepath.Join(work, "hand.xml") }

// packageManager is a name for the environment that a project's package manager
// is in, and the command that installs it there.
func packageManager(p Project) (name, command string) {
	tool, version, _ := strings.Cut(or(p.Manager, p.Lock), " ")
	name = strings.Join([]string{tool, version, "python" + p.Python}, "-")
	switch tool {
	case "Poetry":
		return name, "pip install -q poetry==" + version + mirrorPlugin(version)
	case "uv", "pipenv":
		return name, "pip install -q " + tool
	}
	return name, "true"
}

func installing(p Project) []string {
	tool, _, _ := strings.Cut(p.Lock, " ")
	switch {
	case len(p.Install) > 0:
		return p.Install
	case tool == "Poetry":
		return []string{"poetry install --no-ansi"}
	case tool == "uv":
		return []string{"uv sync -q --frozen"}
	case tool == "pipenv":
		return []string{"PIPENV_VENV_IN_PROJECT=1 pipenv sync --quiet --dev"}
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

var (
	word = regexp.MustCompile(`(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)`)
	// What the engine sets before each line of a step: ours, and Dagger.
	step = regexp.MustCompile(`^(?:#\d+ [\d.]+|\d+ +:.* \[[\d.]+s\] \|) `)
	// The last lines of a run of unittest.
	ran    = regexp.MustCompile(`^Ran (\d+) tests? in `)
	result = regexp.MustCompile(`^(?:OK|FAILED)(?: \((.*)\))?$`)
	amount = regexp.MustCompile(`(\w+)=(\d+)`)
)

// counted reads the last lines of all runs of pytest and unittest in an output.
func counted(out string) Counts {
	var c Counts
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(step.ReplaceAllString(line, ""))
		if m := ran.FindStringSubmatch(line); m != nil {
			c.Passed += number(m[1])
		} else if m := result.FindStringSubmatch(line); m != nil {
			for _, m := range amount.FindAllStringSubmatch(m[1], -1) {
				c.Passed -= number(m[2])
				switch m[1] {
				case "failures", "errors":
					c.Failed += number(m[2])
				default:
					c.Skipped += number(m[2])
				}
			}
		} else if strings.Contains(line, " in ") {
			for _, m := range word.FindAllStringSubmatch(line, -1) {
				switch m[2] {
				case "passed", "xpassed":
					c.Passed += number(m[1])
				case "failed", "error", "errors":
					c.Failed += number(m[1])
				default:
					c.Skipped += number(m[1])
				}
			}
		}
	}
	return c
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func last(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}
