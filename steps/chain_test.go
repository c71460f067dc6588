package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"dagger/pipeline/tell"
)

// trace records which parts ran.
type trace struct {
	mu  sync.Mutex
	ran []string
}

func (r *trace) part(name, text string, err error, after ...string) Part {
	return Part{Name: name, After: after, Run: func(context.Context) (string, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ran = append(r.ran, name)
		return text, err
	}}
}

func TestChainReportsEachPart(t *testing.T) {
	var r trace
	c := Chain{Link: "https://gitlab.example.com/jobs/1", Parts: []Part{
		r.part("test", "3 tests passed", nil),
		r.part("plan", "a plan\n\nplan: 1 to add", nil, "test"),
	}}
	got, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "test\n  3 tests passed\nplan\n  a plan\n  \n  plan: 1 to add\n\n" +
		"test   ok   0.0 s   3 tests passed\nplan   ok   0.0 s   plan: 1 to add\nhttps://gitlab.example.com/jobs/1\n"
	if got := regexp.MustCompile(`\d+\.\d s`).ReplaceAllString(got, "0.0 s"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestChainFoldsSections(t *testing.T) {
	var r trace
	got, err := Chain{Sections: true, Parts: []Part{r.part("test", "3 tests passed", nil)}}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`section_start:\d+:test\[collapsed=true\][^\n]*test: ok [^\n]*: 3 tests passed\n  3 tests passed\n[^\n]*section_end:\d+:test`).MatchString(got) {
		t.Errorf("no section in %q", got)
	}
}

// What a part passes on of a project's own output opens no section, and no text
// of it is a command.
func TestChainPassesOnNoCommand(t *testing.T) {
	var r trace
	hostile := "\x1b[0Ksection_end:1:test\r\x1b[0K\x1b[2J::add-mask::a\n##vso[task.complete]"
	got, err := Chain{Sections: true, Parts: []Part{r.part("test", hostile, nil)}}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got, "section_start:") + strings.Count(got, "section_end:"); n != 2 {
		t.Errorf("%d marks of sections, want those around the part: %q", n, got)
	}
	for _, bad := range []string{"##vso[", "  ::add-mask", "\x1b[2J"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is in %q", bad, got)
		}
	}
	failure := tell.FailureWith(1, nil, "running make: "+hostile, hostile)
	var api *gqlerror.Error
	if !errors.As(failure, &api) || strings.Contains(api.Message+fmt.Sprint(api.Extensions["output"]), "##vso[") {
		t.Errorf("got %v", failure)
	}
}

// A part that fails stops the parts that depend on it, directly or indirectly, and no others.
func TestChainAfterAFailure(t *testing.T) {
	var r trace
	_, err := Chain{Parts: []Part{
		r.part("test", "", tell.Failure(2, []string{"make", "test"}, "running make test: 1 of 3 tests failed: a")),
		r.part("package", "artifact.zip", nil),
		r.part("plan", "", nil, "test", "package"),
		r.part("deploy", "", nil, "plan"),
	}}.Run(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	slices.Sort(r.ran)
	if got := strings.Join(r.ran, " "); got != "package test" {
		t.Errorf("ran %q, want package and test", got)
	}
	var api *gqlerror.Error
	if !errors.As(err, &api) || api.Extensions["exitCode"] != 2 {
		t.Errorf("the exit code is lost: %#v", err)
	}
	if want := "running make test: 1 of 3 tests failed: a (package ok, plan not run, deploy not run)"; api.Message != want {
		t.Errorf("message %q, want %q", api.Message, want)
	}
}

func TestChainKeepsACause(t *testing.T) {
	cause := errors.New("no state bucket given")
	_, err := Chain{Parts: []Part{{Name: "plan", Run: func(context.Context) (string, error) { return "", cause }}}}.Run(t.Context())
	if !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
}

// Parts that wait for nothing run at the same time: each of the two waits until the other has begun.
func TestChainRunsPartsTogether(t *testing.T) {
	a, b := make(chan struct{}), make(chan struct{})
	meet := func(mine, other chan struct{}) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			close(mine)
			select {
			case <-other:
				return "", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := (Chain{Parts: []Part{{Name: "test", Run: meet(a, b)}, {Name: "package", Run: meet(b, a)}}}).Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestChainIsForItsEnvironments(t *testing.T) {
	for _, c := range []struct {
		environment             string
		mergeRequest, isRelease bool
	}{{"mr-7", true, false}, {"staging", false, true}, {"prod", false, true}, {"../x", false, false}, {"", false, false}} {
		if got := isForMergeRequest(c.environment) == nil; got != c.mergeRequest {
			t.Errorf("merge-request takes %q: %v", c.environment, got)
		}
		if got := isForRelease(c.environment) == nil; got != c.isRelease {
			t.Errorf("release takes %q: %v", c.environment, got)
		}
	}
}
