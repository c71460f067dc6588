package aws_test

import (
	"context"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
)

func TestFaults(t *testing.T) {
	resolving := func(source func(aws.Config) aws.Config) func(context.Context, *awstest.Fake) error {
		return func(ctx context.Context, f *awstest.Fake) error {
			c := source(awstest.Config(f))
			c.AttemptLimit = 150 * time.Millisecond
			_, err := aws.Resolve(ctx, c)
			return err
		}
	}
	awstest.RunFaults(t, []awstest.Operation{
		{Name: "web identity", Action: "AssumeRoleWithWebIdentity", Run: resolving(awstest.WithWeb)},
		{Name: "assume role", Action: "AssumeRole", Run: resolving(func(c aws.Config) aws.Config { c = awstest.WithKeys(c); c.RoleARN = awstest.RoleARN; return c })},
		{Name: "caller identity", Action: "GetCallerIdentity", Run: resolving(awstest.WithTemporary)},
		{Name: "container role", Action: "GET /pod", Run: resolving(func(c aws.Config) aws.Config { c.ContainerURI = c.Endpoint + "/pod"; return c })},
		{Name: "IMDS token", Action: "PUT /latest/api/token", Run: resolving(func(c aws.Config) aws.Config { return c })},
		{Name: "IMDS keys", Action: "GET /latest/meta-data/iam/security-credentials/node-role", Run: resolving(func(c aws.Config) aws.Config { return c })},
	})
}
