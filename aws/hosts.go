package aws

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"dagger/pipeline/fault"
)

// The SDK knows which names a region's services have (amazonaws.com, .com.cn, .eu and those of partitions to come). It
// tells so by the address of a service only, so one is asked for and taken apart: every other host is built from it.

// Domain is what the names of a region's services end in.
func Domain(region string) (string, error) {
	fail := func(what string) error {
		return fault.Setting(fmt.Sprintf("finding the hosts of region %q", region), what, "check --region")
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

// ServiceHost is the name of a service in a region.
func ServiceHost(service, region string) (string, error) {
	suffix, err := Domain(region)
	return service + "." + region + "." + suffix, err
}
