package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoArtifacts = `
variable "environment" {}

resource "terraform_data" "code" {
  for_each = toset(["dist/api.zip", "dist/worker.zip", "layer/python/one.py"])
  input    = filesha256("${path.module}/../${each.key}")
}

output "api" { value = terraform_data.code["dist/api.zip"].output }
output "worker" { value = terraform_data.code["dist/worker.zip"].output }
output "layer" { value = terraform_data.code["layer/python/one.py"].output }
`

// Several artifacts reach terraform at their own paths, one of them a directory.
func TestSeveralArtifacts(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	p.Write("Makefile", "test:\n\ttrue\nbuild:\n\tmkdir -p dist && zip -q dist/api.zip pyproject.toml && zip -q dist/worker.zip Makefile\n\tmkdir -p layer/python && echo one > layer/python/one.py\n")
	p.Remove("infra")
	p.Write("infra/main.tf", twoArtifacts)

	for _, table := range []string{"", "\n[tool.pipeline.package]\nartifacts = [\"dist/*.zip\", \"layer\"]\n"} { // found out, and named
		p.Append("pyproject.toml", table)
		dir := t.TempDir()
		world.Succeed(t, p.Call("build-artifacts", "export", "--path", dir))
		names := []string{"dist/api.zip", "dist/worker.zip", "layer/python/one.py"}
		if table == "" {
			names = names[:2]
		}
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	r := world.Run(t, p.Call("build-package"))
	wantFailure(t, r, 1, "giving the artifact: the build leaves 3: dist/api.zip, dist/worker.zip, layer/: take them all with build-artifacts")

	// Another job deploys what this one has built, and builds nothing.
	dir := t.TempDir()
	world.Succeed(t, p.Call("build-artifacts", "export", "--path", dir))
	p.Write("Makefile", "build:\n\tfalse\n")
	environment := world.Environment()
	world.Succeed(t, p.Call("deploy", "--environment", environment, "--artifacts", dir))
	out := world.Succeed(t, p.Call("outputs", "--environment", environment)).Stdout
	if !strings.Contains(out, `"api":"`) || !strings.Contains(out, `"worker":"`) || !strings.Contains(out, `"layer":"`) {
		t.Errorf("outputs %s", out)
	}
	// What is destroyed needs nothing that is built.
	r = world.Succeed(t, p.Call("destroy", "--environment", environment))
	if !strings.Contains(r.Stdout, "3 destroyed") {
		t.Errorf("destroy says %s", r.Stdout)
	}
}

// An artifact that is a link is the file behind it, for the caller and for terraform.
func TestArtifactBehindALink(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	p.Write("Makefile", "test:\n\ttrue\nbuild:\n\tmkdir -p dist && echo one > dist/app.zip\n\tln -sf dist/app.zip artifact.zip\n")
	file := filepath.Join(t.TempDir(), "artifact.zip")
	world.Succeed(t, p.Call("build-package", "export", "--path", file))
	data, err := os.ReadFile(file)
	if err != nil || string(data) != "one\n" {
		t.Errorf("the artifact is %q (%v)", data, err)
	}
	environment := world.Environment()
	world.Succeed(t, p.Call("deploy", "--environment", environment))
	sum := sha256.Sum256([]byte("one\n"))
	out := world.Succeed(t, p.Call("outputs", "--environment", environment)).Stdout
	if want := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(out, want) {
		t.Errorf("terraform got another artifact: %s, want the hash %s", out, want)
	}
}

// What is no regular file is refused.
func TestArtifactThatIsNoFile(t *testing.T) {
	for _, test := range []struct{ name, build, want string }{
		{"a directory", "mkdir artifact.zip", "artifact.zip is a directory, not a file: let the build pack it"},
		{"a FIFO", "mkfifo artifact.zip", "artifact.zip is a FIFO, not a file: let the build pack it"},
		{"a link to nothing", "ln -s dist/app.zip artifact.zip", "artifact.zip is a link to dist/app.zip, which is not there: let the build leave the file itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := world.Project(t)
			p.Write("Makefile", "build:\n\t"+test.build+"\n")
			wantFailure(t, world.Run(t, p.Call("build-package")), 1, "running make build: "+test.want)
		})
	}
}
