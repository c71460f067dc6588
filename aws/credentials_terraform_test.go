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

func TestTerraformProfile(t *testing.T) {
	base := aws.Config{Region: "eu-west-1", Facts: aws.Facts{"group/app", "4711", "prod"}, ExternalID: "customer-42", Duration: 4 * time.Hour}
	role := func(c aws.Config) aws.Config { c.RoleARN = awstest.RoleARN; return c }
	for name, tt := range map[string]struct {
		config aws.Config
		text   string
		env    string // a variable that must be there, with its value
	}{
		"web identity": {awstest.WithWeb(base), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = group-app-prod-4711
web_identity_token_file = /run/secrets/token
`, "AWS_PROFILE=pipeline"},
		"keys and role": {role(awstest.WithKeys(base)), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = group-app-prod-4711
source_profile = pipeline-keys
external_id = customer-42
duration_seconds = 14400
[profile pipeline-keys]
aws_access_key_id = ` + awstest.StaticKey + `
aws_secret_access_key = ` + awstest.CanarySecret + "\n", "AWS_CONFIG_FILE=/run/secrets/aws"},
		"keys": {awstest.WithTemporary(base), `[profile pipeline]
region = eu-west-1
aws_access_key_id = ` + awstest.TemporaryKey + `
aws_secret_access_key = ` + awstest.CanarySecret + `
aws_session_token = ` + awstest.CanarySession + "\n", "AWS_REGION=eu-west-1"},
		"container and role": {role(aws.Config{Region: "eu-west-1", ContainerURI: "/v2/x", Duration: 4 * time.Hour}), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = pipeline
credential_source = EcsContainer
duration_seconds = 3600
`, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x"},
		"instance and a stand-in": {aws.Config{Region: "eu-west-1", Endpoint: "http://127.0.0.1:5000", IMDSEndpoint: "http://127.0.0.1:1"}, `[profile pipeline]
region = eu-west-1
endpoint_url = http://127.0.0.1:5000
`, "AWS_ENDPOINT_URL_STS=http://127.0.0.1:5000"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := tt.config.TerraformProfile("/run/secrets/aws", "/run/secrets/token")
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(strings.TrimPrefix(tt.text, "[profile pipeline]\n"), "[")
			if want := tt.text + "[default]\n" + first; p.Config.Reveal() != want {
				t.Errorf("text\n%s\nwant\n%s", p.Config.Reveal(), want)
			}
			key, value, _ := strings.Cut(tt.env, "=")
			if p.Env[key] != value {
				t.Errorf("environment %v, want %s", p.Env, tt.env)
			}
			for _, v := range p.Env {
				awstest.NoCanary(t, v)
			}
		})
	}
	if _, err := awstest.WithWeb(base).TerraformProfile("/run/secrets/aws", ""); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("no path for the token: %v", err)
	}
	// A key with a line break could add settings of its own to the file.
	broken := awstest.WithKeys(base)
	broken.SecretAccessKey = secret.New(awstest.CanarySecret + "\ncredential_process = /bin/evil")
	if _, err := broken.TerraformProfile("/run/secrets/aws", ""); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("a line break in a key: %v", err)
	}
	if _, err := broken.DefaultKeys(); !errors.Is(err, fault.ErrConfig) {
		t.Errorf("a line break in a key, for the default profile: %v", err)
	}
}

// Keys alone are passed on as variables; a provider that names the default profile finds them in a file.
func TestDefaultKeys(t *testing.T) {
	text, err := awstest.WithTemporary(aws.Config{Region: "eu-west-1"}).DefaultKeys()
	want := "[default]\naws_access_key_id = " + awstest.TemporaryKey + "\naws_secret_access_key = " + awstest.CanarySecret + "\naws_session_token = " + awstest.CanarySession + "\n"
	if err != nil || text.Reveal() != want {
		t.Errorf("%q, %v, want %q", text.Reveal(), err, want)
	}
}

func TestContainerTokenStaysASecret(t *testing.T) {
	c := aws.Config{Region: "eu-west-1", ContainerURI: "http://169.254.170.23/v1/credentials", ContainerToken: secret.New(awstest.CanaryPod)}
	p, err := c.TerraformProfile("/c", "")
	if err != nil || p.Secrets["AWS_CONTAINER_AUTHORIZATION_TOKEN"].Reveal() != awstest.CanaryPod || p.Env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != c.ContainerURI {
		t.Errorf("profile %v, %v", p, err)
	}
	for _, v := range p.Env {
		awstest.NoCanary(t, v)
	}
}
