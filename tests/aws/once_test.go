package aws

import (
	"strings"
	"testing"
)

// One call that tests, packages, pushes, plans and deploys asks AWS and the registry for everything once.
func TestMergeRequestOpensOnce(t *testing.T) {
	world.NeedTerraform(t)
	p, environment := world.Project(t), world.Environment()
	path := strings.TrimPrefix(images(), world.Lab.Registry+"/")
	call := call(p, "ecr:"+path, web(), "merge-request", "--environment", environment).Without("--results-max-age").With(loggedIn(t))
	for _, round := range []struct {
		name, images string
		repositories int // asked for before a push: those of images, and the one of results where a result is kept
	}{
		{"first", "not found, building", 3},
		{"second", "found, using", 2},
	} {
		start := len(log(t, world.AWS.RequestLog, 0))
		r := world.Succeed(t, call)
		asked := map[string]int{}
		for _, e := range log(t, world.AWS.RequestLog, start) {
			asked[e.Service+" "+e.Action]++
			if e.Session != nil && e.Session.Policy != "" {
				asked["narrowed sessions"]++
			}
		}
		for what, want := range map[string]int{
			"narrowed sessions":         1,
			"sts GetCallerIdentity":     2, // of the session, and of the one that is narrowed
			"ecr GetAuthorizationToken": 1,
			"ecr DescribeRepositories":  round.repositories,
		} {
			if asked[what] != want {
				t.Errorf("%s call: %s: %d times, want %d: %v", round.name, what, asked[what], want, asked)
			}
		}
		for _, image := range []string{"/app:app-", "/terraform:terraform-", "/terraform:module-"} {
			if lines := lines(r.Stderr, path+"/", image, round.images); lines != 1 {
				t.Errorf("%s call: %d lines say that %s was %s, want one\n%s", round.name, lines, image, round.images, r.Stderr)
			}
		}
	}
}

// lines counts those that hold all of the parts.
func lines(text string, parts ...string) int {
	n := 0
	for line := range strings.Lines(text) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			n++
		}
	}
	return n
}
