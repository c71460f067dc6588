package tests

import (
	"archive/zip"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// bare publishes the terraform base image without terraform, changed by more functions, and returns
// its address.
func bare(t *testing.T, p *harness.Project, more ...string) string {
	t.Helper()
	address := world.Lab.Registry + "/bare/terraform:" + strings.ToLower(rand.Text()[:8])
	steps := append([]string{"terraform-container", "without-file", "--path", "/usr/local/bin/terraform"}, more...)
	world.Succeed(t, p.Push(address, steps...))
	return address
}

// Where the image has no terraform, a release is downloaded and its checksum verified.
func TestTerraformRelease(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	image := bare(t, p)
	archive := release(t)
	sum := fmt.Sprintf("%x", sha256.Sum256(archive))
	for _, test := range []struct {
		name, version, sum, want string
		asked                    int
	}{
		{"right checksum", "1.11.3", sum, "", 2},
		{"wrong checksum", "1.11.3", strings.Repeat("0", len(sum)), "building the terraform container: terraform 1.11.3: the archive's checksum is wrong", 2},
		// The module knows this one's checksum and believes no list of the mirror's.
		{"another archive than the known one", "1.11.4", sum, "building the terraform container: terraform 1.11.4: the archive's checksum is wrong", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := map[string]int{}
			version := test.version
			file := fmt.Sprintf("terraform_%s_linux_%s.zip", version, runtime.GOARCH)
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked[r.URL.Path]++
				switch r.URL.Path {
				case "/" + version + "/" + file:
					_, _ = w.Write(archive)
				case "/" + version + "/terraform_" + version + "_SHA256SUMS":
					fmt.Fprintf(w, "%s  other.zip\n%s  %s\n", strings.Repeat("1", 64), test.sum, file)
				default:
					http.NotFound(w, r)
				}
			})
			flags := []string{"--terraform-image", image, "--terraform-releases", url, "--terraform-version", version}
			r := world.Run(t, p.Call(flags...).And("terraform-container", "with-exec", "--args", "terraform,version", "stdout"))
			if len(asked) != test.asked {
				t.Errorf("asked for %v, want %d files", asked, test.asked)
			}
			if test.want != "" {
				wantFailure(t, r, 1, test.want)
			} else if r.Code != 0 || !strings.HasPrefix(r.Stdout, "Terraform v") {
				t.Errorf("exit code %d, terraform says %q\n%s", r.Code, r.Stdout, r.Stderr)
			}
		})
	}
}

// release is an archive with the machine's terraform.
func release(t *testing.T) []byte {
	t.Helper()
	path, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("the machine has no terraform to make a release of")
	}
	binary, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	out, err := os.Create(filepath.Join(t.TempDir(), "release.zip"))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	header := &zip.FileHeader{Name: "terraform", Method: zip.Store}
	header.SetMode(0o755)
	in, err := w.CreateHeader(header)
	if err == nil {
		_, err = io.Copy(in, binary)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// serve answers HTTP where the engine's containers reach it, and returns the URL.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	world.NeedAWS(t)
	lab, err := url.Parse(world.AWS.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(lab.Hostname(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// An image that has OpenTofu keeps it, under terraform's name too. The one here only tells its
// version: what is tested is which program is called.
func TestOpenTofu(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	image := bare(t, p, "with-new-file", "--path", "/usr/local/bin/tofu", "--permissions", "493", "--contents", "#!/bin/sh\necho OpenTofu v1.10.0: \"$@\"\n")
	r := world.Succeed(t, p.Call("--terraform-image", image, "terraform-container", "with-exec", "--args", "terraform,version", "stdout"))
	if want := "OpenTofu v1.10.0: version\n"; r.Stdout != want {
		t.Errorf("terraform says %q, want %q", r.Stdout, want)
	}
}
