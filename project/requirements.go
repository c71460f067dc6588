package project

import "strings"

// Requirements is a requirements file as far as it is about third-party packages.
type Requirements struct {
	Text     string
	Includes []string // paths from the file's directory
	Locals   []string // paths of packages of the repository
	Hashes   bool     // every package has one, or there is none
}

// ReadRequirements reads a requirements file. Packages of the repository are left
// out of its text.
func ReadRequirements(text string) Requirements {
	r := Requirements{Hashes: true}
	joined := strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		bare := line
		if i := strings.Index(" "+bare, " #"); i >= 0 {
			bare = strings.TrimSpace(bare[:max(i-1, 0)])
		}
		switch {
		case bare == "":
			continue
		case option(bare, "-r", "--requirement", "-c", "--constraint") != "":
			r.Includes = append(r.Includes, option(bare, "-r", "--requirement", "-c", "--constraint"))
		case option(bare, "-e", "--editable") != "" && isLocal(option(bare, "-e", "--editable")):
			r.Locals = append(r.Locals, withoutExtras(option(bare, "-e", "--editable")))
			continue
		case isLocal(bare):
			r.Locals = append(r.Locals, withoutExtras(bare))
			continue
		case !strings.HasPrefix(bare, "-") && !strings.Contains(bare, "--hash="):
			r.Hashes = false
		}
		r.Text += line + "\n"
	}
	return r
}

// option is the value of a line that is one of the options.
func option(line string, names ...string) string {
	for _, name := range names {
		if rest, ok := strings.CutPrefix(line, name); ok && rest != "" && strings.ContainsAny(rest[:1], " =") {
			return strings.TrimSpace(rest[1:])
		}
	}
	return ""
}

func isLocal(text string) bool {
	return text == "." || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || strings.HasPrefix(text, ".[")
}

func withoutExtras(text string) string {
	text, _, _ = strings.Cut(text, "[")
	return text
}
