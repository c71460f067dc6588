package ci

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// system is a CI system's own names for what all of them know.
type system struct {
	file string
	// native are its variables, by the fact that they hold.
	native map[string]string
}

var systems = []system{
	{"github.yml", map[string]string{
		"mr-${{ github.event.number }}": "mr-{MergeRequest}",
		"$PIPELINE_ATTEMPT":             "{Attempt}",
		"${{ vars.TF_STATE_BUCKET }}":   "{StateBucket}", "${{ vars.PIPELINE_REGISTRY }}": "{Registry}",
		"${{ github.event_name == 'push' && github.ref_protected && 'protected' || 'open' }}":                            "{Trust}",
		"${{ github.event_name == 'push' && github.ref_protected && vars.AWS_PROTECTED_ROLE_ARN || vars.AWS_ROLE_ARN }}": "{Role}",
		"${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}":                            "{JobURL}", " ${{ vars.PIPELINE_MORE_FLAGS }}": "",
		"cmd://$RUNNER_TEMP/aws-id-token": "{IDToken}", "format('mr-{0}', github.event.number)": "mr-{MergeRequest}",
		` --ci-facts "$RUNNER_TEMP/ci.env" --page "${{ steps.results.outputs.artifact-url }}" ${NOTE_TOKEN:+--note-token=env://NOTE_TOKEN}`: "", ` --ci-facts "$RUNNER_TEMP/ci.env"`: ""}},
	{"circleci.yml", map[string]string{
		"$PIPELINE_ATTEMPT": "{Attempt}",
		"$TF_STATE_BUCKET":  "{StateBucket}", "$PIPELINE_REGISTRY": "{Registry}", "$PIPELINE_TRUST": "{Trust}", "$PIPELINE_ROLE": "{Role}", "$CIRCLE_BUILD_URL": "{JobURL}",
		"env://CIRCLE_OIDC_TOKEN_V2": "{IDToken}", "mr-${CIRCLE_PULL_REQUEST##*/}": "mr-{MergeRequest}", "mr-<< pipeline.parameters.destroy >>": "mr-{MergeRequest}"}},
	{"azure-pipelines.yml", map[string]string{
		"$PIPELINE_ATTEMPT":  "{Attempt}",
		"$(TF_STATE_BUCKET)": "{StateBucket}", "$(PIPELINE_REGISTRY)": "{Registry}", "$(PIPELINE_TRUST)": "{Trust}", "$(PIPELINE_ROLE)": "{Role}",
		"$(System.CollectionUri)$(System.TeamProjectId)/_build/results?buildId=$(Build.BuildId)": "{JobURL}",
		"cmd://$AGENT_TEMPDIRECTORY/aws-id-token":                                                "{IDToken}", "mr-$number": "mr-{MergeRequest}", "mr-${{ parameters.destroy }}": "mr-{MergeRequest}"}},
	{"bitbucket-pipelines.yml", map[string]string{
		"$PIPELINE_ATTEMPT": "{Attempt}",
		"$TF_STATE_BUCKET":  "{StateBucket}", "$PIPELINE_REGISTRY": "{Registry}", "$PIPELINE_TRUST": "{Trust}", "$PIPELINE_ROLE": "{Role}",
		"$BITBUCKET_GIT_HTTP_ORIGIN/pipelines/results/$BITBUCKET_BUILD_NUMBER": "{JobURL}",
		"env://BITBUCKET_STEP_OIDC_TOKEN":                                      "{IDToken}", "mr-$BITBUCKET_PR_ID": "mr-{MergeRequest}", "mr-${BITBUCKET_PR_ID:-$PULL_REQUEST}": "mr-{MergeRequest}"}},
	{"buildkite.yml", map[string]string{
		"$$PIPELINE_ATTEMPT": "{Attempt}",
		"$$TF_STATE_BUCKET":  "{StateBucket}", "$$PIPELINE_REGISTRY": "{Registry}", "$$PIPELINE_TRUST": "{Trust}", "$$PIPELINE_ROLE": "{Role}",
		"$$BUILDKITE_BUILD_URL#$$BUILDKITE_JOB_ID": "{JobURL}", "env://AWS_ID_TOKEN": "{IDToken}", "mr-$$BUILDKITE_PULL_REQUEST": "mr-{MergeRequest}",
		"$$": "$"}},
	{"Jenkinsfile", map[string]string{
		"$PIPELINE_ATTEMPT":      "{Attempt}",
		"${env.TF_STATE_BUCKET}": "{StateBucket}", "${env.PIPELINE_REGISTRY}": "{Registry}",
		"${!params.DESTROY && !env.CHANGE_ID && !env.TAG_NAME && env.BRANCH_NAME in ['main', 'staging'] ? 'protected' : 'open'}":                                                        "{Trust}",
		"${!params.DESTROY && !env.CHANGE_ID && !env.TAG_NAME && env.BRANCH_NAME in ['main', 'staging'] && env.AWS_PROTECTED_ROLE_ARN ? env.AWS_PROTECTED_ROLE_ARN : env.AWS_ROLE_ARN}": "{Role}", "${env.BUILD_URL}": "{JobURL}",
		"env://AWS_ID_TOKEN": "{IDToken}", "'mr-' + env.CHANGE_ID": "mr-{MergeRequest}", "'mr-' + params.DESTROY": "mr-{MergeRequest}"}},
}

