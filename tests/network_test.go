package tests

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// hostile is a test suite that looks for what is not its own. LOOPBACK is a port that this
// machine's loopback has open, MEETING where the suites of two calls wait for each other.
const hostile = `
import glob, re, socket, urllib.request
import pytest

def dial(host, port):
    socket.create_connection((host, port), timeout=5).close()

def test_no_packet_socket():
    with pytest.raises(PermissionError):
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))

def test_machines_loopback():
    with pytest.raises(OSError):
        dial("127.0.0.1", LOOPBACK)

def test_name_and_port_outside():
    sources = "".join(open(f).read() for f in glob.glob("/etc/apt/sources.list*") + glob.glob("/etc/apt/sources.list.d/*") if not f.endswith(".d"))
    scheme, host = re.search(r"(https?)://([a-z0-9.-]+)", sources).groups()
    dial(host, {"http": 80, "https": 443}[scheme])

def test_neighbour():
    server = socket.create_server(("0.0.0.0", 8000))
    wait = lambda what, own: urllib.request.urlopen(f"http://MEETING/{what}?{own}", timeout=300).read().decode()
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.connect(("MEETING".split(":")[0], 9))
    own = probe.getsockname()[0]
    other = wait("meet", own)
    try:
        with pytest.raises(OSError):
            dial(other, 8000)
    finally:
        wait("leave", own)
`

// TestContainersAreAlone runs the hostile suite in two calls at once: both open the same
// port, and neither finds the machine, the other or more than it was given.
func TestContainersAreAlone(t *testing.T) {
	world.Embedded(t, "a Dagger engine's networks are its own concern")
	world.NeedAWS(t)
	loopback, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer loopback.Close()
	var calls []*harness.Process
	meeting := meet(t, 2)
	for range 2 {
		p := world.Project(t)
		p.Write("tests/test_hostile.py", strings.NewReplacer(
			"LOOPBACK", fmt.Sprint(loopback.Addr().(*net.TCPAddr).Port), "MEETING", meeting).Replace(hostile))
		calls = append(calls, world.Start(t, p.Call("test", "--progress", "plain")))
	}
	for _, call := range calls {
		if r := call.Wait(); r.Code != 0 {
			t.Errorf("exit code %d:\n%s%s", r.Code, r.Stdout, r.Stderr)
		}
	}
}

// TestHostNetworkIsSaid: the machine's network is the caller's choice, and each call says so.
func TestHostNetworkIsSaid(t *testing.T) {
	world.Embedded(t, "a Dagger engine's networks are its own concern")
	const said = "PIPELINE_NETWORK is host"
	call := world.Project(t).Call("test").Without("--python-image").Before("--python-image", "127.0.0.1:9/none") // fails, once the engine is there
	for range 2 {
		if r := world.Run(t, call.With("PIPELINE_NETWORK=host")); strings.Count(r.Stderr, said) != 1 {
			t.Errorf("want one line with %q:\n%s", said, r.Stderr)
		}
	}
	if r := world.Run(t, call); strings.Contains(r.Stderr, said) || !strings.Contains(r.Stderr, "127.0.0.1:9") {
		t.Errorf("without the choice:\n%s", r.Stderr)
	}
	if r := world.Run(t, call.With("PIPELINE_NETWORK=hots")); r.Code == 0 || !strings.Contains(r.Stderr, "want isolated or host") {
		t.Errorf("a choice that is none: exit code %d:\n%s", r.Code, r.Stderr)
	}
}

// meet starts a server on which so many callers wait for each other, at each path. Each gets
// the query of another.
func meet(t *testing.T, number int) (address string) {
	t.Helper()
	type room struct {
		arrive chan string
		leave  chan []string
	}
	rooms := map[string]room{}
	for _, path := range []string{"/meet", "/leave"} {
		r := room{make(chan string), make(chan []string)}
		rooms[path] = r
		go func() {
			var all []string
			for range number {
				all = append(all, <-r.arrive)
			}
			for range number {
				r.leave <- all
			}
		}()
	}
	at, err := url.Parse(serve(t, func(w http.ResponseWriter, r *http.Request) {
		room := rooms[r.URL.Path]
		room.arrive <- r.URL.RawQuery
		for _, other := range <-room.leave {
			if other != r.URL.RawQuery {
				fmt.Fprint(w, other)
			}
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	return at.Host
}
