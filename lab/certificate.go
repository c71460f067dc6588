package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// certificateVariable names a PEM file with a certificate of the lab's address and its key: the registry then speaks TLS with it.
const certificateVariable = "LAB_CERTIFICATE"

// certificateFile is the file's full path, empty for a registry with plain HTTP. The lab in the background has it from its environment.
func certificateFile() (string, error) {
	path := os.Getenv(certificateVariable)
	if path == "" {
		return "", nil
	}
	full, err := filepath.Abs(path)
	if err == nil {
		_, err = tls.LoadX509KeyPair(full, full)
	}
	if err != nil {
		return "", fmt.Errorf("reading %s=%q: %w: give a PEM file with a certificate and its key", certificateVariable, path, err)
	}
	return full, os.Setenv(certificateVariable, full)
}

// secured is the listener with TLS, if there is a certificate.
func secured(l net.Listener, certificate string) (net.Listener, error) {
	if certificate == "" {
		return l, nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, certificate)
	if err != nil {
		return nil, fmt.Errorf("serving the registry with TLS: %w", err)
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

// transport reaches the lab on this machine, never through a proxy, and trusts the certificate.
func transport(certificate string) (*http.Transport, error) {
	t := &http.Transport{Proxy: nil}
	if certificate == "" {
		return t, nil
	}
	text, err := os.ReadFile(certificate)
	if err != nil {
		return nil, fmt.Errorf("trusting the lab's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}
