package images

import (
	"regexp"
	"strings"
)

var (
	// frame is what terraform draws around an error, in colour.
	frame = regexp.MustCompile("\x1b\\[[0-9;]*m|[│╷╵]")

	wrongChecksum = regexp.MustCompile(`Error while installing (\S+) v(\S+): .*(?:doesn't match any of the checksums|checksum list)`)
	notAvailable  = regexp.MustCompile(`available versions for provider (\S+): (.+?)(?: To see which modules| Did you intend|\. |$)`)
	notInstalled  = regexp.MustCompile(`Error while installing (\S+) v\S+: (.+?)(?:\. |$)`)
)

// explainInit turns terraform's complaint about a provider into one line.
func explainInit(output string) string {
	first := firstError(output)
	output = strings.Join(strings.Fields(frame.ReplaceAllString(output, "")), " ") // terraform breaks long lines
	if m := wrongChecksum.FindStringSubmatch(output); m != nil {
		return "the checksum of the provider " + m[1] + " " + m[2] + " is not in .terraform.lock.hcl: run `terraform providers lock -platform=linux_amd64` and commit the file"
	}
	for _, form := range []*regexp.Regexp{notAvailable, notInstalled} {
		if m := form.FindStringSubmatch(output); m != nil {
			return "the provider " + m[1] + " cannot be fetched: " + shortened(m[2]) + ": check its version and the network, or give --provider-mirror"
		}
	}
	return first
}

// firstError is the title of terraform's first error and the last paragraph of what it
// says of it, "" where there is none.
func firstError(output string) string {
	output = frame.ReplaceAllString(output, "")
	_, said, found := strings.Cut(output, "Error: ")
	if !found {
		return ""
	}
	said, _, _ = strings.Cut(said, "Error: ")
	var paragraphs []string
	for _, text := range regexp.MustCompile(`\n\s*\n`).Split(strings.TrimSpace(said), -1) {
		paragraphs = append(paragraphs, strings.Join(strings.Fields(text), " "))
	}
	if last := len(paragraphs) - 1; last > 0 {
		return strings.TrimSuffix(paragraphs[0], ":") + ": " + strings.TrimPrefix(strings.TrimSuffix(paragraphs[last], "."), "- ")
	}
	return paragraphs[0]
}

// shortened is a network's complaint without what stands between its beginning and
// its end.
func shortened(why string) string {
	if !strings.Contains(why, ": dial ") {
		return why
	}
	first, _, _ := strings.Cut(why, ": ")
	return first + why[strings.LastIndex(why, ": "):]
}
