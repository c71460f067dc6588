package steps

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/results"
)

func sumOf(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

// remembering is a cloud whose registry has a result for every key, with labels
// changed; at says which repository has them.
func remembering(t *testing.T, at string, change func(labels map[string]string)) (Settings, *requests) {
	t.Helper()
	server, asked := cloud(t)
	inner, blobs := server.Config.Handler, map[string]string{}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		repository, reference, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/"), "/manifests/")
		if _, blob, ok := strings.Cut(r.URL.Path, "/blobs/"); ok && blobs[blob] != "" {
			_, _ = w.Write([]byte(blobs[blob]))
			return
		}
		if repository != at {
			inner.ServeHTTP(w, r)
			return
		}
		asked.add(r.Method + " " + r.URL.Path)
		if text := blobs[reference]; text != "" {
			_, _ = w.Write([]byte(text))
			return
		}
		labels := results.Record{Key: reference, Made: time.Now().Add(-3 * time.Hour), Summary: "77 tests passed", Paths: []string{ArtifactName}}.Labels()
		change(labels)
		config, _ := json.Marshal(map[string]any{"os": "linux", "architecture": "amd64", "config": map[string]any{"Labels": labels}})
		manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":%q},"layers":[]}`, sumOf(string(config)))
		blobs[sumOf(string(config))], blobs[sumOf(manifest)] = string(config), manifest
		w.Header().Set("Docker-Content-Digest", sumOf(manifest))
	})
	return settings(server.URL), asked
}

// ranHere is the result of tests that the fake engine runs.
const ranHere = "1 test passed"

func asItIs(map[string]string) {}

// The result of the tests comes from the registry, and the output says from where.
func TestTestsThatPassedElsewhere(t *testing.T) {
	with, asked := remembering(t, "group/shop/results", asItIs)
	text, err := NewRun(with, "").Test(t.Context(), "")
	if err != nil || !strings.HasSuffix(text, "\n77 tests passed") || !strings.Contains(text, "the tests passed 3 h ago, see ") || !strings.Contains(text, "/group/shop/results@sha256:") {
		t.Errorf("%q, %v", text, err)
	}
	if n := asked.count("HEAD /v2/group/shop/app/"); n > 0 {
		t.Errorf("asked for the app image %d times", n)
	}
}

// A result that is not what its name says is passed over: the tests run, and the
// fake engine's pass.
func TestResultsThatAreNotUsed(t *testing.T) {
	for name, test := range map[string]struct {
		at     string
		change func(map[string]string)
	}{
		"of other inputs":      {"group/shop/results", func(l map[string]string) { l["pipeline.result"] = "test-0" }},
		"too old":              {"group/shop/results", func(l map[string]string) { l["pipeline.result.made"] = "2020-01-01T00:00:00Z" }},
		"no result":            {"group/shop/results", func(l map[string]string) { clear(l) }},
		"of an open run":       {"group/shop/open/results", asItIs},
		"of another's project": {"group/other/results", asItIs},
	} {
		with, asked := remembering(t, test.at, test.change)
		text, err := NewRun(with, "").Test(t.Context(), "")
		if err != nil || text != ranHere {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		if n := asked.count("HEAD /v2/group/shop/open/results"); n > 0 {
			t.Errorf("%s: a protected run asked for an open result", name)
		}
	}
}

// An open run takes a protected result; what protected runs pass need not run again.
func TestOpenRunTakesAProtectedResult(t *testing.T) {
	with, asked := remembering(t, "group/shop/results", asItIs)
	with.Trust = "open"
	if text, err := NewRun(with, "").Test(t.Context(), ""); err != nil || !strings.HasSuffix(text, "\n77 tests passed") {
		t.Errorf("%q, %v", text, err)
	}
	if asked.count("HEAD /v2/group/shop/open/results/manifests/test-") != 1 {
		t.Error("its own level is asked first")
	}
}

// A step that depends on more than its inputs neither uses a stored result nor stores one.
func TestRunsWithoutResults(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*Settings)
		attempt string
		one     int // step that may still have a result: that of the package
	}{
		"another attempt":      {func(*Settings) {}, "7", 1},
		"secrets of the tests": {func(s *Settings) { s.TestSecrets = dag.SetSecret("t", "A=b") }, "", 1},
		"secrets to install":   {func(s *Settings) { s.InstallSecrets = dag.SetSecret("i", "A=b") }, "", 0},
		"none wanted":          {func(s *Settings) { s.ResultsMaxAge = new("0") }, "", 0},
	} {
		with, asked := remembering(t, "group/shop/results", asItIs)
		test.change(&with)
		r := NewRun(with, "")
		if text, err := r.Test(t.Context(), test.attempt); err != nil || text != ranHere {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		if _, err := r.TestReports(t.Context(), test.attempt); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.BuildPackage(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := asked.count("HEAD /v2/group/shop/results/"); n != test.one {
			t.Errorf("%s: asked for %d results, want %d\n%s", name, n, test.one, strings.Join(asked.seen, "\n"))
		}
	}
	with, _ := remembering(t, "group/shop/results", asItIs)
	with.ResultsMaxAge = new("7d")
	if _, err := NewRun(with, "").Test(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "write hours, such as 168h") {
		t.Errorf("an age that is none: %v", err)
	}
}

// A setting that affects a result is part of its name.
func TestSettingsCount(t *testing.T) {
	keys := map[string]string{}
	for name, change := range map[string]func(*Settings){
		"none":                func(*Settings) {},
		"another image":       func(s *Settings) { s.PoetryVersion = "2.1.0" },
		"another version":     func(s *Settings) { s.ProjectVersion = "9" },
		"another root module": func(s *Settings) { s.Infra = "deploy" },
		// The image is named, and no file that is compared says it.
		"a named Python":   func(s *Settings) { s.PythonImage, s.Source = new("registry/py:1"), asking("3.12") },
		"another of these": func(s *Settings) { s.PythonImage, s.Source = new("registry/py:1"), asking("3.13") },
	} {
		with, asked := remembering(t, "group/shop/results", asItIs)
		change(&with)
		if _, err := NewRun(with, "").Test(t.Context(), ""); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, seen := range asked.seen {
			if strings.HasPrefix(seen, "HEAD /v2/group/shop/results/") {
				if other := keys[seen]; other != "" {
					t.Errorf("%s and %s have one key", name, other)
				}
				keys[seen] = name
			}
		}
	}
	if len(keys) != 6 {
		t.Errorf("%d keys", len(keys))
	}
}

// asking is a source that asks for a version of Python in .tool-versions.
func asking(version string) *dagger.Directory {
	return dag.Directory().WithDirectory("asks-"+version, dag.Directory())
}
