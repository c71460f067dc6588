package session

import (
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
)

// What every command of a container gets from the caller's machine, as files in
// memory that are part of no cache key: as on a Dagger engine, commands go
// through the machine's proxy and trust its certificates.
const (
	proxiesPath      = "/.pipeline-proxies"
	certificatesPath = "/.pipeline-certificates"

	proxiesKey      = "machine://proxies"
	certificatesKey = "machine://certificates"
)

// Certificates is the variable with the path of a PEM file: certificates that
// commands trust in addition to those of their image.
const Certificates = "PIPELINE_CA_CERTIFICATES"

var proxyVariables = []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"}

// machineFiles are mounted by each exec, and missing if they would be empty.
func machineFiles() []llb.RunOption {
	file := func(path, key string) llb.RunOption {
		return llb.AddSecret(path, llb.SecretID(key), llb.SecretOptional, llb.SecretFileOpt(0, 0, 0o444))
	}
	return []llb.RunOption{file(proxiesPath, proxiesKey), file(certificatesPath, certificatesKey)}
}

// readMachine reads what commands get. A proxy's password is hidden in output.
func (s *Server) readMachine() error {
	var proxies strings.Builder
	for _, name := range proxyVariables {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		fmt.Fprintf(&proxies, "%s=%s\n", name, value)
		if u, err := url.Parse(value); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok {
				s.scrub.Add(password)
			}
		}
	}
	if proxies.Len() > 0 {
		s.secrets.keep(proxiesKey, proxies.String())
	}
	name := os.Getenv(Certificates)
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", Certificates, err)
	}
	if block, _ := pem.Decode(text); block == nil || block.Type != "CERTIFICATE" {
		return fmt.Errorf("reading %s: %q holds no certificate in PEM form", Certificates, name)
	}
	const most = 400_000 // what BuildKit takes for a secret is 500 KB
	if len(text) > most {
		return fmt.Errorf("reading %s: %q has %d bytes, more than the %d that are allowed: name your own certificates alone", Certificates, name, len(text), most)
	}
	s.secrets.keep(certificatesKey, string(text))
	return nil
}
