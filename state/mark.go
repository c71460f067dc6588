package state

import "encoding/json"

// moved is a version of states that no terraform reads.
const moved = 99

// Mark replaces a state that was moved: if there were nothing, anyone who still
// deploys from the old place would create everything again.
func Mark(where string) ([]byte, error) {
	return json.Marshal(map[string]any{"version": moved, "pipeline": where})
}
