package steps

import "testing"

// A project without a name is tested; it needs one only if something is stored under it.
func TestNamelessProjects(t *testing.T) {
	for name, test := range map[string]struct {
		settings    Settings
		environment string
		needs       bool
	}{
		"no registry":               {},
		"a registry's path":         {settings: Settings{Registry: new("registry.example.com:5000/orders")}},
		"ECR with a path":           {settings: Settings{Registry: new("ecr:group/orders")}},
		"a registry without a path": {settings: Settings{Registry: new("registry.example.com:5000")}, needs: true},
		"ECR without a path":        {settings: Settings{Registry: new("ecr:")}, needs: true},
		"images are not kept":       {settings: Settings{Registry: new("none")}},
		"a state":                   {settings: Settings{StateBucket: new("states")}, needs: true},
		"an environment":            {environment: "mr-1", needs: true},
	} {
		if got := NewRun(test.settings, test.environment).needsName(); got != test.needs {
			t.Errorf("%s: %v, want %v", name, got, test.needs)
		}
	}
}
