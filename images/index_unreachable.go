package images

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// What package managers print of an index, or the server of a package's file, that they do
// not get an answer from. The first group is its host.
var (
	// gaveUp is said once, after the last attempt: by Poetry, by pip and older releases of
	// Poetry, and by uv.
	gaveUp = regexp.MustCompile("All attempts to connect to (\\S+) failed|" +
		`HTTPS?ConnectionPool\(host='([^']+)', port=\d+\): (?:Max retries exceeded|Read timed out)|` +
		"error sending request for url \\(https?://(?:[^@/)]*@)?([^/)]+)|" +
		"(?s:Failed to fetch: `https?://(?:[^@/`]*@)?([^/`]+)[^`]*`.{0,200}?(?:dns error|[Cc]onnection refused|timed out|[Ee]rror trying to connect))")
	// triedAgain is pip's word for an attempt that failed; after the last one it goes on
	// as if the index were empty.
	triedAgain = regexp.MustCompile(`(?m)^.*Retrying \(Retry\(.*$`)
	foundNone  = regexp.MustCompile(`\(from versions: none\)|No matching distribution found`)
	pipHost    = regexp.MustCompile(`host='([^']+)'|[Cc]onnection to (\S+) timed out`)
	pipIndexes = regexp.MustCompile(`(?m)^Looking in indexes: (.+)$`)
)

// whyUnreachable is what stands behind it, by the words of the system and of TLS.
var whyUnreachable = []struct {
	text *regexp.Regexp
	say  string
}{
	{regexp.MustCompile(`CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate`), "its certificate is not trusted in the container: add the authority that signed it to the machine's certificates"},
	{regexp.MustCompile(`ProxyError|Cannot connect to proxy|[Tt]unnel connection failed|tunnel error|proxy connect`), "the proxy does not let it through: check HTTPS_PROXY and NO_PROXY"},
	{regexp.MustCompile(`Name or service not known|Temporary failure in name resolution|No address associated|nodename nor servname|failed to lookup address|dns error|NameResolutionError`), "no such host: check the index's address and the DNS"},
	{regexp.MustCompile(`[Cc]onnection refused`), "connection refused: check the index's address and the proxy"},
	{regexp.MustCompile(`(?i)timed out|timeout`), "no answer in time: check the network and the proxy"},
}

// explainUnreachable names a package index that cannot be reached, "" where none is missed.
func explainUnreachable(output string) string {
	attempts := strings.Join(triedAgain.FindAllString(output, -1), "\n")
	said := triedAgain.ReplaceAllString(output, "")
	host := ""
	if m := gaveUp.FindStringSubmatch(said); m != nil {
		host = strings.Join(m[1:], "")
	} else if attempts != "" && foundNone.MatchString(said) {
		host = hostOfPip(attempts, said)
	}
	if host == "" {
		return ""
	}
	why := "check the network, the proxy, and the index's address"
	for _, cause := range whyUnreachable {
		if cause.text.MatchString(output) {
			why = cause.say
			break
		}
	}
	if slices.Contains([]string{"localhost", "127.0.0.1", "[::1]"}, withoutPort(host)) {
		why = "there it is the container itself: give an address that the container reaches"
	}
	return fmt.Sprintf("the package index at %s cannot be reached: %s", host, why)
}

// hostOfPip is the host of an index that pip got no answer from. Older releases do not say it:
// then it is that of the indexes which pip names, or PyPI's.
func hostOfPip(attempts, said string) string {
	if m := pipHost.FindStringSubmatch(attempts); m != nil {
		return m[1] + m[2]
	}
	m := pipIndexes.FindStringSubmatch(said)
	if m == nil {
		return "pypi.org, or where pip is configured to look,"
	}
	var hosts []string
	for _, index := range strings.Split(m[1], ", ") {
		_, rest, _ := strings.Cut(withoutLogin(index), "://")
		host, _, _ := strings.Cut(rest, "/")
		hosts = append(hosts, host)
	}
	return strings.Join(hosts, " or ")
}

// explained is the installer's explanation of an output, which need not name the index.
func (r recipe) explained(ctx context.Context, secrets Secrets) func(output string) string {
	return func(output string) string {
		return r.install.explain(output + pipLooksIn(ctx, r.base.With(secrets.With), output))
	}
}

// pipLooksIn names the index that pip is configured for, as pip does where it is not quiet, for
// an output that has a failed attempt and no host. It asks only then.
func pipLooksIn(ctx context.Context, c *dagger.Container, output string) string {
	if !triedAgain.MatchString(output) || pipHost.MatchString(output) || pipIndexes.MatchString(output) {
		return ""
	}
	index, err := c.WithExec([]string{"sh", "-c", `index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || echo https://pypi.org/)}; host=${index#*://}; host=${host%%/*}; echo "${host##*@}"`}).Stdout(ctx)
	if err != nil {
		return ""
	}
	return "\nLooking in indexes: https://" + strings.TrimSpace(index) + "/\n"
}

func withoutPort(host string) string {
	if at := strings.LastIndex(host, ":"); at > strings.LastIndex(host, "]") {
		return host[:at]
	}
	return host
}
