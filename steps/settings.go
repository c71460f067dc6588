package steps

import "dagger/pipeline/internal/dagger"

// Settings are shared by all functions of a call. The module's constructor has
// the same fields, in the same order, and says what each is for.
// A text that guards something is a pointer: see Check.
type Settings struct {
	Source               *dagger.Directory
	Project              string
	PythonImage          *string
	PoetryVersion        string
	UvVersion            string
	ProjectVersion       string
	Git                  *dagger.Directory
	InstallSecrets       *dagger.Secret
	SshAgent             *dagger.Socket
	TerraformImage       *string
	TerraformVersion     string
	TerraformReleases    *string
	ProviderMirror       *dagger.Directory
	Infra                string
	TerraformVariables   *dagger.Secret
	TestSecrets          *dagger.Secret
	TerraformSecrets     *dagger.Secret
	StateBucket          *string
	Region               string
	AwsEndpoint          *string
	AwsAccessKeyId       *dagger.Secret
	AwsSecretAccessKey   *dagger.Secret
	AwsSessionToken      *dagger.Secret
	WebIdentityToken     *dagger.Secret
	RoleArn              *string
	ExternalId           *string
	SessionDuration      string
	ContainerCredentials *string
	ContainerToken       *dagger.Secret
	InstanceMetadata     *string
	AllowedAccounts      []string
	Job                  string
	LockTimeout          string
	Registry             *string
	RegistryUsername     *string
	RegistryPassword     *dagger.Secret
	Trust                string
	ResultsMaxAge        *string
}
