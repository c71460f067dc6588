package plain

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Commands that CI systems take from a job's log: GitLab's sections; Azure
// Pipelines', GitHub's older ones and TeamCity's, anywhere in a line; Travis's
// folds; and at the start of a line GitHub's ::command::. Buildkite's groups start
// like a diff or a YAML document, and are left alone elsewhere.
var (
	anywhere = regexp.MustCompile(`section_(?:start|end):|##(?:vso|teamcity)?\[|travis_(?:fold|time):`)
	command  = regexp.MustCompile(before + `::[a-zA-Z]`)
	group    = regexp.MustCompile(before + `(?:---|\+\+\+|~~~|\^\^\^)`)

	buildkite = os.Getenv("BUILDKITE") != ""
)

// before matches what may precede a command at the start of a line: colours, and
// everything that GitHub treats as a space.
const before = `^((?:\x1b\[[0-9;:]*m|[\s\x{85}\p{Z}\p{Cf}])*)`

// flush writes the text that cannot be the start of a command.
func (w *writer) flush(last bool) error {
	var out []byte
	for {
		end := bytes.IndexByte(w.text, '\n') + 1
		whole := end > 0
		if !whole {
			if end = len(w.text); !last {
				end -= w.held()
			}
		}
		if end == 0 {
			break
		}
		out = append(out, neutral(w.text[:end], w.start)...)
		w.text, w.start = bytes.Clone(w.text[end:]), whole
	}
	if len(out) == 0 {
		return nil
	}
	_, err := w.w.Write(out)
	return err
}

// The end of a line may become a command: it is the start of a command's word, or the
// line has only spaces and marks so far.
var (
	word      = regexp.MustCompile(`(?:#{1,2}[a-z]*|s(?:e(?:c[a-z_]*)?)?|t(?:r(?:a[a-z_]*)?)?)$`)
	beginning = regexp.MustCompile(before + `(?::{0,2}|-{1,2}|\+{1,2}|~{1,2}|\^{1,2})$`)
)

// held is how much of the end of a line waits for what follows.
func (w *writer) held() int {
	n := len(word.Find(w.text))
	if w.start && beginning.Match(w.text[:len(w.text)-max(n, cut(w.text))]) {
		return len(w.text)
	}
	return n
}

// cut is the number of bytes of an incomplete character at the end of a text.
func cut(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if at := text[len(text)-n:]; utf8.RuneStart(at[0]) {
			if utf8.FullRune(at) {
				return 0
			}
			return n
		}
	}
	return 0
}

// neutral inserts a space where it breaks up a command.
func neutral(line []byte, start bool) []byte {
	line = anywhere.ReplaceAllFunc(line, func(m []byte) []byte {
		n := len(m) - 1
		if m[0] == '#' {
			n = 2
		}
		return insert(m, n)
	})
	if !start {
		return line
	}
	if m := command.FindSubmatch(line); m != nil {
		line = insert(line, len(m[1])+1)
	} else if m := group.FindSubmatch(line); m != nil && buildkite {
		line = insert(line, len(m[1]))
	}
	return line
}

// insert inserts a space at b[n].
func insert(b []byte, n int) []byte { return slices.Insert(bytes.Clone(b), n, ' ') }
