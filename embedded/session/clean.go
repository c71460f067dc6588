package session

import (
	"bytes"
	"io"

	"github.com/moby/buildkit/client"
	digest "github.com/opencontainers/go-digest"

	"dagger/pipeline/embedded/plain"
)

// cleaner removes secrets, and whatever affects a terminal or a CI system, from
// BuildKit's reports, before any display draws them.
type cleaner struct {
	hide    func(io.Writer) io.WriteCloser
	streams map[stream]*cleaned
}

// stream is one output of one step.
type stream struct {
	step digest.Digest
	n    int
}

type cleaned struct {
	bytes.Buffer
	in   io.WriteCloser
	last *client.VertexLog
}

func newCleaner(hide func(io.Writer) io.WriteCloser) *cleaner {
	return &cleaner{hide: hide, streams: map[stream]*cleaned{}}
}

func (c *cleaner) status(status *client.SolveStatus) {
	for _, v := range status.Vertexes {
		v.Name, v.Error = c.text(v.Name), c.text(v.Error)
	}
	for _, s := range status.Statuses {
		s.ID, s.Name = c.text(s.ID), c.text(s.Name)
	}
	logs := status.Logs[:0]
	for _, l := range status.Logs {
		key := stream{l.Vertex, l.Stream}
		s, ok := c.streams[key]
		if !ok {
			s = &cleaned{}
			s.in = plain.Hiding(s, c.hide)
			c.streams[key] = s
		}
		_, _ = s.in.Write(l.Data)
		if l.Data = bytes.Clone(s.Next(s.Len())); len(l.Data) > 0 {
			logs = append(logs, l)
		}
		s.last = l
	}
	status.Logs = append(logs, c.ended(status.Vertexes)...)
}

// ended returns the held-back output of finished steps.
func (c *cleaner) ended(steps []*client.Vertex) (logs []*client.VertexLog) {
	for _, v := range steps {
		if v.Completed == nil {
			continue
		}
		for n := range 3 {
			key := stream{v.Digest, n}
			s, ok := c.streams[key]
			if !ok {
				continue
			}
			delete(c.streams, key)
			_ = s.in.Close()
			if rest := s.Bytes(); len(rest) > 0 {
				l := *s.last
				l.Data = rest
				logs = append(logs, &l)
			}
		}
	}
	return logs
}

func (c *cleaner) text(text string) string {
	var b bytes.Buffer
	w := plain.Hiding(&b, c.hide)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}
