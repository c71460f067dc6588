package ci

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// SectionStart returns the line that opens a collapsed section of a GitLab job log, under a one-line header. The form is
// that of https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections; GitLab shows the section's duration
// from the times at its two ends. Elsewhere the line shows as the header alone.
func SectionStart(name, header string, at time.Time) string {
	return fmt.Sprintf("\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", at.Unix(), sectionName(name), oneLine(header))
}

// SectionEnd returns the line that closes the section of that name.
func SectionEnd(name string, at time.Time) string {
	return fmt.Sprintf("\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", at.Unix(), sectionName(name))
}

var notInSection = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// sectionName keeps the characters that GitLab allows in a section's name, letters, digits, "_", "." and "-", and replaces others with "_".
func sectionName(name string) string {
	return notInSection.ReplaceAllString(name, "_")
}

// oneLine replaces control characters with spaces, so that a header can neither end its line nor start a section.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if isBlank(r) {
			return ' '
		}
		return r
	}, text)
}
