package arm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/bench/world"
)

func TestMinimalModuleRunsInTheImageOfThePipeline(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	command(t, `echo "$*" >> `+log+`
case "$*" in *publish-images*) echo '[{"image":"lab/app@sha256:1","content":"lab/app:app-1"}]' ;; esac`)
	if err := os.WriteFile(filepath.Join(dir, "poetry.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world.World{Dir: dir, Checkout: "/checkout", Outer: "192.0.2.1:5056"}
	a, err := DaggerMinimal(t.Context(), w, "m")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := a.Pipeline(t.Context(), &world.Project{Dir: dir}, []Job{{Name: "test"}, {Name: "package"}})
		if err != nil || len(r.Jobs) != 2 || r.Jobs[1].Job != "package" {
			t.Fatalf("got %v and %v, want the two jobs and no publishing", r, err)
		}
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	const module = "-m /checkout/bench/minimal call "
	for want, times := range map[string]int{
		"publish-images": 1, module + "test ": 2, module + "build-package -o " + dir + "/artifact.zip ": 2, "--image lab/app@sha256:1 ": 4,
	} {
		if n := strings.Count(string(text), want); n != times {
			t.Errorf("%q: %d times, want %d:\n%s", want, n, times, text)
		}
	}
}
