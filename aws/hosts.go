package aws

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"dagger/pipeline/fault"
)

// The SDK knows the domain of a region's services (amazonaws.com, .com.cn, .eu and those of future partitions). It
// reveals the domain only in the address of a service, so one is requested and parsed: every other host is built from it.

// Domain is the domain of a region's services.
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
