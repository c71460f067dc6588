// Package tests runs the pipeline from end to end, as a person does: the command line, an engine, the
// lab's registry and AWS stand-in, and small projects.
//
//	go test -C tests -count=1 -timeout 40m ./...              on the embedded engine
//	go test -C tests -count=1 -timeout 40m -run TestDeploy .  one of them
//	PIPELINE_TEST_ENGINE=dagger go test ...                   on a Dagger engine, with `dagger` from PATH
//
// Each package starts a lab and an engine of its own and stops them when it ends, so it touches nothing of
// the developer's, nor of a package that is tested at the same time; the binaries that the pipeline builds once, and the lab's base images, are
// shared. What a test cannot have on a machine (terraform, the AWS provider, a network namespace, the
// other engine) makes it skip and say why.
//
// # Environment
//
//	PIPELINE_TEST_ENGINE  embedded (default) or dagger
//	PIPELINE_TEST_DISK    dagger only: the engine's root directory, by default /var/lib/dagger in its container; without it,
//	                      tests that look for secrets there are skipped
//	PIPELINE_TEST_DIR     directory of labs and engines; default pipeline-tests in the user's cache directory
//	PIPELINE_TEST_KEEP    1: leave engine and lab running, and use them again: for work on one test
//	PIPELINE_TEST_BIND    dagger only: an address of this machine that the engine's containers reach;
//	                      without it, tests that need AWS in a container are skipped
//	PIPELINE_TEST_CERTIFICATE
//	                      dagger only: a PEM file with a certificate of that address and its key, which the engine
//	                      trusts; without it the registry is on loopback, where the module's own container does not
//	                      reach it, and the tests of what is looked up in a registry fail
//
// The tests hold no expectation about time. What was reused shows in two ways: what an execution
// left behind tells which one it was (a name in the test report, a file's time in the container), on both
// engines; and the embedded engine lists the commands that ran.
package tests
