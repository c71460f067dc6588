package tell

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Errorf is fmt.Errorf for an error that the engine may have given. Of such an
// error Dagger shows the engine's words alone, whatever it is wrapped in: this one
// has the whole text for its words, and the engine's exit code.
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
