package ci

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/environments"
)

var update = flag.Bool("update", false, "write the golden files from what the code gives")

// TestFacts reads each testdata/<system>/<case>.env, the variables that the system's documentation gives for that kind
// of pipeline, and compares the facts and the target with the golden file beside it.
func TestFacts(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.env")
	if err != nil || len(files) < 50 {
		t.Fatalf("found %d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".env"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			facts, ok, err := FromDotenv(string(text))
			if err != nil || !ok {
				t.Fatalf("FromDotenv = %v, %v", ok, err)
			}
			if want := filepath.Base(filepath.Dir(file)); string(facts.System) != want {
				t.Errorf("System = %q, want %q", facts.System, want)
			}
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(struct {
				Facts  Facts
				Target Target
			}{facts, TargetFor(facts, Rules{})}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".env") + ".json"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got %s\nwant %s", got.Bytes(), want)
			}
		})
	}
}

// TestVariables: the code reads exactly the variables that it lists, so forwarding those is enough and not too much.
func TestVariables(t *testing.T) {
	files, _ := filepath.Glob("testdata/*/*.env")
	read := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := ParseDotenv(string(text))
		if err != nil {
			t.Fatal(err)
		}
		full, _ := Detect(func(name string) (string, bool) {
			read[name] = true
			value, ok := all[name]
			return value, ok
		})
		forwarded := map[string]string{}
		for _, name := range Variables(full.System) {
			forwarded[name] = all[name]
		}
		if facts, _ := FromMap(forwarded); facts != full {
			t.Errorf("%s: the listed variables give %+v, all of them %+v", file, facts, full)
		}
	}
	var listed []string
	for _, system := range []System{GitLab, GitHub, CircleCI, Azure, Bitbucket, Buildkite, Jenkins} {
		names := Variables(system)
		if len(names) == 0 {
			t.Errorf("Variables(%q) is empty", system)
		}
		listed = append(listed, names...)
	}
	for _, name := range listed {
		if !read[name] {
			t.Errorf("%s is listed but no case reads it", name)
		}
		if strings.Contains(name, "TOKEN") && !strings.Contains(name, "OIDC_TOKEN") {
			t.Errorf("%s is a secret other than an ID token", name)
		}
	}
	for name := range read {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is read but not listed", name)
		}
	}
	if Variables("travis") != nil {
		t.Error("Variables of an unknown system: want none")
	}
}

func TestDetectNothing(t *testing.T) {
	for _, variables := range []map[string]string{
		nil,
		{"CI": "true"},
		{"GITLAB_CI": "", "GITHUB_ACTIONS": "false", "BUILDKITE": "", "TF_BUILD": ""},
		{"BRANCH_NAME": "main", "CI_COMMIT_BRANCH": "main"},
	} {
		if facts, ok := FromMap(variables); ok || facts != (Facts{}) {
			t.Errorf("FromMap(%v) = %+v, %v, want none", variables, facts, ok)
		}
	}
	if _, _, err := FromDotenv("GITLAB_CI=true\nCI_COMMIT_MESSAGE=one\ntwo"); err == nil {
		t.Error("FromDotenv takes a value of two lines")
	}
}

// TestDetectOrder: a job that calls a Jenkins is not one that Jenkins runs.
func TestDetectOrder(t *testing.T) {
	facts, _ := FromMap(map[string]string{"GITLAB_CI": "true", "JENKINS_URL": "https://ci.example.com/"})
	if facts.System != GitLab {
		t.Errorf("System = %q, want %q", facts.System, GitLab)
	}
}

// TestSparse: with nothing but the marker no system makes a URL or a path of missing parts, and none deploys.
func TestSparse(t *testing.T) {
	for _, marker := range []map[string]string{
		{"GITLAB_CI": "true"}, {"GITHUB_ACTIONS": "true"}, {"CIRCLECI": "true"}, {"TF_BUILD": "True"},
		{"BITBUCKET_BUILD_NUMBER": "1"}, {"BUILDKITE": "true"}, {"JENKINS_HOME": "/var/jenkins_home"}, {"JENKINS_URL": "x", "BRANCH_NAME": "x"},
	} {
		facts, ok := FromMap(marker)
		if !ok || facts.Project != "" || facts.JobURL != "" || facts.PipelineURL != "" {
			t.Errorf("FromMap(%v) = %+v, %v", marker, facts, ok)
		}
		if target := TargetFor(facts, Rules{}); target.Deploy || target.Environment != "" || target.Reason == "" {
			t.Errorf("TargetFor(%v) = %+v", marker, target)
		}
	}
}

// TestMergeRequestHasNoBranch: one sign of a merge request is enough for the branch in the ref not to count.
func TestMergeRequestHasNoBranch(t *testing.T) {
	for _, variables := range []map[string]string{
		{"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/main", "GITHUB_HEAD_REF": "patch-1"},
		{"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_NAME": "pull_request_target"},
		{"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/heads/main", "SYSTEM_PULLREQUEST_PULLREQUESTID": "17"},
		{"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/heads/main", "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/patch-1"},
		{"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main", "CI_MERGE_REQUEST_IID": "7"},
	} {
		facts, ok := FromMap(variables)
		if target := TargetFor(facts, Rules{}); !ok || facts.Branch != "" || target.Environment == environments.Production {
			t.Errorf("FromMap(%v) = %+v, target %+v, want no branch", variables, facts, target)
		}
	}
}

func TestRepository(t *testing.T) {
	for _, address := range []string{
		"git@github.com:acme-inc/my-project.git", "https://github.com/acme-inc/my-project", "git://github.com/acme-inc/my-project.git",
		"ssh://git@github.com:22/Acme-Inc/my-project.git/", "https://user:word@github.com/acme-inc/my-project.git", "github.com:acme-inc/my-project",
	} {
		if got, want := repository(address), "github.com/acme-inc/my-project"; got != want {
			t.Errorf("repository(%q) = %q, want %q", address, got, want)
		}
	}
}
