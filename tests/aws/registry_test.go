package aws

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const manifestType = "application/vnd.oci.image.manifest.v1+json"

// registry asks the lab's for a manifest, or puts one.
func registry(t *testing.T, method, repository, reference string, body []byte, contentType string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, "/v2/"+repository+"/manifests/"+reference, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", manifestType)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := world.Lab.Ask(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// move puts a tag on an image, HOST/REPOSITORY@DIGEST, as someone might by hand.
func move(t *testing.T, image, tag string) {
	t.Helper()
	repository, digest, _ := strings.Cut(strings.TrimPrefix(image, world.Lab.Registry+"/"), "@")
	resp := registry(t, http.MethodGet, repository, digest, nil, "")
	manifest, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("reading %s: %s: %v", image, resp.Status, err)
	}
	if resp := registry(t, http.MethodPut, repository, tag, manifest, resp.Header.Get("Content-Type")); resp.StatusCode != http.StatusCreated {
		t.Fatalf("tagging %s as %s: %s", image, tag, resp.Status)
	}
}

// loggedIn is the variable that names a docker configuration with the lab's login, for base images that
// are not in the pipeline's own registry.
func loggedIn(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	auth := base64.StdEncoding.EncodeToString([]byte(world.Lab.Username + ":" + world.Lab.Password))
	text := fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, world.Lab.Registry, auth)
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "DOCKER_CONFIG=" + dir
}
