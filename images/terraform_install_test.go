package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An image's own release is kept where nothing names another one.
func TestImageKeepsItsRelease(t *testing.T) {
	dir := t.TempDir()
	fake := "#!/bin/sh\necho 'Terraform v1.11.4'\necho 'on linux_amd64'\n"
	if err := os.WriteFile(filepath.Join(dir, "terraform"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ program, version, from, want string }{
		{"Terraform", "1.9.8", "", ""},
		{"Terraform", "1.11.4", ".tool-versions", ""},
		{"Terraform", "1.9.8", ".tool-versions", "the image has Terraform 1.11.4, and .tool-versions names Terraform 1.9.8"},
		{"OpenTofu", "1.11.4", ".opentofu-version", "the image has Terraform 1.11.4, and .opentofu-version names OpenTofu 1.11.4"},
	} {
		cmd := exec.Command("sh", "-c", installTerraform, "install-terraform", test.program, test.version, "", "", test.from)
		cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		if (err != nil) != (test.want != "") || !strings.Contains(string(out), test.want) {
			t.Errorf("%s %s of %q: %v: %s", test.program, test.version, test.from, err, out)
		}
	}
}
