package project

import "fmt"

// Target is the platform that a Lambda package is made for.
type Target struct {
	Python       int    // 3.Python
	Architecture string // in AWS's words: x86_64, arm64
	Platform     string // of wheels: manylinux_2_34
}

// amazonLinux2023 is the first minor version of Python 3 whose functions run on
// it; older ones run on Amazon Linux 2.
const amazonLinux2023 = 12

// LambdaTarget is the target from the project's table. pythonVersion is the text of
// .python-version, or the version of the image that was named.
func (p Project) LambdaTarget(pythonVersion string) (Target, error) {
	lambda := p.Settings.Package.Lambda
	t := Target{Architecture: First(lambda.Architecture, "x86_64"), Platform: lambda.Platform}
	if lambda.Python == "" {
		minor, err := p.Python(pythonVersion)
		if err != nil {
			return t, err
		}
		t.Python = minor
	} else {
		t.Python = numbers(lambda.Python)[1]
		allowed, err := parseVersions(p.RequiresPython)
		if err != nil {
			return t, fmt.Errorf("reading requires-python: %w", err)
		}
		if !allowed.holdMinor(t.Python) && !allowed.namePatch(t.Python) {
			return t, fmt.Errorf("choosing Python of the Lambda package: tool.pipeline.package.lambda says %s, and requires-python %s: make them fit", lambda.Python, p.RequiresPython)
		}
	}
	if t.Platform == "" {
		t.Platform = "manylinux_2_34"
		if t.Python < amazonLinux2023 {
			t.Platform = "manylinux_2_17" // of those that uv knows, the newest that glibc 2.26 runs
		}
	}
	return t, nil
}

// Wheels is the platform in uv's words.
func (t Target) Wheels() string {
	if t.Architecture == "arm64" {
		return "aarch64-" + t.Platform
	}
	return t.Architecture + "-" + t.Platform
}

// String is the target in words.
func (t Target) String() string { return fmt.Sprintf("Python 3.%d on %s", t.Python, t.Architecture) }
