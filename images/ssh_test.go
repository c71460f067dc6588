package images

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The known servers have the keys whose fingerprints their owners publish.
func TestKnownServers(t *testing.T) {
	published := map[string]string{
		"github.com":    "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
		"gitlab.com":    "eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
		"bitbucket.org": "ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
	}
	found := map[string]string{}
	for line := range strings.Lines(wellKnown) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] == "#" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(fields[2])
		if err != nil {
			t.Error(err)
		}
		sum := sha256.Sum256(key)
		found[fields[0]] = base64.RawStdEncoding.EncodeToString(sum[:])
	}
	for host, want := range published {
		if found[host] != want {
			t.Errorf("%s: %s, want %s", host, found[host], want)
		}
	}
	if len(found) != len(published) {
		t.Errorf("known are %v", found)
	}
}

// ssh is in the image where git needs it, and only there.
func TestSSHOnlyWhereNeeded(t *testing.T) {
	for text, want := range map[string]bool{
		"x==1\n": false, "x @ git+https://example.com/x.git\n": false, "x @ git+ssh://git@example.com/x.git\n": true,
	} {
		files := map[string]string{"/app/requirements.txt": text}
		if got := slices.Contains(appTools(files), "ssh=openssh-client=openssh-client-default"); got != want {
			t.Errorf("%q: ssh %t", text, got)
		}
		if i := (installer{files: files, script: "install\n"}).forSSH("requirements.txt", true); (i.script != "install\n") != want {
			t.Errorf("%q: the script is %q", text, i.script)
		}
	}
	for address, want := range map[string]bool{"": false, "git@example.com:m.git": true} {
		if got := slices.Contains(Terraform{Release: Release{OverSSH: address}}.tools(), "ssh=openssh-client=openssh-client-default"); got != want {
			t.Errorf("%q: ssh %t", address, got)
		}
	}
}

// asGit runs ssh.sh as git does, with an ssh and an ssh-add that end with a code.
func asGit(t *testing.T, sshCode, addCode string) (output, kept string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"git/ssh":     strings.ReplaceAll(asSSH, "/tmp/ssh-said", dir+"/said"),
		"bin/ssh":     "#!/bin/sh\necho \"$@\"\necho complaint >&2\nexit " + sshCode + "\n",
		"bin/ssh-add": "#!/bin/sh\nexit " + addCode + "\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "git/ssh"), "-p", "22", "git@example.com", "git-upload-pack 'x'")
	cmd.Env = []string{"PATH=" + dir + "/bin:" + os.Getenv("PATH"), "TMPDIR=" + dir}
	out, err := cmd.CombinedOutput()
	if (err == nil) != (sshCode == "0") {
		t.Errorf("ssh ended with %s, and for git with %v", sshCode, err)
	}
	said, _ := os.ReadFile(filepath.Join(dir, "said"))
	return strings.ReplaceAll(string(out), dir, ""), string(said)
}

// A server must be known, whatever the image's configuration says, and git gets what ssh says.
func TestAsSSH(t *testing.T) {
	const asked = "-o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no -o ConnectTimeout=60 " +
		"-o UserKnownHostsFile=~/.ssh/known_hosts /git/known_hosts -p 22 git@example.com git-upload-pack 'x'\ncomplaint\n"
	for codes, want := range map[[2]string]struct{ output, kept string }{
		{"0", "1"}:     {asked, ""},
		{"1", "1"}:     {asked, ""}, // of the other end's command
		{"255", "0"}:   {asked, "complaint\n"},
		{"255", "1"}:   {asked + "pipeline: the SSH agent has no key\n", "complaint\npipeline: the SSH agent has no key\n"},
		{"255", "2"}:   {asked + "pipeline: the SSH agent does not answer\n", "complaint\npipeline: the SSH agent does not answer\n"},
		{"255", "127"}: {asked, "complaint\n"}, // an image without ssh-add
	} {
		output, kept := asGit(t, codes[0], codes[1])
		if output != want.output || kept != want.kept {
			t.Errorf("%v:\n%s\nwant\n%s\nkept %q", codes, output, want.output, kept)
		}
	}
}

// What ssh said comes after a command that fails, and is gone after one that does not.
func TestSSHSaid(t *testing.T) {
	for command, want := range map[string]string{"exit 3": "complaint\n", "set -e; false": "complaint\n", "true": "", "exit 0": ""} {
		said := filepath.Join(t.TempDir(), "said")
		if err := os.WriteFile(said, []byte("complaint\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(sshSaid, "/tmp/ssh-said", said)+command)
		out, err := cmd.CombinedOutput()
		if string(out) != want || (err == nil) != (want == "") {
			t.Errorf("%s: %q, %v", command, out, err)
		}
		if command == "exit 3" && cmd.ProcessState.ExitCode() != 3 {
			t.Errorf("%s: exit code %d", command, cmd.ProcessState.ExitCode())
		}
		if _, err := os.Stat(said); err == nil {
			t.Errorf("%s: it is still there", command)
		}
	}
}

// Outputs of OpenSSH 9.2 with git, and of Terraform around them.
func TestExplainSSH(t *testing.T) {
	const (
		unknown = "No ED25519 host key is known for [10.0.0.1]:2222 and you have requested strict checking.\r\nHost key verification failed.\r\nfatal: Could not read from remote repository.\n"
		changed = "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending ED25519 key in /opt/pipeline-ssh/known_hosts:4\nHost key for example.com has changed and you have requested strict checking.\nHost key verification failed.\n"
		denied  = "git@example.com: Permission denied (publickey).\n"
	)
	for _, test := range []struct {
		given        bool
		output, want string
	}{
		{true, unknown, "w: the host key of [10.0.0.1]:2222 is not known: "},
		{true, "│ No ED25519 host key is known for example.com and you\n│ have requested strict checking.\n", "w: the host key of example.com is not known: "},
		{true, changed, "w: the host key of example.com is another one than the known one: "},
		{true, denied, "w: the git server refuses each key of the agent (git@example.com): "},
		{true, denied + "pipeline: the SSH agent has no key\n", "w: the agent of --ssh-agent has no key: "},
		{true, denied + "pipeline: the SSH agent does not answer\n", "w: the agent of --ssh-agent does not answer: "},
		{true, unknown + "pipeline: the SSH agent has no key\n", "w: the host key of [10.0.0.1]:2222 is not known: "},
		{true, "ssh: connect to host example.com port 22: Connection refused\nfatal: Could not read from remote repository.\n", "w: the git server cannot be reached: connect to host example.com port 22: Connection refused"},
		{true, "ssh: Could not resolve hostname none.example.com: Name or service not known\n", "w: the git server cannot be reached: Could not resolve hostname none.example.com: Name or service not known"},
		{true, "/opt/pipeline-ssh/ssh: 7: ssh: not found\n", "w: the image has no ssh: "},
		{true, "error: command 'gcc' failed\n", ""},
		{false, unknown, "w over SSH: give the agent"},
		{false, denied, "w over SSH: give the agent"},
		{false, "error: cannot run ssh: No such file or directory\n", "w over SSH: give the agent"},
		{false, "Failed to clone ssh://git@example.com/x.git, check your git configuration\n", "w over SSH: give the agent"},
		{false, "Failed to clone https://example.com/x.git, check your git configuration\n", ""},
		{false, "bash: ./gradlew: Permission denied\n", ""},
	} {
		got := ExplainSSH("w", test.given, test.output)
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" || strings.Contains(got, "\n") {
			t.Errorf("%t %q:\n got %s\nwant %s", test.given, test.output, got, test.want)
		}
	}
}
