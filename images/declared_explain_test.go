package images

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
)

// An extra or a group that the project does not have is named with the setting that asks for
// it, and with those that there are.
func TestExplainNotDeclared(t *testing.T) {
	const has = "[project.optional-dependencies]\nweb = []\ndb = []\n[dependency-groups]\ndocs = []\n"
	const extras = `extras in [tool.pipeline] names "wob", which the project does not declare: its extras are db, web`
	const groups = `groups in [tool.pipeline] names "wob", which the project does not declare: its groups are docs`
	for name, test := range map[string]struct{ pyproject, output, want string }{
		"Poetry, an extra":      {has, "Extra [wob] is not specified.\n", extras},
		"Poetry, a group":       {has, "Group(s) not found: wob (via --with)\n", groups},
		"Poetry, two groups":    {has, "Group(s) not found: wob (via --with), wub (via --without)\n", groups},
		"Poetry, one left out":  {has + "[tool.pipeline]\nwithout-groups = [\"wob\"]\n", "Group(s) not found: wob (via --without)\n", "without-" + groups},
		"an older Poetry":       {has, "Group(s) not found: wob\n", groups},
		"uv, an extra":          {has, "error: Extra `wob` is not defined in the project's `optional-dependencies` table\n", extras},
		"uv, a group":           {has, "error: Group `wob` is not defined in the project's `dependency-groups` table\n", groups},
		"a project without any": {"[project]\nname = \"x\"\n", "Extra [wob] is not specified.\n", `extras in [tool.pipeline] names "wob", which the project does not declare: it has none`},
		"anything else":         {has, "no", "explained"},
	} {
		f := found{pyproject: test.pyproject}
		f.Project, _ = project.Parse(test.pyproject)
		if got := f.explained(appTable, func(string) string { return "explained" })(test.output); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

// For pip, the pipeline itself reads what an extra or a group requires, and finds out before.
func TestRequirementsNotDeclared(t *testing.T) {
	for text, want := range map[string]string{
		"extras = [\"wob\"]":           `extras in [tool.pipeline] names "wob", which the project does not declare: its extras are My_Web`,
		"extras = [\"my-web\"]":        "",
		"groups = [\"wob\"]":           `groups in [tool.pipeline] names "wob", which the project does not declare: its groups are docs`,
		"groups = [\"docs\"]":          "",
		"extras = [\"my-web\", \"w\"]": `names "w"`,
	} {
		f := found{pyproject: "[project]\nname = \"x\"\n[project.optional-dependencies]\nMy_Web = [\"six\"]\n[dependency-groups]\ndocs = [\"six\"]\n[tool.pipeline]\n" + text + "\n"}
		var err error
		if f.Project, err = project.Parse(f.pyproject); err != nil {
			t.Fatal(err)
		}
		_, err = groupRequires(f, f.Settings.Groups)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
