package report

// reason is why a gate may be missed and what would change that, to be shown when it is.
type reason struct{ why, lever string }

var reasons = map[string]reason{
	"unchanged-call": {
		"a call starts a program, a session with the engine and the module, and asks the registry for the base image and the content tag.",
		"keep the answer for a tag by digest, which cannot change, and ask for both at the same time.",
	},
	"edit-z": {
		"what the engine adds to a command is a session, the upload of the source, a container and the copy of the reports.",
		"the overhead of a call, which `make bench-overhead` takes apart.",
	},
	"slope-e": {
		"the runs of E and Z are apart in time on a machine whose load changes.",
		"the overhead of a call, which `make bench-overhead` takes apart.",
	},
	"slope-a": {
		"what E adds to the command is more than it has to be: see above.",
		"the overhead of a call, which `make bench-overhead` takes apart.",
	},
	"empty-a": {
		"each job pulls and unpacks the whole image into its empty engine, the base image too, and has to run its command again, because an empty engine has no result to reuse.",
		"fewer files in the image; and a cache of results that outlives the engine (--cache-from, --cache-to).",
	},
	"empty-c": {
		"each job pulls and unpacks the whole image into its empty engine.",
		"fewer files in the image.",
	},
	"empty-c-jobs": {
		"without its build job, C does the same as D: start an engine, pull an image of the same size, run the command.",
		"fewer files in the image, because unpacking them is most of the time; and a cache of results that outlives the engine (--cache-from, --cache-to), so that nothing is pulled when nothing changed.",
	},
	"one-call": {
		"most of the pipeline's time is terraform's, which waits for the package either way, and tests and package share two processors with the publishing of images.",
		"plan while the tests run, where the project allows a plan of what is not tested yet.",
	},
}
