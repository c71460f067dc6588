// Package daemon keeps one buildkitd for this machine.
//
// Connect gives the address of a running one: BUILDKIT_HOST when it is set, else
// a daemon of our own, which is built from the embedded module on first use,
// started on demand and left running, so that the next call is fast. Stop ends it.
//
// Three directories hold everything; each has an override in the environment:
//
//	PIPELINE_CACHE_DIR  binaries            default $XDG_CACHE_HOME/pipeline or ~/.cache/pipeline
//	PIPELINE_STATE_DIR  buildkitd's root    default /var/lib/pipeline
//	PIPELINE_RUN_DIR    socket, pid, log    default /run/pipeline
//
// PIPELINE_NETWORK=host in the environment starts one that does not isolate its
// containers, where there is none yet; the default is isolated. See cmd/uplink.
//
// The daemon lives in a mount namespace of its own. Whatever it mounts vanishes
// with its last process, however it dies; only a container that outlives a killed
// daemon has to be removed, and the next start or stop does.
package daemon
