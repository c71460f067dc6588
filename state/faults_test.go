package state

import (
	"context"
	"testing"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
)

func TestFaults(t *testing.T) {
	awstest.RunFaults(t, []awstest.Operation{
		{Name: "S3 lock", Action: "GET /state/app/prod/terraform.tfstate.tflock", Run: awstest.Acting(func(ctx context.Context, s *aws.Session) error {
			_, err := In(s, "state").ReadLock(ctx, "app/prod/terraform.tfstate")
			return err
		})},
		{Name: "S3 removal", Action: "PUT " + lockObject, Run: awstest.Acting(func(ctx context.Context, s *aws.Session) error {
			_, err := In(s, "state").RemoveEmpty(ctx, "app/mr-7/terraform.tfstate", "job")
			return err
		})},
	})
}
