package steps

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/note"
	"dagger/pipeline/note/notetest"
)

// factsFile ends the names of files whose content is encoded in the name.
const factsFile = ".facts"

// noting is where a note goes on a stand-in for GitLab.
func noting(url, token string, more ...string) Noting {
	lines := append(more,
		"GITLAB_CI=true", "CI_PROJECT_PATH="+notetest.Project, "CI_MERGE_REQUEST_IID="+notetest.Request, "CI_COMMIT_SHA=c0ffee", "CI_PIPELINE_ID=12",
		"CI_PIPELINE_URL="+url+"/"+notetest.Project+"/-/pipelines/12")
	n := factsOf(lines...)
	if token != "" {
		n.Token = dag.SetSecret("note", token)
	}
	return n
}

// A whole pipeline writes its own note, with everything it knows and no secret.
func TestChainWritesItsNote(t *testing.T) {
	server, _ := cloud(t)
	board := notetest.GitLab(t)
	board.Head = "c0ffee"
	s := settings(server.URL)
	s.TerraformVariables = dag.SetSecret("variables", `password="canary-variable"`)
	s.TestSecrets = dag.SetSecret("tests", "PASSWORD=canary-test")
	text, err := NewRun(s, "mr-7").MergeRequest(t.Context(), Chained{Note: noting(board.URL, notetest.Token)})
	if err != nil {
		t.Fatal(err)
	}
	got := board.Of(notetest.Me)
	if len(got) != 1 {
		t.Fatalf("notes %q", got)
	}
	for _, want := range []string{
		"project=shop environment=mr-7 pipeline=12 commit=c0ffee", "### Pipeline of `mr-7`: passed", "| Tests | ✅ |", "| 1 passed", "`artifact.zip` 1.0 kB", "| No changes |",
		"commit `c0ffee`", "[pipeline](" + board.URL + "/group/sub/shop/-/pipelines/12)", "app not in the registry: built",
	} {
		if !strings.Contains(got[0], want) {
			t.Errorf("no %q in\n%s", want, got[0])
		}
	}
	for _, out := range []string{got[0], text} {
		if strings.Contains(out, "canary") {
			t.Errorf("a secret is in\n%s", out)
		}
	}
}

// A pipeline that fails says so in its note; its own error stays.
func TestNoteOfAFailedChain(t *testing.T) {
	server, asked := cloud(t)
	asked.deny = true
	board := notetest.GitLab(t)
	_, err := NewRun(settings(server.URL), "mr-7").MergeRequest(t.Context(), Chained{Note: noting(board.URL, notetest.Token)})
	if err == nil || !strings.Contains(err.Error(), "access denied") {
		t.Fatal(err)
	}
	if got := board.Of(notetest.Me); len(got) != 1 || !strings.Contains(got[0], "`mr-7`: images failed") || !strings.Contains(got[0], "| Environment | not run |") {
		t.Errorf("notes %q", got)
	}
}

