package images

import (
	"fmt"
	"strings"
)

// explainPoetry turns poetry's and pip's complaints into one line.
func explainPoetry(output string) string {
	switch {
	case strings.Contains(output, "changed significantly since poetry.lock was last generated"):
		return "poetry.lock is out of date with pyproject.toml: run `poetry lock` and commit the file"
	case strings.Contains(output, "Unable to find installation candidates for"):
		_, rest, _ := strings.Cut(output, "Unable to find installation candidates for ")
		name, _, _ := strings.Cut(rest, "\n")
		return fmt.Sprintf("the package index has no usable file of %s: check that poetry.lock fits the image's python and that the index can be reached", name)
	case strings.Contains(output, "Could not find a version that satisfies the requirement poetry=="):
		return "the package index has no such version of poetry: check --poetry-version"
	}
	return ""
}
