package project

import (
	"strings"
	"testing"
)

// What two environments share keeps them not apart.
func TestApart(t *testing.T) {
	for name, test := range map[string]struct {
		rules       Rules
		environment string
		apart, differ/* from qa */ bool
	}{
		"none":                  {nil, "prod", false, false},
		"by its name":           {Rules{{"*", []string{"{environment}.hcl"}}}, "prod", true, true},
		"a file of its own":     {Rules{{"prod", []string{"prod.hcl"}}, {"*", []string{"dev.hcl"}}}, "prod", true, true},
		"one more of its own":   {Rules{{"prod", []string{"shared.hcl", "prod.hcl"}}, {"qa", []string{"shared.hcl"}}}, "prod", true, true},
		"the file of another":   {Rules{{"prod", []string{"shared.hcl"}}, {"qa", []string{"shared.hcl"}}}, "prod", false, false},
		"the file of a pattern": {Rules{{"prod", []string{"shared.hcl"}}, {"mr-*", []string{"shared.hcl"}}}, "prod", false, true},
		"one for several":       {Rules{{"mr-*", []string{"dev.hcl"}}}, "mr-7", false, true},
	} {
		if got := test.rules.Apart(test.environment); got != test.apart {
			t.Errorf("%s: apart %t", name, got)
		}
		if got := test.rules.Differ(test.environment, "qa"); got != test.differ {
			t.Errorf("%s: differs %t", name, got)
		}
	}
}

// A rule for what no environment can be called is refused: it would silently never count.
func TestRulesAreForEnvironments(t *testing.T) {
	for environments, good := range map[string]bool{
		"prod": true, "mr-7": true, "mr-*": true, "*": true, "qa-?": true, "eu-[a-z]*": true,
		"PROD": false, "": false, "prod ": false, "mr-01": false, "mr_*": false, "MR-*": false, "[": false, "prod|staging": false, "default": false,
	} {
		for _, key := range []string{"variable-files", "backend-files"} {
			_, err := Parse("[project]\nname = \"a\"\n[tool.pipeline.terraform." + key + "]\n'" + environments + "' = [\"x\"]\n")
			if (err == nil) != good || err != nil && !strings.Contains(err.Error(), "tool.pipeline.terraform."+key) {
				t.Errorf("%s for %q: %v", key, environments, err)
			}
		}
	}
}