// A note that cannot be written fails nothing.
func TestNoteIsNeverNeeded(t *testing.T) {
	server, _ := cloud(t)
	board := notetest.GitLab(t)
	board.Fault = func(w http.ResponseWriter, r *http.Request) bool { w.WriteHeader(http.StatusForbidden); return true }
	for name, n := range map[string]Noting{
		"refused":               noting(board.URL, notetest.Token),
		"nowhere":               noting("http://127.0.0.1:1", notetest.Token),
		"of no merge request":   {Facts: factsOf("GITLAB_CI=true").Facts, Token: dag.SetSecret("note", "x")},
		"no number":             {Facts: factsOf("GITLAB_CI=true", "CI_PROJECT_PATH=a/b", "CI_MERGE_REQUEST_IID=7", "CI_PIPELINE_URL=http://127.0.0.1:1/a/b/-/x").Facts, Token: dag.SetSecret("note", "x")},
		"of no known system":    {Facts: factsOf("GITLAB_CI=false", "CI_MERGE_REQUEST_IID=7").Facts, Token: dag.SetSecret("note", "x")},
		"another system":        {Facts: factsOf("BUILDKITE=true", "BUILDKITE_PULL_REQUEST=7").Facts, Token: dag.SetSecret("note", "x")},
		"no token":              noting(board.URL, ""),
		"no address":            noting("", notetest.Token),
		"neither":               {},
		"an address of no host": noting("x", notetest.Token),
	} {
		if _, err := NewRun(settings(server.URL), "mr-7").MergeRequest(t.Context(), Chained{Note: n}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := NewRun(Settings{Source: dag.Directory(), Trust: "open"}, "mr-7").Note(t.Context(), nil, nil, n)
		if err != nil || !strings.HasPrefix(text, "### Pipeline of `mr-7`") {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// Wrong facts about where the note goes stop the call before anything else.
func TestNotingIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		noting Noting
		want   string
	}{
		"a token alone":  {Noting{Token: dag.SetSecret("note", "x")}, "nothing tells which merge request"},
		"an empty token": {noting("http://x", "\n"), "reading --note-token: it is given and empty"},
		"a job's token":  {noting("http://x", "x", "CI_JOB_TOKEN=canary"), `"CI_JOB_TOKEN" is none and may be a secret`},
		"a line twice":   {noting("http://x", "x", "CI_PIPELINE_ID=1"), `gives "CI_PIPELINE_ID" again`},
	} {
		server, asked := cloud(t)
		for verb, call := range map[string]func() error{
			"merge-request": func() error {
				_, err := NewRun(settings(server.URL), "mr-7").MergeRequest(t.Context(), Chained{Note: tt.noting})
				return err
			},
			"note": func() error {
				_, err := NewRun(settings(server.URL), "mr-7").Note(t.Context(), nil, nil, tt.noting)
				return err
			},
			"doctor": func() error { _, err := NewRun(settings(server.URL), "").Doctor(t.Context(), tt.noting); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s, %s: %v, want %q", name, verb, err, tt.want)
			}
		}
		if len(asked.seen) > 0 {
			t.Errorf("%s: asked %q", name, asked.seen)
		}
	}
}

// The doctor says whether a token can write notes.
func TestDoctorChecksTheNotesToken(t *testing.T) {
	board := notetest.GitLab(t)
	for token, want := range map[string]string{
		notetest.Token: `ok      note token: "notes" may write notes in group/sub/shop, until 2099-01-01`,
		"another":      "not ok  note token: asking GitLab at " + board.URL + ": the token is refused: give a project access token",
	} {
		checks, err := checkNote(t.Context(), noting(board.URL, token))
		if err != nil || len(checks) != 1 || !strings.HasPrefix(checks[0].String(), want) {
			t.Errorf("%v, %v, want %q", checks, err, want)
		}
	}
	hub := notetest.GitHub(t)
	if said, err := mustBoard(t, hub.URL).Check(t.Context()); err != nil || !strings.Contains(said, "github-actions[bot] sees pull request 7 of octo/shop") {
		t.Errorf("%q, %v", said, err)
	}
}

func mustBoard(t *testing.T, url string) keeper {
	t.Helper()
	facts, _, err := Noting{Facts: factsOf("GITHUB_ACTIONS=true", "GITHUB_REPOSITORY="+notetest.Repo, "GITHUB_REF=refs/pull/7/merge", "GITHUB_SERVER_URL="+url, "GITHUB_RUN_ID=3").Facts}.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := board(facts, notetest.Token)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func factsOf(lines ...string) Noting {
	name := base64.RawURLEncoding.EncodeToString([]byte(strings.Join(lines, "\n"))) + factsFile
	return Noting{Facts: dag.Directory().WithNewFile(name, "").File(name)}
}

func TestTestsOf(t *testing.T) {
	start := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	suite := func(timestamp string) string {
		return fmt.Sprintf(`<testsuites><testsuite tests="5" skipped="1" time="2.5" timestamp=%q><testcase classname="m" name="a"><failure/></testcase></testsuite><testsuite tests="1" time="0.5"/></testsuites>`, timestamp)
	}
	for timestamp, reused := range map[string]bool{"2026-01-02T11:59:59.5+00:00": true, "2026-01-02T12:00:01+00:00": false, "2026-01-02T12:30:00+02:00": true, "2026-01-01T00:00:00": false, "": false} {
		got := testsOf(suite(timestamp), []string{`<coverage line-rate="0.8761"/>`, "no XML"}, start)
		if got == nil || got.Total != 6 || got.Failed != 1 || got.Skipped != 1 || got.Took != 3*time.Second || fmt.Sprint(got.Failures) != "[m.a]" || len(got.Coverage) != 1 || got.Coverage[0] != 87.61 {
			t.Fatalf("got %+v", got)
		}
		if got.Reused != reused {
			t.Errorf("%q: reused %v", timestamp, got.Reused)
		}
	}
	if got := testsOf("no XML", nil, start); got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestURLOf(t *testing.T) {
	for stdout, want := range map[string]string{
		"Apply complete!\n\nOutputs:\n\nname = \"x\"\nurl = \"https://a.example/?b=1\\u0026c\"\n": "https://a.example/?b=1&c",
		"\nOutputs:\n\nurl = <sensitive>\n": "", "\nOutputs:\n\nurl = [\"x\"]\n": "", "url = \"https://a.example\"\n": "", "": "",
	} {
		if got := urlOf(stdout); got != want {
			t.Errorf("%q: %q, want %q", stdout, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	n := note.Note{Tests: &note.Tests{}, Packages: []note.Package{{Name: "a.zip", Bytes: 2}, {Name: "new.zip"}}}
	compare(&n, note.Note{Tests: &note.Tests{Coverage: []float64{50}}, Packages: []note.Package{{Name: "a.zip", Bytes: 1}}})
	if *n.Tests.Before != 50 || *n.Packages[0].Before != 1 || n.Packages[1].Before != nil {
		t.Errorf("got %+v", n)
	}
}
