package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// bundles are where distributions keep the certificates that they trust.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine
	"/etc/pki/tls/certs/ca-bundle.crt",   // Fedora
	"/etc/ssl/cert.pem",
}

// bundleVariables name the certificates to trust for what the containers run: Go
// and OpenSSL, pip, requests, curl, git, AWS's tools.
var bundleVariables = []string{"SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"}

// proxies sets the proxy variables of the caller's machine, from the NAME=value
// lines of a file that may be missing. The container's own take precedence.
func proxies(file string) error {
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if _, set := os.LookupEnv(name); !set && err == nil {
			err = os.Setenv(name, value)
		}
	}
	return err
}

// trust adds the certificates in a file, which may be missing, to those that the
// container trusts. It returns a function that removes them again.
func trust(file, dir string) (func(), error) {
	own, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	before := os.Getenv(bundleVariables[0])
	var trusted []byte
	for _, name := range append([]string{before}, bundles...) {
		if trusted, err = os.ReadFile(name); err == nil {
			break
		}
	}
	merged := filepath.Join(dir, "ca-certificates.crt")
	if err := os.WriteFile(merged, bytes.Join([][]byte{trusted, own}, []byte("\n")), 0o644); err != nil {
		return nil, fmt.Errorf("trusting the machine's certificates: %w", err)
	}
	for _, name := range bundleVariables {
		if was := os.Getenv(name); was == "" || was == before {
			if err := os.Setenv(name, merged); err != nil {
				return nil, err
			}
		}
	}
	return func() { _ = os.Remove(merged) }, nil
}
