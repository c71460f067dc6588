package aws

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"dagger/pipeline/tests/harness"
)

// served makes a project one whose service is an image.
func served(p *harness.Project) *harness.Project {
	p.Append("pyproject.toml", `
[build-system]
requires = ["poetry-core>=2.0"]
build-backend = "poetry.core.masonry.api"

[tool.poetry.scripts]
fixture = "fixture:main"

[tool.poetry]
packages = [{ include = "fixture", from = "src" }]

[tool.pipeline.package]
files = ["migrations"]
[tool.pipeline.package.image]
port = 8000
`)
	p.Write("migrations/1.sql", "select 1;\n")
	p.Append("src/fixture/__init__.py", "\n\ndef main():\n    import os\n    print('six', six.__version__, 'as', os.getuid())\n")
	p.Append("infra/main.tf", `variable "image" { type = string }
resource "terraform_data" "service" { input = var.image }
output "image" { value = terraform_data.service.output }
`)
	return p
}

// The image of the service is pushed by its content, deployed by its digest, and has what
// the service needs and no more. An edit that is not in it deploys nothing new; one that
// is makes a saved plan another.
func TestServiceImage(t *testing.T) {
	world.NeedTerraform(t)
	p, at, environment := served(world.Project(t)), images(), world.Environment()
	in := func(verb string, more ...string) harness.Call {
		return call(p, at, keys(), append([]string{verb, "--environment", environment}, more...)...)
	}
	world.Succeed(t, call(p, at, keys(), "publish-images", "--tag", environment))
	if got, want := lastLine(world.Succeed(t, in("deploy"))), environment+": 3 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	image := imageOf(t, in("outputs"))
	name, digest, _ := strings.Cut(image, "@")
	if name != at+"/open/service" || tagged(t, name+":"+environment) != digest {
		t.Errorf("deployed %q, and the environment's tag is on %s", image, tagged(t, name+":"+environment))
	}
	if got := configured(t, image); got.User != "10001:10001" || strings.Join(got.Entrypoint, " ") != "fixture" || len(got.Cmd) != 0 || len(got.ExposedPorts) != 1 {
		t.Errorf("the image has %+v", got)
	}
	// It runs, as who it should; what is in it is neither a test nor a tool.
	script := `set -e; fixture; [ -f /app/migrations/1.sql ]; ! python -c 'import pytest'; ! command -v poetry uv gcc make; ! ls /opt/packed /opt/venv`
	ran := world.Succeed(t, call(p, at, keys(), "scan", "--image", image, "--command", "sh", "--command", "-c", "--command", script).With(loggedIn(t)))
	if !strings.Contains(ran.Stdout, "as 10001") {
		t.Errorf("the image printed %q", ran.Stdout)
	}

	p.Append("tests/test_fixture.py", "\n# edited\n")
	p.Append("infra/main.tf", "\n# edited\n")
	plan := filepath.Join(t.TempDir(), "plan")
	key := newPlanKey(t)
	world.Succeed(t, in("plan-report", "--plan-key", key, "export", "--path", plan))
	report, err := os.ReadFile(filepath.Join(plan, "plan.txt"))
	if err != nil || strings.Contains(string(report), "terraform_data.service") {
		t.Errorf("an edit that is not in the image deploys another: %v\n%s", err, report)
	}
	p.Append("src/fixture/__init__.py", "\n# edited\n")
	r := world.Run(t, in("deploy", "--plan", filepath.Join(plan, "plan.age"), "--plan-key", key))
	if r.Code != 3 || !strings.Contains(r.Stderr, "image "+image+" is now "+name+"@sha256:") {
		t.Errorf("exit code %d, want a saved plan of another image refused\n%s", r.Code, r.Stderr)
	}

	p.Append("pyproject.toml", "architecture = \"arm64\"\nbase = \""+forArm(t, world.Lab.PythonImage)+"\"\n")
	made := regexp.MustCompile(`image of the service: (\S+)`).FindStringSubmatch(world.Succeed(t, in("plan")).Stderr)
	if made == nil || configured(t, made[1]).Architecture != "arm64" {
		t.Errorf("no image for arm64: %q", made)
	}

	p.Dir = t.TempDir()
	if got, want := lastLine(world.Succeed(t, in("destroy"))), environment+": 3 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}

// What can not be handed over is said in one line, before anything is built.
func TestServiceImageRefused(t *testing.T) {
	world.NeedTerraform(t)
	for _, test := range []struct {
		name, environment, registry, want string
		change                            func(*harness.Project)
	}{
		{"no registry", "mr-7", "none", `deploying "mr-7": [tool.pipeline.package.image] asks for an image, and there is no registry to push it to: give one with --registry`, nil},
		{"an open run", "prod", images(), "prod gets protected images alone, and an open run pushes none: call with --trust=protected", nil},
		{"no variable", "mr-7", images(), `handing the image of the service over: infra declares no variable "picture"`, func(p *harness.Project) { p.Append("pyproject.toml", "variable = \"picture\"\n") }},
		{"no such file", "mr-7", images(), `files in [tool.pipeline.package] names "migrations", and nothing in the project matches it`, func(p *harness.Project) { p.Remove("migrations") }},
		{"another architecture", "mr-7", images(), `is for linux/amd64 alone, and architecture in [tool.pipeline.package.image] asks for linux/arm64`, func(p *harness.Project) { p.Append("pyproject.toml", "architecture = \"arm64\"\n") }},
		{"root", "mr-7", images(), `tool.pipeline.package.image.user is "0": give it a number that is not 0`, func(p *harness.Project) { p.Append("pyproject.toml", "user = \"0\"\n") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := served(world.Project(t))
			if test.change != nil {
				test.change(p)
			}
			r := world.Run(t, call(p, test.registry, keys(), "plan", "--environment", test.environment).With(loggedIn(t)))
			if r.Code != 1 || !strings.Contains(r.Stderr, test.want) {
				t.Errorf("exit code %d, want %q in\n%s", r.Code, test.want, r.Stderr)
			}
			if strings.Contains(strings.Join(r.Ran(), "\n"), "build") {
				t.Errorf("it was built: %q", r.Ran())
			}
		})
	}
}

func newPlanKey(t *testing.T) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "plan.key")
	if err := os.WriteFile(file, []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

func lastLine(r harness.Result) string {
	lines := strings.Split(strings.TrimSpace(r.Stdout), "\n")
	return lines[len(lines)-1]
}

// imageOf is the output with the image.
func imageOf(t *testing.T, c harness.Call) string {
	t.Helper()
	var values struct{ Image string }
	if err := json.Unmarshal([]byte(world.Succeed(t, c).Stdout), &values); err != nil {
		t.Fatal(err)
	}
	return values.Image
}

type imageConfig struct {
	User            string
	Entrypoint, Cmd []string
	ExposedPorts    map[string]any
	Architecture    string `json:"-"`
}

// forArm is an image of the lab's under another name, which says that it is for arm64.
func forArm(t *testing.T, image string) string {
	t.Helper()
	repository, tag, _ := strings.Cut(strings.TrimPrefix(image, world.Lab.Registry+"/"), ":")
	manifest, err := io.ReadAll(registry(t, http.MethodGet, repository, tag, nil, "").Body)
	if err != nil {
		t.Fatal(err)
	}
	var parts struct{ Config struct{ Digest string } }
	if err := json.Unmarshal(manifest, &parts); err != nil || parts.Config.Digest == "" {
		t.Fatalf("%v: %s", err, manifest)
	}
	config := blob(t, repository, parts.Config.Digest)
	changed := bytes.Replace(config, []byte(`"architecture":"amd64"`), []byte(`"architecture":"arm64"`), 1)
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(changed))
	upload(t, repository, digest, changed)
	manifest = bytes.Replace(manifest, []byte(parts.Config.Digest), []byte(digest), 1)
	manifest = bytes.Replace(manifest, fmt.Appendf(nil, `"size":%d`, len(config)), fmt.Appendf(nil, `"size":%d`, len(changed)), 1)
	if put := registry(t, http.MethodPut, repository, "arm64", manifest, manifestType); put.StatusCode != http.StatusCreated {
		t.Fatalf("putting an image for arm64: %s", put.Status)
	}
	return world.Lab.Registry + "/" + repository + ":arm64"
}

