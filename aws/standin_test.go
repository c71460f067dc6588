package aws_test

import (
	"errors"
	"strings"
	"testing"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
)

func TestMain(m *testing.M) { awstest.Main(m) }

func TestStandInCredentials(t *testing.T) {
	for name, change := range map[string]func(aws.Config) aws.Config{
		"web identity":  awstest.WithWeb,
		"keys":          func(c aws.Config) aws.Config { c = awstest.WithKeys(c); c.RoleARN = awstest.RoleARN; return c },
		"keys, no role": awstest.WithKeys,
	} {
		t.Run(name, func(t *testing.T) {
			s := awstest.OnStandIn(t, change)
			if s.Identity.Account != "123456789012" || name != "keys, no role" && !strings.Contains(s.Identity.ARN, "ci-deploy") {
				t.Errorf("identity %+v", s.Identity)
			}
		})
	}
	c := awstest.WithKeys(aws.Config{Region: "eu-west-1", Endpoint: awstest.StandIn(t), RoleARN: strings.Replace(awstest.RoleARN, "123456789012", "999999999999", 1)})
	c.AllowedAccounts = []string{"123456789012"}
	if _, err := aws.Resolve(t.Context(), c); !errors.Is(err, fault.ErrAccount) {
		t.Errorf("a role of another account: %v", err)
	}
}
