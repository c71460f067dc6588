package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// UVSettings reduces a uv.toml, which takes the place of [tool.uv] in its directory, to
// what decides what is locked and installed.
func UVSettings(text string) (string, error) {
	var doc map[string]any
	if err := toml.Unmarshal([]byte(text), &doc); err != nil {
		return "", fmt.Errorf("reading uv.toml: %w", positioned(err))
	}
	out := map[string]any{}
	keep(out, doc, append(slices.Clone(uvKeys), "pip"))
	b, err := toml.Marshal(out)
	return string(b), err
}

// UVLinks are the directories of the repository that uv takes packages from, by what
// UVDependencyProject and UVSettings give.
func UVLinks(reduced string) (out []string) {
	type settings struct {
		Index []struct{ URL string }
		Links []string `toml:"find-links"`
	}
	var doc struct {
		settings
		Tool struct{ UV settings }
	}
	_ = toml.Unmarshal([]byte(reduced), &doc)
	for _, s := range []settings{doc.settings, doc.Tool.UV} {
		for _, index := range s.Index {
			s.Links = append(s.Links, index.URL)
		}
		for _, place := range s.Links {
			if place != "" && !strings.Contains(place, "://") && !strings.HasPrefix(place, "/") {
				out = append(out, place)
			}
		}
	}
	return out
}
