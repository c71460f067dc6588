// Package plain removes from text whatever would affect the terminal that shows it,
// or the CI system that keeps it as a log. Colours stay.
package plain

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// String is text without control sequences and commands.
func String(text string) string {
	var b bytes.Buffer
	w := Writer(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// Result is String for output of the pipeline's own code: marks that fold a
// section of GitLab's log stay, in the form in which it writes them.
func Result(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range mark.FindAllStringIndex(text, -1) {
		b.WriteString(String(text[at:m[0]]) + text[m[0]:m[1]])
		at = m[1]
	}
	return b.String() + String(text[at:])
}

var mark = regexp.MustCompile(`(?m)^\x1b\[0Ksection_(?:start|end):\d+:[A-Za-z0-9_.-]+(?:\[collapsed=true\])?\r\x1b\[0K`)

// Writer passes on to w what is written to it, cleaned, even if a sequence is
// split over several writes. Close writes what was held back; it does not close w.
func Writer(w io.Writer) io.WriteCloser { return &writer{w: w, start: true} }

type writer struct {
	mu    sync.Mutex
	w     io.Writer
	raw   []byte // may be the start of a control sequence
	text  []byte // without control sequences; may be the start of a command
	start bool   // text begins a line
	cr    bool   // a carriage return waits for what follows
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.strip(append(w.raw, p...), false)
	return len(p), w.flush(false)
}

func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.strip(w.raw, true)
	return w.flush(true)
}

// control matches a control sequence at the start: of the kind ESC [, of the kinds
// that end with BEL or ESC \, and the short ones. No sequence goes over a line.
var control = regexp.MustCompile("^\x1b(?:" +
	`\[[0-?]*[ -/]*[@-~]` + "|" +
	`[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)` + "|" +
	`[ -/]*[0-OQ-WYZ\\` + "`-~])")

// colour matches one that changes how characters look, and nothing else.
var colour = regexp.MustCompile("^\x1b" + `\[[0-9;:]*m$`)

// longest is as long as a control sequence may be; what is longer is text.
const longest = 512

// strip moves b to w.text without control characters and sequences.
func (w *writer) strip(b []byte, last bool) {
	for len(b) > 0 {
		c := b[0]
		switch {
		case c == 0x1b:
			if s := control.Find(b); s != nil {
				if colour.Match(s) {
					w.put(s)
				}
				b = b[len(s):]
				continue
			}
			if !last && len(b) < longest && bytes.IndexByte(b, '\n') < 0 {
				w.raw = bytes.Clone(b)
				return
			}
		case c == '\r':
			w.cr = true
		case c == '\n', c == '\t', c >= ' ' && c < 0x7f:
			w.put(b[:1])
		case c >= utf8.RuneSelf:
			if !utf8.FullRune(b) && !last {
				w.raw = bytes.Clone(b)
				return
			}
			r, n := utf8.DecodeRune(b)
			if n == 1 {
				r = rune(c) // of another encoding, in which these are controls too
			}
			if r >= 0xa0 && !unicode.Is(unicode.Bidi_Control, r) { // those show a text in another order than it has
				w.put(b[:n])
			}
			b = b[n:]
			continue
		}
		b = b[1:]
	}
	w.raw = nil
}

// put adds to the text. A carriage return without a newline would overwrite the
// line: it ends the line instead.
func (w *writer) put(b []byte) {
	if w.cr && b[0] == '\n' {
		w.text = append(w.text, '\r')
	} else if w.cr {
		w.text = append(w.text, '\n')
	}
	w.cr = false
	w.text = append(w.text, b...)
}
