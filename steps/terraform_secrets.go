package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/images"
)

// terraformSecrets are variables for what Terraform runs: logins of providers,
// of its http backend, of registries and git servers.
func (r *Run) terraformSecrets(ctx context.Context) (images.Secrets, error) {
	secrets, err := images.ReadSecrets(ctx, "--terraform-secrets", r.TerraformSecrets)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		if steers(name) {
			return nil, fmt.Errorf("reading --terraform-secrets: %s is the pipeline's to set: leave it out", name)
		}
	}
	return secrets, nil
}

// steers tells whether a variable would change which state is used, or with which
// credentials.
func steers(name string) bool {
	for _, prefix := range []string{"AWS_", "TF_CLI_", "TF_STATE_", "PIPELINE_", "PLAN_", "LD_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"PATH", "ENVIRONMENT", "LOCK_TIMEOUT", "TF_WORKSPACE", "TF_DATA_DIR", "TF_VAR_environment", "TF_VAR_artifact", "TF_VAR_aws_endpoint", "TF_IN_AUTOMATION", "TF_INPUT"}, name)
}
