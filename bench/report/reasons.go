package report

// reason is why a gate may be missed and what would change that, to be shown when it is.
type reason struct{ why, lever string }

var reasons = map[string]reason{
	"unchanged-call": {
		"a call starts a program, a session with the engine and the module, and asks the registry for the base image and the content tag.",
		"keep the answer for a tag by digest, which cannot change, and ask for both at the same time.",
	},
	"edit-z": {
		"the runs of E and Z are apart in time on a machine whose load changes, which the interval of few runs does not show. What is known to be slower in the container: its dependencies have no bytecode and Python is told to write none, so each run compiles what it imports, a few tenths of a second of processor time for the example.",
		"measure on a quiet machine first; then compile the dependencies when they are installed, in the same layer.",
	},
	"slope-e": {
		"the job's own command counts here too where it is slower in the container than on Z, for lack of bytecode of its dependencies; and the runs of E and Z are apart in time on a machine whose load changes.",
		"compile the dependencies when they are installed, in the same layer.",
	},
	"slope-a": {
		"what E adds to the command is more than it has to be: see above.",
		"compile the dependencies when they are installed, in the same layer.",
	},
	"empty-a": {
		"each job pulls and unpacks the whole image into its empty engine, the base image too, and has to run its command again, because an empty engine has no result to reuse.",
		"a smaller image: poetry is of no use after the installation; and a cache of results that outlives the engine (--cache-from, --cache-to).",
	},
	"empty-c": {
		"each job pulls and unpacks the whole image into its empty engine.",
		"a smaller image: poetry is of no use after the installation.",
	},
	"empty-c-jobs": {
		"without its build job, C does the same as D: start an engine, pull an image of the same size, run the command.",
		"a smaller image: poetry is of no use after the installation; and a cache of results that outlives the engine (--cache-from, --cache-to), so that nothing is pulled when nothing changed.",
	},
	"one-call": {
		"most of the pipeline's time is terraform's, which waits for the package either way, and tests and package share two processors with the publishing of images.",
		"plan while the tests run, where the project allows a plan of what is not tested yet.",
	},
}
