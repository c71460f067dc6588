package session

import (
	"context"
	"fmt"
)

// execFields run commands in a container.
func execFields() []Field {
	return []Field{
		{Name: "sync", Doc: "Evaluate this container in the engine.", Returns: "ContainerID!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				return o.id, s.evaluate(ctx, ctr(o))
			}},
		{Name: "withExec", Doc: "Run a command.", Returns: "Container!",
			Args: []Arg{required("args", "[String!]", "Command and arguments."),
				optional("useEntrypoint", "Boolean", "Put the image's entrypoint in front."), optional("stdin", "String", "Text for standard input."),
				optional("redirectStdin", "String", "Path of a file for standard input."),
				optional("redirectStdout", "String", "Path of a file for standard output."), optional("redirectStderr", "String", "Path of a file for standard error."),
				{Name: "expect", Type: "ReturnType", Doc: "Exit codes that are no error: SUCCESS, FAILURE or ANY.", Default: "SUCCESS"},
				optional("insecureRootCapabilities", "Boolean", "Run with all capabilities."),
				optional("noInit", "Boolean", "Has no effect: the shim is always the first process."), argExpand},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				c := ctr(o)
				expect := a.str("expect")
				if expect == "" {
					expect = "SUCCESS"
				}
				return s.exec(c, execOptions{args: c.command(a), stdin: a.str("stdin"), stdinFile: a.str("redirectStdin"), stdoutFile: a.str("redirectStdout"),
					stderrFile: a.str("redirectStderr"), expect: expect, privileged: a.boolean("insecureRootCapabilities")})
			}},
		{Name: "stdout", Doc: "Return the last command's standard output.", Returns: "String!", resolve: output("stdout")},
		{Name: "stderr", Doc: "Return the last command's standard error.", Returns: "String!", resolve: output("stderr")},
		{Name: "combinedOutput", Doc: "Return the last command's standard output and error in one.", Returns: "String!", resolve: output("combined")},
		{Name: "exitCode", Doc: "Return the last command's exit code.", Returns: "Int!",
			resolve: func(ctx context.Context, s *Server, o *object, _ args) (any, error) {
				text, err := s.meta(ctx, ctr(o), "exitCode")
				if err != nil {
					return nil, err
				}
				var code int
				_, err = fmt.Sscan(text, &code)
				return code, err
			}},
		{Name: "withSecretVariable", Doc: "Set an environment variable to a secret.", Returns: "Container!",
			Args: []Arg{required("name", "String", "Name of the variable."), required("secret", "SecretID", "The secret.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				sec, err := obj[*secret](s, a, "secret")
				if err != nil {
					return nil, err
				}
				n := ctr(o).withoutSecret(a.str("name"))
				n.secrets = append(n.secrets, secretEnv{name: a.str("name"), secret: sec})
				return n, nil
			}},
		{Name: "withoutSecretVariable", Doc: "Take a secret variable away.", Returns: "Container!", Args: []Arg{required("name", "String", "Name of the variable.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				return ctr(o).withoutSecret(a.str("name")), nil
			}},
	}
}
