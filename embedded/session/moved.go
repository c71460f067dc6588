package session

import (
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// movement is what was fetched or sent for a step. Layers are fetched only when something needs them, after the step
// itself has ended.
type movement struct {
	bytes    map[string]int64
	from, to time.Time
}

func (m *movement) note(status *client.VertexStatus) {
	if !strings.HasPrefix(status.ID, "sha256:") && !strings.HasPrefix(status.ID, "extracting ") && !strings.HasPrefix(status.ID, "transferring ") {
		return
	}
	if !strings.HasPrefix(status.ID, "extracting ") {
		m.bytes[status.ID] = max(status.Current, m.bytes[status.ID])
	}
	if status.Started != nil && (m.from.IsZero() || status.Started.Before(m.from)) {
		m.from = *status.Started
	}
	if status.Completed != nil && status.Completed.After(m.to) {
		m.to = *status.Completed
	}
}

// tell records in a step what was moved for it, and how long that took. A nil movement records nothing.
func (m *movement) tell(s *Step) {
	if m == nil {
		return
	}
	for _, n := range m.bytes {
		s.Bytes += n
	}
	if took := m.to.Sub(m.from).Round(time.Millisecond).Seconds(); !m.from.IsZero() && took > s.Seconds {
		s.Started, s.Seconds, s.Cached = m.from, took, false
	}
}
