package main

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// streams copies what a command and its children print.
type streams struct {
	readers []*os.File
	writers []*os.File
	copies  sync.WaitGroup
}

// connect gives the command pipes that Wait does not wait for: a child that
// outlives the command may go on printing.
func connect(cmd *exec.Cmd, out *outputs) (*streams, error) {
	s := &streams{}
	for _, end := range []struct {
		to *io.Writer
		w  io.Writer
	}{{&cmd.Stdout, out.stdout}, {&cmd.Stderr, out.stderr}} {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		*end.to = w
		s.readers, s.writers = append(s.readers, r), append(s.writers, w)
		s.copies.Go(func() { _, _ = io.Copy(end.w, r) })
	}
	return s, nil
}

// drain waits for the remaining output; for a process that goes on in the
// background, only for a moment.
func (s *streams) drain() {
	for _, w := range s.writers {
		_ = w.Close()
	}
	timer := time.AfterFunc(drain, func() {
		for _, r := range s.readers {
			_ = r.Close()
		}
	})
	defer timer.Stop()
	s.copies.Wait()
}
