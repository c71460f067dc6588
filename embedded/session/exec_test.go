package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// base is the start of a chain in a container whose files are the host's
// statically linked busybox, so that no registry is needed.
func base(t *testing.T) string {
	t.Helper()
	for _, p := range []string{"/bin/busybox", "/usr/bin/busybox"} {
		if _, err := os.Stat(p); err == nil {
			return fmt.Sprintf(`{host{file(path:%q){id}}}`, p)
		}
	}
	t.Skip("no static busybox on this machine: apt-get install busybox-static")
	return ""
}

// chain opens a container with a shell, runs rest in it and gives the one value
// that is asked for.
func chain(t *testing.T, s *Server, rest string) string {
	t.Helper()
	out, err := tryChain(t, s, rest)
	if err != nil {
		t.Fatalf("%s: %v", rest, err)
	}
	return out
}

func tryChain(t *testing.T, s *Server, rest string) (string, error) {
	t.Helper()
	id := query(t, s, base(t))
	open := fmt.Sprintf(`{container{withFile(path:"/bin/busybox",source:%q,permissions:493){withExec(args:["/bin/busybox","--install","-s","/bin"]){`, id)
	q := open + rest + strings.Repeat("}", strings.Count(open+rest, "{")-strings.Count(open+rest, "}"))
	data, err := s.Query(context.Background(), q)
	if err != nil {
		return "", err
	}
	return leaf(t, data), nil
}

func TestExecOutputs(t *testing.T) {
	s := newServer(t)
	script := `withExec(args:["sh","-c","echo out; echo err >&2; exit 3"],expect:ANY){`
	for field, want := range map[string]string{"stdout": "out\n", "stderr": "err\n", "exitCode": "3"} {
		if got := chain(t, s, script+field); got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
	if got := chain(t, s, script+"combinedOutput"); !strings.Contains(got, "out\n") || !strings.Contains(got, "err\n") {
		t.Errorf("combinedOutput: got %q", got)
	}
	if got := chain(t, s, `withExec(args:["cat"],stdin:"fed"){stdout`); got != "fed" {
		t.Errorf("stdin: got %q", got)
	}
}

func TestExecFailureIsDaggersExecError(t *testing.T) {
	s := newServer(t)
	_, err := tryChain(t, s, `withExec(args:["sh","-c","echo one; echo two >&2; exit 42"]){stdout`)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	for key, want := range map[string]any{"_type": "EXEC_ERROR", "stdout": "one", "stderr": "two"} {
		if e.Extensions[key] != want {
			t.Errorf("%s: got %v, want %v", key, e.Extensions[key], want)
		}
	}
	if got := fmt.Sprint(e.Extensions["exitCode"]); got != "42" {
		t.Errorf("exitCode: got %s", got)
	}
	if _, err := tryChain(t, s, `withExec(args:["true"],expect:FAILURE){stdout`); err == nil {
		t.Error("a command that had to fail did not, and nothing was said")
	}
	_, err = tryChain(t, s, `withExec(args:["no-such-command"]){stdout`)
	if !errors.As(err, &e) || fmt.Sprint(e.Extensions["exitCode"]) != "127" {
		t.Errorf("a command that is not there: got %v", err)
	}
}

func TestMountsKeepWhatIsWrittenAndLeaveTheRootAlone(t *testing.T) {
	s := newServer(t)
	dir := `{directory{withNewFile(path:"in.txt",contents:"in"){id}}}`
	id := query(t, s, dir)
	mounted := fmt.Sprintf(`withMountedDirectory(path:"/mnt",source:%q){withExec(args:["sh","-c","cat /mnt/in.txt > /mnt/out.txt; echo x > /root-file"]){`, id)
	if got := chain(t, s, mounted+`file(path:"/mnt/out.txt"){contents`); got != "in" {
		t.Errorf("mounted: got %q", got)
	}
	if got := chain(t, s, mounted+`rootfs{exists(path:"/mnt/out.txt")`); got != "false" {
		t.Errorf("the root filesystem has the mount's file: %s", got)
	}
	if got := chain(t, s, mounted+`withoutMount(path:"/mnt"){withExec(args:["ls","/mnt"],expect:ANY){stdout`); got != "" {
		t.Errorf("the mount is still there: %q", got)
	}
	for _, stub := range []string{shimPath, metaPath, controlPath} {
		if got := chain(t, s, mounted+fmt.Sprintf(`rootfs{exists(path:%q)`, stub)); got != "false" {
			t.Errorf("%s stays in the layer", stub)
		}
	}
}

func TestUnchangedChainRunsNothing(t *testing.T) {
	run := func(script string) []Step {
		s := newServer(t)
		chain(t, s, fmt.Sprintf(`withExec(args:["sh","-c",%q]){stdout`, script))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return s.Steps()
	}
	ran := func(steps []Step) (n int) {
		for _, st := range steps {
			if st.Exec && !st.Cached {
				n++
			}
		}
		return n
	}
	script := "echo " + t.Name() + filepath.Base(t.TempDir()) + fmt.Sprint(os.Getpid())
	run(script)
	if n := ran(run(script)); n != 0 {
		t.Errorf("unchanged: %d commands ran", n)
	}
	if n := ran(run(script + " changed")); n != 1 {
		t.Errorf("changed: %d commands ran, want 1", n)
	}
}

func TestHostDirectoryIsKeyedByItsContents(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("keep.txt", "one")
	write("skip.log", "noise")
	listing := func() string {
		s := newServer(t)
		return query(t, s, fmt.Sprintf(`{host{directory(path:%q,exclude:["*.log"]){entries}}}`, dir))
	}
	if got := listing(); got != `["keep.txt"]` {
		t.Errorf("got %s", got)
	}
	s := newServer(t)
	for _, p := range []string{"/does/not/exist", filepath.Join(dir, "keep.txt")} {
		if _, err := s.Query(context.Background(), fmt.Sprintf(`{host{directory(path:%q){entries}}}`, p)); err == nil {
			t.Errorf("%s: no error", p)
		}
	}
}

func TestWhatIsNotThereSaysSo(t *testing.T) {
	s := newServer(t)
	for q, want := range map[string]string{
		`{git(url:"x"){id}}`: `field "git" of Query is not implemented by the embedded engine`,
		`{container{withExec(args:["a"],experimentalPrivilegedNesting:true){id}}}`: `argument "experimentalPrivilegedNesting" of Container.withExec is not implemented`,
		`{container{withExec{id}}}`:               `argument "args" of Container.withExec is required`,
		`{node(id:"nope"){... on Container{id}}}`: `no object has the id "nope"`,
		`{directory}`: `needs a selection`,
		`mutation{x}`: `exactly one operation, a query`,
		`{directory{file(path:"none"){contents}}}`: `no such file or directory`,
	} {
		_, err := s.Query(context.Background(), q)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", q, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %q", q, err)
		}
	}
}

