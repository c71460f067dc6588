package steps

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	errorLine = regexp.MustCompile(`(?m)^[│|\s]*Error: (.+)$`)
	whereLine = regexp.MustCompile(`(?m)^[│|\s]*on (\S+) line (\d+)`)
	lockField = regexp.MustCompile(`(?m)^[│|\s]*(ID|Who|Operation|Created):\s+(.+)$`)
	frame     = regexp.MustCompile(`(?m)^[╷╵│]\s?`)
)

// Explain makes one line of what terraform printed: the cause and the next
// thing to try. It gives "" when there is no error in the text.
func Explain(output, bucket, environment string) string {
	text := frame.ReplaceAllString(output, "")
	m := errorLine.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch {
	case strings.HasPrefix(m[1], "plan changed: "):
		return m[1] + ": make a new plan"
	case strings.Contains(text, "Saved plan is stale"):
		return "plan changed: the state was written since the plan was made: make a new plan"
	case strings.Contains(text, "NoSuchBucket"), strings.Contains(text, "S3 bucket") && strings.Contains(text, "does not exist"):
		return fmt.Sprintf("the state bucket %q does not exist: create it (private, with versioning) or name another one with --state-bucket", bucket)
	case strings.Contains(text, "Error acquiring the state lock"):
		return "the state of " + environment + " is locked" + lockHolder(text) + ": wait until that run has ended and try again"
	case strings.Contains(text, "No valid credential sources found"), strings.Contains(text, "InvalidClientTokenId"), strings.Contains(text, "ExpiredToken"):
		return "AWS refused the credentials: " + oneLine(m[1]) + ": check that they are given and have not expired"
	}
	line := oneLine(m[1])
	if where := whereLine.FindStringSubmatch(text); where != nil {
		return fmt.Sprintf("%s: see %s line %s", line, where[1], where[2])
	}
	return line
}

// lockHolder says who holds a lock and since when, from terraform's own words.
func lockHolder(text string) string {
	fields := map[string]string{}
	for _, m := range lockField.FindAllStringSubmatch(text, -1) {
		fields[m[1]] = strings.TrimSpace(m[2])
	}
	if fields["Who"] == "" {
		return ""
	}
	return fmt.Sprintf(" by %s since %s (%s, lock %s)", fields["Who"], fields["Created"], fields["Operation"], fields["ID"])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
