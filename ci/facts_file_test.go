package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// documented is the command of docs/retention.md that writes the file for --ci-facts.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/retention.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(text), "```sh\nfor name in GITLAB_CI")
	script, _, found := strings.Cut(script, "dagger call")
	if !found {
		t.Fatal("docs/retention.md does not tell how to write the file")
	}
	return "for name in GITLAB_CI" + script
}

// The documented way works in every pipeline of GitLab that is known here, takes no secret along, and no line of a commit
// message for a variable.
func TestDocumentedFactsFile(t *testing.T) {
	files, _ := filepath.Glob("testdata/gitlab/*.env")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := ParseDotenv(string(text))
		if err != nil {
			t.Fatal(err)
		}
		want, _ := FromMap(all)
		cmd := exec.Command("sh", "-eu", "-c", documented(t))
		cmd.Dir = t.TempDir()
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "CI_JOB_TOKEN=canary-token", "CI_REGISTRY_PASSWORD=canary-password",
			"CI_COMMIT_MESSAGE=one\nCI_COMMIT_TAG=v1\nCI_COMMIT_BRANCH=main\nCI_MERGE_REQUEST_IID=9\n"}
		for name, value := range all {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		written, err := os.ReadFile(filepath.Join(cmd.Dir, "ci.env"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(written), "canary") {
			t.Errorf("%s: a secret is in the file", file)
		}
		got, ok, err := FromFile(string(written))
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", file, ok, err)
		}
		if external := want.MergeRequest != "" && all["CI_MERGE_REQUEST_IID"] == ""; external {
			continue // the documented command is for merge requests of GitLab itself
		}
		if got, want := TargetFor(got, Rules{}).Tag, TargetFor(want, Rules{}).Tag; got != want {
			t.Errorf("%s: tag %q, want %q", file, got, want)
		}
	}
	if len(files) < 10 {
		t.Errorf("%d cases", len(files))
	}
}

// Who greps takes along what is no fact: it is refused, by its name and without its value.
func TestFactsFileWithOthers(t *testing.T) {
	for _, other := range []string{"CI_JOB_TOKEN=canary", "CI_REGISTRY_PASSWORD=canary", "GITLAB_OIDC_TOKEN=canary", "CI_COMMIT_TITLE=canary", "AWS_SECRET_ACCESS_KEY=canary"} {
		_, _, err := FromFile("GITLAB_CI=true\nCI_COMMIT_BRANCH=main\n" + other)
		name, _, _ := strings.Cut(other, "=")
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, s := range systems {
		if !slices.ContainsFunc(s.variables, isFact) {
			t.Errorf("%s has no fact", s.name)
		}
	}
}
