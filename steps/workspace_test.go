package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
	"dagger/pipeline/trust"
)

func TestStateFor(t *testing.T) {
	seen := map[string]bool{}
	for _, project := range []string{"app", "app-prod"} {
		for _, environment := range []string{"mr-1", "mr-12", "staging", "prod"} {
			for root, want := range map[string]string{
				"infra": "", "terraform/network": "terraform/network/", "terraform": "terraform/", "network": "network/",
				".": "%2E/", "../../infra": "%2E%2E/%2E%2E/infra/", "%2E%2E/infra": "%252E%252E/infra/", "in fra": "in%20fra/", "infra/infra": "infra/infra/",
			} {
				s := StateFor("bucket", project, environment, root)
				if want := project + "/" + environment + "/" + want + "terraform.tfstate"; s.Key != want || s.Bucket != "bucket" {
					t.Errorf("state %+v, want key %q", s, want)
				}
				if seen[s.Key] {
					t.Errorf("key %q is that of two root modules", s.Key)
				}
				seen[s.Key] = true
				if e, r, ok := StateOf(project, s.Key); !ok || e != environment || r != root {
					t.Errorf("key %q is of %q %q, %t", s.Key, e, r, ok)
				}
			}
		}
	}
	if a, b := StateFor("b", "p", "e", "./infra/"), StateFor("b", "p", "e", "infra"); a != b {
		t.Errorf("one root module has two states: %q, %q", a.Key, b.Key)
	}
	for _, key := range []string{"app/prod/other.tfstate", "app/prod/terraform.tfstate.tflock", "other/prod/terraform.tfstate", "app/Prod/terraform.tfstate", "app/terraform.tfstate", "app/prod/infra/terraform.tfstate"} {
		if _, _, ok := StateOf("app", key); ok {
			t.Errorf("%q is taken for a state", key)
		}
	}
	if err := (State{}).validate(); err == nil || !strings.Contains(err.Error(), "--state-bucket") {
		t.Errorf("without a bucket: %v", err)
	}
	for bucket, ok := range map[string]bool{"my-states": true, "my.states": true, "arn:aws:s3:eu-west-1:123456789012:accesspoint/states": true, "s3://my-states": false, "my-states/prefix": false, "https://my-states.s3.amazonaws.com": false} {
		if err := (State{Bucket: bucket}).validate(); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "is not the name of a bucket") {
			t.Errorf("%s: %v", bucket, err)
		}
	}
}

func TestBackendConfig(t *testing.T) {
	s := StateFor("b", "p", "mr-1", "infra")
	aws := []string{
		"-backend-config=bucket=b", "-backend-config=key=p/mr-1/terraform.tfstate", "-backend-config=region=eu-west-1",
		"-backend-config=use_lockfile=true",
	}
	if got := s.backendConfig(AWS{Region: "eu-west-1"}, false); !slices.Equal(got, aws) {
		t.Errorf("on AWS: %q\nwant %q", got, aws)
	}
	elsewhere := append(slices.Clone(aws),
		`-backend-config=endpoints={s3="http://a:1",sts="http://a:1",iam="http://a:1"}`, "-backend-config=use_path_style=true",
		"-backend-config=skip_credentials_validation=true", "-backend-config=skip_metadata_api_check=true", "-backend-config=skip_requesting_account_id=true")
	if got := s.backendConfig(AWS{Region: "eu-west-1", Endpoint: "http://a:1"}, false); !slices.Equal(got, elsewhere) {
		t.Errorf("elsewhere: %q\nwant %q", got, elsewhere)
	}
	s.KMSKey = "arn:aws:kms:eu-west-1:123456789012:key/k"
	if got := s.backendConfig(AWS{Region: "eu-west-1"}, false); !slices.Equal(got, append(slices.Clone(aws), "-backend-config=encrypt=true", "-backend-config=kms_key_id="+s.KMSKey)) {
		t.Errorf("with a key: %q", got)
	}
	s = StateFor("b", "p", "mr-1", "terraform/net")
	s.Region = "us-west-2"
	want := []string{"-backend-config=bucket=b", "-backend-config=key=terraform/net/terraform.tfstate", "-backend-config=workspace_key_prefix=p", "-backend-config=region=us-west-2"}
	if got := s.backendConfig(AWS{Region: "eu-west-1"}, true)[:4]; !slices.Equal(got, want) {
		t.Errorf("in a workspace: %q\nwant %q", got, want)
	}
}

