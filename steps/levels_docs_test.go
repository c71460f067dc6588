package steps

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/ecr"
	"dagger/pipeline/state"
	"dagger/pipeline/trust"
)

// The policies that the documentation gives to the two roles allow what a run of
// the level does, and the open one pushes nowhere else, nor reaches other states.
func TestPoliciesInTheDocs(t *testing.T) {
	text, err := os.ReadFile("../docs/credentials.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]policy{}
	for _, m := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		var p policy
		if err := json.Unmarshal([]byte(m[1]), &p); err != nil {
			t.Fatalf("%v in %s", err, m[1])
		}
		for name, sid := range map[string]string{"open": "OpenLogin", "protected": "ProtectedLogin"} {
			if strings.Contains(m[1], sid) {
				found[name] = p
			}
		}
	}
	if len(found) != 2 {
		t.Fatalf("the documentation has %d of the two policies", len(found))
	}
	for level, p := range found {
		r, err := Place{Trust: trust.Level(level)}.images("group/my-service")
		if err != nil {
			t.Fatal(err)
		}
		purposes := []purpose{pulling, using, pushing, marking, unmarking}
		if level == "protected" {
			purposes = append(purposes, retaining)
		}
		for _, to := range purposes {
			for _, grant := range to(r) {
				for _, action := range grant.Actions {
					for _, repository := range grant.Repositories {
						if !matches(p, action, inECR+repository) {
							t.Errorf("the %s role may not %s on %s", level, action, repository)
						}
					}
				}
			}
		}
	}
	for _, action := range slices.Concat(ecr.PushActions, ecr.RetentionActions, ecr.DestroyActions) {
		for _, repository := range []string{"group/my-service/app", "group/my-service/terraform", "group/my-service/results", "group/my-service", "group/other/app"} {
			reads := slices.Contains(ecr.PullActions, action) && strings.HasPrefix(repository, "group/my-service/")
			if matches(found["open"], action, inECR+repository) && !reads {
				t.Errorf("the open role may %s on %s", action, repository)
			}
		}
	}
	for environment, levels := range map[string][]string{"mr-7": {"open", "protected"}, "prod": {"protected"}, "mr": {"protected"}} {
		for _, project := range []string{"my-service", "my-service-2"} {
			for _, root := range []string{"infra", "terraform/network"} {
				key := StateFor("my-states", project, environment, root).Key
				for _, object := range []string{key, key + ".tflock", state.OwnerKey(key)} {
					for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"} {
						for level, p := range found {
							want := project == "my-service" && slices.Contains(levels, level)
							if got := matches(p, action, "arn:aws:s3:::my-states/"+object); got != want {
								t.Errorf("the %s role may %s on %s: %t, want %t", level, action, object, got, want)
							}
						}
					}
				}
			}
		}
	}
	for level, p := range found {
		if !matches(p, "s3:ListBucket", "arn:aws:s3:::my-states") {
			t.Errorf("the %s role may not list the states", level)
		}
	}
}

const inECR = "arn:aws:ecr:eu-west-1:123456789012:repository/"

// matches tells whether a policy allows an action on a resource; * stands for
// anything, as in IAM.
func matches(p policy, action, on string) bool {
	for _, s := range p.Statement {
		if !slices.Contains(s.Action, action) {
			continue
		}
		for _, resource := range s.Resource {
			pattern := strings.ReplaceAll(regexp.QuoteMeta(resource), `\*`, ".*")
			if regexp.MustCompile("^" + pattern + "$").MatchString(on) {
				return true
			}
		}
	}
	return false
}
