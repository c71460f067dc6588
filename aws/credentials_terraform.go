package aws

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// ProfileName is the profile that the rendered files define. So do they define the one that
// SDKs use where none is named: a provider that names it means no other credentials.
const (
	ProfileName    = "pipeline"
	defaultProfile = "default"
)

// TerraformProfile is a source of credentials that refreshes itself for as long as an apply takes: the text of an
// AWS config file, to be mounted as a secret, and the variables that point to it.
type TerraformProfile struct {
	Config  secret.Value            // the file's text
	Env     map[string]string       // AWS_PROFILE, AWS_CONFIG_FILE, ...: no secrets
	Secrets map[string]secret.Value // variables that are
}

// TerraformProfile renders the profile. configFile is where the text will be mounted; tokenFile is where the web
// identity token will be, unused by other sources.
//
// With a web identity the SDK inside terraform exchanges the token again when a session ends; it uses STS's default
// duration, because no profile setting for it takes effect there. With static keys and a role it assumes the role
// again. With a container's or the instance's role it reads the keys from there again, so the container that runs
// terraform must reach them.
func (c Config) TerraformProfile(configFile, tokenFile string) (TerraformProfile, error) {
	c = c.trimmed()
	if err := c.check(); err != nil {
		return TerraformProfile{}, err
	}
	p := profile{name: ProfileName}
	p.set("region", c.Region)
	p.set("endpoint_url", c.Endpoint)
	env := map[string]string{"AWS_CONFIG_FILE": configFile, "AWS_PROFILE": ProfileName, "AWS_SDK_LOAD_CONFIG": "1", "AWS_REGION": c.Region}
	if c.Endpoint != "" {
		// The SDKs assume the profile's role before they read endpoint_url; only the variable for STS applies to that call.
		env["AWS_ENDPOINT_URL"], env["AWS_ENDPOINT_URL_STS"] = c.Endpoint, c.Endpoint
	}
	if c.RoleARN != "" {
		p.set("role_arn", c.RoleARN)
		p.set("role_session_name", SessionName(c.Facts))
	}
	secrets := map[string]secret.Value{}
	var base profile
	switch {
	case !c.WebIdentityToken.IsZero():
		if tokenFile == "" {
			return TerraformProfile{}, fault.Setting("writing the profile of terraform", "no path for the token", "give the path at which it is mounted")
		}
		p.set("web_identity_token_file", tokenFile)
	case c.AccessKeyID != "" && c.RoleARN != "":
		base.name = ProfileName + "-keys"
		base.keys(c)
		p.set("source_profile", base.name)
		p.assume(c)
	case c.AccessKeyID != "":
		p.keys(c)
	case c.ContainerURI != "":
		p.from(c, "EcsContainer")
		if !c.ContainerToken.IsZero() {
			secrets["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = c.ContainerToken
		}
		if strings.HasPrefix(c.ContainerURI, "/") {
			env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = c.ContainerURI
		} else {
			env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = c.ContainerURI
		}
	default:
		p.from(c, "Ec2InstanceMetadata")
		env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = c.IMDSEndpoint
	}
	if c.pick().name != instanceRole {
		maps.Copy(env, NoInstanceRole())
	}
	usual := p
	usual.name = defaultProfile
	text, err := render(p, base, usual)
	return TerraformProfile{text, env, secrets}, err
}

// DefaultKeys is the text of a credentials file with the keys as they are, for a provider that
// names the profile "default": an SDK looks for that one in files alone.
func (c Config) DefaultKeys() (secret.Value, error) {
	p := profile{name: defaultProfile}
	p.keys(c.trimmed())
	return render(p)
}

// NoInstanceRole are the variables that keep an SDK from falling back to the machine's role if the credentials that it
// was given do not work.
func NoInstanceRole() map[string]string {
	return map[string]string{"AWS_EC2_METADATA_DISABLED": "true"}
}

// profile is one section of an AWS config file.
type profile struct {
	name string
	rows []string
}

func (p *profile) set(key, value string) {
	if value != "" {
		p.rows = append(p.rows, key+" = "+value)
	}
}

func (p *profile) keys(c Config) {
	p.set("aws_access_key_id", c.AccessKeyID)
	p.set("aws_secret_access_key", c.SecretAccessKey.Reveal())
	p.set("aws_session_token", c.SessionToken.Reveal())
}

// from uses the keys of a container or an instance. Without a role the SDK finds them itself.
func (p *profile) from(c Config, source string) {
	if c.RoleARN != "" {
		p.set("credential_source", source)
		p.assume(c)
	}
}

// assume adds the settings that only apply when a role is assumed with keys.
func (p *profile) assume(c Config) {
	p.set("external_id", c.ExternalID)
	d := c.Duration
	if d == 0 {
		d = defaultDuration
	}
	if !c.SessionToken.IsZero() || c.AccessKeyID == "" {
		d = min(d, chainedDuration)
	}
	p.set("duration_seconds", fmt.Sprint(int(d/time.Second)))
}

func render(profiles ...profile) (secret.Value, error) {
	text, lines := "", 0
	for _, p := range profiles {
		text += p.String()
		lines += p.lines()
	}
	if strings.ContainsAny(strings.ReplaceAll(text, "\n", ""), "\r\x00") || strings.Count(text, "\n") != lines {
		return secret.Value{}, fault.Setting("writing the profile of terraform", "a setting holds a line break", "remove it")
	}
	return secret.New(text), nil
}

func (p profile) lines() int {
	if p.name == "" {
		return 0
	}
	return len(p.rows) + 1
}

func (p profile) String() string {
	if p.name == "" {
		return ""
	}
	header := "profile " + p.name
	if p.name == defaultProfile {
		header = p.name
	}
	return "[" + header + "]\n" + strings.Join(append(p.rows, ""), "\n")
}
