package images

import (
	"fmt"
	"time"
)

// week is the present one, of what has no fixed versions.
func week(loose bool) string {
	if !loose {
		return ""
	}
	year, number := time.Now().UTC().ISOWeek()
	return fmt.Sprintf("%d-%d", year, number)
}
