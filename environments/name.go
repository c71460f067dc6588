package environments

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
)

// Names of the two lasting environments.
const (
	Production = "prod"
	Staging    = "staging"
)

// MaxEnvironment is the longest environment name, in characters. Resource names carry the project's name too: with a
// project of 38 characters and a hyphen, 24 more stay within the 63 that an S3 bucket allows (Lambda functions and IAM
// roles allow 64). It is also where GitLab cuts CI_ENVIRONMENT_SLUG, so the slug of a valid name is the name itself.
const MaxEnvironment = 24

// hashLength is the length, in base32 characters of 5 bits, of the suffix that keeps sanitised names apart.
const hashLength = 10

// Validate checks that a name can be used unchanged in AWS resource names and in an S3 key: 1 to
// MaxEnvironment lower-case letters, digits and single hyphens, with a letter first and no hyphen last. A name that
// starts with "mr-" must be the one of a merge request, such as "mr-7". The error is one line and ends with what to try.
func Validate(name string) error {
	problem, remedy := fault(name)
	if problem == "" {
		return nil
	}
	return fmt.Errorf("checking environment %s: %s: %s, such as %q", quote(name), problem, remedy, suggest(name))
}

// fault says why a name is not valid and how to fix it; both are empty for a valid name.
func fault(name string) (problem, remedy string) {
	position := 0
	for _, r := range name {
		position++
		if !isLetter(r) && !isDigit(r) && r != '-' {
			return fmt.Sprintf("character %d is %+q", position, r), "use lower-case letters, digits and hyphens"
		}
	}
	number, merge := strings.CutPrefix(name, "mr-")
	switch {
	case name == "":
		return "the name is empty", "give one"
	case len(name) > MaxEnvironment:
		return fmt.Sprintf("%d characters are over the limit of %d", len(name), MaxEnvironment), "shorten it"
	case !isLetter(rune(name[0])):
		return fmt.Sprintf("it starts with %q", name[0]), "start with a letter"
	case name == "default":
		return "Terraform's own workspace has that name, which has no place of its own for a state", "use another one"
	case merge && !isNumber(number):
		return fmt.Sprintf("%q is not the number of a merge request", number), `write "mr-" and a number from 1 without leading zeros`
	case strings.HasSuffix(name, "-"):
		return "it ends with a hyphen", "end with a letter or digit"
	case strings.Contains(name, "--"):
		return "it has two hyphens in a row", "use single ones"
	}
	return "", ""
}

// IsMergeRequest reports whether a name is the environment of a merge request, such as "mr-7". Only those may be destroyed.
func IsMergeRequest(name string) bool {
	number, ok := strings.CutPrefix(name, "mr-")
	return ok && isNumber(number) && len(name) <= MaxEnvironment
}

// Sanitize turns any text, such as a branch name, into a valid environment name. A valid name stays as it is; any other
// becomes a readable part and a hash of the whole text, so that two texts do not share a name. The result for a text
// that is not a valid name is never the environment of a merge request, nor "prod" or "staging".
func Sanitize(name string) string {
	if problem, _ := fault(name); problem == "" {
		return name
	}
	s := slug(name)
	if s == "" || !isLetter(rune(s[0])) || s == "mr" || strings.HasPrefix(s, "mr-") {
		s = strings.TrimSuffix("env-"+s, "-")
	}
	if longest := MaxEnvironment - hashLength - 1; len(s) > longest {
		s = strings.TrimRight(s[:longest], "-")
	}
	sum := sha256.Sum256([]byte(name))
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
	return s + "-" + hash[:hashLength]
}

// slug lower-cases ASCII letters and puts one hyphen for each run of anything but letters and digits.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range name {
		if isUpper(r) {
			r += 'a' - 'A'
		}
		if !isLetter(r) && !isDigit(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// suggest gives a valid name close to an invalid one, for an error.
func suggest(name string) string {
	s := slug(name)
	if s == "" || s == "mr" || strings.HasPrefix(s, "mr-") && !IsMergeRequest(s) {
		return "mr-7"
	}
	if problem, _ := fault(s); problem != "" {
		return Sanitize(name)
	}
	return s
}

// quote quotes a name in ASCII, so that look-alike letters and line breaks show, and cuts a long one.
func quote(name string) string {
	if len(name) > 2*MaxEnvironment {
		return fmt.Sprintf("%+q...", name[:2*MaxEnvironment])
	}
	return fmt.Sprintf("%+q", name)
}

// isNumber tells whether s is a decimal number from 1, without leading zeros.
func isNumber(s string) bool {
	for _, r := range s {
		if !isDigit(r) {
			return false
		}
	}
	return s != "" && s[0] != '0'
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }
func isUpper(r rune) bool  { return r >= 'A' && r <= 'Z' }
func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
