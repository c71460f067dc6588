package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// released runs .ci/release on a repository with a changelog.
func released(t *testing.T, changelog string, tags []string, env []string, args ...string) (dir, out string, err error) {
	t.Helper()
	return releasedWith(t, func(string) {}, changelog, tags, env, args...)
}

// releasedWith does so after prepare.
func releasedWith(t *testing.T, prepare func(dir string), changelog string, tags []string, env []string, args ...string) (dir, out string, err error) {
	t.Helper()
	for _, tool := range []string{"git", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on PATH", tool)
		}
	}
	dir = t.TempDir()
	script, err := os.ReadFile(".ci/release")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".ci"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{".ci/release": string(script), "CHANGELOG.md": changelog, ".gitignore": "/dist/\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	commands := [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first"}}
	for _, tag := range tags {
		commands = append(commands, []string{"tag", tag})
	}
	for _, args := range commands {
		if out, err := run("git", args...); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	prepare(dir)
	out, err = run(".ci/release", args...)
	return dir, out, err
}

const twoVersions = "# Changelog\n\n## 0.2.0 - 2026-02-01\n\n- new\n\n## 0.1.0 - 2026-01-01\n\n- old\n"

func TestReleaseIsTheNewestSection(t *testing.T) {
	dir, out, err := released(t, twoVersions, nil, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	notes, err := os.ReadFile(filepath.Join(dir, "dist/notes.md"))
	if err != nil || strings.TrimSpace(string(notes)) != "- new" {
		t.Errorf("notes %q, %v", notes, err)
	}
	check := exec.CommandContext(t.Context(), "sha256sum", "--check", "SHA256SUMS")
	check.Dir = filepath.Join(dir, "dist")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	list, err := exec.CommandContext(t.Context(), "tar", "-tzf", filepath.Join(dir, "dist/pipeline-v0.2.0.tar.gz")).Output()
	if err != nil || !strings.Contains(string(list), "pipeline-v0.2.0/CHANGELOG.md") {
		t.Errorf("archive %q, %v", list, err)
	}
}

func TestReleaseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		changelog string
		tags      []string
		want      string
	}{
		"twice":         {twoVersions, []string{"v0.2.0"}, "v0.2.0 was released already"},
		"no version":    {"# Changelog\n\n## Unreleased\n\n- new\n", nil, "no section is a version"},
		"empty section": {"## 0.2.0\n\n## 0.1.0\n\n- old\n", nil, "the section of 0.2.0 is empty"},
	} {
		if _, out, err := released(t, test.changelog, test.tags, nil); err == nil || !strings.Contains(out, test.want) {
			t.Errorf("%s: %v, %q, want %q", name, err, out, test.want)
		}
	}
}

// The archive and its checksum are there before the release that links to them.
func TestReleaseIsPublished(t *testing.T) {
	var asked []string
	var sent struct {
		Tag    string `json:"tag_name"`
		Ref    string
		Notes  string `json:"description"`
		Assets struct{ Links []struct{ Name, URL string } }
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if r.Header.Get("Job-Token") != "job-token" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/releases") {
			_ = json.Unmarshal(body, &sent)
		}
	}))
	defer server.Close()
	env := []string{"CI_API_V4_URL=" + server.URL + "/api/v4", "CI_PROJECT_ID=7", "CI_JOB_TOKEN=job-token", "CI_COMMIT_SHA=abc"}
	if _, out, err := released(t, twoVersions, []string{"v0.1.0"}, env, "publish"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const files = "/api/v4/projects/7/packages/generic/pipeline/0.2.0/"
	if want := []string{"PUT " + files + "pipeline-v0.2.0.tar.gz", "PUT " + files + "SHA256SUMS", "POST /api/v4/projects/7/releases"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if sent.Tag != "v0.2.0" || sent.Ref != "abc" || strings.TrimSpace(sent.Notes) != "- new" || len(sent.Assets.Links) != 2 || sent.Assets.Links[0].URL != server.URL+files+"pipeline-v0.2.0.tar.gz" {
		t.Errorf("sent %+v", sent)
	}
	asked = nil
	withEngine := func(dir string) {
		if err := os.MkdirAll(filepath.Join(dir, "dist"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"pipeline-engine-linux-amd64.tar.gz", "left.txt"} {
			if err := os.WriteFile(filepath.Join(dir, "dist", name), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir, out, err := releasedWith(t, withEngine, twoVersions, nil, env, "publish")
	if want := []string{"PUT " + files + "pipeline-engine-linux-amd64.tar.gz", "PUT " + files + "pipeline-v0.2.0.tar.gz", "PUT " + files + "SHA256SUMS", "POST /api/v4/projects/7/releases"}; err != nil || !slices.Equal(asked, want) {
		t.Errorf("with the engine: asked %q, want %q: %v, %s", asked, want, err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "dist/left.txt")); err == nil {
		t.Error("what an earlier run left is still in dist")
	}
	env[2] = "CI_JOB_TOKEN=another"
	if _, out, err := released(t, twoVersions, nil, env, "publish"); err == nil || !strings.Contains(out, "uploading pipeline-v0.2.0.tar.gz") {
		t.Errorf("a token that is refused: %v, %s", err, out)
	}
}

// A volume is open to all, and the engine refuses such a directory: the job's image has one below it.
func TestJobImageStateIsBelowItsVolume(t *testing.T) {
	text, err := os.ReadFile(".ci/engine.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var volume, state string
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VOLUME "); ok {
			volume = strings.TrimSpace(value)
		}
		if value, ok := strings.CutPrefix(line, "ENV PIPELINE_STATE_DIR="); ok {
			state = strings.TrimSpace(value)
		}
	}
	if volume == "" || !strings.HasPrefix(state, volume+"/") {
		t.Errorf("the engine keeps its state in %q, want a directory below the volume %q", state, volume)
	}
}
