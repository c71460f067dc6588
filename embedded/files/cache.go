package files

import (
	"fmt"
	"os"
	"path/filepath"
)

// Cache is the directory for things that are built once: PIPELINE_CACHE_DIR, else pipeline in the user's cache
// directory ($XDG_CACHE_HOME or ~/.cache), as in the launcher.
func Cache() (string, error) {
	if dir := os.Getenv("PIPELINE_CACHE_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache directory: %w: set PIPELINE_CACHE_DIR", err)
	}
	return filepath.Join(dir, "pipeline"), nil
}
