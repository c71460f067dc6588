package ecr

import (
	"fmt"
	"regexp"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// ecrForm matches the name of a registry in ECR: the classic one, the one for FIPS, and the dual-stack one (IPv6),
// whose names end in a different domain.
var ecrForm = regexp.MustCompile(`^(\d{12})\.(dkr\.ecr|dkr\.ecr-fips|dkr-ecr|dkr-ecr-fips)\.([a-z0-9-]+)\.((?:[a-z0-9-]+\.)*[a-z]+)$`)

// Host is the parsed name of a registry in ECR.
type Host struct {
	Account, Region string
	kind, domain    string
}

// ParseHost parses the name of a registry, and reports whether it has the form of ECR's names, in any
// partition. Whether it really is ECR's is up to Check.
func ParseHost(host string) (Host, bool) {
	m := ecrForm.FindStringSubmatch(host)
	if m == nil {
		return Host{}, false
	}
	return Host{Account: m[1], kind: m[2], Region: m[3], domain: m[4]}, true
}

// Check refuses a host that only looks like one of ECR's, before it gets a login. example is a name that ECR itself
// returned for the region: it is right even in partitions that this SDK does not know.
func (h Host) Check(example string) error {
	known, err := aws.Domain(h.Region)
	if err != nil {
		return err
	}
	if given, ok := ParseHost(example); ok && given.Region == h.Region {
		known = given.domain
	}
	if h.domain == known || strings.HasPrefix(h.kind, "dkr-ecr") && (h.domain == "on.aws" || h.domain == "on.amazonwebservices.com.cn") {
		return nil
	}
	return fault.Setting(fmt.Sprintf("reading the registry's host %q", h.String()), fmt.Sprintf("ECR's hosts in %q end in %q", h.Region, known), "correct it, or write ecr:PATH for the registry of the account")
}

// String is the name.
func (h Host) String() string {
	return strings.Join([]string{h.Account, h.kind, h.Region, h.domain}, ".")
}
