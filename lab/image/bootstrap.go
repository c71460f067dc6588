package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dagger/pipeline/lab/debian"
)

// bootstrap writes a root filesystem with the recipe's packages as a tar stream.
func bootstrap(ctx context.Context, work string, r Recipe, lock *os.File, w io.Writer) error {
	certificates := filepath.Join(work, "certificates")
	if err := os.Mkdir(certificates, 0o755); err != nil {
		return err
	}
	for i, pem := range r.Certificates {
		if err := os.WriteFile(filepath.Join(certificates, fmt.Sprintf("machine-%d.crt", i)), pem, 0o644); err != nil {
			return err
		}
	}
	args := []string{
		"--variant=minbase", "--format=tar",
		"--include=" + strings.Join(r.Packages, ","),
		"--dpkgopt=force-unsafe-io",
		"--dpkgopt=path-exclude=/usr/share/doc/*",
		"--dpkgopt=path-exclude=/usr/share/groff/*",
		"--dpkgopt=path-exclude=/usr/share/info/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
		"--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-include=/usr/share/doc/*/copyright",
		`--aptopt=Acquire::Languages "none"`,
		`--aptopt=Acquire::Retries "3"`,
		// The machine's certificates go where update-ca-certificates keeps them at every later call.
		"--customize-hook=copy-in " + certificates + " /usr/local/share",
		`--customize-hook=mv "$1"/usr/local/share/certificates/* "$1"/usr/local/share/ca-certificates/ 2>/dev/null || true`,
		`--customize-hook=rmdir "$1"/usr/local/share/certificates`,
		`--customize-hook=chroot "$1" update-ca-certificates >/dev/null`,
		`--customize-hook=rm -rf "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/cache/ldconfig/aux-cache "$1"/var/cache/debconf/*-old`,
		`--customize-hook=find "$1"/var/log -type f -delete`,
		r.Suite, "-",
	}
	args = append(args, r.Sources...)
	cmd := exec.CommandContext(ctx, "mmdebstrap", args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", epoch.Unix()), "LC_ALL=C.UTF-8", "TMPDIR="+work)
	cmd.ExtraFiles = []*os.File{lock} // if this process dies, no other touches the directory before mmdebstrap ends
	cmd.Stdout = w
	var log bytes.Buffer
	cmd.Stderr = &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it unmounts and cleans up
	cmd.WaitDelay = 30 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running mmdebstrap: %s: %w: check that apt-get update works here", complaint(log.String()), err)
	}
	return nil
}

// complaint picks the line of a log that says what went wrong.
func complaint(log string) string {
	var said string
	for line := range strings.Lines(log) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "E:") || strings.HasPrefix(line, "Err:") {
			said = line
			break
		}
	}
	if said == "" {
		said = debian.LastLine([]byte(log))
	}
	return said
}
