package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// unused are the parts of buildkitd's main.go that the engine is built without: caches in S3, Azure and
// GitHub, and the verification of the last. Together with containerd's worker they are a quarter of the code to
// compile.
var unused = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^.*/cache/remotecache/(azblob|gha|s3)"\n`),
	regexp.MustCompile(`(?m)^.*\b(azblob|gha|s3remotecache)\.ResolveCache.*\n`),
	regexp.MustCompile(`(?m)^.*"github.com/moby/policy-helpers"\n`),
	regexp.MustCompile(`(?m)^\t"sync"\n`),
	regexp.MustCompile(`(?ms)^\tvar verifierProvider .*?^\t}\n`),
	regexp.MustCompile(`(?ms)^func newVerifierProvider\(.*?^}\n`),
}

// trim writes an overlay for go build to the directory work. It turns BuildKit's command into a package of our own,
// without the unused parts: Go does not allow changing it in place.
func trim(ctx context.Context, goTool string, src source, work string) (overlay string, err error) {
	cmd := exec.CommandContext(ctx, goTool, "list", "-find", "-json=Dir,GoFiles", buildkitModule+"/cmd/buildkitd")
	cmd.Dir, cmd.Env = src.dir, buildEnv(os.Environ())
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("finding its source: %w", said(err))
	}
	var found struct {
		Dir     string
		GoFiles []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return "", fmt.Errorf("finding its source: %w", err)
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for _, name := range found.GoFiles {
		if strings.HasPrefix(name, "main_containerd_worker") {
			continue
		}
		file := filepath.Join(found.Dir, name)
		if name == "main.go" {
			if file, err = withoutUnused(file, filepath.Join(work, name)); err != nil {
				return "", err
			}
		}
		replace[filepath.Join(src.dir, "cmd", "buildkitd", name)] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(work, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o644)
}

func withoutUnused(from, to string) (string, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	for _, part := range unused {
		if !part.Match(text) {
			return "", fmt.Errorf("trimming %q: nothing in it matches %q: see what is unused in this version of BuildKit", from, part)
		}
		text = part.ReplaceAll(text, nil)
	}
	return to, os.WriteFile(to, text, 0o644)
}

// said is an error with the command's output.
func said(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return errors.New(strings.Join(strings.Fields(string(exit.Stderr)), " "))
	}
	return err
}
