package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// ran is what a call did: how many of the commands that build a container ran (0: it was reused; -1:
// none was needed), which containers came from the registry, and which commands ran in them.
type ran struct {
	app, terraform int
	pulled         []string
	work           []string
}

// published matches the name of a pull of one of the two images.
var published = regexp.MustCompile(`^pull \S+/(app|terraform)@sha256:`)

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

// count classifies the commands of a call. One that several builds need counts once, as run if
// any of them ran it.
func count(steps []vertex) ran {
	out := ran{app: -1, terraform: -1}
	seen := map[string]bool{}
	for _, s := range steps {
		if m := published.FindStringSubmatch(s.Name); m != nil && !slices.Contains(out.pulled, m[1]) {
			out.pulled = append(out.pulled, m[1])
		}
	}
	for _, cached := range []bool{false, true} {
		for _, s := range steps {
			if !s.Exec || s.Cached != cached || seen[s.Name] {
				continue
			}
			seen[s.Name] = true
			n := &out.app
			switch builds(s.Name) {
			case "terraform":
				n = &out.terraform
			case "":
				if !cached {
					out.work = append(out.work, shortName(s.Name))
				}
				continue
			}
			*n = max(*n, 0)
			if !cached {
				*n++
			}
		}
	}
	return out
}

// builders are words in the commands that build the containers; all other commands do the step's own
// work.
var builders = []struct{ word, container string }{
	{"install-tools make=", "app"},
	{"python3 -m venv", "app"},
	{"install-packages", "app"},
	{"install-manager", "app"},
	{"build-packages", "app"},
	{"find-version", "app"},
	{"find-requires", "app"},
	{"import-from-source", "app"},
	{"install-dependencies", "app"},
	{"add-tools", "package"},
	{"fetch-backends", "package"},
	{"install-packed", "package"},
	{"pack-sources", "package"},
	{"serve-sources", "service"},
	{"install-tools aws=", "terraform"},
	{"install-terraform", "terraform"},
	{"fetch-providers", "terraform"},
}

// builds returns which container a command builds; "" for none.
func builds(name string) string {
	for _, b := range builders {
		if strings.Contains(name, b.word) {
			return b.container
		}
	}
	return ""
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
		case slices.Contains(r.pulled, c.name):
			parts = append(parts, c.name+" pulled")
		case c.n == 0:
			parts = append(parts, c.name+" reused")
		}
	}
	return strings.Join(parts, ", ")
}
