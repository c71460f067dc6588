package images

import (
	"fmt"
	"regexp"
	"strings"
)

// giveAgent is what to do where no agent is given.
const giveAgent = "give the agent that has a key for it with --ssh-agent unix://$SSH_AUTH_SOCK"

var (
	// notOverSSH are failures of git over SSH, as ssh, git and Poetry print them.
	notOverSSH = regexp.MustCompile(`Host key verification failed|Permission denied \((?:publickey|keyboard-interactive|password|gssapi)|cannot run ssh: |Failed to clone (?:ssh://|[\w.-]+@[\w.-]+:)`)

	// sshCauses are what stands behind them where an agent is given, the surest first.
	sshCauses = []struct {
		text *regexp.Regexp
		say  string
	}{
		{regexp.MustCompile(`Host key for (\S+) has changed and you have requested strict checking`), "the host key of $1 is another one than the known one: find out from its owner whether it was changed before you change the file that known-hosts names"},
		{regexp.MustCompile(`No (?:\S+ )?host key is known for (\S+) and you have requested strict checking`), "the host key of $1 is not known: put the line with it, as the server's owner publishes it, into a file, and name that with known-hosts in [tool.pipeline]"},
		{regexp.MustCompile(`Host key verification failed`), "the git server's host key is not known: put the line with it, as the server's owner publishes it, into a file, and name that with known-hosts in [tool.pipeline]"},
		{regexp.MustCompile(`pipeline: the SSH agent does not answer`), "the agent of --ssh-agent does not answer: check that ssh-agent still runs, and that the path is that of its socket"},
		{regexp.MustCompile(`pipeline: the SSH agent has no key`), "the agent of --ssh-agent has no key: add one with ssh-add before the call"},
		{regexp.MustCompile(`(\S+@\S+): Permission denied \(`), "the git server refuses each key of the agent ($1): add the one that it knows with ssh-add"},
		{regexp.MustCompile(`ssh: (connect to host \S+ port \d+: .+?|Could not resolve hostname \S+: .+?)(?: fatal:| pipeline:| ssh:|$)`), "the git server cannot be reached: $1"},
		{regexp.MustCompile(`cannot run \S*ssh\S*: |\bssh: (?:command )?not found`), "the image has no ssh: nothing in the source says that git needs it: take an image that has openssh-client"},
	}
)

// ExplainSSH is what an output tells of git over SSH, on one line, "" where that is not
// what failed. what says what is reached so, given whether with an agent.
func ExplainSSH(what string, given bool, output string) string {
	flat := strings.Join(strings.Fields(frame.ReplaceAllString(output, "")), " ") // terraform breaks long lines
	if !given {
		if notOverSSH.MatchString(flat) {
			return fmt.Sprintf("%s over SSH: %s", what, giveAgent)
		}
		return ""
	}
	for _, c := range sshCauses {
		if at := c.text.FindStringSubmatchIndex(flat); at != nil {
			return what + ": " + string(c.text.ExpandString(nil, c.say, flat, at))
		}
	}
	return ""
}

// explainSSH puts that before what else explains an output.
func explainSSH(what string, given bool, explain func(string) string) func(string) string {
	return func(output string) string {
		return first(ExplainSSH(what, given, output), explain(output))
	}
}

// FetchesModule says that the module from an address is fetched, "" for one that only
// Terraform knows.
func FetchesModule(address string) string {
	if address == "" {
		return "terraform fetches a module"
	}
	return fmt.Sprintf("terraform fetches a module from %q", address)
}
