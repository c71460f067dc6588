package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// socket is the path of the Unix socket that a text names: unix://PATH, or PATH.
func (a *App) socket(text string) (string, error) {
	name := strings.TrimPrefix(text, "unix://")
	if name == "" {
		return "", errors.New("unix:// names no socket: set the variable that its path is taken from, such as SSH_AUTH_SOCK of ssh-agent")
	}
	if strings.Contains(name, "://") {
		return "", fmt.Errorf("%q is no socket: want unix://PATH", text)
	}
	path := a.path(name)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("no socket %q: start what listens there, such as ssh-agent", path)
	case err != nil:
		return "", fmt.Errorf("looking at the socket %q: %w", path, errors.Unwrap(err))
	case info.Mode().Type() != os.ModeSocket:
		return "", fmt.Errorf("%q is no socket: want unix://PATH of one that a program listens on, such as ssh-agent", path)
	}
	return path, nil
}
