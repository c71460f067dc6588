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

// Add registers plaintexts. Surrounding white space does not count, because
// files and commands often end their value with a newline; empty values are
// ignored.
func (s *Set) Add(plaintexts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range plaintexts {
		v := []byte(strings.TrimSpace(p))
		if len(v) == 0 || s.has(v) {
			continue
		}
		s.values = append(s.values, v)
	}
	// The longest first: a secret may contain another one.
	sort.SliceStable(s.values, func(i, j int) bool { return len(s.values[i]) > len(s.values[j]) })
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
	return string(s.replace([]byte(text)))
}

func (s *Set) replace(b []byte) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, v := range s.values {
		b = bytes.ReplaceAll(b, v, []byte(Mask))
	}
	return b
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

// Writer passes on what is written to it without the secrets, also where one
// is split over several writes. Close writes what was held back; it does not
// close w.
func (s *Set) Writer(w io.Writer) io.WriteCloser {
	return &writer{set: s, w: w}
}

type writer struct {
	set  *Set
	w    io.Writer
	mu   sync.Mutex
	held []byte
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.set.replace(append(w.held, p...))
	n := len(b) - w.set.pending(b)
	w.held = bytes.Clone(b[n:])
	if n == 0 {
		return len(p), nil
	}
	if _, err := w.w.Write(b[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := w.held
	w.held = nil
	if len(held) == 0 {
		return nil
	}
	_, err := w.w.Write(held)
	return err
}
