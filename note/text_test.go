package note

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"aws_sqs_queue.jobs", "`aws_sqs_queue.jobs`"},
		{`aws_sqs_queue.jobs["a b"]`, "`aws_sqs_queue.jobs[\"a b\"]`"},
		{"a`b", "`` a`b ``"},
		{"`", "`` ` ``"},
		{"a``` @all", "```` a``` @all ````"},
		{"", "`  `"},
		{"a\n/close", "`a\\u000a/close`"},
		{"a|b", "`a\\u007cb`"},
		{"\x1b[31mred", "`\\u001b[31mred`"},
		{"\u202etxt.exe", "`\\u202etxt.exe`"},
		{"größer", "`größer`"},
		{"<img src=x>", "`<img src=x>`"},
		{strings.Repeat("x", 400), "`" + strings.Repeat("x", 300) + "...`"},
	} {
		if got := Code(test.name); string(got) != test.want {
			t.Errorf("%q: %s, want %s", test.name, got, test.want)
		}
	}
}

var backticks = regexp.MustCompile("`+")

// spanEnd is where Markdown ends the code span that a text starts with: at the next
// run of exactly as many backticks.
func spanEnd(text string) int {
	runs := backticks.FindAllStringIndex(text, -1)
	for _, r := range runs[1:] {
		if r[1]-r[0] == runs[0][1]-runs[0][0] {
			return r[1]
		}
	}
	return -1
}

func TestNothingEndsACodeSpan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{"`", "``", "```", "\n", "\r\n", "@all", "/close", "|", "<b>", " ", "x", "\x1b[2K", "\u2028", "[a](b)", "</details>"}
	for range 20_000 {
		var name strings.Builder
		for range random.IntN(8) {
			name.WriteString(parts[random.IntN(len(parts))])
		}
		span := string(Code(name.String()))
		if end := spanEnd(span); end != len(span) {
			t.Fatalf("%q: the code span %q ends at %d of %d", name.String(), span, end, len(span))
		}
		if strings.ContainsAny(span, "\n\r\x1b\u2028|") {
			t.Fatalf("%q: %q has what ends a line or a cell", name.String(), span)
		}
	}
}
