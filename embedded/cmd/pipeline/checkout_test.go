package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakeGo stands for the toolchain: `go build -o DIR/ ...` logs a line and leaves
// programs that print how they were called.
const fakeGo = `#!/bin/sh
echo build >>"$GO_LOG"
[ -z "${GO_FAILS-}" ] || { echo "x.go:1: broken" >&2; exit 1; }
[ -z "${GO_EDITS-}" ] || echo "// edited meanwhile" >>"$GO_EDITS"
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho "$PIPELINE_COMMAND" "$PIPELINE_MODULE_DIR" "$PIPELINE_EMBEDDED_DIR" "$PWD" "$#" "$@"\nexit "${CODE:-0}"\n' >"$2/pipeline"
cp "$2/pipeline" "$2/shim"
chmod +x "$2/pipeline" "$2/shim"
`

// checkout is a copy of the launcher beside sources, with an environment.
type checkout struct {
	t   *testing.T
	dir string
	log string
	env []string
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	launcher, err := os.ReadFile("../../../pipeline")
	if err != nil {
		t.Fatal(err)
	}
	c := &checkout{t: t, dir: dir, log: filepath.Join(dir, "go.log")}
	c.write("repo/pipeline", string(launcher))
	c.write("repo/embedded/go.mod", "module x\n")
	c.write("repo/embedded/cmd/pipeline/main.go", "package main\n")
	c.write("repo/embedded/cli/cli.go", "package cli\n")
	c.write("bin/go", fakeGo)
	c.env = []string{"PATH=" + dir + "/bin:" + os.Getenv("PATH"), "GO_LOG=" + c.log, "HOME=" + dir + "/home"}
	return c
}

func (c *checkout) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		c.t.Fatal(err)
	}
}

// run runs a launcher in the directory at.
func (c *checkout) run(at, launcher string, args ...string) (out string, code int) {
	c.t.Helper()
	cmd := exec.Command(launcher, args...)
	cmd.Dir, cmd.Env = filepath.Join(c.dir, at), c.env
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

func (c *checkout) builds() int {
	b, _ := os.ReadFile(c.log)
	return strings.Count(string(b), "build")
}

// tick waits until the file system's clock has moved on, so that a write is
// newer than what was there.
func (c *checkout) tick() {
	c.t.Helper()
	stamp := func() time.Time {
		c.write("tick", "x")
		info, err := os.Stat(filepath.Join(c.dir, "tick"))
		if err != nil {
			c.t.Fatal(err)
		}
		return info.ModTime()
	}
	for first := stamp(); !stamp().After(first); {
	}
}

const notice = "building the pipeline command, once for this version\n"
