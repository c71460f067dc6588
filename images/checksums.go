package images

// terraformChecksums are the SHA-256 sums of terraform's release archives for
// Linux, by release and architecture: HashiCorp's terraform_<version>_SHA256SUMS,
// as several package collections carry them. An archive of a version that is not
// here is verified against the list that its server publishes.
var terraformChecksums = map[string]struct{ amd64, arm64 string }{
	"Terraform 1.11.4": {
		amd64: "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
		arm64: "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
	},
}
