package main

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCertificate(t *testing.T) {
	pair := httptest.NewTLSServer(nil)
	defer pair.Close()
	key, err := x509.MarshalPKCS8PrivateKey(pair.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lab.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate().Raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(certificateVariable, path)
	certificate, err := certificateFile()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := secured(plain, certificate)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler()}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	for trusts, want := range map[string]string{certificate: "", "": "certificate signed by unknown authority"} {
		direct, err := transport(trusts)
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&http.Client{Transport: direct}).Get("https://" + plain.Addr().String())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("trusting %q: %v, want %q", trusts, err, want)
		}
	}

	t.Setenv(certificateVariable, filepath.Join(t.TempDir(), "none"))
	if _, err := certificateFile(); err == nil || !strings.Contains(err.Error(), "give a PEM file with a certificate and its key") {
		t.Errorf("no such file: %v", err)
	}
}
