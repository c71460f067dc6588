package steps

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/note"
	"dagger/pipeline/printable"
	"dagger/pipeline/tell"
)

// ExplainBuild turns a build's output into one line.
func ExplainBuild(stdout, stderr string) string {
	if why := refusal(stderr); why != "" {
		return why
	}
	if found := causesIn(stdout + "\n" + stderr); len(found) > 0 {
		return found[0]
	}
	return lastWords(stdout, stderr)
}

// explainPackage is ExplainBuild for what packages: variables and secrets of tests are not given to it.
func explainPackage(stdout, stderr string) string {
	return strings.ReplaceAll(ExplainBuild(stdout, stderr), inTests, `in the command ([tool.pipeline.package] command = "NAME=value make build")`)
}

// ExplainTests turns the failed tests, as FailedTests names them, and their output
// into one line, with lines before it where there is more to say.
func ExplainTests(failed, stdout, stderr string) string {
	if failed == "" {
		if failed = failedUnittests(stderr); failed == "" {
			return ExplainBuild(stdout, stderr)
		}
	}
	return because(failed, causesIn(raised(stdout)+"\n"+stderr))
}

// longestLine is how long a line with a cause in it may be, to be read at a glance.
const longestLine = 240

// because is a line of what failed and why. Causes that make it too long are told in lines
// before it, and it names the first.
func because(failed string, causes []string) string {
	line := strings.Join(append([]string{failed}, causes...), ": ")
	if len(causes) == 0 || len(line) <= longestLine {
		return line
	}
	line = failed + ": " + firstClause(causes[0])
	if more := len(causes) - 1; more > 0 {
		line += ", and " + printable.Count(more, "more cause")
	}
	return strings.Join(append(slices.Clone(causes), line+": the lines above say what to do"), "\n")
}

// firstClause is what comes before what to do about it.
func firstClause(cause string) string {
	open := 0
	for i, r := range cause {
		switch {
		case r == '(':
			open++
		case r == ')':
			open--
		case open == 0 && strings.HasPrefix(cause[i:], ": "):
			return cause[:i]
		}
	}
	return cause
}

// cause is what stands behind a text in the output of a failed command.
type cause struct {
	text *regexp.Regexp
	say  string // with the text's groups
}

func when(text, say string) cause { return cause{regexp.MustCompile(`(?m)` + text), say} }

const (
	installIt = "add the package that has it to the project's dependencies, or its extra or group, or a system package, to [tool.pipeline]"
	inTests   = "in [tool.pipeline.test] variables, or with --test-secrets"
	giveIt    = "give it " + inTests
	noTests   = "pytest found no tests to run: check testpaths and what is selected"
)

// What is said where git is not there, and where there is no repository for it.
const (
	noGit        = `(?:No such file or directory: '|make(?:\[\d+\])?: |sh: (?:\d+: )?|line \d+: )git(?:'$|: No such file|: (?:command )?not found)`
	noRepository = `(?:fatal: not a git repository|Command '\['git',.*returned non-zero exit status 128)`
)

// missing is how make and shells say that a command is not there.
func missing(names string) string {
	return `^(?:make(?:\[\d+\])?|\S*/?(?:ba|da|a)?sh|env): (?:(?:line )?\d+: )?'?(` + names + `)'?: (?:No such file or directory|(?:command )?not found)$`
}

// gitIsMissed is either, in the output of a command that may have succeeded.
var gitIsMissed = regexp.MustCompile(`(?m)` + noGit + `|` + noRepository)

