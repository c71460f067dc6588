package session

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onHost makes a directory with files; a name with a slash at the end is an empty directory's.
func onHost(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// differs are the two directories that most of these tests compare.
func differs(t *testing.T) (d *difference, before string) {
	t.Helper()
	before = onHost(t, map[string]string{"same": "s\n", "touched": "t\n", "edited": "one\ntwo\nthree\n", "gone/a": "a\n", "kind": "file\n", "ends": "no newline", "empty/": ""})
	after := onHost(t, map[string]string{"same": "s\n", "touched": "t\n", "edited": "one\n2\nthree\n", "new/deep": "d\n", "kind/now": "k\n", "ends": "newline\n", "more/": "", "blank": ""})
	for _, dir := range []string{before, after} {
		if err := os.Chtimes(filepath.Join(dir, "same"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := differ(t.Context(), side{onDisk{dir: before}, "/"}, side{onDisk{dir: after}, "/"})
	if err != nil {
		t.Fatal(err)
	}
	return d, before
}

func TestDifferenceNamesWhatChanged(t *testing.T) {
	d, _ := differs(t)
	var got []string
	for _, ch := range d.changes {
		switch {
		case ch.before == nil:
			got = append(got, "+"+ch.path)
		case ch.after == nil:
			got = append(got, "-"+ch.path)
		default:
			got = append(got, "~"+ch.path)
		}
	}
	if want := "+blank ~edited -empty/ ~ends -gone/ -gone/a -kind +kind/ +kind/now +more/ +new/ +new/deep"; strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

// Git makes the one directory out of the other with the patch.
func TestPatchCanBeApplied(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on PATH")
	}
	d, before := differs(t)
	patch, err := d.patch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	git := exec.CommandContext(t.Context(), "git", "apply", "--unidiff-zero", "-")
	git.Dir, git.Stdin = before, strings.NewReader(patch)
	git.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(before))
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, patch)
	}
	rest, err := differ(t.Context(), side{onDisk{dir: before}, "/"}, d.after)
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range rest.changes {
		if !ch.isDir() { // git has no empty ones
			t.Errorf("%s still differs\n%s", ch.path, patch)
		}
	}
}

// What a changeset writes is what it is of: on a directory of the host that has other files nothing is written.
func TestChangesetIsExported(t *testing.T) {
	s := newServer(t)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(s.opts.Workdir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(s.opts.Workdir, name))
		return string(text)
	}
	write("edited", "before\n")
	write("same", "s\n")
	host := query(t, s, `{host{directory(path:"."){id}}}`)
	from := fmt.Sprintf(`{loadDirectoryFromID(id:%q){withNewFile(path:"edited",contents:"after\n"){withNewFile(path:"sub/new",contents:"n\n"){changes(from:%q){`, host, host)
	end := "}}}}}"
	for field, want := range map[string]string{
		"addedPaths": `["sub/","sub/new"]`, "modifiedPaths": `["edited"]`, "removedPaths": "[]", "isEmpty": "false", `layer{entries}`: `["edited","sub/"]`,
		"asPatch{contents}": "diff --git a/edited b/edited\n--- a/edited\n+++ b/edited\n@@ -1 +1 @@\n-before\n+after\n" +
			"diff --git a/sub/new b/sub/new\nnew file mode 100644\n--- /dev/null\n+++ b/sub/new\n@@ -0,0 +1 @@\n+n\n",
	} {
		if got := query(t, s, from+field+end); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	export := func() error {
		_, err := s.Query(t.Context(), from+`export(path:".")`+end)
		return err
	}
	write("edited", "of somebody else\n")
	if err := export(); err == nil || !strings.Contains(err.Error(), `"edited" there is not the file that the changes are of`) || read("sub/new") != "" {
		t.Errorf("%v, wrote %q", err, read("sub/new"))
	}
	if err := os.Remove(filepath.Join(s.opts.Workdir, "edited")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("to-come", filepath.Join(s.opts.Workdir, "edited")); err != nil {
		t.Fatal(err)
	}
	if err := export(); err == nil || !strings.Contains(err.Error(), `"edited" there is not the file that the changes are of`) || read("to-come") != "" || read("sub/new") != "" {
		t.Errorf("through a link: %v, wrote %q", err, read("to-come"))
	}
	if err := os.Remove(filepath.Join(s.opts.Workdir, "edited")); err != nil {
		t.Fatal(err)
	}
	write("edited", "before\n")
	for range 2 { // what is written already is no other file
		if err := export(); err != nil || read("edited") != "after\n" || read("sub/new") != "n\n" || read("same") != "s\n" {
			t.Errorf("%v, wrote %q and %q", err, read("edited"), read("sub/new"))
		}
	}
	if got := query(t, s, fmt.Sprintf(`{loadDirectoryFromID(id:%q){changes(from:%q){isEmpty}}}`, host, host)); got != "true" {
		t.Errorf("no changes: empty is %s", got)
	}
	_, err := s.Query(t.Context(), fmt.Sprintf(`{loadDirectoryFromID(id:%q){withoutFile(path:"same"){changes(from:%q){export(path:".")}}}}`, host, host))
	if err == nil || !strings.Contains(err.Error(), `removing "same" is not implemented`) || read("same") == "" {
		t.Errorf("a removal: %v", err)
	}
}
