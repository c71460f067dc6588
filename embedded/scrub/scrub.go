// Package scrub removes the plaintext of secrets from a stream.
package scrub

import (
	"bytes"
	"io"
	"sort"
	"strings"
	"sync"
)

// Mask replaces each occurrence of a secret.
const Mask = "***"

// Set holds the values to remove. The zero value is ready to use and safe for
// use by several goroutines.
type Set struct {
	mu     sync.RWMutex
	values [][]byte
}

// Shortest is the length of the shortest value that is removed. Removing single
// characters would leave nothing to read.
const Shortest = 2

// Add registers plaintexts. Surrounding white space does not count, because
// files and commands often end their value with a newline; empty values are
// ignored. It reports whether each of the others will be removed.
func (s *Set) Add(plaintexts ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := true
	for _, p := range plaintexts {
		v := []byte(strings.TrimSpace(p))
		switch {
		case len(v) == 0 || s.has(v):
		case len(v) < Shortest:
			all = false
		default:
			s.values = append(s.values, v)
		}
	}
	return all
}

func (s *Set) has(v []byte) bool {
	for _, have := range s.values {
		if bytes.Equal(have, v) {
			return true
		}
	}
	return false
}

// String returns text without the secrets.
func (s *Set) String(text string) string {
	var b strings.Builder
	w := s.Writer(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// span is a part of a text, without its end.
type span struct{ start, end int }

// spans are the parts of b that belong to secrets. Secrets that overlap are one
// part.
func (s *Set) spans(b []byte) (all []span) {
	s.mu.RLock()
	for _, v := range s.values {
		for from := 0; ; {
			i := bytes.Index(b[from:], v)
			if i < 0 {
				break
			}
			all = append(all, span{from + i, from + i + len(v)})
			from += i + 1
		}
	}
	s.mu.RUnlock()
	sort.Slice(all, func(i, j int) bool { return all[i].start < all[j].start })
	merged := all[:0]
	for _, p := range all {
		if n := len(merged); n > 0 && p.start < merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, p.end)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// pending is the length of the longest end of b that may be the start of a
// secret whose rest has not been written yet.
func (s *Set) pending(b []byte) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	longest := 0
	for _, v := range s.values {
		for n := min(len(v)-1, len(b)); n > longest; n-- {
			if bytes.HasSuffix(b, v[:n]) {
				longest = n
				break
			}
		}
	}
	return longest
}

// Writer passes on what is written to it without the secrets, even if one is
// split over several writes. Close writes what was held back; it does not
// close w.
func (s *Set) Writer(w io.Writer) io.WriteCloser {
	return &writer{set: s, w: w}
}

type writer struct {
	set    *Set
	w      io.Writer
	mu     sync.Mutex
	held   []byte
	masked int // so much of held belongs to a secret for which the mask is written
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = append(w.held, p...)
	if err := w.pass(w.set.pending(w.held)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pass(0)
}

// pass writes what is held, except for the last keep bytes.
func (w *writer) pass(keep int) error {
	b, until := w.held, len(w.held)-keep
	var out []byte
	at := 0
	done := span{0, w.masked}
	for _, p := range append(w.set.spans(b), span{len(b), len(b)}) {
		if p.start < done.end { // goes on with the secret that is masked already
			done.end = max(done.end, p.end)
			continue
		}
		at = max(at, done.end)
		if at >= until {
			break
		}
		out = append(out, b[at:min(p.start, until)]...)
		at = min(p.start, until)
		if p.start >= until {
			break
		}
		out = append(out, Mask...)
		done = p
	}
	w.masked = max(0, done.end-until)
	w.held = bytes.Clone(b[until:])
	if len(out) == 0 {
		return nil
	}
	_, err := w.w.Write(out)
	return err
}
