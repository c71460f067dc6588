// Package daemon keeps one buildkitd for this machine.
//
// Connect returns the address of a running one: BUILDKIT_HOST if it is set, else
// our own daemon, which is built from the embedded module on first use, started
// on demand and left running, so that the next call is fast. Stop ends it.
//
// Three directories hold everything; each has an override in the environment:
//
//	PIPELINE_CACHE_DIR  binaries            default $XDG_CACHE_HOME/pipeline or ~/.cache/pipeline
//	PIPELINE_STATE_DIR  buildkitd's root    default /var/lib/pipeline
//	PIPELINE_RUN_DIR    socket, pid, log    default /run/pipeline
//
// PIPELINE_NETWORK=host in the environment starts one that does not isolate its
// containers, if none is running; the default is isolated. See cmd/uplink.
//
// PIPELINE_KEEP=nothing puts the state in memory, where enough is free: on a runner that
// is new for each job. It ends with the daemon. Of eStargz images only what is read is
// fetched then, where FUSE works.
//
// The daemon runs in its own mount namespace. Whatever it mounts vanishes
// with its last process, however it dies; only a container that outlives a killed
// daemon has to be removed, and the next start or stop does.
package daemon
