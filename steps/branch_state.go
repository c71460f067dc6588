package steps

import (
	"fmt"

	"dagger/pipeline/environments"
	"dagger/pipeline/trust"
)

// notByBranch refuses a protected run what follows the state of a merge request's
// environment. Any branch may write that: it has to, to deploy. It names the resources
// that are destroyed, by ids that may be production's, and the providers that run.
func notByBranch(level trust.Level, environment, doing string) error {
	if level != trust.Protected || !environments.IsMergeRequest(environment) {
		return nil
	}
	return fmt.Errorf("%s: any branch may have written the state, which says what is destroyed and by which providers, and this run is protected: call with --trust=open and the open role (--role-arn)", doing)
}
