package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/rootmodule"
	"dagger/pipeline/state"
)

// What is moved is a state of the root module, and of the environment that it is
// moved to: a merge request's is destroyed when that is closed.
func TestFits(t *testing.T) {
	mark, err := state.Mark("moved to s3://b/shop/prod/terraform.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	prods := stateWith("l", "aws_sqs_queue.orders=arn:aws:sqs:eu-west-1:123456789012:orders-prod")
	for name, test := range map[string]struct{ environment, from, body, want string }{
		"prod's to prod":                     {"prod", "s3://old/orders.tfstate", prods, ""},
		"prod's to a merge request":          {"mr-7", "s3://old/orders.tfstate", prods, "closing the merge request would destroy that"},
		"mr-70's to mr-7":                    {"mr-7", "https://g/state/mr-70", strings.ReplaceAll(prods, "prod", "mr-70"), "closing the merge request would destroy that"},
		"mr-7's by its place":                {"mr-7", "https://g/state/mr-7", prods, ""},
		"mr-7's by its workspace":            {"mr-7", "s3://old/env:/mr-7/orders.tfstate", prods, ""},
		"mr-7's by its resources":            {"mr-7", "s3://old/orders.tfstate", strings.ReplaceAll(prods, "prod", "mr-7"), ""},
		"an empty one to a merge request":    {"mr-7", fromNone, stateWith("l"), ""},
		"what was moved, to prod":            {"prod", "s3://old/orders.tfstate", string(mark), "it was moved to s3://b/shop/prod/terraform.tfstate: name that place"},
		"what was moved, to a merge request": {"mr-7", "s3://old/orders.tfstate", string(mark), "it was moved to"},
		"another root module's":              {"prod", "s3://old/orders.tfstate", stateWith("l", "aws_s3_bucket.it"), "none of \"infra\""},
		"no state":                           {"prod", "s3://old/orders.tfstate", "{}", "not a terraform state"},
	} {
		w := Workspace{Environment: test.environment, Infra: "infra", Module: rootmodule.Module{Addresses: map[string]bool{"aws_sqs_queue.orders": true}}}
		err := w.fits([]byte(test.body), test.from)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]bool{
		"prod": true, "backend-prod.hcl": true, "infra/prod/backend.hcl": true, "orders_prod.tfstate": true, "PROD.conf": true, "s3://b/env:/prod/k": true, "prod-eu": true, "pre-prod/prod.hcl": true,
		"": false, "production": false, "nonprod.hcl": false, "non-prod.hcl": false, "pre-prod.hcl": false, "not_prod": false, "product": false,
	} {
		if got := (Workspace{Environment: "prod"}).names(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
