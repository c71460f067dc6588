package project

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// placeholder is what a text has that is meant to be filled in.
var placeholder = regexp.MustCompile(`\$?\{[A-Za-z_][A-Za-z0-9_.-]*\}`)

// stage is a placeholder that is meant for the environment's name.
var stage = regexp.MustCompile(`(?i)\$?\{(env|stage|workspace|env(ironment)?([_-]?name)?)\}`)

// checkMarks refuses a placeholder that nothing is filled in for, in what says where
// something of an environment is.
func (t Terraform) checkMarks() error {
	texts := map[string][]string{"roots": t.Roots, "backend-config": slices.Sorted(maps.Values(t.BackendConfig))}
	for key, rules := range map[string]Rules{"backend-files": t.BackendFiles, "variable-files": t.VariableFiles} {
		for _, rule := range rules {
			texts[key] = append(texts[key], rule.Files...)
		}
	}
	for _, value := range slices.Sorted(maps.Values(t.Variables)) { // which may be a template of something else
		if meant := stage.FindString(value); meant != "" && meant != mark {
			texts["variables"] = append(texts["variables"], meant)
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
