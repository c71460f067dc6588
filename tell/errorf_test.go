package tell

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Dagger's dispatch takes the outermost error of the API and shows its message.
func TestErrorfIsShownWhole(t *testing.T) {
	engine := &gqlerror.Error{Message: "no such image", Extensions: map[string]any{"exitCode": 3}, Err: io.EOF}
	err := Errorf("starting %q: %w: try again", "db", fmt.Errorf("pulling it: %w", engine))
	err = Errorf("testing: %w", err)
	shown, ok := err.(*gqlerror.Error)
	if want := `testing: starting "db": pulling it: no such image: try again`; !ok || shown.Message != want {
		t.Errorf("%#v, want the message %q", err, want)
	}
	if shown.Extensions["exitCode"] != 3 || !errors.Is(err, io.EOF) {
		t.Errorf("the exit code or the cause is lost: %#v", shown)
	}
	if err := Errorf("reading: %w", io.EOF); err.Error() != "reading: EOF" || !errors.Is(err, io.EOF) {
		t.Errorf("an error that is not the engine's: %v", err)
	}
}
