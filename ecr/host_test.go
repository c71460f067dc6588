package ecr

import (
	"errors"
	"testing"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// Every partition's hosts come from the SDK; the regions stand for their partitions.
func TestHostsOfPartitions(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1": "amazonaws.com", "us-east-1": "amazonaws.com", "us-gov-west-1": "amazonaws.com",
		"cn-north-1": "amazonaws.com.cn", "eusc-de-east-1": "amazonaws.eu",
		"us-iso-east-1": "c2s.ic.gov", "us-isob-east-1": "sc2s.sgov.gov", "eu-isoe-west-1": "cloud.adc-e.uk", "us-isof-south-1": "csp.hci.ic.gov",
	} {
		if got, err := aws.ServiceHost("s3", region); err != nil || got != "s3."+region+"."+want {
			t.Errorf("%s: got %q, %v", region, got, err)
		}
		host, ok := ParseHost("222222222222.dkr.ecr." + region + "." + want)
		if !ok || host.Account != "222222222222" || host.Region != region || host.Check("") != nil {
			t.Errorf("%s: %+v, %v", region, host, host.Check(""))
		}
	}
	for _, bad := range []string{"", "eu west", "a/b"} {
		if got, err := aws.Domain(bad); !errors.Is(err, fault.ErrConfig) {
			t.Errorf("region %q: got %q, %v", bad, got, err)
		}
	}
}

func TestECRHosts(t *testing.T) {
	const own = "123456789012.dkr.ecr."
	for _, test := range []struct {
		host, example string
		form, right   bool
	}{
		{own + "eu-west-1.amazonaws.com", "", true, true},
		{"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "", true, true},
		{"123456789012.dkr-ecr.eu-west-1.on.aws", own + "eu-west-1.amazonaws.com", true, true},
		{"123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "", true, true},
		{own + "eu-west-1.amazonaws.com.other", "", true, false},
		{own + "eu-west-1.example.com", own + "eu-west-1.amazonaws.com", true, false},
		{own + "eu-west-1.on.aws", "", true, false},
		{own + "cn-north-1.amazonaws.com", "", true, false},
		// A partition that this SDK does not know: ECR itself has said the name.
		{"222222222222.dkr.ecr.new-moon-1.amazonaws.moon", own + "new-moon-1.amazonaws.moon", true, true},
		{"222222222222.dkr.ecr.new-moon-1.amazonaws.moon", "", true, false},
		{"222222222222.dkr.ecr.new-moon-1.amazonaws.moon", own + "eu-west-1.amazonaws.moon", true, false},
		{"12345678901.dkr.ecr.eu-west-1.amazonaws.com", "", false, false},
		{"registry.example.com", "", false, false},
		{own + "eu-west-1.amazonaws.com:443", "", false, false},
	} {
		host, ok := ParseHost(test.host)
		if ok != test.form || ok && host.String() != test.host {
			t.Errorf("%s: form %v, %q", test.host, ok, host)
		}
		if ok && (host.Check(test.example) == nil) != test.right {
			t.Errorf("%s with %q: %v", test.host, test.example, host.Check(test.example))
		}
	}
}