// canonical replaces a system's own names by facts, the longest first.
func (s system) canonical(text string) string {
	names := slices.SortedFunc(maps.Keys(s.native), func(a, b string) int { return len(b) - len(a) })
	for _, n := range names {
		text = strings.ReplaceAll(text, n, s.native[n])
	}
	return text
}

// pipeline is what a CI file says of the calls.
type pipeline struct {
	calls       []string // sorted, each once
	flags, aws  string
	environment []string // the values that ENVIRONMENT and IMAGE_TAG can have
}

var (
	callLine = regexp.MustCompile(`dagger call [^\n']*`)
	setFlags = regexp.MustCompile(`PIPELINE_FLAGS\s*[=:] *"?([^\n"]+)`)
	setAWS   = regexp.MustCompile(`PIPELINE_AWS\s*[=:] *"?([^\n"]+)`)
	names    = regexp.MustCompile(`\b(mr-\{MergeRequest\}|staging|prod|latest)\b|mr-\{MergeRequest\}`)
)

// read takes the calls out of a file: from the values of a YAML document, or the text of a Jenkinsfile.
func (s system) read(t *testing.T, text string) pipeline {
	t.Helper()
	values := []string{text}
	if strings.HasSuffix(s.file, ".yml") {
		values = nil
		for part := range strings.SplitSeq(text, betweenFiles) {
			var doc any
			if err := yaml.Unmarshal([]byte(part), &doc); err != nil {
				t.Fatalf("%s: %v", s.file, err)
			}
			values = append(values, scalars(doc)...)
		}
	}
	var p pipeline
	for _, v := range values {
		for _, line := range callLine.FindAllString(v, -1) {
			p.calls = append(p.calls, strings.TrimSpace(s.canonical(line)))
		}
	}
	slices.Sort(p.calls)
	p.calls = slices.Compact(p.calls)
	p.flags, p.aws = s.one(t, setFlags, text), s.one(t, setAWS, text)
	for _, line := range strings.Split(s.canonical(text), "\n") {
		if strings.Contains(line, "ENVIRONMENT") || strings.Contains(line, "IMAGE_TAG") {
			p.environment = append(p.environment, names.FindAllString(line, -1)...)
		}
	}
	slices.Sort(p.environment)
	p.environment = slices.Compact(p.environment)
	return p
}

// one is the value that a variable has everywhere in the file.
func (s system) one(t *testing.T, set *regexp.Regexp, text string) string {
	t.Helper()
	var value string
	for _, m := range set.FindAllStringSubmatch(text, -1) {
		got := strings.TrimSpace(s.canonical(m[1]))
		if value != "" && got != value {
			t.Errorf("%s: set to %q and to %q", s.file, value, got)
		}
		value = got
	}
	return value
}

func scalars(v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var out []string
		for _, item := range v {
			out = append(out, scalars(item)...)
		}
		return out
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, scalars(item)...)
		}
		return out
	case string:
		return []string{v}
	}
	return nil
}

// written is what writes a note on the merge request, which GitLab and GitHub have; elsewhere it is a text.
const written = ` --ci-facts "$CI_PROJECT_DIR.tmp/ci.env" --page "$CI_JOB_URL/artifacts/file/pipeline-results/run/run.html" ${NOTE_TOKEN:+--note-token=env://NOTE_TOKEN}`

// facts is what names the pipeline on the page, for the same two.
const facts = ` --ci-facts "$CI_PROJECT_DIR.tmp/ci.env"`

