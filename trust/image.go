package trust

import (
	"fmt"
	"slices"
	"strings"
)

// CheckImage refuses an image that any branch may have pushed, for a run that uses nothing of the open level.
//
// Its path decides, on whatever host: a registry has more than one name (a mirror, a proxy, the other endpoints of ECR),
// and a guard must not depend on a registry that answers.
func CheckImage(image string, reads []Level) error {
	if slices.Contains(reads, Open) {
		return nil
	}
	repository, _, _ := strings.Cut(image, "@")
	for part := range strings.SplitSeq(repository, "/") {
		if name, _, _ := strings.Cut(part, ":"); name == string(Open) {
			return fmt.Errorf("pulling %q: any branch may have pushed it, as %q in its path says, and this run uses protected images only: take it from a repository without that part", image, Open)
		}
	}
	return nil
}
