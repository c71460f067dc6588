package image

import (
	"fmt"
	"os"
	"sync"

	"dagger/pipeline/lab/state"
)

// Sums caches facts about large files as long as their size and modification time stay the same, so
// that a second start need not read them.
type Sums struct {
	path string
	lock sync.Mutex
	Seen map[string]string `json:"seen"` // "WHAT PATH SIZE MTIME" to what was found out
}

// ReadSums opens the cache at a path; a missing one is not an error.
func ReadSums(path string) (*Sums, error) {
	s := &Sums{path: path, Seen: map[string]string{}}
	_, err := state.ReadJSON(path, s)
	return s, err
}

// Of returns a file's SHA-256 in hex.
func (s *Sums) Of(path string) (string, error) {
	return s.Remember("sha256", path, func() (string, error) { return hashFile(path) })
}

// Remember returns the result of find for a file, and calls it again only if the file has changed.
func (s *Sums) Remember(what, path string, find func() (string, error)) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("looking at %q: %w", path, err)
	}
	id := fmt.Sprintf("%s %s %d %d", what, path, info.Size(), info.ModTime().UnixNano())
	s.lock.Lock()
	defer s.lock.Unlock()
	if said, ok := s.Seen[id]; ok {
		return said, nil
	}
	said, err := find()
	if err != nil {
		return "", err
	}
	s.Seen[id] = said
	return said, state.WriteJSON(s.path, s)
}
