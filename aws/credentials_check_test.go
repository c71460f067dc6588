package aws_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

func TestSettingsThatDoNotFit(t *testing.T) {
	ok := aws.Config{Region: "eu-west-1", IMDSEndpoint: "http://169.254.169.254"}
	for want, change := range map[string]func(*aws.Config){
		"region":                           func(c *aws.Config) { c.Region = "" },
		"without a role":                   func(c *aws.Config) { c.WebIdentityToken = secret.New(awstest.CanaryToken) },
		"give --aws-secret-access-key too": func(c *aws.Config) { c.AccessKeyID = awstest.StaticKey },
		"give --aws-access-key-id too":     func(c *aws.Config) { c.SecretAccessKey = secret.New(awstest.CanarySecret) },
		"give --aws-access-key-id and --aws-secret-access-key too": func(c *aws.Config) { c.SessionToken = secret.New(awstest.CanarySession) },
		"nothing says where the credentials come from":             func(c *aws.Config) { c.IMDSEndpoint = "" },
		"the list of allowed accounts is empty":                    func(c *aws.Config) { c.AllowedAccounts = []string{} },
		`allowed account "" is not an account id`:                  func(c *aws.Config) { c.AllowedAccounts = []string{""} },
		"no session token": func(c *aws.Config) {
			c.AccessKeyID, c.SecretAccessKey = awstest.TemporaryKey, secret.New(awstest.CanarySecret)
		},
		"external id":        func(c *aws.Config) { c.ExternalID = "a b" },
		"is not an ARN":      func(c *aws.Config) { c.RoleARN = "ci-deploy" },
		"a session of 13h":   func(c *aws.Config) { c.Duration = 13 * time.Hour },
		"a session of 1m":    func(c *aws.Config) { c.Duration = time.Minute },
		"negative duration":  func(c *aws.Config) { c.Duration = -1 },
		"not an account id":  func(c *aws.Config) { c.AllowedAccounts = []string{"1234"} },
		"is not a URL":       func(c *aws.Config) { c.Endpoint = "localhost:4566" },
		"AWS does not use":   func(c *aws.Config) { c.ContainerURI = "http://evil.example/creds" },
		"\"http://169.254.1": func(c *aws.Config) { c.ContainerURI = "http://169.254.1.1/creds" },
	} {
		c := ok
		change(&c)
		_, err := aws.Resolve(t.Context(), c)
		if err == nil || !errors.Is(err, fault.ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
			continue
		}
		awstest.NoCanary(t, err.Error())
	}
	for _, d := range []time.Duration{0, 15 * time.Minute, 12 * time.Hour} {
		if ok.Duration = d; ok.Check() != nil {
			t.Error(ok.Check())
		}
	}
	// A role alone is not assumed with whatever role the machine has.
	ok.IMDSEndpoint, ok.RoleARN = "", awstest.RoleARN
	if _, err := aws.Resolve(t.Context(), ok); err == nil || !strings.Contains(err.Error(), "nothing says where the credentials come from") {
		t.Errorf("a role alone: %v", err)
	}
}

// Partitions that are not known yet have roles too.
func TestRolesOfAllPartitions(t *testing.T) {
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc", "aws-next"} {
		c := aws.Config{Region: "eu-west-1", RoleARN: "arn:" + partition + ":iam::123456789012:role/deploy", IMDSEndpoint: "http://169.254.169.254"}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		if c.AllowedAccounts = []string{"210987654321"}; !errors.Is(c.Check(), fault.ErrAccount) {
			t.Errorf("%s: the account of the role is not compared", partition)
		}
	}
}

// A registry in another account is one that is touched.
func TestAccountOfTheRegistry(t *testing.T) {
	for _, tt := range []struct {
		allowed []string
		want    error
	}{{nil, nil}, {[]string{"123456789012"}, fault.ErrAccount}, {[]string{"123456789012", "999999999999"}, nil}} {
		c := awstest.WithKeys(awstest.Config(awstest.NewFake(t)))
		c.AllowedAccounts = tt.allowed
		if err := awstest.Resolve(t, c).Allows("999999999999", "999999999999.dkr.ecr.eu-west-1.amazonaws.com"); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v", tt.allowed, err)
		}
	}
}
