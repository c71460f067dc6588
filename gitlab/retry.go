package gitlab

import (
	"time"

	"dagger/pipeline/patience"
)

// again is how often GitLab is asked again after a fault that may pass.
var again = patience.Brief

// longestPause is the most that is waited where GitLab says for how long: it counts requests by the minute.
const longestPause = time.Minute

var client = patience.Client(patience.Policy{Tries: again, Limit: longestPause})
