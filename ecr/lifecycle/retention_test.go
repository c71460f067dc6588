package lifecycle

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"dagger/pipeline/fault"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestGeneratedPolicy(t *testing.T) {
	p, err := sample.Policy()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/lifecycle.json"
	if *update {
		if err := os.WriteFile(golden, []byte(p.JSON()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if p.JSON()+"\n" != string(want) {
		t.Errorf("policy\n%s\nwant\n%s", p.JSON(), want)
	}
	again, err := ParsePolicy(p.JSON())
	if err != nil || again.JSON() != p.JSON() {
		t.Errorf("read again: %v", err)
	}
	deployed, first := p.Rules[0], p.Rules[1]
	if deployed.Priority != 1 || strings.Join(deployed.Selection.TagPatternList, " ") != "deployed-*" || !deployed.shields() {
		t.Errorf("the shield of what is deployed is %+v", deployed)
	}
	if first.Priority != 2 || strings.Join(first.Selection.TagPatternList, " ") != "latest" || first.Selection.CountNumber != 1 || len(first.Selection.TagPrefixList) != 0 {
		t.Errorf("the shield of latest is %+v", first)
	}
}

func TestRetentionThatCanNotBe(t *testing.T) {
	for want, r := range map[string]Retention{
		"choose one":      {MergeRequestDays: 1, MergeRequestCount: 1},
		"negative":        {UntaggedDays: -1},
		"not a whole tag": {Keep: []string{"v*"}},
		"same images":     {Content: []string{"mr-*"}},
		"wildcards":       {Releases: []string{"*1*2*3*4*5"}},
	} {
		if _, err := r.Policy(); !errors.Is(err, fault.ErrConfig) || !contains(err, want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	many := Retention{}
	for range 60 {
		many.Keep = append(many.Keep, "keep-"+strings.Repeat("1", 1+len(many.Keep)))
	}
	if _, err := many.Policy(); !contains(err, "over the limit of 50") {
		t.Errorf("60 shields: %v", err)
	}
	for _, text := range []string{"", "{", `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","storageClass":"archive"}}]}`} {
		if _, err := ParsePolicy(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
