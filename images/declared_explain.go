package images

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/project"
)

// What Poetry and uv print of an extra or a group that the project does not have.
var (
	noExtra = regexp.MustCompile("Extra (?:\\[([^\\]]+)\\] is not specified|`([^`]+)` is not defined)")
	noGroup = regexp.MustCompile("(?m)Group(?:\\(s\\) not found: ([^\\n]+?)(?: \\(via|$)|s? `([^`]+)` (?:is|are) not defined)")
)

// explained is a package manager's explanation, and one of what a table of the project asks
// for and the project does not have.
func (f found) explained(table string, explain func(output string) string) func(output string) string {
	return func(output string) string {
		if m := noExtra.FindStringSubmatch(output); m != nil {
			return notDeclared("extras", table, m[1]+m[2], project.Extras(f.pyproject))
		}
		if m := noGroup.FindStringSubmatch(output); m != nil {
			setting, group := "groups", m[1]+m[2]
			if slices.Contains(f.Settings.WithoutGroups, group) {
				setting = "without-groups"
			}
			return notDeclared(setting, table, group, project.Groups(f.pyproject))
		}
		return explain(output)
	}
}

// Where extras and groups are asked for: what the app container has, and what is packed.
const (
	appTable  = "[tool.pipeline]"
	packTable = "[tool.pipeline.package]"
)

// notDeclared says what a setting may name in place of what it does.
func notDeclared(setting, table, named string, there []string) string {
	has := "it has none"
	if len(there) > 0 {
		has = "its " + strings.TrimPrefix(setting, "without-") + " are " + strings.Join(there, ", ")
	}
	return fmt.Sprintf("%s in %s names %q, which the project does not declare: %s", setting, table, named, has)
}
