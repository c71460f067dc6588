package results

import (
	"fmt"
	"time"
)

// DefaultMaxAge is the maximum age of a result unless the caller sets one. Tests and
// builds may reach the network, where things change.
const DefaultMaxAge = 7 * 24 * time.Hour

// ParseMaxAge parses the maximum age of a result; "" is the default, and 0 stores and
// reuses none.
func ParseMaxAge(text string) (time.Duration, error) {
	if text == "" {
		return DefaultMaxAge, nil
	}
	age, err := time.ParseDuration(text)
	if err != nil || age < 0 {
		return 0, fmt.Errorf("reading --results-max-age %q: it is not a duration: write hours, such as 168h, or 0 to run everything", text)
	}
	return age, nil
}

// Days is how many days a registry must keep results of that maximum age.
func Days(maxAge time.Duration) int { return int(maxAge/(24*time.Hour)) + 1 }

// Age is a duration for people: "3 h".
func Age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour)) // two or more
}
