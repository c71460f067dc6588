package aws

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// The SDK knows which names a region's services have (amazonaws.com, .com.cn, .eu and those of partitions to come). It
// tells so by the address of a service only, so one is asked for and taken apart: every other host is built from it.

// domain is what the names of a region's services end in.
func domain(region string) (string, error) {
	fail := func(what string) error {
		return configError(fmt.Sprintf("finding the hosts of region %q", region), what, "check --region")
	}
	endpoint, err := ecr.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), ecr.EndpointParameters{Region: &region})
	if err != nil {
		return "", fail(err.Error())
	}
	_, suffix, ok := strings.Cut(endpoint.URI.Hostname(), "."+region+".")
	if !ok || region == "" {
		return "", fail(fmt.Sprintf("its address %q does not name the region", endpoint.URI.Hostname()))
	}
	return suffix, nil
}

// serviceHost is the name of a service in a region.
func serviceHost(service, region string) (string, error) {
	suffix, err := domain(region)
	return service + "." + region + "." + suffix, err
}

// ecrForm is the name of a registry in ECR: the classic one, the one for FIPS, and the one that is reached over IPv6
// too, whose names end in a domain of their own.
var ecrForm = regexp.MustCompile(`^(\d{12})\.(dkr\.ecr|dkr\.ecr-fips|dkr-ecr|dkr-ecr-fips)\.([a-z0-9-]+)\.((?:[a-z0-9-]+\.)*[a-z]+)$`)

// ECRHost is the name of a registry in ECR, taken apart.
type ECRHost struct {
	Account, Region string
	kind, domain    string
}

// ParseECRHost takes the name of a registry apart, and tells whether it is of the form that ECR's have, in whatever
// partition. Whether it is ECR's is for Check to say.
func ParseECRHost(host string) (ECRHost, bool) {
	m := ecrForm.FindStringSubmatch(host)
	if m == nil {
		return ECRHost{}, false
	}
	return ECRHost{Account: m[1], kind: m[2], Region: m[3], domain: m[4]}, true
}

// Check refuses a host that only looks like one of ECR's, before it gets a login. example is a name that ECR itself has
// given for the region: it is right in partitions too that this SDK does not know.
func (h ECRHost) Check(example string) error {
	known, err := domain(h.Region)
	if err != nil {
		return err
	}
	if given, ok := ParseECRHost(example); ok && given.Region == h.Region {
		known = given.domain
	}
	if h.domain == known || strings.HasPrefix(h.kind, "dkr-ecr") && (h.domain == "on.aws" || h.domain == "on.amazonwebservices.com.cn") {
		return nil
	}
	return configError(fmt.Sprintf("reading the registry's host %q", h.String()), fmt.Sprintf("ECR's hosts in %q end in %q", h.Region, known), "correct it, or write ecr:PATH for the registry of the account")
}

// String is the name.
func (h ECRHost) String() string {
	return strings.Join([]string{h.Account, h.kind, h.Region, h.domain}, ".")
}
