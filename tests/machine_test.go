package tests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const throughTheMachine = `
import urllib.request

def test_certificate():
    assert urllib.request.urlopen("TRUSTED", timeout=20).read() == b"trusted"

def test_proxy():
    assert urllib.request.urlopen("http://only.known.to.the.proxy.example/", timeout=20).read() == b"proxied"
`

// TestMachinesProxyAndCertificates: commands go through the proxy of the caller's machine and trust
// its certificates, with no setting of the project, and no password of the proxy is shown.
func TestMachinesProxyAndCertificates(t *testing.T) {
	world.Embedded(t, "a Dagger engine is told of proxies and certificates when it is started")
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	trusted := reachable(t, answer("trusted"))
	host := trusted.Listener.Addr().(*net.TCPAddr).IP
	certificate, authority := selfSigned(t, host)
	trusted.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	trusted.StartTLS()
	proxy := reachable(t, answer("proxied"))
	proxy.Start()

	p := world.Project(t)
	p.Write("tests/test_machine.py", strings.ReplaceAll(throughTheMachine, "TRUSTED", trusted.URL))
	password := "canary-" + rand.Text()
	call := p.Call("test").With("HTTP_PROXY="+strings.Replace(proxy.URL, "http://", "http://ci:"+password+"@", 1), "NO_PROXY="+host.String())
	r := world.Succeed(t, call.With("PIPELINE_CA_CERTIFICATES="+authority))
	if strings.Contains(r.Stdout+r.Stderr, password) {
		t.Error("the proxy's password is in the output")
	}
	p.Append("src/fixture/__init__.py", "\n# another run\n")
	if r := world.Run(t, call); r.Code == 0 || !strings.Contains(r.Stdout+r.Stderr, "test_certificate") {
		t.Errorf("without the certificate: exit code %d:\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	if r := world.Run(t, call.With("PIPELINE_CA_CERTIFICATES="+p.Path("Makefile"))); r.Code == 0 || !strings.Contains(r.Stderr, "holds no certificate") {
		t.Errorf("a file that is no certificate: exit code %d:\n%s", r.Code, r.Stderr)
	}
}

// reachable is a server, not started, where containers reach it.
func reachable(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	lab, err := url.Parse(world.Lab.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(lab.Hostname(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler)
	s.Listener.Close()
	s.Listener = l
	t.Cleanup(s.Close)
	return s
}

// selfSigned is a certificate for an address, and the path of the file to trust it by.
func selfSigned(t *testing.T, ip net.IP) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{ip}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
