package steps

import "regexp"

// notInstalled is what an explanation says of something that is not there, with what to do about it.
var notInstalled = regexp.MustCompile(`((?:no module|the command) "([\w.-]+)" is (?:installed|not there)|(pytest) is not installed): add [^\n]*?to \[tool\.pipeline\]`)

// installable says in an explanation which line of [tool.pipeline] installs what is missing,
// where a group or an extra of the project has it.
func installable(explanation string, install func(name string) string) string {
	return notInstalled.ReplaceAllStringFunc(explanation, func(said string) string {
		m := notInstalled.FindStringSubmatch(said)
		if line := install(m[2] + m[3]); line != "" {
			return m[1] + ": add " + line + " to [tool.pipeline]"
		}
		return said
	})
}
