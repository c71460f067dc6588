package aws

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTerraformProfile(t *testing.T) {
	base := Config{Region: "eu-west-1", Facts: Facts{"group/app", "4711", "prod"}, ExternalID: "customer-42", Duration: 4 * time.Hour}
	role := func(c Config) Config { c.RoleARN = roleARN; return c }
	for name, tt := range map[string]struct {
		config Config
		text   string
		env    string // a variable that must be there, with its value
	}{
		"web identity": {withWeb(base), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = group-app-prod-4711
web_identity_token_file = /run/secrets/token
`, "AWS_PROFILE=pipeline"},
		"keys and role": {role(withKeys(base)), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = group-app-prod-4711
source_profile = pipeline-keys
external_id = customer-42
duration_seconds = 14400
[profile pipeline-keys]
aws_access_key_id = ` + staticKey + `
aws_secret_access_key = ` + canarySecret + "\n", "AWS_CONFIG_FILE=/run/secrets/aws"},
		"keys": {withTemporary(base), `[profile pipeline]
region = eu-west-1
aws_access_key_id = ` + temporaryKey + `
aws_secret_access_key = ` + canarySecret + `
aws_session_token = ` + canarySession + "\n", "AWS_REGION=eu-west-1"},
		"container and role": {role(Config{Region: "eu-west-1", ContainerURI: "/v2/x", Duration: 4 * time.Hour}), `[profile pipeline]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/ci-deploy
role_session_name = pipeline
credential_source = EcsContainer
duration_seconds = 3600
`, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x"},
		"instance and a stand-in": {Config{Region: "eu-west-1", Endpoint: "http://127.0.0.1:5000", IMDSEndpoint: "http://127.0.0.1:1"}, `[profile pipeline]
region = eu-west-1
endpoint_url = http://127.0.0.1:5000
`, "AWS_ENDPOINT_URL_STS=http://127.0.0.1:5000"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := tt.config.TerraformProfile("/run/secrets/aws", "/run/secrets/token")
			if err != nil {
				t.Fatal(err)
			}
			if p.Config.Reveal() != tt.text {
				t.Errorf("text\n%s\nwant\n%s", p.Config.Reveal(), tt.text)
			}
			key, value, _ := strings.Cut(tt.env, "=")
			if p.Env[key] != value {
				t.Errorf("environment %v, want %s", p.Env, tt.env)
			}
			for _, v := range p.Env {
				noCanary(t, v)
			}
		})
	}
	if _, err := withWeb(base).TerraformProfile("/run/secrets/aws", ""); !errors.Is(err, ErrConfig) {
		t.Errorf("no path for the token: %v", err)
	}
	// A key with a line break could add settings of its own to the file.
	broken := withKeys(base)
	broken.SecretAccessKey = NewSecret(canarySecret + "\ncredential_process = /bin/evil")
	if _, err := broken.TerraformProfile("/run/secrets/aws", ""); !errors.Is(err, ErrConfig) {
		t.Errorf("a line break in a key: %v", err)
	}
}

func TestContainerTokenStaysASecret(t *testing.T) {
	c := Config{Region: "eu-west-1", ContainerURI: "http://169.254.170.23/v1/credentials", ContainerToken: NewSecret(canaryPod)}
	p, err := c.TerraformProfile("/c", "")
	if err != nil || p.Secrets["AWS_CONTAINER_AUTHORIZATION_TOKEN"].Reveal() != canaryPod || p.Env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != c.ContainerURI {
		t.Errorf("profile %v, %v", p, err)
	}
	for _, v := range p.Env {
		noCanary(t, v)
	}
}

func TestProcessJSON(t *testing.T) {
	text, err := Credentials{mintedKey, NewSecret(canaryMinted), NewSecret(canaryIssued), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}.ProcessJSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text.Reveal()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"Version": 1.0, "AccessKeyId": mintedKey, "SecretAccessKey": canaryMinted, "SessionToken": canaryIssued, "Expiration": "2026-01-02T03:04:05Z"}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
	lasting, _ := Credentials{AccessKeyID: staticKey, SecretAccessKey: NewSecret(canarySecret)}.ProcessJSON()
	if strings.Contains(lasting.Reveal(), "Expiration") || strings.Contains(lasting.Reveal(), "SessionToken") {
		t.Errorf("lasting keys: %s", lasting.Reveal())
	}
}
