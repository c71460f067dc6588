package images

import (
	"strings"
	"testing"
)

// An index that does not answer is named by its host, whichever tool asks it and
// whatever that prints last.
func TestExplainUnreachable(t *testing.T) {
	const (
		retries = "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError(WHO: Failed to establish a new connection: [Errno 111] Connection refused)': /simple/six/\n"
		none    = "ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)\nERROR: No matching distribution found for six==1.17.0\n"
		named   = `"HTTPSConnection(host='packages.example.com', port=443)"`
		object  = "'<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>'"
		refused = "connection refused: check the index's address and the proxy"
		here    = "the package index at packages.example.com cannot be reached: "
	)
	who := func(text string) string { return strings.ReplaceAll(retries, "WHO", text) }
	for name, test := range map[string]struct{ output, want string }{
		"poetry": {"Installing dependencies from lock file\n\n  - Installing six (1.17.0)\n\nAll attempts to connect to packages.example.com failed.\n\nProbable Causes:\n  - the server is not responding to requests at the moment\n  - the hostname is not resolvable by your DNS\n\nYou can also run your poetry command with -v to see more information.\n",
			here + "check the network, the proxy, and the index's address"},
		"an older poetry":        {"  HTTPSConnectionPool(host='packages.example.com', port=443): Max retries exceeded with url: /six.whl (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))\n\n  at /opt/python-tools/lib/python3.12/site-packages/requests/adapters.py:519 in send\n", here + refused},
		"pip":                    {who(named) + none, here + refused},
		"an older pip":           {"Looking in indexes: https://ci:****@packages.example.com/simple\n" + who(object) + none, here + refused},
		"an older pip, quietly":  {who(object) + none, "the package index at pypi.org, or where pip is configured to look, cannot be reached: " + refused},
		"pip, two indexes":       {"Looking in indexes: https://packages.example.com/simple, https://pypi.org/simple\n" + who(object) + none, "the package index at packages.example.com or pypi.org cannot be reached: " + refused},
		"pip, a file":            {"ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='packages.example.com', port=443): Max retries exceeded with url: /six.whl (Caused by ConnectTimeoutError(x, 'Connection to packages.example.com timed out. (connect timeout=15)'))\n", here + "no answer in time: check the network and the proxy"},
		"pip, no such host":      {strings.ReplaceAll(who(named), "[Errno 111] Connection refused", "[Errno -2] Name or service not known") + none, here + "no such host: check the index's address and the DNS"},
		"pip, a certificate":     {"ERROR: HTTPSConnectionPool(host='packages.example.com', port=443): Max retries exceeded with url: /simple/six/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')))\n", here + "its certificate is not trusted in the container: add the authority that signed it to the machine's certificates"},
		"uv":                     {"error: Failed to fetch: `https://ci:x@packages.example.com/simple/six/`\n  Caused by: Request failed after 3 retries\n  Caused by: error sending request for url (https://ci:x@packages.example.com/simple/six/)\n  Caused by: client error (Connect)\n  Caused by: tcp connect error\n  Caused by: Connection refused (os error 111)\n", here + refused},
		"uv 0.13":                {"error: Request failed after 3 retries in 7.4s\n  cause: Failed to fetch: http://packages.example.com/simple/six/\n  cause: error sending request for url (http://packages.example.com/simple/six/)\n  cause: client error (Connect)\n  cause: tcp connect error\n  cause: Connection refused (os error 111)\n", here + refused},
		"uv, no such host":       {"  × Failed to download `six==1.17.0`\n  ├─▶ Failed to fetch: `https://packages.example.com/six.whl`\n  ├─▶ error sending request for url (https://packages.example.com/six.whl)\n  ├─▶ client error (Connect)\n  ├─▶ dns error\n  ╰─▶ failed to lookup address information: Name or service not known\n", here + "no such host: check the index's address and the DNS"},
		"one in the container":   {"error: Failed to fetch: `http://localhost:8080/simple/six/`\n  Caused by: error sending request for url (http://localhost:8080/simple/six/)\n  Caused by: Connection refused (os error 111)\n", "the package index at localhost:8080 cannot be reached: there it is the container itself: give an address that the container reaches"},
		"the package manager":    {who(named) + strings.ReplaceAll(none, "six==1.17.0", "poetry==2.2.1"), here + refused},
		"it answered after all":  {who(named) + "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n", ""},
		"no such version":        {none, ""},
		"it refuses the login":   {"401 Client Error: Unauthorized for url: https://packages.example.com/simple/six/", ""},
		"a test that is refused": {"E   ConnectionRefusedError: [Errno 111] Connection refused\n", ""},
	} {
		if got := explainUnreachable(test.output); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
		for tool, explain := range map[string]func(string) string{"poetry": explainPoetry, "uv": explainUV, "pip": explainPip} {
			if got := explain(test.output); test.want != "" && got != test.want {
				t.Errorf("%s, by %s: %s", name, tool, got)
			}
		}
		if got := ExplainInstall(test.output); strings.Contains(got, "cannot be reached") { // the tests of a project may miss a server of their own
			t.Errorf("%s, by the project's own command: %s", name, got)
		}
	}
}
