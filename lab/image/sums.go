package image

import (
	"fmt"
	"os"
	"sync"

	"dagger/pipeline/lab/state"
)

// Sums remembers what was found out about large files while their size and time of change stay, so
// that a second start need not read them.
type Sums struct {
	path string
	lock sync.Mutex
	Seen map[string]string `json:"seen"` // "WHAT PATH SIZE MTIME" to what was found out
}

// ReadSums opens the memory at a path; none yet is no error.
func ReadSums(path string) (*Sums, error) {
	s := &Sums{path: path, Seen: map[string]string{}}
	_, err := state.ReadJSON(path, s)
	return s, err
}

// Of returns a file's SHA-256 in hex.
func (s *Sums) Of(path string) (string, error) {
	return s.Remember("sha256", path, func() (string, error) { return hashFile(path) })
}

// Remember returns what find says about a file, asked again only when the file has changed.
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
