package gitlab

import (
	"time"

	"dagger/pipeline/patience"
)

// again is how often a request to GitLab is retried after a transient fault.
var again = patience.Brief

// longestPause is the longest pause to accept when GitLab asks for one: it counts requests per minute.
const longestPause = time.Minute

var client = patience.Client(patience.Policy{Tries: again, Limit: longestPause})
