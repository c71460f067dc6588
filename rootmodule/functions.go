package rootmodule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	pythonRuntime = regexp.MustCompile(`"python3\.([0-9]+)"`)
	architectures = regexp.MustCompile(`\barchitectures"?\s*[=:]\s*(?:\[\s*"(x86_64|arm64)"\s*\])?`)
	commentLine   = regexp.MustCompile(`(?m)^\s*(?:#|//).*$`)
)

// Pythons are the minor versions of Python 3 that functions of Lambda run on, as far as
// the module's files, or those of a module that it calls in the source, say it plainly.
func (m Module) Pythons() (out []int) {
	for _, found := range pythonRuntime.FindAllStringSubmatch(commentLine.ReplaceAllString(m.texts, ""), -1) {
		if minor, err := strconv.Atoi(found[1]); err == nil {
			out = append(out, minor)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Architectures are those that functions are for; none where no plain text says it. A
// function that says nothing is for x86_64. What a module hands on is said by its caller.
func (m Module) Architectures() (out []string) {
	text := commentLine.ReplaceAllString(m.texts, "")
	said := architectures.FindAllStringSubmatch(text, -1)
	for _, found := range said {
		if found[1] != "" {
			out = append(out, found[1])
		}
	}
	if len(said) > 0 && len(out) == 0 {
		return nil
	}
	if len(said) < strings.Count(text, `"aws_lambda_function"`) {
		out = append(out, "x86_64")
	}
	slices.Sort(out)
	return slices.Compact(out)
}