func TestCheckLockTimeout(t *testing.T) {
	for _, text := range []string{"", "0s", "30s", "5m", "1h30m"} {
		if err := CheckLockTimeout(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"5", "-1s", "five minutes", "5 m"} {
		if err := CheckLockTimeout(text); err == nil || !strings.Contains(err.Error(), "write one such as 5m, 30s or 0s") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := (Workspace{}).lockTimeout(); got != "5m" {
		t.Errorf("the default is %q", got)
	}
}

func TestJobUser(t *testing.T) {
	for job, want := range map[string]string{
		"": "",
		"https://gitlab.example.com/group/sub_group/project/-/jobs/42":            "gitlab.example.com/group/sub_group/project/-/jobs/42",
		"http://127.0.0.1:8080/g/p/-/jobs/1":                                      "127.0.0.1-8080/g/p/-/jobs/1",
		"https://github.com/o/r/actions/runs/7/attempts/2?check=1&x=a%20b#step:3": "github.com/o/r/actions/runs/7/attempts/2?check=1&x=a%20b#step-3",
		"a person: at her laptop":                                                 "a-person-at-her-laptop",
		"root:x:0:0::/:/bin/sh\nevil:":                                            "root-x-0-0-/-/bin/sh-evil",
		":::":                                                                     "",
		"ünï":                                                                     "n",
	} {
		got := JobUser(job)
		if got != want {
			t.Errorf("%q: %q, want %q", job, got, want)
		}
		if strings.ContainsAny(got, ":\n ") {
			t.Errorf("%q: %q cannot be a user's name", job, got)
		}
	}
}

func TestOutputLines(t *testing.T) {
	got, err := outputLines(`{"url":"https://mr-7.example.com","function-name":"f","count":3,"list":["a","b"],"two_lines":"a\nb","none":null,"yes":true}`, "dotenv")
	if err != nil {
		t.Fatal(err)
	}
	want := "ENVIRONMENT_URL=https://mr-7.example.com\nOUTPUT_COUNT=3\nOUTPUT_FUNCTION_NAME=f\nOUTPUT_NONE=null\nOUTPUT_URL=https://mr-7.example.com\nOUTPUT_YES=true\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, err = outputLines("{}", "dotenv"); err != nil || got != "" {
		t.Errorf("without outputs: %q, %v", got, err)
	}
	if _, err = outputLines("no JSON", "dotenv"); err == nil || !strings.HasPrefix(err.Error(), "reading the outputs: ") {
		t.Errorf("error %v", err)
	}
}

// A state that a failed run left on the engine is pushed by the next run of that state on
// the same level of trust.
func TestKeptStateIsOfOneLevel(t *testing.T) {
	keep := func(level trust.Level, environment string) string {
		return Workspace{Trust: level, State: StateFor("states", "shop", environment, "infra"), AWS: AWS{Endpoint: "http://aws"}}.keep()
	}
	if keep(trust.Open, "prod") == keep(trust.Protected, "prod") || keep("", "prod") != keep(trust.Open, "prod") || keep(trust.Open, "prod") == keep(trust.Open, "mr-7") {
		t.Errorf("kept as %q, %q and %q", keep(trust.Open, "prod"), keep(trust.Protected, "prod"), keep("", "prod"))
	}
}

// Two projects of one name that keep their states by themselves share nothing on an engine.
func TestKeptStateIsOfOneBackend(t *testing.T) {
	const at = "address = \"http://s/%s\"\n"
	keep := func(kind, place string) string {
		w := Workspace{State: StateFor("", "api", "prod", "infra"), Backend: Backend{Own: true}, Environment: "prod", Infra: "infra"}
		w.Settings.BackendFiles = project.Rules{{Environments: "*", Files: []string{"{environment}.hcl"}}}
		w.Module.Backend = &rootmodule.Backend{Type: kind, Config: map[string]string{}}
		b := w.ownBackend()
		b.read = func(context.Context, string) (string, error) { return fmt.Sprintf(at, place), nil }
		var err error
		if w.Backend.Place, err = b.placeOf(t.Context(), "prod"); err != nil {
			t.Fatal(err)
		}
		return w.keep()
	}
	first, again := keep("http", "a"), keep("http", "a")
	if first != again || first == keep("http", "b") || first == keep("consul", "a") {
		t.Errorf("kept as %q, again as %q, at another place as %q", first, again, keep("http", "b"))
	}
	// Where variables say the place, they count.
	spoken := func(address string) string {
		w := Workspace{Secrets: images.Secrets{"TF_HTTP_ADDRESS": dag.SetSecret("a", address)}, Module: rootmodule.Module{Backend: &rootmodule.Backend{Type: "http"}}}
		place, err := w.ownBackend().placeOf(t.Context(), "prod")
		if err != nil {
			t.Fatal(err)
		}
		return place
	}
	if spoken("http://a") == spoken("http://b") {
		t.Errorf("%q", spoken("http://a"))
	}
}

// What is wrong with the bucket's name is said before credentials are asked for.
func TestBucketBeforeCredentials(t *testing.T) {
	bucket := "s3://states/orders"
	r := &Run{Settings: Settings{StateBucket: &bucket, LockTimeout: "5m"}}
	if _, err := r.workspacesOf(t.Context(), "mr-1"); err == nil || !strings.Contains(err.Error(), "it is not the name of a bucket") {
		t.Errorf("%v", err)
	}
}
