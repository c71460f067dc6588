package images

import "testing"

// For an unknown failure of init, the line is its first error, without the frame around it.
func TestExplainInitOfSomethingElse(t *testing.T) {
	const start = "\x1b[0m\x1b[1mInitializing the backend...\x1b[0m\n\x1b[31m╷\x1b[0m\x1b[0m\n\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0m\x1b[0m"
	for output, want := range map[string]string{
		start + "failed to read dependency lock file: 1 problem:\n\x1b[31m│\x1b[0m \x1b[0m\n\x1b[31m│\x1b[0m \x1b[0m- Invalid provider version number: The selected version number for provider\n\x1b[31m│\x1b[0m x is invalid.\n\x1b[31m│\x1b[0m\n\x1b[31m╵\x1b[0m\n": `failed to read dependency lock file: 1 problem: Invalid provider version number: The selected version number for provider x is invalid`,
		start + "Unsupported argument\n│ \n│   on main.tf line 3:\n│    3: x = 1\n│ \n│ An argument named \"x\" is not expected here.\n╵\n╷\n│ Error: another\n":                                                                                                       `Unsupported argument: An argument named "x" is not expected here`,
		"nothing": "",
	} {
		if got := explainInit(output); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
