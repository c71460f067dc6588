package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/module"
	"dagger/pipeline/embedded/plain"
)

// print writes a result: scalars as they are, lists one item per line, objects as
// their type and a digest. With -o it also goes to a file, unless it is an object
// that has already been exported there.
func (a *App) print(s scrubbing, res result, o *options) error {
	if res.told != "" {
		defer fmt.Fprintln(a.Stderr, s.shown(res.told))
	}
	if res.saved != "" {
		fmt.Fprintf(a.Stderr, "Saved to %q.\n", res.saved)
		return nil
	}
	if res.typ.Kind == module.Void {
		return nil
	}
	if res.typ.Object() != "" {
		if o.output != "" {
			return fmt.Errorf("saving to %q: a %s cannot be exported: choose a function of it", o.output, res.typ)
		}
		_, err := io.WriteString(a.Stdout, objectText(res.typ, res.value))
		return err
	}
	var b bytes.Buffer
	if o.json {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "    ")
		if err := e.Encode(res.value); err != nil {
			return fmt.Errorf("printing the result: %w", err)
		}
	} else {
		plainText(&b, res.value)
	}
	text := s.text(b.String())
	if o.output != "" {
		path := a.path(o.output)
		if err := a.save(path, text); err != nil {
			return fmt.Errorf("saving to %q: %w", o.output, err)
		}
		fmt.Fprintf(a.Stderr, "Saved output to %q.\n", path)
	}
	if res.own {
		text = s.text(plain.Result(text))
	} else {
		text = s.shown(text)
	}
	if a.Terminal && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := io.WriteString(a.Stdout, text)
	return err
}

func (a *App) save(path, text string) error {
	if err := files.Inside(a.Dir, path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// objectText is a line for each object: an id is valid in one session only, so it
// is shown as a digest.
func objectText(t module.Type, v any) string {
	list, ok := v.([]any)
	if !ok {
		sum := sha256.Sum256([]byte(fmt.Sprint(v)))
		return fmt.Sprintf("%s@sha256:%x\n", t.Object(), sum)
	}
	var b strings.Builder
	for _, item := range list {
		b.WriteString("- " + objectText(t, item))
	}
	return b.String()
}

func plainText(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case nil:
	case []any:
		for _, item := range v {
			plainText(b, item)
			b.WriteByte('\n')
		}
	default:
		fmt.Fprint(b, v)
	}
}
