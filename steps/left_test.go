package steps

import (
	"slices"
	"testing"
)

// A root module that the project has dropped is not forgotten with its
// environment.
func TestLeft(t *testing.T) {
	roots := func(paths ...string) (out Roots) {
		for _, p := range paths {
			out = append(out, Workspace{Project: "shop", Environment: "mr-7", Root: p, State: StateFor("b", "shop", "mr-7", p)})
		}
		return out
	}
	ours := stateWith("l", "aws_sqs_queue.orders")
	for name, test := range map[string]struct {
		states bucketOf
		want   []string
	}{
		"nothing":             {},
		"its own":             {states: bucketOf{"b/shop/mr-7/network/terraform.tfstate": ours, "b/shop/mr-7/service/terraform.tfstate": ours}},
		"a dropped one":       {states: bucketOf{"b/shop/mr-7/cache/terraform.tfstate": ours}, want: []string{"cache"}},
		"the usual one":       {states: bucketOf{"b/shop/mr-7/terraform.tfstate": ours}, want: []string{"infra"}},
		"an encrypted one":    {states: bucketOf{"b/shop/mr-7/cache/terraform.tfstate": `{"encrypted_data":"x"}`}, want: []string{"cache"}},
		"an empty one":        {states: bucketOf{"b/shop/mr-7/cache/terraform.tfstate": stateWith("l")}},
		"one that was moved":  {states: bucketOf{"b/shop/mr-7/cache/terraform.tfstate": `{"version":99,"pipeline":"moved"}`}},
		"another environment": {states: bucketOf{"b/shop/mr-70/cache/terraform.tfstate": ours, "b/shop/prod/cache/terraform.tfstate": ours}},
	} {
		got, err := roots("network", "service").left(t.Context(), test.states.in)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
	if _, err := roots("network").left(t.Context(), bucketOf{"b/shop/mr-7/cache/terraform.tfstate": "denied"}.in); err == nil {
		t.Error("what cannot be read is taken for nothing")
	}
}

// Nothing is destroyed while the environment still has another root module.
func TestDestroyAllOrNothing(t *testing.T) {
	server, asked := cloud(t)
	asked.states = map[string]string{"/states/shop/mr-1/cache/terraform.tfstate": stateWith("l", "aws_sqs_queue.orders")}
	with := settings(server.URL)
	with.Trust = "open"
	_, err := NewRun(with, "mr-1").Destroy(t.Context(), "", nil)
	const want = `destroying "mr-1": it has resources of cache, which the project does not name any more: add it to roots in [tool.pipeline.terraform] of pyproject.toml, or destroy it by itself from sources that have it (--infra cache destroy --environment mr-1)`
	if err == nil || err.Error() != want {
		t.Errorf("destroying: %v\nwant %s", err, want)
	}
	one := with
	one.Infra = "infra"
	if _, err := NewRun(one, "mr-1").Destroy(t.Context(), "", nil); err != nil {
		t.Errorf("destroying the one that is named: %v", err)
	}
	asked.states = nil
	if _, err := NewRun(with, "mr-1").Destroy(t.Context(), "", nil); err != nil {
		t.Errorf("destroying: %v", err)
	}
}
