package project

import (
	"slices"
	"strings"
	"testing"
)

// A uv.toml keeps what the lock file was made with, and nothing else.
func TestUVSettings(t *testing.T) {
	got, err := UVSettings("exclude-newer = \"2026-01-01T00:00:00Z\"\ncache-dir = \"/tmp\"\nfind-links = [\"./wheels\", \"https://example.com\"]\n[[index]]\nurl = \"flat\"\nformat = \"flat\"\n")
	if err != nil || !strings.Contains(got, "exclude-newer") || strings.Contains(got, "cache-dir") {
		t.Errorf("%q, %v", got, err)
	}
	if links := UVLinks(got); !slices.Equal(links, []string{"./wheels", "flat"}) {
		t.Errorf("directories: %q", links)
	}
	if links := UVLinks("[tool.uv]\nfind-links = [\"a\"]\n[[tool.uv.index]]\nurl = \"https://example.com\"\n"); !slices.Equal(links, []string{"a"}) {
		t.Errorf("directories: %q", links)
	}
}
