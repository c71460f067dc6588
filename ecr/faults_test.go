package ecr

import (
	"context"
	"testing"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
)

func TestFaults(t *testing.T) {
	awstest.RunFaults(t, []awstest.Operation{
		{Name: "ECR login", Action: "GetAuthorizationToken", Run: awstest.Acting(func(ctx context.Context, s *aws.Session) error { _, err := New(s).Login(ctx); return err })},
	})
}
