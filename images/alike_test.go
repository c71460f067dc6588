package images

import (
	"testing"
	"testing/fstest"
)

// Two projects of a repository that have the same name, and their root modules at the same
// path, would share a state.
func TestNamedAlike(t *testing.T) {
	const service = "[project]\nname = \"service\"\n"
	for name, test := range map[string]struct {
		files           map[string]string
		dir, root, want string
	}{
		"the same name":          {map[string]string{"services/b/pyproject.toml": service, "services/b/infra/main.tf": ""}, "services/a", "infra", "services/b"},
		"another name":           {map[string]string{"services/b/pyproject.toml": "[project]\nname = \"other\"\n", "services/b/infra/main.tf": ""}, "services/a", "infra", ""},
		"it deploys nothing":     {map[string]string{"services/b/pyproject.toml": service}, "services/a", "infra", ""},
		"another root module":    {map[string]string{"services/b/pyproject.toml": service, "services/b/deploy/main.tf": ""}, "services/a", "infra", ""},
		"one root module of all": {map[string]string{"services/b/pyproject.toml": service, "infra/main.tf": ""}, "services/a", "../../infra", ""},
		"no project":             {map[string]string{"services/b/infra/main.tf": ""}, "services/a", "infra", ""},
		"one that is broken":     {map[string]string{"services/b/pyproject.toml": "[", "services/b/infra/main.tf": ""}, "services/a", "infra", ""},
		"it is alone":            {map[string]string{"services/b/pyproject.toml": service, "services/b/infra/main.tf": ""}, ".", "infra", ""},
		"at the top":             {map[string]string{"b/pyproject.toml": service, "b/infra/main.tf": ""}, "a", "infra", "b"},
	} {
		source := fstest.MapFS{"services/a/pyproject.toml": {Data: []byte(service)}, "services/a/infra/main.tf": {}}
		for name, text := range test.files {
			source[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, err := namedAlike(source, test.dir, "service", test.root); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
}
