package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// DefaultTag is the tag of the terraform image if the machine has no terraform to put in.
const DefaultTag = "1.11"

// Binary returns the path of the machine's terraform binary, or "" if there is none: LAB_TERRAFORM
// if it is set (empty: none), else terraform on PATH. A wrapper script in front of it is skipped.
func (m Machine) Binary() (string, error) {
	if path, set := m.Getenv("LAB_TERRAFORM"); set {
		if path == "" {
			return "", nil
		}
		abs, err := filepath.Abs(path)
		if err != nil || !executable(abs) {
			return "", fmt.Errorf("reading LAB_TERRAFORM %q: not an executable for Linux: give the path of a terraform binary", path)
		}
		return abs, nil
	}
	for _, dir := range filepath.SplitList(m.env("PATH")) {
		if path := filepath.Join(dir, "terraform"); filepath.IsAbs(path) && executable(path) {
			return filepath.EvalSymlinks(path)
		}
	}
	return "", nil
}

// executable reports whether a path is an ELF file that may be run.
func executable(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	magic := make([]byte, 4)
	_, err = f.Read(magic)
	return err == nil && string(magic) == "\x7fELF"
}

// Tag returns the image tag for a binary: MAJOR.MINOR of its version.
func Tag(ctx context.Context, binary string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "version", "-json")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "CHECKPOINT_DISABLE=1"}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking %q for its version: %w: set LAB_TERRAFORM to another binary, or empty for none", binary, err)
	}
	var said struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return "", fmt.Errorf("asking %q for its version: %w: set LAB_TERRAFORM to another binary, or empty for none", binary, err)
	}
	parts := strings.Split(said.Version, ".")
	if len(parts) < 3 {
		return "", fmt.Errorf("asking %q for its version: it said %q: set LAB_TERRAFORM to another binary, or empty for none", binary, said.Version)
	}
	return parts[0] + "." + parts[1], nil
}