// upload puts a blob into the lab's registry.
func upload(t *testing.T, repository, digest string, body []byte) {
	t.Helper()
	begun, _ := asked(t, http.MethodPost, "/v2/"+repository+"/blobs/uploads/", nil)
	at, err := begun.Request.URL.Parse(begun.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("digest", digest)
	at.RawQuery = query.Encode()
	asked(t, http.MethodPut, at.String(), body)
}

// asked is the lab's registry's answer, which has to be a good one.
func asked(t *testing.T, method, url string, body []byte) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := world.Lab.Ask(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		t.Fatalf("%s %s: status %d, %v: %s", method, url, resp.StatusCode, err, text)
	}
	return resp, text
}

// blob reads one of the lab's registry.
func blob(t *testing.T, repository, digest string) []byte {
	t.Helper()
	_, text := asked(t, http.MethodGet, "/v2/"+repository+"/blobs/"+digest, nil)
	return text
}

// configured is the configuration of an image in the lab's registry.
func configured(t *testing.T, image string) imageConfig {
	t.Helper()
	repository, digest, _ := strings.Cut(strings.TrimPrefix(image, world.Lab.Registry+"/"), "@")
	var manifest struct{ Config struct{ Digest string } }
	if err := json.NewDecoder(registry(t, http.MethodGet, repository, digest, nil, "").Body).Decode(&manifest); err != nil {
		t.Fatal(err)
	}
	text := blob(t, repository, manifest.Config.Digest)
	var out struct {
		Config       imageConfig
		Architecture string
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out.Config.Architecture = out.Architecture
	return out.Config
}