// gitlab is the same of the component, whose saved plans are off and whose further flags, root module and
// region are empty: what the project says counts.
func gitlab(t *testing.T) pipeline {
	t.Helper()
	c := config(t, map[string]any{"state_bucket": "{StateBucket}", "registry": "{Registry}"})
	var p pipeline
	for _, name := range c.Jobs() {
		if strings.HasPrefix(name, "chain-") {
			continue
		}
		for _, key := range []string{"script", "after_script"} {
			for _, line := range scalars(job(c, name)[key]) {
				for _, off := range []string{" $PIPELINE_SAVE_PLAN", " $PIPELINE_SAVED_PLAN", written, facts} {
					line = strings.ReplaceAll(line, off, "")
				}
				p.calls = append(p.calls, strings.NewReplacer("$PIPELINE_ATTEMPT", "{Attempt}", `$PIPELINE_BUILD --environment "$ENVIRONMENT"`, `build-package --environment "$ENVIRONMENT" -o pipeline-results/artifact.zip`, "$PIPELINE_PACKAGE", "--artifact pipeline-results/artifact.zip").Replace(line))
			}
		}
		p.aws = strings.NewReplacer("env://AWS_ID_TOKEN", "{IDToken}", "$PIPELINE_ROLE", "{Role}").Replace(fmt.Sprint(job(c, name)["variables"].(map[string]any)["PIPELINE_AWS"]))
	}
	slices.Sort(p.calls)
	p.calls = slices.Compact(p.calls)
	flags := fmt.Sprint(c["variables"].(map[string]any)["PIPELINE_FLAGS"])
	p.flags = strings.TrimSpace(strings.NewReplacer("$CI_JOB_URL", "{JobURL}", "$PIPELINE_TRUST", "{Trust}", "$PIPELINE_MORE_FLAGS", "", "--infra= ", "", "--region= ", "").Replace(flags))
	p.environment = []string{"latest", "mr-{MergeRequest}", "prod", "staging"}
	return p
}

func TestEquivalence(t *testing.T) {
	want := gitlab(t)
	if len(want.calls) != 10 {
		t.Fatalf("the component has %d calls, want 10: %q", len(want.calls), want.calls)
	}
	for _, s := range systems {
		t.Run(s.file, func(t *testing.T) {
			text := example(t, s)
			if problem := compare(s.read(t, text), want); problem != "" {
				t.Error(problem)
			}
			// Each change must be noticed.
			for _, change := range [][2]string{
				{" --artifact pipeline-results/artifact.zip", ""}, {"deploy --environment", "plan --environment"}, {"test --environment", "test --env"}, {"test-reports", "test"}, {`$(mktemp -d)`, "."},
				{"--tag", "--name"}, {" --attempt ", " --try "}, {"dagger call -q", "dagger call"}, {"--state-bucket=", "--bucket="}, {"--web-identity-token=", "--token="}, {"--trust=", "--level="}, {"staging", "stage"},
			} {
				if !strings.Contains(text, change[0]) {
					t.Errorf("%q is not in the file", change[0])
				}
				if compare(s.read(t, strings.ReplaceAll(text, change[0], change[1])), want) == "" {
					t.Errorf("%q made %q, and not noticed", change[0], change[1])
				}
			}
		})
	}
}

func compare(got, want pipeline) string {
	return first(differ(strings.Join(got.calls, "\n"), strings.Join(want.calls, "\n")), differ(got.flags, want.flags),
		differ(got.aws, want.aws), differ(got.environment, want.environment))
}

// more are the files of a system that has several.
var more = map[string]string{"github.yml": "github-destroy.yml"}

const betweenFiles = "\n---\n"

// example is the text of a system's files.
func example(t *testing.T, s system) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "examples/ci", s.file))
	if other, has := more[s.file]; has && err == nil {
		var second []byte
		second, err = os.ReadFile(filepath.Join(root, "examples/ci", other))
		text = slices.Concat(text, []byte(betweenFiles), second)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every file in the directory must be one that is compared.
func TestNoExampleIsLeftOut(t *testing.T) {
	files, err := os.ReadDir(filepath.Join(root, "examples/ci"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		known := []string{"README.md", "gitlab.yml", "files.go", "files_test.go", more["github.yml"]} // gitlab.yml takes the component
		if !slices.Contains(known, f.Name()) && !slices.ContainsFunc(systems, func(s system) bool { return s.file == f.Name() }) {
			t.Errorf("%s is not compared", f.Name())
		}
	}
}
