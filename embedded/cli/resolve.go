package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dagger/pipeline/embedded/module"
)

// resolver makes the values of arguments for the module or the engine:
// objects become ids.
type resolver struct {
	app     *App
	module  *module.Module
	session Session
}

// arguments are the values of a step by the names in the source. Arguments with
// neither a value nor a default are absent.
func (r resolver) arguments(ctx context.Context, s *step) (map[string]any, error) {
	args := map[string]any{}
	for _, v := range s.values {
		out, ok, err := r.argument(ctx, v)
		if err != nil {
			return nil, r.app.usage(s.path, fmt.Errorf("reading argument %q: %w", v.arg.Flag(), err))
		}
		if ok {
			args[v.arg.Name] = out
		}
	}
	return args, nil
}

func (r resolver) argument(ctx context.Context, v *value) (any, bool, error) {
	object := v.arg.Type.Object()
	if object == "" {
		out, ok := v.plain()
		return out, ok, nil
	}
	if !v.set() {
		return r.defaultObject(ctx, v.arg)
	}
	if v.arg.Type.Kind != module.List {
		id, err := r.object(ctx, v.arg, object, v.parsed.(string))
		return id, true, err
	}
	ids := []any{}
	for _, item := range v.parsed.([]any) {
		id, err := r.object(ctx, v.arg, object, strings.TrimSpace(item.(string)))
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, id)
	}
	return ids, true, nil
}

// defaultObject loads what +defaultPath or +defaultAddress names.
func (r resolver) defaultObject(ctx context.Context, a module.Arg) (any, bool, error) {
	address := a.DefaultAddress
	if a.DefaultPath != "" {
		address = r.module.ContextPath(a.DefaultPath)
	}
	if address == "" {
		return nil, false, nil
	}
	id, err := r.object(ctx, a, a.Type.Object(), address)
	return id, true, err
}

// object loads an object from the text of its flag.
func (r resolver) object(ctx context.Context, a module.Arg, object, text string) (string, error) {
	if text == "" {
		return "", fmt.Errorf("an empty value names no %s", object)
	}
	switch object {
	case "Directory":
		path, err := r.local(text, true)
		if err != nil {
			return "", err
		}
		args := []argument{{"path", path}}
		if len(a.Ignore) > 0 {
			args = append(args, argument{"exclude", a.Ignore})
		}
		return askID(ctx, r.session, sel("host"), sel("directory", args...))
	case "File":
		path, err := r.local(text, false)
		if err != nil {
			return "", err
		}
		return askID(ctx, r.session, sel("host"), sel("file", argument{"path", path}))
	case "Container":
		return askID(ctx, r.session, sel("container"), sel("from", argument{"address", text}))
	case "CacheVolume":
		return askID(ctx, r.session, sel("cacheVolume", argument{"key", text}))
	case "Secret":
		args, err := r.app.secret(text)
		if err != nil {
			return "", err
		}
		return askID(ctx, r.session, sel("secret", args...))
	case "Socket":
		path, err := r.app.socket(text)
		if err != nil {
			return "", err
		}
		return askID(ctx, r.session, sel("host"), sel("unixSocket", argument{"path", path}))
	}
	return "", fmt.Errorf("a %s cannot be given to the embedded engine: use dagger", object)
}

// remote reports whether text is an address of a git repository.
func remote(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && scheme != "file" || strings.HasPrefix(text, "git@") || strings.HasPrefix(text, "github.com/")
}

// local is the absolute path of an existing directory or file.
func (r resolver) local(text string, dir bool) (string, error) {
	what := "file"
	if dir {
		what = "directory"
	}
	if remote(text) {
		return "", fmt.Errorf("%q is not on this machine: the embedded engine reads local paths: check it out, or use dagger", text)
	}
	path := r.app.path(strings.TrimPrefix(text, "file://"))
	info, err := os.Stat(path)
	if err != nil {
		var cause *os.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return "", fmt.Errorf("no %s %q: %w", what, text, err)
	}
	if info.IsDir() != dir {
		other := "file"
		if info.IsDir() {
			other = "directory"
		}
		return "", fmt.Errorf("%q is a %s: want a %s", text, other, what)
	}
	return path, nil
}

// path makes p absolute from the working directory.
func (a *App) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(a.Dir, p)
}
