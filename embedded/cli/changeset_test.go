package cli

import (
	"strings"
	"testing"
)

// A changeset is shown, and written only where the caller says so.
func TestChangeset(t *testing.T) {
	w := objectsWorld(t)
	wrote := func() bool {
		for _, q := range w.session.queries {
			if strings.Contains(q, "{export(path: \""+w.Dir+"\")") {
				return true
			}
		}
		return false
	}
	for _, test := range []struct {
		args    string
		added   []any
		out     string
		err     string
		written bool
	}{
		{"call changed", []any{"a"}, "the patch", "not written, which -y (--auto-apply) does: a, b\n", false},
		{"call changed -y", []any{"a"}, "the patch", "written: a, b\n", true},
		{"-y call changed", []any{"a"}, "the patch", "written: a, b\n", true},
		{"call --auto-apply changed", []any{"a"}, "the patch", "written: a, b\n", true},
		{"call changed", nil, "", "no changes to apply\n", false},
		{"call changed -y", nil, "", "no changes to apply\n", false},
		{"call changed added-paths", []any{"a"}, "a\n", "", false},
	} {
		w.session = newFake()
		modified := []any{"b"}
		if test.added == nil {
			test.added, modified = []any{}, []any{}
		}
		w.session.answers = map[string]any{"addedPaths": test.added, "modifiedPaths": modified, "removedPaths": []any{}, "contents": "the patch"}
		code := w.run(strings.Fields(test.args)...)
		if code != 0 || w.out.String() != test.out || w.err.String() != test.err || wrote() != test.written {
			t.Errorf("%s: exit code %d, wrote %v\n%s\n%s\n%q", test.args, code, wrote(), &w.out, &w.err, w.session.queries)
		}
	}
	w.session = newFake()
	if code := w.run("call", "changed", "-o", "out"); code != 0 || !strings.Contains(w.err.String(), "Saved to") || wrote() {
		t.Errorf("with -o: exit code %d: %s", code, &w.err)
	}
}
