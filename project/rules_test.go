package project

import "testing"

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
