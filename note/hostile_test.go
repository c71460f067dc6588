package note

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// hostileNames are what tests, branches, resources and their keys could be called to be more than a name.
func hostileNames() (out []string) {
	tricks := []string{
		"@all", "@root", "@group/team", "#1", "!2", "~bug", "%v1", "$1", "&3", "^alert#1", "group/project#1", "GH-1", "*iteration:\"x\"",
		"/close", "/merge", "/assign @me", "/approve", "/label ~bug", "https://evil.example/x", "www.evil.example", "me@evil.example",
		"[text](https://evil.example)", "![x](https://evil.example/pixel.png)", "[x]: https://evil.example", "[^1]: note",
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=https://evil.example>x</a>", "<https://evil.example>", "</details>",
		"<!-- comment", "-->", "&lt;b&gt;", "&#64;all", "# heading", "* item", "- [x] task", "> quote", "---", "===", "| cell | cell |", "|---|",
		"**bold**", "_em_", "~~gone~~", ":tada:", "\\", "\\`", "`", "``", "```", "````\n", "~~~", "$`x`$", "$$x$$", "[[_TOC_]]", "::include{file=x}", "{{x}}", "%{x}", "${x}",
		"\x1b[31mred\x1b[0m", "\x00", "\x07", "\u202egnp.exe", "\u2066x\u2069", "\u200b@all", "\ufeff", "\u2028/close", "\u0085/close", "\xff\xfe", "javascript:alert(1)",
		strings.Repeat("A", 10_000), strings.Repeat("`", 10_000), strings.Repeat("a`", 5_000), strings.Repeat("\n/close", 1_500), strings.Repeat("|", 10_000),
	}
	for _, trick := range tricks {
		out = append(out, trick, "x\n\n"+trick+"\n\ny", "a`"+trick+"`b", "\r\n"+trick+" ` "+trick)
	}
	return out
}

// full is a note in which everything that others name is called the same.
func full(name string) Note {
	items := []Markdown{Code(name), Code(name) + " is now " + Code(name)}
	return Note{
		Environment: name, Commit: name, Run: name + " ", Page: name + " ", Address: name + " ",
		Parts: []Part{
			{Name: "test", Result: "failed", Said: name}, {Name: "package", Result: "ok", Said: name}, {Name: "images", Result: "ok", Said: name},
			{Name: "plan", Result: "failed", Said: name}, {Name: "deploy", Result: "not run", Said: name},
		},
		Tests:    &Tests{Total: 1, Failed: 1, Failures: []string{name, name}},
		Packages: []Package{{Name: name, Bytes: 1}},
		Images:   []Image{{Name: "app", From: name}},
		Plans:    []Plan{{Root: name, Counts: "1 to add", Lists: []List{{"Created", items}}, Diff: diffOf(name)}, {Root: name, Lists: []List{{"Destroyed", items}, {"Changed", many(items[0], 20)}}}},
	}
}

// diffOf is Terraform's text of a plan with a name in it, on lines of its own too, as in a heredoc.
func diffOf(name string) string {
	return "Terraform will perform the following actions:\n\n  + resource \"x\" \"" + name + "\" {\n" + name + "\n      + y = <<-EOT\n            " + name + "\n        EOT\n    }\n"
}

func many(item Markdown, n int) (out []Markdown) {
	for range n {
		out = append(out, item)
	}
	return out
}

func render(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	// As GitLab and GitHub do, with HTML taken for HTML, which a sanitiser sees only afterwards.
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var codeSpan = regexp.MustCompile(`<code[^>]*>[^<]*</code>`)

// What is not within a code span is the same for every name: none takes effect.
func TestNoNameTakesEffect(t *testing.T) {
	names := hostileNames()
	if len(names) < 200 {
		t.Fatalf("%d names", len(names))
	}
	want := codeSpan.ReplaceAllString(render(t, full("harmless").Text()), "NAME")
	if n := strings.Count(want, "NAME"); n < 30 {
		t.Fatalf("a name stands in %d places:\n%s", n, want)
	}
	for _, name := range names {
		text := full(name).Text()
		if got := codeSpan.ReplaceAllString(render(t, text), "NAME"); got != want {
			t.Errorf("%.80q takes effect:\n%s", name, difference(got, want))
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "/") {
				t.Errorf("%.80q: a line is a command to GitLab: %.80q", name, line)
			}
		}
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%.80q: the note has the character %U", name, r)
				break
			}
		}
	}
}

// Taken out of its code spans, a name does take effect: the test would see it.
func TestNamesWouldTakeEffect(t *testing.T) {
	seen := 0
	for _, name := range hostileNames() {
		if text := "| x | " + name + " |\n"; render(t, "| a | b |\n|---|---|\n"+text) != render(t, "| a | b |\n|---|---|\n| x | harmless |\n") {
			seen++
		}
	}
	if seen < 150 {
		t.Errorf("%d names take effect", seen)
	}
}

func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("got  %.300s\nwant %.300s", g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// A note of very much stays below what GitHub takes, and says how much is left out.
func TestNoteOfVeryMuchIsCut(t *testing.T) {
	for name, item := range map[string]string{"short": "aws_sqs_queue.jobs", "long": strings.Repeat("x", 10_000), "to be escaped": strings.Repeat("\u202e", 10_000)} {
		n := full(item)
		for range 5000 {
			n.Tests.Failures = append(n.Tests.Failures, item)
			n.Packages = append(n.Packages, Package{Name: item})
		}
		for i := range n.Plans {
			n.Plans[i].Lists = append(n.Plans[i].Lists, List{"Created", many(Code(item), 5000)}, List{"Destroyed", many(Code(item), 5000)})
		}
		for range 50 {
			n.Plans = append(n.Plans, n.Plans[0])
		}
		text := n.Text()
		if len(text) > Largest+2000 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if !regexp.MustCompile(`(?m)^- and \d+ more$`).MatchString(text) || !strings.Contains(text, "Failed tests") || !strings.Contains(text, "Destroyed: 5000") {
			t.Errorf("%s: it does not say how much is left out:\n%.2000s", name, text)
		}
		if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
			t.Errorf("%s: %d folds are opened, %d closed", name, opened, closed)
		}
	}
}
