package generate

import "testing"

func TestAddress(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "",
		`{"toolchains": [{"name": "other", "source": "github.com/a/b@v1"}, {"name": "pipeline", "source": "github.com/a/b@v1", "pin": "abc"}]}`: "github.com/a/b@v1",
		`{"toolchains": [{"name": "ci", "source": "https://gitlab.example.com/a/pipeline.git@v2"}]}`:                                            "https://gitlab.example.com/a/pipeline.git@v2",
		`{"dependencies": [{"name": "pipeline", "source": "gitlab.example.com/a/pipeline", "pin": "abc"}]}`:                                     "gitlab.example.com/a/pipeline@abc",
		`{"toolchains": [{"name": "pipeline", "source": "pipeline"}]}`:                                                                          "",
		`{"toolchains": [{"name": "pipeline", "source": "./pipeline"}]}`:                                                                        "",
	} {
		w := &writer{source: tree{"dagger.json": config}}
		if got, err := w.address(); got != want || err != nil {
			t.Errorf("%s: %q, %v", config, got, err)
		}
	}
	w := &writer{source: tree{}, Asked: Asked{Module: "../pipeline"}}
	if _, err := w.address(); err == nil {
		t.Error("a path is taken for an address")
	}
	for address, want := range map[string]string{
		"gitlab.example.com/a/b/pipeline@v1":             "component: gitlab.example.com/a/b/pipeline/pipeline@v1",
		"https://gitlab.example.com/a/pipeline.git@v1":   "component: gitlab.example.com/a/pipeline/pipeline@v1",
		"git@gitlab.example.com:a/pipeline.git@v1":       "component: gitlab.example.com/a/pipeline/pipeline@v1",
		"ssh://git@gitlab.example.com/a/pipeline.git@v1": "component: gitlab.example.com/a/pipeline/pipeline@v1",
		"github.com/a/pipeline@v1":                       "remote: https://raw.githubusercontent.com/a/pipeline/v1/templates/pipeline.yml",
	} {
		if got := include(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
