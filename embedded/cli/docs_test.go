package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"dagger/pipeline/embedded/module"
)

// TestExamplesOfTheDocumentation reads every command line and every .env file that
// the documentation shows, as the command line would for this repository's module.
func TestExamplesOfTheDocumentation(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	m, err := module.Load(top)
	if err != nil {
		t.Fatal(err)
	}
	pages, _ := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	more, _ := filepath.Glob(filepath.Join(top, "*.md"))
	calls, settings := 0, 0
	for _, page := range append(pages, more...) {
		b, err := os.ReadFile(page)
		if err != nil {
			continue // a folder
		}
		name, _ := filepath.Rel(top, page)
		if name == "CHANGELOG.md" {
			continue // of what was
		}
		for _, line := range commandLines(string(b)) {
			calls++
			if err := tryCall(m, line); err != nil {
				t.Errorf("%s: %s: %v", name, line, err)
			}
		}
		for _, line := range variableLines.FindAllString(string(b), -1) {
			settings++
			if err := trySetting(t, m, strings.TrimSpace(line)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if calls < 15 || settings < 8 {
		t.Errorf("found %d command lines and %d settings: the search is broken", calls, settings)
	}
}

var (
	start         = regexp.MustCompile(`^(?:- )?(?:sudo )?(?:dagger|(?:\S*/)?pipeline)(?: -m \S+| -[a-z]+)* call `)
	inline        = regexp.MustCompile("`([^`\n]*)`")
	variableLines = regexp.MustCompile(`(?m)^ *PIPELINE_\w*=\S+$`)
)

// commandLines are the command lines of a page: in blocks, where one may go on over
// several lines, and in a sentence.
func commandLines(text string) (out []string) {
	lines := strings.Split(text, "\n")
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	for i, line := range lines {
		for _, m := range inline.FindAllStringSubmatch(line, -1) {
			if start.MatchString(m[1]) {
				out = append(out, m[1])
			}
		}
		trimmed := strings.TrimSpace(line)
		if !start.MatchString(trimmed) || strings.Contains(line, "`") {
			continue
		}
		call := strings.TrimPrefix(trimmed, "- ")
		for j := i + 1; j < len(lines); j++ { // goes on
			folded := strings.HasPrefix(trimmed, "- ") && indent(lines[j]) > indent(line) && !strings.HasPrefix(strings.TrimSpace(lines[j]), "- ")
			if rest, ok := strings.CutSuffix(call, `\`); ok {
				call = rest
			} else if !folded || strings.TrimSpace(lines[j]) == "" {
				break
			}
			call += " " + strings.TrimSpace(lines[j])
		}
		out = append(out, call)
	}
	return out
}

// words are those of a command line, with text in place of variables.
func words(line string) ([]string, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return nil, err
	}
	var out []string
	call := false
	syntax.Walk(file.Stmts[0], func(n syntax.Node) bool {
		c, ok := n.(*syntax.CallExpr)
		if !ok || call {
			return !call
		}
		call = true
		for _, w := range c.Args {
			text := ""
			syntax.Walk(w, func(n syntax.Node) bool {
				switch n := n.(type) {
				case *syntax.Lit:
					text += n.Value
				case *syntax.SglQuoted:
					text += n.Value
				case *syntax.ParamExp, *syntax.CmdSubst:
					text += "1"
					return false
				}
				return true
			})
			out = append(out, text)
		}
		return false
	})
	return out, nil
}

// tryCall parses a call as far as the module's own functions go.
func tryCall(m *module.Module, line string) error {
	args, err := words(line)
	if err != nil {
		return err
	}
	a := &App{Name: "pipeline", API: engineAPI, Width: 79, LookupEnv: os.LookupEnv}
	o := newOptions()
	args = args[slices.Index(args, "call")+1:]
	args, o.help = stripHelp(args)
	args = slices.DeleteFunc(args, func(arg string) bool { return arg == "..." })
	for i, arg := range args {
		if slices.Contains([]string{"terminal", "with-exec", "as-service"}, arg) {
			args = args[:i] // of the API
			break
		}
	}
	_, err = a.parseChain(m, o, args)
	return err
}

// trySetting reads a line of a .env file.
func trySetting(t *testing.T, m *module.Module, line string) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDotenv(os.LookupEnv)
	if err := d.read(path, m.Name); err != nil {
		return err
	}
	return d.checkNames(m)
}
