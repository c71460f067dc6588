package steps

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// python is what runs the project's own command in the app container and keeps
// what it left: the reports of the tests, the artifacts of a build.
//
//go:embed python
var python embed.FS

const (
	// commandHome is where it is in the container.
	commandHome = "/opt/pipeline"
	// outDir has what a command leaves. It is no directory at the top: to copy one of those out of
	// a container, an engine looks at all files of the directory above it.
	outDir = commandHome + "/out"
)

// spec is what it is told.
type spec struct {
	// Command is the project's, run by a shell; empty to detect one.
	Command string `json:"command"`
	// Reports are patterns of the files with test reports; empty for all that are found.
	Reports []string `json:"reports"`
	// Artifacts are patterns of the files that a build leaves.
	Artifacts []string `json:"artifacts"`
	// Variables are given to the command, and Secrets are the names of more.
	Variables map[string]string `json:"variables"`
	Secrets   []string          `json:"secrets"`
	// Services describe the services that the command uses.
	Services []string `json:"services"`
	// Attempt is a new value to run the same command again.
	Attempt string `json:"attempt"`
	// Pack says what to pack for Lambda.
	Pack *packing `json:"pack,omitempty"`
	// Forget removes the kept reports once they are returned.
	Forget bool `json:"forget"`
}

// on puts the program and its spec into the app container.
func (s spec) on(c *dagger.Container) *dagger.Container {
	s.Reports, s.Artifacts, s.Secrets, s.Services = list(s.Reports), list(s.Artifacts), list(s.Secrets), list(s.Services)
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return c.
		WithDirectory(commandHome, embedded(python, "python")).
		WithNewFile(commandHome+"/spec.json", string(text))
}

// list is a list in JSON also where it is empty.
func list(texts []string) []string { return append([]string{}, texts...) }

// runProject is the program's command line: test, build, pack or reports.
func runProject(verb string) []string {
	return []string{"python3", "-I", commandHome + "/run.py", verb}
}

// What lines on standard error start with that the program itself wrote: why it
// cannot go on, which command it found out, and what is worth to know.
const (
	says  = "pipeline: "
	runs  = says + "running "
	notes = says + "note: "
	// cutShort is said where a run of pytest ended before its tests did, and the project's
	// own command succeeded all the same.
	cutShort = notes + "pytest ended before its tests did"
)

// refusal is why the program could not go on, "" where it could.
func refusal(stderr string) string {
	return lastLine(stderr, func(line string) bool {
		return strings.HasPrefix(line, says) && !strings.HasPrefix(line, runs) && !strings.HasPrefix(line, notes)
	}, says)
}

// chosen is the command that the program found out.
func chosen(stderr string) string {
	if name := lastLine(stderr, func(line string) bool { return strings.HasPrefix(line, runs) }, runs); name != "" {
		return name
	}
	return "the tests" // it stands at the start, which is cut off where there is very much
}

// withoutNotes is what the command itself printed.
func withoutNotes(stderr string) string {
	lines := strings.Split(stderr, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, says) }), "\n")
}

func lastLine(text string, is func(string) bool, prefix string) string {
	for _, line := range slices.Backward(strings.Split(text, "\n")) {
		if is(line) {
			return strings.TrimSpace(strings.TrimPrefix(line, prefix))
		}
	}
	return ""
}

// nothingDone recognises that no test was run although the command succeeded: make found
// no command for its target, as that has no recipe, a file or directory has its name, or
// make's own rules made it a copy of the script of that name; or nox, which succeeds where
// it has the Python of none of its sessions.
func nothingDone(target, stdout, stderr string) error {
	for _, said := range []string{"Nothing to be done for '%[1]s'", "'%[1]s' is up to date", "cat %[1]s.sh >%[1]s"} {
		if strings.Contains(stdout, fmt.Sprintf(said, target)) {
			return fmt.Errorf("running make %s: the Makefile has no command for the target %q: give it one, and declare it .PHONY", target, target)
		}
	}
	if m := noxSkipped.FindStringSubmatch(stderr); m != nil && !strings.Contains(stderr, " was successful") {
		return fmt.Errorf("running the tests: nox ran no session: it has no Python %s: name the command that a session runs in [tool.pipeline.test], such as command = \"pytest\"", m[1])
	}
	return nil
}

var noxSkipped = regexp.MustCompile(`(?m)^nox > (?:\[[^\]]*\] )?Session \S+ skipped: Python interpreter (\S+) not found`)
