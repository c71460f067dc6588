package steps

import "regexp"

// notInstalled is what an explanation says of something that is not there, with what to do about it.
var notInstalled = regexp.MustCompile(`((?:no module|the command) "([\w.-]+)" is (?:installed|not there)|(pytest) is not installed): add [^\n]*?to \[tool\.pipeline\]`)

// installable says in an explanation how what is missing gets installed, where the project's
// file tells: a group or an extra has it, or a member of the workspace may.
func installable(explanation string, install func(name string) string) string {
	return notInstalled.ReplaceAllStringFunc(explanation, func(said string) string {
		m := notInstalled.FindStringSubmatch(said)
		if how := install(m[2] + m[3]); how != "" {
			return m[1] + ": " + how
		}
		return said
	})
}
