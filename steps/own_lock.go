package steps

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// stateOfGitLab is the address of a state in GitLab, whose lock is below it.
var stateOfGitLab = regexp.MustCompile(`^https?://.+/api/v4/projects/[^/]+/terraform/state/[^/?#]+$`)

// locking are the arguments by which the own backend locks a state in GitLab: without
// them Terraform locks none on a server, and two runs at a time would both write it. open
// says of another backend that it locks nothing, "" where it does.
func (b ownBackend) locking(ctx context.Context) (arguments []string, open string, err error) {
	config, err := b.config(ctx, b.Environment)
	if err != nil {
		return nil, "", err
	}
	how := ""
	switch b.Module.Backend.Type {
	case "s3":
		if _, locked := config["use_lockfile"]; locked || config["dynamodb_table"] != "" {
			return nil, "", nil
		}
		how = "set use_lockfile = true (or dynamodb_table before Terraform 1.10) in the backend"
	case "http":
		if config["lock_address"] != "" || b.Secrets["TF_HTTP_LOCK_ADDRESS"] != nil {
			return nil, "", nil
		}
		if address := strings.TrimRight(config["address"], "/"); stateOfGitLab.MatchString(address) {
			return []string{
				"-backend-config=lock_address=" + address + "/lock", "-backend-config=unlock_address=" + address + "/lock",
				"-backend-config=lock_method=POST", "-backend-config=unlock_method=DELETE",
			}, "", nil
		}
		how = "give lock_address and unlock_address in backend-config"
	default:
		return nil, "", nil
	}
	return nil, fmt.Sprintf("Warning: %s: nothing locks the state of %q, and two runs at a time would both write it: %s", b.Environment, b.Infra, how), nil
}
