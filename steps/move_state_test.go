package steps

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/gitlab"
	"dagger/pipeline/rootmodule"
)

const (
	keptAt     = "/states/shop/mr-7/terraform.tfstate"
	formerAt   = "/old/shop/mr-7.tfstate"
	queueState = `{"version":4,"serial":4,"lineage":"l","resources":[{"mode":"managed","type":"aws_sqs_queue","name":"orders"}]}`
)

// stateWorkspace is an environment whose state is in a stand-in for S3.
func stateWorkspace(f *awstest.Fake) Workspace {
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		listing := strings.Contains(r.Path, "list-type=")
		if listing { // the only state is that at the key
			_, _ = io.WriteString(w, "<ListBucketResult></ListBucketResult>")
		}
		return listing
	}
	return Workspace{
		Container: dag.Container(), Source: dag.Directory(), Environment: "mr-7", Project: "shop", Infra: "infra",
		Module: rootmodule.Module{Addresses: map[string]bool{"aws_sqs_queue.orders": true}},
		State:  State{Bucket: "states", Key: "shop/mr-7/terraform.tfstate"},
		AWS: AWS{
			Region: "eu-west-1", Endpoint: f.URL,
			AccessKeyID: dag.SetSecret("id", awstest.StaticKey), SecretAccessKey: dag.SetSecret("key", awstest.CanarySecret),
		},
	}
}

// What is refused changes nothing and leaves no lock behind; what is moved can
// be used in one place only.
func TestMoveState(t *testing.T) {
	for _, tt := range []struct {
		name, from string
		there      map[string]string
		err        string
	}{
		{name: "moved", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: queueState}},
		{name: "one there already", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: queueState, keptAt: queueState}, err: "there is one already"},
		{name: "none there", from: "s3://old/shop/mr-7.tfstate", err: "there is none"},
		{name: "held by another run", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: queueState, formerAt + ".tflock": awstest.HeldLock}, err: "lock"},
		{name: "being deployed", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: queueState, keptAt + ".tflock": awstest.HeldLock}, err: "lock"},
		{name: "of another root module", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: strings.ReplaceAll(queueState, "orders", "bills")}, err: "none of \"infra\""},
		{name: "no state", from: "s3://old/shop/mr-7.tfstate", there: map[string]string{formerAt: "<html>"}, err: "not a terraform state"},
		{name: "the same place", from: "s3://states/shop/mr-7/terraform.tfstate", there: map[string]string{keptAt: queueState}, err: "is where it is to be"},
		{name: "a bucket alone", from: "s3://old", err: "no place"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := awstest.NewFake(t)
			maps.Copy(f.Objects, tt.there)
			said, err := stateWorkspace(f).moveState(t.Context(), tt.from, gitlab.State{})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %q, %v, want an error with %q", said, err, tt.err)
				}
				if !maps.Equal(f.Objects, tt.there) {
					t.Errorf("changed to %v", f.Objects)
				}
				return
			}
			if err != nil || !strings.Contains(said, ": 1 resource or module; ") {
				t.Fatalf("got %q, %v", said, err)
			}
			var mark struct{ Version int }
			if err := json.Unmarshal([]byte(f.Objects[formerAt]), &mark); err != nil || mark.Version != 99 {
				t.Errorf("the former state can still be used: %q", f.Objects[formerAt])
			}
			if f.Objects[keptAt] != queueState || len(f.Objects) != 2 {
				t.Errorf("left %v", f.Objects)
			}
		})
	}
}

// A new environment gets an empty state, so that no other place is looked at.
func TestNewEnvironmentGetsAnEmptyState(t *testing.T) {
	f := awstest.NewFake(t)
	if said, err := stateWorkspace(f).moveState(t.Context(), "none", gitlab.State{}); err != nil || !strings.Contains(said, "a new environment") {
		t.Fatalf("got %q, %v", said, err)
	}
	var made struct {
		Version, Serial int
		Lineage         string
	}
	if err := json.Unmarshal([]byte(f.Objects[keptAt]), &made); err != nil || made.Version != 4 || made.Serial != 1 || made.Lineage == "" || len(f.Objects) != 1 {
		t.Errorf("left %v", f.Objects)
	}
}

// GitLab's state stays locked: it has no mark that keeps others from deploying by it.
func TestStateThatGitLabKept(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, queueState)
		}
	}))
	defer server.Close()
	f := awstest.NewFake(t)
	address := server.URL + "/state/mr-7"
	said, err := stateWorkspace(f).moveState(t.Context(), address, gitlab.State{Address: address})
	if err != nil || !strings.Contains(said, "stays locked") {
		t.Fatalf("got %q, %v", said, err)
	}
	if got := strings.Join(asked, ", "); got != "POST /state/mr-7/lock, GET /state/mr-7" {
		t.Errorf("asked %s", got)
	}
	if f.Objects[keptAt] != queueState {
		t.Errorf("left %v", f.Objects)
	}
}
