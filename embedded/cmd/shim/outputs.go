package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"dagger/pipeline/embedded/scrub"
)

// outputs fans the command's two streams out to BuildKit's log and to files.
type outputs struct {
	dir            string
	stdout, stderr io.WriteCloser
	files          []*os.File
}

func newOutputs(o options, secrets *scrub.Set) (*outputs, error) {
	out := &outputs{dir: o.meta}
	combined, err := out.create(filepath.Join(o.meta, "combined"))
	if err != nil {
		return nil, err
	}
	stream := func(name, redirect string, live io.Writer) (io.WriteCloser, error) {
		f, err := out.create(filepath.Join(o.meta, name))
		if err != nil {
			return nil, err
		}
		sinks := []io.Writer{live, f, combined}
		if redirect != "" {
			r, err := out.create(redirect)
			if err != nil {
				return nil, err
			}
			sinks = append(sinks, r)
		}
		return secrets.Writer(io.MultiWriter(sinks...)), nil
	}
	if out.stdout, err = stream("stdout", o.stdout, os.Stdout); err != nil {
		return nil, err
	}
	if out.stderr, err = stream("stderr", o.stderr, os.Stderr); err != nil {
		return nil, err
	}
	return out, nil
}

func (o *outputs) create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	o.files = append(o.files, f)
	return f, nil
}

func (o *outputs) close(code int) error {
	errs := []error{o.stdout.Close(), o.stderr.Close()}
	for _, f := range o.files {
		errs = append(errs, f.Close())
	}
	errs = append(errs, os.WriteFile(filepath.Join(o.dir, "exitCode"), []byte(strconv.Itoa(code)), 0o644))
	return errors.Join(errs...)
}
