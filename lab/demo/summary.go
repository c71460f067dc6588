package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// ran is what a call did: how many of the commands that build a container ran (0: it was reused; -1:
// it was not needed), and which commands ran in them.
type ran struct {
	app, terraform int
	work           []string
}

// vertex is one step in the summary of a call.
type vertex struct {
	Name   string `json:"name"`
	Exec   bool   `json:"exec"`
	Cached bool   `json:"cached"`
}

func readSummary(path string) (ran, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return ran{}, fmt.Errorf("reading the summary of a call: %w", err)
	}
	var summary struct {
		Steps []vertex `json:"steps"`
	}
	if err := json.Unmarshal(data, &summary); err != nil {
		return ran{}, fmt.Errorf("reading the summary of a call: %w", err)
	}
	return count(summary.Steps), nil
}

// count sorts the commands of a call. One that is asked for by several builds counts once, as run if
// any of them ran it.
func count(steps []vertex) ran {
	out := ran{app: -1, terraform: -1}
	seen := map[string]bool{}
	for _, cached := range []bool{false, true} {
		for _, s := range steps {
			if !s.Exec || s.Cached != cached || seen[s.Name] {
				continue
			}
			seen[s.Name] = true
			if isWork(s.Name) {
				if !cached {
					out.work = append(out.work, shortName(s.Name))
				}
				continue
			}
			n := &out.app
			if ofTerraform(s.Name) {
				n = &out.terraform
			}
			*n = max(*n, 0)
			if !cached {
				*n++
			}
		}
	}
	return out
}

// isWork tells the commands that a step is for from those that build its container.
func isWork(name string) bool {
	return strings.HasPrefix(name, "make ") || strings.HasPrefix(name, "terraform ") || strings.Contains(name, "scripts/terraform_")
}

// ofTerraform tells which container a building command is of.
func ofTerraform(name string) bool {
	return strings.Contains(name, "install-terraform") || strings.Contains(name, "providers") || strings.Contains(name, "install-tools aws=")
}

// containers says in words whether the containers were built or reused.
func (r ran) containers() string {
	var parts []string
	for _, c := range []struct {
		name string
		n    int
	}{{"app", r.app}, {"terraform", r.terraform}} {
		switch {
		case c.n > 0:
			parts = append(parts, fmt.Sprintf("%s built (%d commands)", c.name, c.n))
		case c.n == 0:
			parts = append(parts, c.name+" reused")
		}
	}
	return strings.Join(parts, ", ")
}
