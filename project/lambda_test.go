package project

import "testing"

func TestLambdaTarget(t *testing.T) {
	for _, test := range []struct{ pyproject, want, wheels, err string }{
		{``, "Python 3.12 on x86_64", "x86_64-manylinux_2_34", ""},
		{"[tool.pipeline.package.lambda]\narchitecture = \"arm64\"", "Python 3.12 on arm64", "aarch64-manylinux_2_34", ""},
		{"[tool.pipeline.package]\nlambda = { python = \"3.11\" }", "Python 3.11 on x86_64", "x86_64-manylinux_2_17", ""},
		{"[tool.pipeline.package]\nlambda = { python = \"3.13.2\", platform = \"manylinux_2_28\" }", "Python 3.13 on x86_64", "x86_64-manylinux_2_28", ""},
		{"[project]\nrequires-python = \">=3.13\"", "Python 3.14 on x86_64", "x86_64-manylinux_2_34", ""},
		{"[project]\nrequires-python = \">=3.12\"\n[tool.pipeline.package]\nlambda = { python = \"3.11\" }", "", "",
			"choosing Python of the Lambda package: tool.pipeline.package.lambda says 3.11, and requires-python >=3.12: make them fit"},
		{"[tool.pipeline.package]\nlambda = { python = \"3.99\" }", "", "",
			"choosing Python of the Lambda package: tool.pipeline.package.lambda says 3.99, and the newest that Lambda has is 3.14: name the function's"},
		{"[tool.pipeline.package]\nlambda = { architecture = \"aarch64\" }", "", "",
			`reading pyproject.toml: tool.pipeline.package.lambda.architecture is "aarch64": give it "x86_64" or "arm64"`},
		{"[tool.pipeline.package]\nlambda = { platform = \"musllinux_1_2\" }", "", "",
			`reading pyproject.toml: tool.pipeline.package.lambda.platform is "musllinux_1_2": give it a platform such as "manylinux_2_28"`},
	} {
		p, err := Parse(test.pyproject)
		var target Target
		if err == nil {
			target, err = p.LambdaTarget("", Functions{})
		}
		if err != nil {
			if err.Error() != test.err {
				t.Errorf("%s: error %q, want %q", test.pyproject, err, test.err)
			}
			continue
		}
		if test.err != "" || target.String() != test.want || target.Wheels() != test.wheels {
			t.Errorf("%s: %s with %s, want %s with %s", test.pyproject, target, target.Wheels(), test.want+test.err, test.wheels)
		}
	}
}

// What all functions of Terraform have is the target where the table says nothing; what
// it says otherwise is told.
func TestLambdaTargetOfFunctions(t *testing.T) {
	arm, old, both := []string{"arm64"}, []int{11}, []int{11, 13}
	for _, test := range []struct {
		pyproject string
		functions Functions
		want      string
		other     string
	}{
		{"", Functions{old, arm}, "Python 3.11 on arm64", ""},
		{"", Functions{old, nil}, "Python 3.11 on x86_64", ""},
		{"", Functions{nil, []string{"arm64", "x86_64"}}, "Python 3.12 on x86_64", ""},
		{"", Functions{both, nil}, "Python 3.12 on x86_64", "Python 3.11 and Python 3.13"},
		{"[project]\nrequires-python = \">=3.12\"", Functions{old, nil}, "Python 3.12 on x86_64", "Python 3.11"},
		{"[tool.pipeline.package]\nlambda = { python = \"3.12\", architecture = \"x86_64\" }", Functions{old, arm}, "Python 3.12 on x86_64", "Python 3.11 and arm64"},
		{"[tool.pipeline.package]\nlambda = { python = \"3.11\" }", Functions{both, arm}, "Python 3.11 on arm64", ""},
	} {
		p, err := Parse(test.pyproject)
		if err != nil {
			t.Fatal(err)
		}
		target, err := p.LambdaTarget("", test.functions)
		if err != nil || target.String() != test.want || test.functions.Other(target) != test.other {
			t.Errorf("%q, %+v: %s (%v), other: %q, want %s, %q", test.pyproject, test.functions, target, err, test.functions.Other(target), test.want, test.other)
		}
	}
}
