package project

import (
	"fmt"
	"slices"
	"strings"
)

// Target is the platform that a Lambda package is made for.
type Target struct {
	Python       int    // 3.Python
	Architecture string // in AWS's words: x86_64, arm64
	Platform     string // of wheels: manylinux_2_34
}

// amazonLinux2023 is the first minor version of Python 3 whose functions run on
// it; older ones run on Amazon Linux 2.
const amazonLinux2023 = 12

// nextPython is the version after the newest, which Lambda may have before this says so.
const nextPython = newestPython + 1

// Functions is what the root modules say of the functions that they make: minor versions
// of Python 3 and architectures, nothing where they say nothing plainly.
type Functions struct {
	Pythons       []int
	Architectures []string
}

// LambdaTarget is the target from the project's table, else the one that all functions
// have. pythonVersion is the text of .python-version, or the version of the image that
// was named.
func (p Project) LambdaTarget(pythonVersion string, functions Functions) (Target, error) {
	lambda := p.Settings.Package.Lambda
	t := Target{Architecture: First(lambda.Architecture, "x86_64"), Platform: lambda.Platform}
	if one := functions.Architectures; lambda.Architecture == "" && len(one) == 1 {
		t.Architecture = one[0]
	}
	allowed, err := parseVersions(p.RequiresPython)
	if err != nil {
		return t, fmt.Errorf("reading requires-python: %w", err)
	}
	allows := func(minor int) bool { return allowed.holdMinor(minor) || allowed.namePatch(minor) }
	one := functions.Pythons
	switch {
	case lambda.Python != "":
		t.Python = numbers(lambda.Python)[1]
		if t.Python > nextPython {
			return t, fmt.Errorf("choosing Python of the Lambda package: tool.pipeline.package.lambda says %s, and the newest that Lambda has is 3.%d: name the function's", lambda.Python, newestPython)
		}
		if !allows(t.Python) {
			return t, fmt.Errorf("choosing Python of the Lambda package: tool.pipeline.package.lambda says %s, and requires-python %s: make them fit", lambda.Python, p.RequiresPython)
		}
	case len(one) == 1 && allows(one[0]):
		t.Python = one[0]
	default:
		if t.Python, err = p.Python(pythonVersion); err != nil {
			return t, err
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

// Other says what functions have that a target is not made for, "" where one of them fits.
func (f Functions) Other(t Target) string {
	var other []string
	if len(f.Pythons) > 0 && !slices.Contains(f.Pythons, t.Python) {
		for _, minor := range f.Pythons {
			other = append(other, fmt.Sprintf("Python 3.%d", minor))
		}
	}
	if len(f.Architectures) > 0 && !slices.Contains(f.Architectures, t.Architecture) {
		other = append(other, f.Architectures...)
	}
	return strings.Join(other, " and ")
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
