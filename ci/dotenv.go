package ci

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DotenvLimits are a GitLab instance's limits for one dotenv report; zero means GitLab's default.
type DotenvLimits struct {
	Bytes     int // the report must be smaller; 5120 by default
	Variables int // 20 by default; 50, 100 or 150 on GitLab.com, by the plan
}

// Dotenv writes a report for GitLab's artifacts:reports:dotenv, one KEY=value line per variable in the keys' order.
// It refuses what GitLab refuses or would change on the way to later jobs; see CheckDotenv.
//
// The rules are those of https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv and the limits those of
// https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-variables. Anyone who can see the pipeline can
// download the report, so it must hold no secret.
func Dotenv(variables map[string]string, limits DotenvLimits) (string, error) {
	if limits.Bytes == 0 {
		limits.Bytes = 5120
	}
	if limits.Variables == 0 {
		limits.Variables = 20
	}
	if n := len(variables); n > limits.Variables {
		return "", fmt.Errorf("writing dotenv: %d variables are over GitLab's limit of %d", n, limits.Variables)
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(variables)) {
		if err := CheckDotenv(key, variables[key]); err != nil {
			return "", err
		}
		b.WriteString(key + "=" + variables[key] + "\n")
	}
	if b.Len() >= limits.Bytes {
		return "", fmt.Errorf("writing dotenv: %d bytes are not below GitLab's limit of %d", b.Len(), limits.Bytes)
	}
	return b.String(), nil
}

// CheckDotenv checks that a variable can be in a dotenv report and reach later jobs unchanged. A key has ASCII
// letters, digits and underscores, at most 255, and no digit first. A value is one line of UTF-8 without white space,
// which GitLab's rules exclude, without quotes, which GitLab keeps and other readers remove, and without "$", which
// GitLab expands when a later job starts. The error names the key but not the value.
func CheckDotenv(key, value string) error {
	if !isKey(key) {
		return fmt.Errorf("writing dotenv: key %q is not 1 to 255 letters, digits and underscores, with no digit first: rename it", key)
	}
	if !utf8.ValidString(value) {
		return fmt.Errorf("writing dotenv: the value of %q is not UTF-8: encode it, in base64 for example", key)
	}
	if i := strings.IndexFunc(value, func(r rune) bool { return isBlank(r) || strings.ContainsRune("'\"$`", r) }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(value[i:])
		return fmt.Errorf("writing dotenv: the value of %q has %q, which GitLab does not carry to later jobs: encode it or report it as JSON", key, r)
	}
	return nil
}

// ParseDotenv reads KEY=value lines. Blank lines, lines that start with "#", an "export " before the key, white space
// around key and value, a byte order mark and carriage returns are allowed. Everything else is the value as it stands:
// quotes belong to it and nothing is expanded, so that a branch named `"main"` cannot pass for main. A key given twice
// is refused. The error gives the line's number but not its text, which may be a secret.
func ParseDotenv(text string) (map[string]string, error) {
	variables := map[string]string{}
	number := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("reading dotenv: line %d has no \"=\": write KEY=value; a value cannot span lines", number)
		}
		key = strings.TrimSpace(strings.TrimPrefix(key, "export "))
		if !isKey(key) {
			return nil, fmt.Errorf("reading dotenv: the key in line %d has more than letters, digits and underscores: rename it or leave it out", number)
		}
		if _, twice := variables[key]; twice {
			return nil, fmt.Errorf("reading dotenv: line %d gives %q again: keep one of the two", number, key)
		}
		variables[key] = strings.TrimSpace(value)
	}
	return variables, nil
}

var keyForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// isKey reports whether s can name an environment variable in a shell and in GitLab.
func isKey(s string) bool { return keyForm.MatchString(s) && len(s) <= 255 }

// isBlank reports whether r is white space of any script or a control character.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