// TestExportMakesFilesAlone: what a command leaves behind besides files does not
// come to the host.
func TestExportMakesFilesAlone(t *testing.T) {
	s := newServer(t)
	socket := filepath.Join(t.TempDir(), "socket")
	build := exec.Command("go", "build", "-o", socket, "./testdata/socket")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v: %s", err, out)
	}
	id := query(t, s, fmt.Sprintf(`{host{file(path:%q){id}}}`, socket))
	script := `mkdir -p /out/deep && cd /out && echo r > r.xml && chmod 640 r.xml && cp r.xml su && chmod 6755 su && ln -s r.xml in && ln -s /etc/shadow up && mkfifo fifo && ln r.xml hard`
	var said bytes.Buffer
	s.opts.Stderr = &said
	umask(t, 0o022)
	out := filepath.Join(t.TempDir(), "reports")
	chain(t, s, fmt.Sprintf(`withFile(path:"/socket",source:%q,permissions:493){withExec(args:["sh","-c",%q]){directory(path:"/out"){export(path:%q)`,
		id, script+" && /socket /out/deep/listens", out))
	if want := "left out special files, links that lead elsewhere, and files that must not come from a build: fifo, up\n"; !strings.HasSuffix(said.String(), want) {
		t.Errorf("said %q, want %s", said.String(), want)
	}
	var got []string
	err := filepath.WalkDir(out, func(p string, f fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := f.Info()
		if err == nil {
			got = append(got, strings.TrimPrefix(p, out)+" "+info.Mode().String())
		}
		return err
	})
	want := " drwxr-xr-x\n/deep drwxr-xr-x\n/deep/listens -rwxr-xr-x\n/hard -rw-r-----\n/in Lrwxrwxrwx\n/r.xml -rw-r-----\n/su -rwxr-xr-x"
	if got := strings.Join(got, "\n"); err != nil || got != want {
		t.Errorf("got\n%s\nwant\n%s\n%v", got, want, err)
	}
	for file, want := range map[string]string{"fifo": "it is not a regular file", "deep": "it is not a regular file", "su": ""} {
		out := filepath.Join(t.TempDir(), "file")
		_, err := tryChain(t, s, fmt.Sprintf(`withExec(args:["sh","-c",%q]){file(path:"/out/%s"){export(path:%q)`, script, file, out))
		if want == "" && err == nil {
			if info, statErr := os.Stat(out); statErr != nil || info.Mode() != 0o755 {
				t.Errorf("%s: mode %v, %v", file, info, statErr)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}
