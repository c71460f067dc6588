package steps

import (
	"strings"
	"testing"
)

// What is missing and stands in a group or an extra of the project is installed by one line.
func TestExplainOptional(t *testing.T) {
	install := func(name string) string {
		return map[string]string{"pytest": `add groups = ["test"] to [tool.pipeline]`, "flask_cors": `add extras = ["web"] to [tool.pipeline]`}[name]
	}
	const refused = `pipeline: no Makefile in the project's root has a target "test", and pytest is not installed: add a target, or the extra or group that has pytest to [tool.pipeline], or name the command in pyproject.toml: [tool.pipeline.test] command = "..."` + "\n"
	for _, test := range []struct{ stdout, stderr, want string }{
		{"", refused, `and pytest is not installed: add groups = ["test"] to [tool.pipeline], or name the command in pyproject.toml: [tool.pipeline.test] command = "..."`},
		{"", "make: pytest: No such file or directory\n", `the command "pytest" is not there: add groups = ["test"] to [tool.pipeline]`},
		{"", "make: tox-of-old: No such file or directory\n", `the command "tox-of-old" is not there: ` + installIt},
		{"E   ModuleNotFoundError: No module named 'flask_cors'\n", "", `no module "flask_cors" is installed: add extras = ["web"] to [tool.pipeline]`},
		{"E   ModuleNotFoundError: No module named 'shop'\n", "", `no module "shop" is installed: add the package that has it to the project's dependencies, or its extra or group to [tool.pipeline]`},
	} {
		failed := ""
		if test.stdout != "" {
			failed = "1 of 1 test failed: a"
		}
		if got := installable(ExplainTests(failed, test.stdout, test.stderr), install); !strings.HasSuffix(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
