package aws

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

var (
	roleForm     = regexp.MustCompile(`^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role/[\w+=,.@/-]{1,576}$`)
	accountForm  = regexp.MustCompile(`^\d{12}$`)
	regionForm   = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`)
	externalForm = regexp.MustCompile(`^[\w+=,.@:/-]+$`) // STS AssumeRole, ExternalId: 2 to 1224 of these
)

// trimmed removes the white space that files and variables bring along: STS refuses a token with a line break.
func (c Config) trimmed() Config {
	trim := func(s secret.Value) secret.Value { return secret.New(strings.TrimSpace(s.Reveal())) }
	c.WebIdentityToken, c.SecretAccessKey, c.SessionToken, c.ContainerToken = trim(c.WebIdentityToken), trim(c.SecretAccessKey), trim(c.SessionToken), trim(c.ContainerToken)
	c.AccessKeyID, c.RoleARN = strings.TrimSpace(c.AccessKeyID), strings.TrimSpace(c.RoleARN)
	return c
}

// Check finds settings that are missing or inconsistent. It sends no requests.
func (c Config) Check() error { return c.trimmed().check() }

// check finds inconsistent settings before anything is sent.
func (c Config) check() error {
	const op = "reading AWS settings"
	switch {
	case !regionForm.MatchString(c.Region):
		return fault.Setting(op, fmt.Sprintf("region %q is none", c.Region), `give one such as "eu-west-1"`)
	case !c.WebIdentityToken.IsZero() && c.RoleARN == "":
		return fault.Setting(op, "a web identity token without a role", "give the role's ARN too")
	case c.AccessKeyID != "" && c.SecretAccessKey.IsZero():
		return fault.Setting(op, "an access key id without its secret key", "give --aws-secret-access-key too")
	case c.AccessKeyID == "" && !c.SecretAccessKey.IsZero():
		return fault.Setting(op, "a secret key without its access key id", "give --aws-access-key-id too")
	case c.AccessKeyID == "" && !c.SessionToken.IsZero():
		return fault.Setting(op, "a session token without its keys", "give --aws-access-key-id and --aws-secret-access-key too")
	case strings.HasPrefix(c.AccessKeyID, "ASIA") && c.SessionToken.IsZero():
		return fault.Setting(op, fmt.Sprintf("access key %q is a temporary one and has no session token", c.AccessKeyID), "give --aws-session-token too")
	case c.AllowedAccounts != nil && len(c.AllowedAccounts) == 0:
		return fault.Setting(op, "the list of allowed accounts is empty", "write ids of 12 digits, or leave --allowed-accounts out")
	case c.ExternalID != "" && (len(c.ExternalID) < 2 || len(c.ExternalID) > 1224 || !externalForm.MatchString(c.ExternalID)):
		return fault.Setting(op, "the external id has a form that STS refuses", "use 2 to 1224 letters, digits and _+=,.@:/-")
	case c.RoleARN != "" && !roleForm.MatchString(c.RoleARN):
		return fault.Setting(op, fmt.Sprintf("role %q is not an ARN", c.RoleARN), `write "arn:aws:iam::<account>:role/<name>"`)
	case c.Duration < 0:
		return fault.Setting(op, "a negative duration", `give one such as "1h"`)
	case c.Duration != 0 && (c.Duration < shortestDuration || c.Duration > longestDuration):
		return fault.Setting(op, fmt.Sprintf("a session of %s", c.Duration), "give a duration from 15m to 12h, which AWS allows")
	}
	for _, a := range c.AllowedAccounts {
		if !accountForm.MatchString(a) {
			return fault.Setting(op, fmt.Sprintf("allowed account %q is not an account id", a), "write 12 digits")
		}
	}
	if c.Endpoint != "" {
		if u, err := url.Parse(c.Endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fault.Setting(op, fmt.Sprintf("endpoint %q is not a URL", c.Endpoint), `write "https://host"`)
		}
	}
	if m := roleForm.FindStringSubmatch(c.RoleARN); m != nil {
		if err := checkAccount(c.AllowedAccounts, m[2], "role", c.RoleARN); err != nil {
			return err
		}
	}
	if c.WebIdentityToken.IsZero() && c.AccessKeyID == "" && c.ContainerURI == "" && c.IMDSEndpoint == "" {
		// Do not fall back to the machine's role: it may be anybody's.
		return fault.Setting(op, "nothing says where the credentials come from", "give --web-identity-token and --role-arn, keys, --container-credentials or --instance-metadata")
	}
	return c.checkContainer()
}

// containerHosts are where AWS serves credentials to containers: ECS, and EKS Pod Identity over IPv4 and IPv6. The
// SDKs accept these, loopback, and any host over HTTPS, and so do we: the token must not go anywhere else.
var containerHosts = []string{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"}

func (c Config) checkContainer() error {
	if c.ContainerURI == "" || strings.HasPrefix(c.ContainerURI, "/") {
		return nil
	}
	u, err := url.Parse(c.ContainerURI)
	if err != nil || u.Host == "" {
		return fault.Setting("reading AWS settings", fmt.Sprintf("container credentials URI %q is not a URL", c.ContainerURI), "pass on the variable that AWS sets")
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if u.Scheme == "https" || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	for _, h := range containerHosts {
		if host == h {
			return nil
		}
	}
	return fault.Setting("reading AWS settings", fmt.Sprintf("container credentials URI %q is on a host that AWS does not use", c.ContainerURI), "use https, loopback, or the URI that AWS sets")
}

// containerURL is the full URL of the container's credentials.
func (c Config) containerURL() string {
	if strings.HasPrefix(c.ContainerURI, "/") {
		return "http://169.254.170.2" + c.ContainerURI
	}
	return c.ContainerURI
}
