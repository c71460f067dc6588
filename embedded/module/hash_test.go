package module

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHashFollowsTheSource(t *testing.T) {
	write := func(dir, name, text string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, include := range []string{"", `, "include": ["go.mod", "main.go", "steps"]`, `, "include": ["!*", "go.mod", "main.go", "steps", "!**/*_test.go"]`} {
		for _, tc := range []struct {
			name    string
			change  string // file to write
			changes bool
		}{
			{"main", "main.go", true},
			{"package", "steps/greet.go", true},
			{"new file", "steps/more.go", true},
			{"embedded data", "steps/data.json", true},
			{"configuration", "dagger.json", true},
			{"test", "steps/greet_test.go", false},
			{"bindings", "dagger.gen.go", false},
			{"client bindings", "internal/dagger/dagger.gen.go", false},
			{"nested module", "lab/main.go", false},
			{"hidden", ".git/config", false},
			{"outside the include", "docs/data.json", include == ""},
		} {
			t.Run(tc.name+include, func(t *testing.T) {
				dir := writeModule(t, head)
				write(dir, "dagger.json", `{"name": "pipeline", "sdk": "go"`+include+`}`)
				write(dir, "steps/greet.go", "package steps\n")
				write(dir, "lab/go.mod", "module lab\n")
				sum := func() string {
					c, err := ReadConfig(dir)
					if err != nil {
						t.Fatal(err)
					}
					s, err := c.Hash("salt")
					if err != nil {
						t.Fatal(err)
					}
					return s
				}
				before := sum()
				if before != sum() {
					t.Fatal("two hashes of the same source differ")
				}
				write(dir, tc.change, `{"name": "pipeline", "sdk": "go", "x": 1`+include+`}`)
				if got := before != sum(); got != tc.changes {
					t.Errorf("changed: %v, want %v", got, tc.changes)
				}
				if c, _ := ReadConfig(dir); !tc.changes {
					if other, _ := c.Hash("other"); other == before {
						t.Error("another salt gives the same hash")
					}
				}
			})
		}
	}
}
