package project

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// placeholder is what a text has that is meant to be filled in.
var placeholder = regexp.MustCompile(`\$?\{[A-Za-z_][A-Za-z0-9_.-]*\}`)

// checkMarks refuses a placeholder that nothing is filled in for, in what says where
// something of an environment is.
func (t Terraform) checkMarks() error {
	texts := map[string][]string{"roots": t.Roots, "backend-config": slices.Sorted(maps.Values(t.BackendConfig))}
	for key, rules := range map[string]Rules{"backend-files": t.BackendFiles, "variable-files": t.VariableFiles} {
		for _, rule := range rules {
			texts[key] = append(texts[key], rule.Files...)
		}
	}
	for _, key := range sortedKeys(texts) {
		for _, text := range texts[key] {
			for _, found := range placeholder.FindAllString(text, -1) {
				if found != mark {
					return fmt.Errorf("tool.pipeline.terraform.%s has %q, and nothing is filled in for %s: %s is the environment's name", key, text, found, mark)
				}
			}
		}
	}
	return nil
}
