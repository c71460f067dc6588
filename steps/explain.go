package steps

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// errorLine stands at the margin: the text of a warning is indented, whatever is in it.
	errorLine = regexp.MustCompile(`(?m)^Error: (.+)$`)
	lockField = regexp.MustCompile(`(?m)^[│|\s]*(ID|Who|Operation|Created):\s+(.+)$`)
	// notWritten is what apply.sh says of a state.
	notWritten = regexp.MustCompile(`(?m)^Error: (state not written.+)$`)
	// leftBehind is what it says of a destruction that ended with resources forgotten.
	leftBehind = regexp.MustCompile(`(?m)^Error: (left in place: .+)$`)
	noProfile  = regexp.MustCompile(`failed to get shared config profile, (\S+)`)
	badKeys    = regexp.MustCompile(`No valid credential sources found|\b(?:InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken\w*)\b`)
	denied     = regexp.MustCompile(`\b(?:AccessDenied|Forbidden)\b`)
	noValue    = regexp.MustCompile(`root module input variable "([^"]+)" is not set`)
	// heldOnServer is all that the http backend tells of another run's lock.
	heldOnServer = regexp.MustCompile(`HTTP remote state already locked: ID=(.+?) (?:Lock Info|Terraform|OpenTofu)`)
	listItem     = regexp.MustCompile(`(?m)^\s*- (.+)$`)
	// preamble announces the error that comes after it.
	preamble = regexp.MustCompile(`(?m)^Error: Terraform encountered problems during initialisation[^\n]*$`)
	frame    = regexp.MustCompile(`(?m)^[╷╵│]\s?`)
)

// Explain turns terraform's output into one line: the cause and the next thing
// to try. It returns "" if there is no error in the text.
func Explain(output, bucket, environment string) string {
	text := preamble.ReplaceAllString(frame.ReplaceAllString(output, ""), "")
	at := errorLine.FindStringIndex(text)
	if at == nil {
		return ""
	}
	text = text[at[0]:] // what provisioners print comes before
	if m := notWritten.FindStringSubmatch(text); m != nil {
		return m[1] // comes after what terraform says
	}
	if m := leftBehind.FindStringSubmatch(text); m != nil {
		return m[1] // OpenTofu has an error of its own for it, terraform none
	}
	first := diagnose(text)
	flat := oneLine(text) // terraform breaks lines where they get long
	if first.whole {
		flat = oneLine(first.summary + " " + first.detail)
	}
	if line := withoutProgram(first); line != "" {
		return line
	}
	if strings.HasSuffix(first.summary, "provisioner error") {
		return first.ofCommand(text) // the rest is what the project's own command printed
	}
	switch {
	case strings.HasPrefix(first.summary, "plan changed: "):
		return first.summary + ": make a new plan"
	case strings.Contains(flat, "Saved plan is stale"):
		return "plan changed: the state was written since the plan was made: make a new plan"
	case strings.Contains(flat, fmt.Sprintf("S3 bucket %q does not exist", bucket)):
		return fmt.Sprintf("the state bucket %q does not exist: create it (private, with versioning) or name another one with --state-bucket", bucket)
	case heldOnServer.MatchString(flat):
		return "the state of " + environment + " is locked in its backend: " + heldOnServer.FindStringSubmatch(flat)[1] + ": wait until that run has ended, or release the lock there"
	case strings.Contains(flat, lockError) && isHeld.MatchString(flat):
		return "the state of " + environment + " is locked" + lockHolder(text, environment)
	case strings.Contains(flat, `The state file does not have a "version" attribute`):
		return "the state of " + environment + " is encrypted by OpenTofu, or no state: use an image that has OpenTofu (--terraform-image), with the project's encryption block"
	case badKeys.MatchString(flat):
		return "AWS refused the credentials: " + badKeys.FindString(flat) + ": check that they are given and have not expired"
	case strings.Contains(flat, lockError):
		return "the lock of the state of " + environment + " cannot be written: " + lockCause(flat)
	case strings.Contains(flat, fmt.Sprintf("S3 bucket %q", bucket)) && denied.MatchString(flat):
		return fmt.Sprintf("AWS denies access to the state bucket %q: allow s3:ListBucket on it, and s3:GetObject, s3:PutObject and s3:DeleteObject on its keys", bucket)
	case noProfile.MatchString(flat):
		return first.where(fmt.Sprintf("there is no AWS profile %q in the container", noProfile.FindStringSubmatch(flat)[1])) + ": leave it out of the provider, or take it from a variable that is empty here: the credentials are those of the call"
	case noValue.MatchString(flat):
		return fmt.Sprintf("the variable %q has no value: give it a default, a value in a file that ends with .auto.tfvars, or one by variables or variable-files in %s", noValue.FindStringSubmatch(flat)[1], settingsTable)
	case strings.Contains(flat, "doesn't match any of the checksums"):
		return "a provider's checksum is not in .terraform.lock.hcl: run `terraform providers lock -platform=linux_amd64` and commit the file"
	case strings.HasPrefix(first.summary, "Unsupported Terraform Core version"), strings.HasPrefix(first.summary, "Unsupported OpenTofu Core version"):
		return first.where(first.summary) + ": give one that it allows with --terraform-version, version in " + settingsTable + ", or an image that has it"
	}
	if line := unreachable(first); line != "" {
		return line
	}
	return first.line(text)
}

// lockError begins what terraform says of a lock that it could not take; isHeld is in
// it where somebody else has it.
const lockError = "Error acquiring the state lock"

var (
	isHeld  = regexp.MustCompile(`Lock Info:|\b(?:PreconditionFailed|ConditionalRequestConflict|ConditionalCheckFailed\w*)\b|already locked`)
	lockWhy = regexp.MustCompile(`Error message: (?:.*?\bapi error )?(.+?)(?: unable to retrieve| Terraform acquires| OpenTofu acquires|$)`)
)

// lockCause says why a lock that nobody holds was not taken.
func lockCause(flat string) string {
	why := "no reason is given"
	if m := lockWhy.FindStringSubmatch(flat); m != nil {
		why = m[1]
	}
	if denied.MatchString(flat) {
		return why + ": allow s3:PutObject and s3:DeleteObject on the bucket's keys, and kms:GenerateDataKey and kms:Decrypt on the key that encrypts them"
	}
	return why + ": try again, or look at the bucket"
}

// lockHolder says who holds a lock, since when, and what to do, from terraform's
// own words.
func lockHolder(text, environment string) string {
	fields := map[string]string{}
	for _, m := range lockField.FindAllStringSubmatch(text, -1) {
		fields[m[1]] = strings.TrimSpace(m[2])
	}
	const wait = ": wait until that run has ended and try again"
	if fields["Who"] == "" {
		return wait
	}
	return fmt.Sprintf(" by %s since %s (%s, lock %s)%s; where it has ended without releasing it: unlock --environment %s --owner %s",
		fields["Who"], fields["Created"], fields["Operation"], fields["ID"], wait, environment, fields["Who"])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
