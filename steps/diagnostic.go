package steps

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dagger/pipeline/tell"
)

// diagnostic is an error of terraform's: a summary, the place and the detail.
type diagnostic struct {
	summary, file, number, detail string
	// whole tells that it is from terraform's JSON: the detail is all of it, and
	// nothing else.
	whole bool
}

var (
	whereLine = regexp.MustCompile(`^\s*on (.+?) line (\d+)`)
	// excerpt is what stands between the place and the detail.
	excerpt = regexp.MustCompile(`^\s+(?:with |on |\d+: |│|├)`)
	// checkedBy ends the words of a variable's own validation.
	checkedBy = regexp.MustCompile(`^This was checked by the validation rule at `)
)

// diagnose reads the first error of a text that begins with it: as errors.jq writes
// it from terraform's JSON, or as terraform prints it, where a command has no JSON
// for it (init) or died.
func diagnose(text string) diagnostic {
	text = strings.TrimLeft(text, "\n ")
	lines := strings.Split(strings.TrimPrefix(text, "Error: "), "\n")
	if len(lines) > 1 && fromJSON.MatchString(lines[1]) {
		return readDiagnostic(lines)
	}
	d := diagnostic{summary: oneLine(lines[0])}
	var detail []string
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "Error: ") || strings.HasPrefix(line, "Warning: ") {
			break
		}
		if m := whereLine.FindStringSubmatch(line); m != nil && d.file == "" && len(detail) == 0 {
			d.file, d.number = m[1], m[2]
		}
		if len(detail) == 0 && (strings.TrimSpace(line) == "" || excerpt.MatchString(line)) {
			continue
		}
		detail = append(detail, line)
	}
	d.detail = strings.Join(detail, "\n")
	return d
}

// fromJSON is the second line of an error that errors.jq wrote.
var fromJSON = regexp.MustCompile(`^  (?:on .+ line \d+(?:, in .*)?|with \S.*|in no file)$`)

// readDiagnostic takes an error of errors.jq apart: whatever a detail has in it,
// it ends where the lines are not indented any more.
func readDiagnostic(lines []string) diagnostic {
	d := diagnostic{summary: oneLine(lines[0]), whole: true}
	if m := whereLine.FindStringSubmatch(lines[1]); m != nil {
		d.file, d.number = m[1], m[2]
	}
	var detail []string
	for _, line := range lines[min(len(lines), slices.Index(lines, "")+1):] {
		text, indented := strings.CutPrefix(line, "  ")
		if !indented {
			break
		}
		detail = append(detail, text)
	}
	d.detail = strings.Join(detail, "\n")
	return d
}

// decodeDiagnostic gives the first error of a `validate -json`.
func decodeDiagnostic(output string) (diagnostic, bool) {
	var result struct {
		Diagnostics []struct {
			Severity, Summary, Detail string
			Range                     struct {
				Filename string
				Start    struct{ Line int }
			}
		}
	}
	if json.Unmarshal([]byte(output), &result) != nil {
		return diagnostic{}, false
	}
	for _, d := range result.Diagnostics {
		if d.Severity == "error" {
			return diagnostic{summary: oneLine(d.Summary), detail: d.Detail, file: d.Range.Filename, number: strconv.Itoa(d.Range.Start.Line)}, true
		}
	}
	return diagnostic{}, false
}

// longest is the most characters of a detail that go into a line.
const longest = 240

// because is the detail's first paragraph: the cause in terraform's words, or in
// those of the variable's validation or the condition's author.
func (d diagnostic) because() string {
	paragraph, _, _ := strings.Cut(d.detail, "\n\n")
	paragraph = oneLine(paragraph)
	if checkedBy.MatchString(paragraph) {
		return ""
	}
	if len(paragraph) > longest { // to the end of a sentence, or of a word
		cut := strings.LastIndexAny(paragraph[:longest], ".;")
		if cut < longest/3 {
			cut = strings.LastIndex(paragraph[:longest], " ")
		}
		return strings.TrimRight(paragraph[:cut], ".;, ") + " ..."
	}
	return strings.TrimSuffix(paragraph, ".")
}

