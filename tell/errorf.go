package tell

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Errorf is fmt.Errorf for an error that may come from the engine. However such an
// error is wrapped, Dagger shows only the engine's own text. An error made here
// shows its whole text, and keeps the engine's exit code.
func Errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	var api *gqlerror.Error
	if !errors.As(err, &api) {
		return err
	}
	whole := *api
	whole.Err = err
	whole.Message = strings.ReplaceAll(err.Error(), api.Error(), api.Message)
	return &whole
}