// causes are in the order of how much they say: the first one that is found
// tells most.
var causes = []cause{
	when(`^pipeline: note: (\S+) is a git submodule that was not fetched`, `"$1" is a git submodule, and it was not fetched: have that done before the call (submodules of actions/checkout, GIT_SUBMODULE_STRATEGY of GitLab)`),
	when(`^pipeline: note: (\S+) is a link to (\S+), which the tests do not have`, `"$1" is a link to "$2", which the tests do not have: name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "$2" }`),
	when(`(?:'(?:\S*/)?\.env'\)\.exists|(?:^|[ /])\.env: No such file|cannot open (?:\S*/)?\.env: No such file|No such file or directory: '(?:\S*/)?\.env'|Path [\x60'"](?:\S*/)?\.env[\x60'"] does not exist|No environment file found at: \x60(?:\S*/)?\.env\x60)`, ".env files stay out of the containers: give their values "+inTests+", and include the file only where it is there (-include .env in a Makefile)"),
	when(`No such file or directory: '(?:\S*/)?(`+images.DocumentNames+`)'`, `there is no "$1" in the containers: a document at the top of the project is there only where pyproject.toml, the Makefile or conftest.py names it: name it in one of them`),
	when(`No such file or directory: '(?:\S*/)?([^/']+\.(?:tf|tofu|tfvars|hcl|tftpl)(?:\.json)?)'`, `there is no "$1" in the containers: Terraform's own files of the root modules are there only where pyproject.toml or the Makefile names one by its path: name it in one of them`),
	when(noGit, "git is not in the app container, and neither is the repository's .git: take what git says from a variable, and "+giveIt+"; where it is for something else, add git to system-packages in [tool.pipeline]"),
	when(noRepository, "the source has no .git in the containers: take what git says from a variable, and "+giveIt),
	when(`^E? *KeyError: '([A-Z][A-Z0-9_]*)'\s+(?:<frozen os>|.*\bos\.py):`, `the variable "$1" is not set: `+giveIt),
	when(`^ *File "(?:<frozen os>|\S*/os\.py)", line \d+, in __getitem__\n(?:[ \t].*\n)*KeyError: '([A-Z][A-Z0-9_]*)'`, `the variable "$1" is not set: `+giveIt),
	when(`(?:UndefinedValueError: (\w+) not found\. Declare it as envvar|ImproperlyConfigured: Set the (\w+) environment variable|EnvError: Environment variable "(\w+)" not set|Config '(\w+)' is missing, and has no default)`,
		`the variable "$1$2$3$4" is not set: `+giveIt),
	when(`ValidationError: \d+ validation errors? for (\w+)\n(?:E +)?([A-Za-z_]\w*)\n(?:E +)?[Ff]ield required \[?\(?type=(?:value_error\.)?missing(?:\)|, input_value=.*, input_type=dict\])`, `$1 has no value for "$2": where these are settings, give its variable `+inTests),
	when(`(?:'NoneType' object has no attribute '_instantiate_plugins'|Expected string or URL object, got None)`, "SQLAlchemy is given no address of a database, most likely because its variable is not set: "+giveIt),
	when(`NoRegionError: You must specify a region`, "the tests name no region of AWS: give AWS_DEFAULT_REGION "+inTests),
	when(`NoCredentialsError: Unable to locate credentials`, "the tests call AWS, and the run's credentials are not given to them: let them use a stand-in such as moto, or give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "+inTests),
	when(`ProfileNotFound: The config profile \(([^)]+)\) could not be found`, `there is no profile "$1" of AWS in the containers: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY `+inTests),
	when(missing(`docker|docker-compose|podman`),
		"there is no $1 in the app container: name services of the tests in [tool.pipeline.test.services], an image of the service in [tool.pipeline.package.image], and a command without $1 in [tool.pipeline.test] or [tool.pipeline.package]"),
	when(`(?:DockerException: Error while fetching server API version|Cannot connect to the Docker daemon at)`,
		"the tests start containers by Docker (testcontainers and the like), and there is none for them: name these in [tool.pipeline.test.services], and where they are in variables of [tool.pipeline.test]"),
	when(missing(`pdm|hatch|rye|pixi|conda|tox|nox`), `there is no $1 in the app container, where all packages are installed already: name the command that it runs in [tool.pipeline.test] or [tool.pipeline.package], such as command = "pytest"`),
	when(missing(`[^\s:']+`), `the command "$1" is not there: `+installIt),
	when("^error: Failed to spawn: `?([^`\n]+?)`?$", `the command "$1" is not there: add the package that has it to the project's dependencies, or its extra or group to [tool.pipeline]`),
	when(`^make(?:\[\d+\])?: ([^\s:]+): Permission denied$`, `"$1" may not be executed: commit it with that permission: git update-index --chmod=+x $1`),
	when(`^\s*The (?:requested )?command "?([\w:-]+)"? does not exist\.`, `poetry has no command "$1": name the plugin that has it in [tool.pipeline] poetry-plugins`),
	when(`error: unrecognized arguments: (.+)$`, `pytest does not know $1: lock the plugin that does, in a group that is installed`),
	when(`^ERROR: file or directory not found: (.+)$`, `pytest finds no file or directory "$1" in the source`),
	when(`No module named '?([\w.]+)'?$`, `no module "$1" is installed: add the package that has it to the project's dependencies, or its extra or group to [tool.pipeline]`),
	when(`Required test coverage of ([\d.]+)% not reached\. Total coverage: ([\d.]+)%`, "the coverage is $2 %, the project requires $1 %"),
	when(`Coverage failure: total of ([\d.]+) is less than fail-under=([\d.]+)`, "the coverage is $1 %, the project requires $2 %"),
	when(`(?s)(?:no tests ran in|\d+ deselected in) [\d.]+s.*\*\*\* \[.*\] Error 5$`, noTests),
	when(`(?s)^collected (?:0 items|\d+ items? / \d+ deselected / 0 selected)\n.*(?:no tests ran|\d+ deselected) in [\d.]+s`, noTests),
	when(`^make(?:\[\d+\])?: \*\*\* \[(.+)\] Killed$`, "a command was killed (make says: $1), most likely because the memory did not suffice: give the engine more, or run less at a time"),
	when(`^pipeline: note: the command was ended by signal 9 `, "the command was killed, most likely because the memory did not suffice: give the engine more, or run less at a time"),
	when(`^make(?:\[\d+\])?: \*\*\* \[(.+)\] (Segmentation fault|Aborted|Bus error|Illegal instruction)`, "a command crashed: $2 (make says: $1): look for a package with native code that does not fit the image"),
	when(`^pipeline: note: the command was ended by signal (?:4|6|7|8|11) \((\w+)\)`, "the command crashed ($1): look for a package with native code that does not fit the image"),
	when(`^E? *MemoryError`, "Python could not get the memory that it asked for: give the engine more, or run less at a time"),
	when(`No space left on device`, "the engine's disk is full: free some, or prune the engine's cache"),
	when(`No rule to make target '([^']+)', needed by '([^']+)'`, `make's target "$2" needs "$1", which is not in the source and which no rule makes`),
	when(`^([\w./-]+):(\d+): \*\*\* (.+?)\.?  Stop\.$`, "line $2 of $1: $3"),
	when(`ConnectionRefusedError: .*Connection refused`, "nothing answers at an address that the tests connect to: let them start it, or name its address in [tool.pipeline.test] variables"),
	when(`socket\.gaierror: .*(?:Name or service not known|Temporary failure in name resolution)`, "the tests connect to a host whose name nobody knows in the container: name another in [tool.pipeline.test] variables"),
}