// where adds the place, if it is in a file of the user's.
func (d diagnostic) where(line string) string {
	if d.file == "" || path.Base(d.file) == backendFile {
		return line
	}
	return fmt.Sprintf("%s: see %s line %s", line, d.file, d.number)
}

// line is the error in a line. text is all of it, for a list's first item.
func (d diagnostic) line(text string) string {
	line := d.summary
	if strings.HasSuffix(line, ":") { // the first item of a list says more
		if item := listItem.FindStringSubmatch(text); item != nil {
			return d.where(line + " " + oneLine(item[1]))
		}
	}
	line = d.where(line)
	if because := d.because(); because != "" {
		line += ": " + because
	}
	return line
}

// commandEnded is the end of a provisioner's detail: the command's, and its output.
var commandEnded = regexp.MustCompile(`(?s).*': (exit status \d+|signal: [^.]+)\. Output: (.*)$`)

// ofCommand is the error of a provisioner: how its command ended, and the last that
// it printed.
func (d diagnostic) ofCommand(text string) string {
	m := commandEnded.FindStringSubmatch(d.detail)
	if !d.whole || m == nil {
		return d.line(text)
	}
	return d.where(d.summary) + strings.TrimSuffix(": "+m[1]+": "+tell.Short(tell.LastLine(m[2])), ": ")
}

var (
	dial = regexp.MustCompile(`(?:dial tcp:? (?:lookup )?|Failed to connect to |Could not resolve host: )([^\s:]+(?::\d+| port \d+)?)(?: on \S+)?(?: after \d+ ms)?:? ?(?:connect: )?(connection refused|no such host|i/o timeout|no route to host|network is unreachable|Couldn't connect to server|)`)
	// fetched is what a provider or a module is taken from.
	registryHost   = regexp.MustCompile(`(?:could not connect to|\(\S+\) from) ([a-z0-9.-]+)[:;]`)
	moduleSource   = regexp.MustCompile(`Could not download module "([^"]+)" .*? source code from "([^"]+)"`)
	httpBackend    = regexp.MustCompile(`(?:GET|POST|LOCK|PUT) (https?://\S+) giving up`)
	providerSource = regexp.MustCompile(`for provider (\S+?): `)
)

// unreachable tells of a failed connection what it was for: a registry of
// providers or modules, a git server, or AWS.
func unreachable(d diagnostic) string {
	flat := oneLine(d.summary + " " + d.detail)
	m := dial.FindStringSubmatch(flat)
	if m == nil {
		return ""
	}
	cause := strings.TrimSuffix(m[1]+": "+m[2], ": ")
	if git := moduleSource.FindStringSubmatch(flat); git != nil {
		return d.where(fmt.Sprintf("the module %q cannot be fetched from %s", git[1], git[2])) + ": " + cause + ": check the network, and the proxy where there is one"
	}
	if host := registryHost.FindStringSubmatch(flat); host != nil {
		if provider := providerSource.FindStringSubmatch(flat); provider != nil {
			return fmt.Sprintf("the registry %s of the provider %s cannot be reached: %s: check the network and the proxy, or give --provider-mirror", host[1], provider[1], cause)
		}
		return d.where(fmt.Sprintf("the registry %s of a module cannot be reached", host[1])) + ": " + cause + ": check the network and the proxy"
	}
	if backend := httpBackend.FindStringSubmatch(flat); backend != nil {
		return fmt.Sprintf("the backend %s cannot be reached: %s: check its address and the network", backend[1], cause)
	}
	if strings.Contains(d.summary, "provisioner error") {
		return ""
	}
	return "AWS cannot be reached: " + cause + ": check the network and --aws-endpoint"
}
