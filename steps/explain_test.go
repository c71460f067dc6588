package steps

import "testing"

func TestExplain(t *testing.T) {
	for name, test := range map[string]struct{ output, want string }{
		"nothing wrong": {"Apply complete!", ""},
		"syntax": {
			"Error: Terraform encountered problems during initialisation, including problems\nwith the configuration, described below.\n\n" +
				"Error: Unclosed configuration block\n\n  on main.tf line 26, in resource \"x\":\n",
			"Unclosed configuration block: see main.tf line 26",
		},
		"framed": {
			"╷\n│ Error: Reference to undeclared input variable\n│ \n│   on main.tf line 3, in output \"z\":\n╵",
			"Reference to undeclared input variable: see main.tf line 3",
		},
		"no bucket": {
			"Error: Failed to get existing workspaces: S3 bucket \"there\" does not exist.",
			`the state bucket "there" does not exist: create it (private, with versioning) or name another one with --state-bucket`,
		},
		"AWS refuses the connection": {
			`Error: Failed to get existing workspaces: request send failed, Get "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused`,
			"AWS cannot be reached: 127.0.0.1:9: connection refused: check the network and --aws-endpoint",
		},
		"AWS has no such host": {
			`Error: request send failed, Get "https://s3.nowhere/": dial tcp: lookup s3.nowhere on 10.0.0.2:53: no such host`,
			"AWS cannot be reached: s3.nowhere: no such host: check the network and --aws-endpoint",
		},
		"locked": {
			"Error: Error acquiring the state lock\n\nLock Info:\n  ID:        7\n  Operation: OperationTypeApply\n  Who:       a@b\n  Created:   today\n",
			"the state of mr-1 is locked by a@b since today (OperationTypeApply, lock 7): wait until that run has ended and try again; where it has ended without releasing it: unlock --environment mr-1 --owner a@b",
		},
	} {
		if got := Explain(test.output, "there", "mr-1"); got != test.want {
			t.Errorf("%s:\n  %s\nwant\n  %s", name, got, test.want)
		}
	}
}
