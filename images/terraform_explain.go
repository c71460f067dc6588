package images

import "strings"

// explainInit turns terraform's complaint about a provider into one line.
func explainInit(output string) string {
	output = strings.Join(strings.Fields(output), " ") // terraform breaks long lines
	switch {
	case strings.Contains(output, "doesn't match any of the checksums"), strings.Contains(output, "checksum list"):
		return "a provider's checksum is not in .terraform.lock.hcl: run `terraform providers lock -platform=linux_amd64` and commit the file"
	case strings.Contains(output, "Failed to query available provider packages"), strings.Contains(output, "Failed to install provider"):
		return "a provider that .terraform.lock.hcl or the configuration names cannot be fetched: check the network, or give --provider-mirror"
	}
	return ""
}
