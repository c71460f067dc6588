// Package harness starts what the end-to-end tests need and runs the pipeline's command line on one of
// two engines.
package harness

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Lab is a running lab: registry, AWS stand-in and base images.
type Lab struct {
	Registry, Username, Password string
	// OpenUsername may push only below a path named open.
	OpenUsername, OpenPassword  string
	PythonImage, TerraformImage string
	// RedisImage is a service for tests.
	RedisImage string
	// Endpoint is the URL of the AWS stand-in, RequestLog the file of its requests.
	Endpoint, RequestLog string
	StateBucket          string
	// ContainerCredentials is the URL of a container's role, ContainerToken the token that it requires.
	ContainerCredentials, ContainerToken string
	// Mirror is a directory with the AWS provider, or empty.
	Mirror string
	// Infra is "infra" if the AWS provider is available, else a provider-free root module.
	Infra string
	// InfraFree is the provider-free root module.
	InfraFree string

	root, dir string
	// certificate is the file of the registry's certificate and key, empty if it uses plain HTTP.
	certificate string
}

// StartLab starts the lab of the repository at root in its own directory, on the address bind or
// on loopback, with TLS if there is a certificate.
func StartLab(ctx context.Context, root, dir, bind, certificate string) (*Lab, error) {
	l := &Lab{root: root, dir: dir, certificate: certificate, InfraFree: filepath.Join(dir, "infra-free")}
	args := []string{"up"}
	if bind != "" {
		args = append(args, "--bind", bind)
	}
	out, err := l.run(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("starting the lab: %w", err)
	}
	fields := map[string]*string{
		"LAB_REGISTRY": &l.Registry, "LAB_REGISTRY_USERNAME": &l.Username, "LAB_REGISTRY_PASSWORD": &l.Password,
		"LAB_REGISTRY_OPEN_USERNAME": &l.OpenUsername, "LAB_REGISTRY_OPEN_PASSWORD": &l.OpenPassword,
		"LAB_PYTHON_IMAGE": &l.PythonImage, "LAB_TERRAFORM_IMAGE": &l.TerraformImage, "LAB_REDIS_IMAGE": &l.RedisImage,
		"LAB_AWS_ENDPOINT": &l.Endpoint, "LAB_AWS_REQUEST_LOG": &l.RequestLog, "LAB_STATE_BUCKET": &l.StateBucket,
		"LAB_CONTAINER_CREDENTIALS": &l.ContainerCredentials, "LAB_CONTAINER_TOKEN": &l.ContainerToken,
		"LAB_PROVIDER_MIRROR": &l.Mirror, "LAB_INFRA": &l.Infra,
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if field := fields[name]; field != nil {
			*field = strings.Trim(value, "'")
		}
	}
	if l.Registry == "" || l.Endpoint == "" {
		return nil, fmt.Errorf("starting the lab: it printed no addresses: %q", out)
	}
	return l, nil
}

// HasTerraform reports whether the terraform base image includes terraform.
func (l *Lab) HasTerraform() bool {
	_, err := exec.LookPath("terraform")
	return err == nil
}

// Stop ends the lab; its images stay for the next one.
func (l *Lab) Stop(ctx context.Context) error {
	_, err := l.run(ctx, "down")
	return err
}

func (l *Lab) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"run", "-C", filepath.Join(l.root, "lab"), "."}, args...)...)
	cmd.Env = append(cleanEnviron(), "LAB_DIR="+l.dir, "LAB_CERTIFICATE="+l.certificate)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("lab %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// cleanEnviron is this process's environment without variables that would affect
// the pipeline or that hold a credential of the developer.
func cleanEnviron() []string {
	var out []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		steers := name == "BUILDKIT_HOST" || name == "LAB_DIR"
		for _, prefix := range []string{"AWS_", "DAGGER_SESSION_", "TF_"} {
			steers = steers || strings.HasPrefix(name, prefix)
		}
		if strings.HasPrefix(name, "PIPELINE_") {
			steers = name != "PIPELINE_CACHE_DIR"
		}
		if !steers {
			out = append(out, kv)
		}
	}
	return out
}

// Ask sends the registry a request with the login, for a path or for a URL that it returned.
func (l *Lab) Ask(req *http.Request) (*http.Response, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	req.URL.Scheme, req.URL.Host = "http", l.Registry
	if l.certificate != "" {
		text, err := os.ReadFile(l.certificate)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(text)
		req.URL.Scheme, transport.TLSClientConfig = "https", &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	transport.DisableKeepAlives = true
	req.SetBasicAuth(l.Username, l.Password)
	return (&http.Client{Transport: transport}).Do(req)
}

// Dir is the lab's directory.
func (l *Lab) Dir() string { return l.dir }
