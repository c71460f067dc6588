package environments

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// The lock file's hash decides which provider is installed: not what a mirror serves
// for the same version, and not what another project has installed before.
func TestLockDecidesProviders(t *testing.T) {
	honest, planted := provider(t, "honest"), provider(t, "planted")
	attacker, victim := lockedTo(t, planted), lockedTo(t, honest)
	if got := installedProvider(t, attacker, planted); got != "planted" {
		t.Fatalf("the attacker's own project has the provider %q", got)
	}
	if got := installedProvider(t, victim, honest); got != "honest" {
		t.Errorf("the provider is %q, want that of the lock file", got)
	}
	victim.Append("infra/.terraform.lock.hcl", "# installed again\n")
	refused(t, withProvider(victim, planted), 1, "the checksum of the provider acme/thing 1.0.0 is not in .terraform.lock.hcl")
}

// provider is a mirror with one provider: an archive whose program is a text.
func provider(t *testing.T, text string) (mirror string) {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	f, err := z.CreateHeader(&zip.FileHeader{Name: "terraform-provider-thing_v1.0.0", ExternalAttrs: 0o755 << 16})
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	mirror = t.TempDir()
	archive := filepath.Join(mirror, archiveName)
	if err := os.MkdirAll(filepath.Dir(archive), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(archive, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return mirror
}

const archiveName = "registry.terraform.io/acme/thing/terraform-provider-thing_1.0.0_linux_amd64.zip"

// lockedTo is a project that is locked to the provider of a mirror.
func lockedTo(t *testing.T, mirror string) *harness.Project {
	t.Helper()
	p := project(t, "terraform {\n  required_providers { thing = { source = \"acme/thing\" } }\n}\n")
	archive := readFile(t, filepath.Join(mirror, archiveName))
	p.Write("infra/.terraform.lock.hcl", fmt.Sprintf("provider \"registry.terraform.io/acme/thing\" {\n  version = \"1.0.0\"\n  hashes = [\n    \"zh:%x\",\n  ]\n}\n", sha256.Sum256([]byte(archive))))
	return p
}

func withProvider(p *harness.Project, mirror string) harness.Call {
	return common(p.Call("terraform-container", "with-exec", "--args", "sh,-c,find / -xdev -name 'terraform-provider-thing_v1*' -exec cat {} + -quit", "stdout", "--provider-mirror", mirror))
}

// installedProvider is the program in the container.
func installedProvider(t *testing.T, p *harness.Project, mirror string) string {
	t.Helper()
	return strings.TrimSpace(world.Succeed(t, withProvider(p, mirror)).Stdout)
}
