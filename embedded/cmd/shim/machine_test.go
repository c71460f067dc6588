package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTrust(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	own, image, other := write("own.pem", "OWN"), write("image.pem", "IMAGE"), write("other.pem", "OTHER")
	for _, name := range bundleVariables {
		t.Setenv(name, "")
	}
	t.Setenv("SSL_CERT_FILE", image)
	t.Setenv("PIP_CERT", image)
	t.Setenv("CURL_CA_BUNDLE", other)
	undo, err := trust(own, dir)
	if err != nil {
		t.Fatal(err)
	}
	merged := os.Getenv("SSL_CERT_FILE")
	if text, err := os.ReadFile(merged); err != nil || string(text) != "IMAGE\nOWN" {
		t.Errorf("trusted: %q, %v; want the image's certificates and the machine's", text, err)
	}
	if os.Getenv("PIP_CERT") != merged || os.Getenv("GIT_SSL_CAINFO") != merged {
		t.Error("pip and git do not trust the same certificates")
	}
	if os.Getenv("CURL_CA_BUNDLE") != other {
		t.Error("a choice of the image's own was replaced")
	}
	undo()
	if _, err := os.Stat(merged); !os.IsNotExist(err) {
		t.Errorf("the certificates are left behind: %v", err)
	}
	if _, err := trust(filepath.Join(dir, "missing"), dir); err != nil {
		t.Errorf("without certificates: %v", err)
	}
}

func TestProxies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proxies")
	if err := os.WriteFile(file, []byte("HTTPS_PROXY=http://user:word@proxy.example.com:3128\nNO_PROXY=.example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HTTPS_PROXY", "")
	_ = os.Unsetenv("HTTPS_PROXY")
	t.Setenv("NO_PROXY", "localhost")
	if err := proxies(file); err != nil {
		t.Fatal(err)
	}
	if got := os.Getenv("HTTPS_PROXY"); got != "http://user:word@proxy.example.com:3128" {
		t.Errorf("HTTPS_PROXY is %q", got)
	}
	if got := os.Getenv("NO_PROXY"); got != "localhost" {
		t.Errorf("NO_PROXY is %q, want the container's own", got)
	}
}
