package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInside(t *testing.T) {
	top := t.TempDir()
	checkout, outside := filepath.Join(top, "checkout"), filepath.Join(top, "outside")
	for _, dir := range []string{filepath.Join(checkout, "real/deep"), filepath.Join(checkout, ".git/hooks"), outside} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"checkout/reports": outside, "checkout/up": "../outside", "checkout/real/deep/over": "../../up",
		"checkout/within": "real/deep", "checkout/dangling": "nowhere", "checkout/home": "../checkout/real", "checkout/hooks": ".git/hooks",
		"link": "checkout", "outside/back": checkout,
	} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, refused := range map[string]bool{
		"reports": true, "reports/junit.xml": true, "up": true, "real/deep/over/x": true, "within/over": true, "dangling": true, "dangling/x": true, "hooks": true, "hooks/post-checkout": true,
		"": false, "real/deep/new/file": false, "within/new": false, "home/deep": false, "new": false,
		"../outside": false, "../outside/back/reports": false, // as the caller says
	} {
		for _, dir := range []string{checkout, filepath.Join(top, "link")} {
			err := Inside(dir, filepath.Join(dir, path))
			if (err != nil) != refused {
				t.Errorf("%s in %s: %v", path, dir, err)
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "remove the link")) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}
