package steps

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/environments"
	"dagger/pipeline/state"
)

// State is an S3 backend with a lock file.
type State struct {
	Bucket string
	Key    string
	// Former is the key that all root modules had before each got its own.
	Former string
	// Region of the bucket, if it is known.
	Region string
	// KMSKey encrypts the state; "" leaves that to the bucket.
	KMSKey string
}

// defaultRoot is the root module of a project that names none.
const defaultRoot = "infra"

// StateFor is the state of one root module of a project in one environment: one
// key for each. The default root module's has no path in it.
func StateFor(bucket, project, environment, root string) State {
	former := path.Join(project, environment, stateName)
	if root = path.Clean(root); root == defaultRoot {
		return State{Bucket: bucket, Key: former, Former: former}
	}
	parts := strings.Split(root, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
		if part == "." || part == ".." { // S3 takes such keys, and not every client
			parts[i] = strings.Repeat("%2E", len(part))
		}
	}
	return State{Bucket: bucket, Key: path.Join(project, environment, strings.Join(parts, "/"), stateName), Former: former}
}

const stateName = "terraform.tfstate"

// StateOf returns the environment and the root module of a key of a project's
// states.
func StateOf(project, key string) (environment, root string, ok bool) {
	rest, ok := strings.CutPrefix(key, project+"/")
	if !ok {
		return "", "", false
	}
	environment, rest, _ = strings.Cut(rest, "/")
	root = defaultRoot
	if dir, name := path.Split(rest); dir != "" || name != stateName {
		var err error
		if root, err = url.PathUnescape(strings.TrimSuffix(dir, "/")); err != nil {
			return "", "", false
		}
	}
	return environment, root, StateFor("", project, environment, root).Key == key && environments.Validate(environment) == nil
}

// in is the bucket as a session sees it.
func (s State) in(session *aws.Session) state.Bucket {
	b := state.In(session, s.Bucket)
	b.KMSKey = s.KMSKey
	return b
}

func (s State) validate() error {
	if s.Bucket == "" {
		return fmt.Errorf("no state bucket given: name the S3 bucket of the terraform state with --state-bucket")
	}
	if strings.ContainsAny(s.Bucket, "/: ") && !strings.HasPrefix(s.Bucket, "arn:") {
		return fmt.Errorf("reading --state-bucket %q: it is not the name of a bucket: give that alone, such as my-states: each state gets a key of its own in it", s.Bucket)
	}
	return nil
}

// backendConfig are the arguments of terraform init for this state. Endpoint
// and checks differ only where AWS is not the real one. With a workspace, whose
// name is the environment's, the two make the same key together.
func (s State) backendConfig(aws AWS, workspace bool) []string {
	key := []string{"key=" + s.Key}
	if parts := strings.SplitN(s.Key, "/", 3); workspace {
		key = []string{"key=" + parts[2], "workspace_key_prefix=" + parts[0]}
	}
	config := append([]string{"bucket=" + s.Bucket}, key...)
	config = append(config,
		"region="+cmp.Or(s.Region, aws.Region),
		"use_lockfile=true",
	)
	if s.KMSKey != "" { // else S3 encrypts as the bucket says: encrypt=true would ask for S3's own key in its place
		config = append(config, "encrypt=true", "kms_key_id="+s.KMSKey)
	}
	if aws.Endpoint != "" {
		config = append(config,
			fmt.Sprintf(`endpoints={s3=%q,sts=%q,iam=%q}`, aws.Endpoint, aws.Endpoint, aws.Endpoint),
			"use_path_style=true",
			"skip_credentials_validation=true",
			fmt.Sprintf("skip_metadata_api_check=%t", aws.Instance == ""),
			"skip_requesting_account_id=true",
		)
	}
	args := make([]string, len(config))
	for i, c := range config {
		args[i] = "-backend-config=" + c
	}
	return args
}