// shownCauses is how many causes an error names.
const shownCauses = 3

// notThere is a note of a path that leads to nothing.
var notThere = regexp.MustCompile(`(?m)^pipeline: note: (\S+) is a (?:link to|git submodule) .*\n?`)

// withoutUnnamed leaves out the notes of such paths whose names are nowhere else in an output:
// the command did not miss them.
func withoutUnnamed(output string) string {
	rest := notThere.ReplaceAllString(output, "")
	return notThere.ReplaceAllStringFunc(output, func(line string) string {
		name := path.Base(notThere.FindStringSubmatch(line)[1])
		if !strings.Contains(rest, strings.TrimSuffix(name, path.Ext(name))) {
			return ""
		}
		return line
	})
}

// causesIn names the causes that are found in the output of a command.
func causesIn(output string) []string {
	output = withoutUnnamed(output)
	var found []string
	for _, c := range causes {
		for _, at := range c.text.FindAllStringSubmatchIndex(output, -1) {
			say := string(c.text.ExpandString(nil, c.say, output, at))
			if !slices.Contains(found, say) && len(found) < shownCauses {
				found = append(found, note.Line(say))
			}
		}
	}
	if compiler := images.ExplainInstall(output); len(found) == 0 && compiler != "" {
		found = append(found, compiler)
	}
	return found
}

// raised are the lines in which pytest shows what a test raised, with those that
// say where: what a test printed is no cause.
func raised(stdout string) string {
	var kept []string
	lines := strings.Split(stdout, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "E  ") || i > 0 && strings.HasPrefix(lines[i-1], "E  ") || i > 1 && lines[i-1] == "" && strings.HasPrefix(lines[i-2], "E  ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

var makes = regexp.MustCompile(`^make(\[\d+\])?: `)

// lastWords are the last line that says something of the cause: what make says
// of a recipe is no more than its exit code.
func lastWords(stdout, stderr string) string {
	own := func(text string) []string {
		return slices.DeleteFunc(strings.Split(images.WithoutHints(withoutNotes(text)), "\n"), func(line string) bool {
			return makes.MatchString(line) || strings.TrimSpace(line) == ""
		})
	}
	if said := own(stderr); len(said) > 0 {
		return tell.Short(strings.TrimSpace(said[len(said)-1]))
	}
	end := tell.LastLine(withoutNotes(stderr), stdout)
	if said := own(stdout); len(said) > 0 && said[len(said)-1] != end {
		return fmt.Sprintf("%s: %s", tell.Short(strings.TrimSpace(said[len(said)-1])), end)
	}
	return tell.Short(end)
}
