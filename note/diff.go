package note

import (
	"fmt"
	"regexp"
	"strings"

	"dagger/pipeline/printable"
)

var (
	// actions is what Terraform writes above what it would do.
	actions = regexp.MustCompile(`(?m)^\S+ will perform the following actions:\n`)
	// marked is a line of which it says what is done: + - ~ and -/+.
	marked = regexp.MustCompile(`^( *)(-/\+|\+/-|[-+~])( .*)$`)
)

// writeDiff writes Terraform's text of a plan as a folded block, in at most room bytes. Nothing ends the block before
// its end, and no line of it is a command to GitLab.
func writeDiff(b *strings.Builder, text string, room int) {
	at := actions.FindStringIndex(text)
	if at == nil {
		return // it changes nothing, or is no plan
	}
	const begin, end, cut = "\n<details><summary>What changes, as Terraform shows it</summary>\n\n```diff\n", "```\n\n</details>\n", "... and 1000000 more lines\n"
	if room -= len(begin) + len(end) + len(cut); room < 0 {
		return
	}
	b.WriteString(begin)
	lines := strings.Split(strings.Trim(text[at[1]:], "\n"), "\n")
	for i, line := range lines {
		line = diffLine(line)
		if room -= len(line) + 1; room < 0 {
			fmt.Fprintf(b, "... and %s\n", printable.Count(len(lines)-i, "more line"))
			break
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(end)
}

// diffLine is a line with what is done at its start, where a diff has it.
func diffLine(line string) string {
	line = printable.Line(strings.TrimRight(strings.ReplaceAll(line, "\t", " "), " \r"), longestName, "`")
	if m := marked.FindStringSubmatch(line); m != nil {
		sign := map[string]string{"~": "!", "-/+": "-", "+/-": "-"}[m[2]]
		if sign == "" {
			sign = m[2]
		}
		return sign + strings.Repeat(" ", len(m[1])+len(m[2])-1) + m[3] // everything stays where it was
	}
	if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "/") {
		line = line[:len(line)-len(rest)] + `\u002f` + rest[1:]
	}
	if line == "" {
		return ""
	}
	return " " + line
}
