package images

import "regexp"

// installCauses are what stands behind a failed installation of packages, by
// what pip, Poetry, uv, git and the build backends print.
var installCauses = []struct {
	text *regexp.Regexp
	say  string // with the text's groups
}{
	{regexp.MustCompile(`Could not find a version that satisfies the requirement poetry==(\S+)`), "the package index has no such version of poetry: check --poetry-version"},
	{regexp.MustCompile(`Current Python version \(([^)]+)\) is not allowed by the project \(([^)]+)\)`), "the image has Python $1, the project requires $2: name another image with --python-image, or python in [tool.pipeline]"},
	{regexp.MustCompile(`(?:Package|package) '([^']+)' requires a different Python: (\S+) not in '([^']+)'`), "the image has Python $2, $1 requires $3: name another image with --python-image, or python in [tool.pipeline]"},
	{regexp.MustCompile(`(?:remote: HTTP Basic: Access denied|fatal: Authentication failed for|fatal: could not read (?:Username|Password) for) ?'?(?:for )?'?(https?://[^/'\s]+)`), "the git server at $1 refuses the login: give one with --install-secrets"},
	{regexp.MustCompile(`(?:^|\s)(\S+@[^\s:]+): Permission denied \(publickey`), "the git server refuses the SSH key of $1: give one that it knows"},
	{regexp.MustCompile(`(?m)^pipeline: (\S+) and (\S+) both have (.+)$`), "$1 and $2, packages of the repository that it uses, both have a file $3, with other contents: rename a module"},
	{regexp.MustCompile(`(?m)^pipeline: (\S.*) of (\S+) is a pointer of Git LFS$`), "$1 of $2 is a pointer of Git LFS, and not the file: have it fetched before the call (git lfs pull, or lfs: true of actions/checkout)"},
	{regexp.MustCompile(`Host key verification failed`), "the git server's SSH host key is not known: add it to known_hosts in the image"},
	{regexp.MustCompile(`(?:HTTPError: |error: |Error )?(40[13])(?: Client Error)?[:(]? ?\(?(?:Unauthorized|Forbidden)\)?.{0,40}(?:for url:?|url) \(?(https?://[^/\s)]+)`), "the package index at $2 refuses the login ($1): give one with --install-secrets"},
	{regexp.MustCompile(`(?:(?:Authorization|Authentication) error accessing|HTTP error 40[13] while getting) (https?://[^/\s]+)`), "the package index at $1 refuses the login: give one with --install-secrets"},
	{regexp.MustCompile(`Downloaded distributions for (\S+) \([^)]*\) did not match any known checksums`), otherBytes},
	{regexp.MustCompile(`Hash for (\S+) \([^)]*\) from archive .* not found in known hashes`), otherBytes},
	{regexp.MustCompile("Hash mismatch for `([^`]+)`"), otherBytes},
	{regexp.MustCompile(`Hashes are required in --require-hashes mode[\s\S]*?\n\s+(\S+) --hash=`), "$1 has no hash, and other requirements have: run `pip-compile --generate-hashes` and commit the file"},
	{regexp.MustCompile(`pg_config executable not found`), "a package is built from source and needs pg_config: add the package with PostgreSQL's headers to system-packages in [tool.pipeline] (libpq-dev, on Alpine postgresql-dev), or depend on the package's wheel"},
	{regexp.MustCompile(`(?:can't find Rust compiler|Rust not found, installing into|Rust toolchain is not installed|[Cc]argo, the Rust package manager, is not installed|error: command 'cargo' failed)`), "a package is built from source and needs Rust: take an image for which it has a wheel, or add cargo to system-packages in [tool.pipeline]"},
	{regexp.MustCompile(`error: command '([^']*)' failed: No such file or directory`), "a package is built from source and needs the compiler $1: add it to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel"},
	{regexp.MustCompile(`error: \[Errno 2\] No such file or directory: '((?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran)(?:-[\d.]+)?)'`), "a package is built from source and needs the compiler $1: add it to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel"},
	{regexp.MustCompile(`(?i:you need a C compiler|no acceptable C compiler found|Unknown compiler\(s\): |No CMAKE_C(?:XX)?_COMPILER could be found)`), "a package is built from source and needs a C compiler: add one to system-packages in [tool.pipeline] (build-essential, on Alpine build-base), or take an image for which the package has a wheel"},
	{regexp.MustCompile(`(?m)^ERROR: Cannot install (.+) because these package versions have conflicting dependencies\.?$`), "$1 do not fit together, with what else the requirements fix: change one of their versions"},
	{regexp.MustCompile(`fatal error: (\S+\.h): No such file or directory`), "a package is built from source and needs the header $1: add the package that has it to system-packages in [tool.pipeline]"},
	{regexp.MustCompile(`Unable to find installation candidates for (.+)`), "the package index has no usable file of $1: check that poetry.lock fits the image's python and that the index can be reached"},
}

const otherBytes = "the package index serves other bytes for $1 than the lock file names: their hash is another one: find out who changed them before you lock again"

// ExplainInstall turns the output of installing packages into one line, "" if it
// recognizes no cause.
func ExplainInstall(output string) string {
	for _, c := range installCauses {
		if at := c.text.FindStringSubmatchIndex(output); at != nil {
			return string(c.text.ExpandString(nil, c.say, output, at))
		}
	}
	return ""
}
