package images

import (
	"fmt"
	"regexp"
	"strings"
)

// explainPoetry turns poetry's and pip's complaints into one line.
func explainPoetry(output string) string {
	if missed := explainUnreachable(output); missed != "" {
		return missed
	}
	switch {
	case strings.Contains(output, "changed significantly since poetry.lock was last generated"):
		return "poetry.lock is out of date with pyproject.toml: run `poetry lock` and commit the file"
	case refusedLogin.MatchString(output):
		return explainLogin(output)
	case wrongPython.MatchString(output):
		m := wrongPython.FindStringSubmatch(output)
		return explainPython(m[1], m[2])
	case strings.Contains(output, "Unable to find installation candidates for"):
		_, rest, _ := strings.Cut(output, "Unable to find installation candidates for ")
		name, _, _ := strings.Cut(rest, "\n")
		return fmt.Sprintf("the package index has no usable file of %s: check that poetry.lock fits the image's python and that the index can be reached", name)
	case strings.Contains(output, "Could not find a version that satisfies the requirement poetry==") && otherPython.MatchString(output):
		return otherPoetry
	case strings.Contains(output, "Could not find a version that satisfies the requirement poetry=="):
		return "the package index has no such version of poetry: check --poetry-version"
	}
	return explainBuild(output)
}

// explainUV is explainPoetry for uv.
func explainUV(output string) string {
	if missed := explainUnreachable(output); missed != "" {
		return missed
	}
	switch {
	case strings.Contains(output, "needs to be updated, but `--locked` was provided"):
		return "uv.lock is out of date with pyproject.toml: run `uv lock` and commit the file"
	case refusedLogin.MatchString(output):
		return explainLogin(output)
	case strings.Contains(output, "Could not find a version that satisfies the requirement uv=="):
		return "the package index has no such version of uv: check --uv-version"
	}
	if m := uvPython.FindStringSubmatch(output); m != nil {
		return explainPython(m[1], m[2])
	}
	return explainBuild(output)
}

// explainPip is explainPoetry for pip.
func explainPip(output string) string {
	if missed := explainUnreachable(output); missed != "" {
		return missed
	}
	switch {
	case refusedLogin.MatchString(output) || strings.Contains(output, "User for "):
		return explainLogin(output)
	case strings.Contains(output, "Pipfile.lock is out-of-date"):
		return "Pipfile.lock is out of date with the Pipfile: run `pipenv lock` and commit the file"
	case strings.Contains(output, "THESE PACKAGES DO NOT MATCH THE HASHES"):
		return "a package of the index is not the one whose hash is in the requirements file: write the file anew, or find out who changed the package"
	case strings.Contains(output, "In --require-hashes mode, all requirements must"):
		return "some requirements have hashes and others have none: write the file with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"
	}
	return explainBuild(output)
}

const otherPoetry = "this version of Poetry does not run on the image's Python, which it is installed in: take a newer Python, or name a Poetry for that with --poetry-version (2.2.1 is the last for Python 3.9)"

var (
	// A version that pip leaves out for its Python stands in both lists that it prints.
	otherPython  = regexp.MustCompile(`Ignored the following versions that require a different python version:(?s:.*)requirement poetry==`)
	wrongPython  = regexp.MustCompile(`Python version \(?([0-9.]+)\)? is not (?:supported by|allowed by) the project \(([^)]*)\)`)
	uvPython     = regexp.MustCompile("Python ([0-9.]+)[^\n]*incompatible with[^\n]*Python requirement:? `?([^`\n]+)`?")
	refusedLogin = regexp.MustCompile(`(?i)401 (?:Client )?(?:Error|Unauthorized)|403 (?:Client )?(?:Error|Forbidden)|Authorization error|HTTP status (?:client )?error \(40[13]|Unauthorized \(401|Missing credentials`)
	address      = regexp.MustCompile(`https?://[^\s'"()<>\x60]+`)
	compiler     = regexp.MustCompile(`(?:command|error: command) '([^']*(?:gcc|cc|g\+\+|clang|cargo|rustc)[^']*)' failed: No such file|(?:unable to execute|can't find|not find) '?(gcc|cc|g\+\+|cargo|rustc|Rust compiler)`)
	programs     = regexp.MustCompile(`Error: (pg_config|mysql_config|xmlsec1|pkg-config) (?:executable|not found)`)
)

func explainLogin(output string) string {
	where := "the index"
	at := refusedLogin.FindStringIndex(output)
	if at == nil {
		at = []int{0, 0}
	}
	if m := address.FindString(output[max(0, at[0]-200):]); m != "" {
		where = strings.TrimRight(withoutLogin(m), ".,:")
	}
	return fmt.Sprintf("the package index refuses the login: %s: give its user name and password with --install-secrets", where)
}

// withoutLogin is an address without a user name and password.
func withoutLogin(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	if _, after, has := strings.Cut(host, "@"); has {
		host = after
	}
	if !ok {
		return address
	}
	return scheme + "://" + host + "/" + path
}

func explainPython(image, allowed string) string {
	return fmt.Sprintf("the image has Python %s, and the project wants %s: name another image with --python-image, or none", image, allowed)
}

func explainBuild(output string) string {
	if m := compiler.FindStringSubmatch(output); m != nil {
		return fmt.Sprintf("a package has no wheel for this image and needs a compiler (%s): add it to system-packages in [tool.pipeline]", m[1]+m[2])
	}
	if m := programs.FindStringSubmatch(output); m != nil {
		return fmt.Sprintf("a package has no wheel for this image and needs %s to be built: add the system package that brings it to system-packages in [tool.pipeline]", m[1])
	}
	return ExplainInstall(output)
}
