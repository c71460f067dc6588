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
import ctypes, glob, re, socket, urllib.request
import pytest

def dial(host, port):
    socket.create_connection((host, port), timeout=5).close()

def test_no_packet_socket():
    with pytest.raises(PermissionError):
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))

def test_first_process_is_out_of_reach():
    seize = 0x4206  # which, other than attach, would not stop it
    assert ctypes.CDLL(None).ptrace(seize, 1, None, None) == -1
    with pytest.raises(PermissionError):
        open("/proc/1/environ").read()

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

// searching is a test suite on the machine's network that looks for the session of the call
// that runs it: among the files that it inherits, at every port that something listens on,
// and at every socket that has a name and no file. DECOYS are what it has to find.
const searching = `
import concurrent.futures, json, os, socket, stat
import pytest

DECOYS = {DECOYS}
QUESTION = json.dumps({"query": "{ __schema { queryType { name } } host { file(path: \"/etc/shadow\") { contents } } }"}).encode()
REQUEST = b"POST /query HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic eDo=\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(QUESTION), QUESTION)

def is_session(family, address):
    """Whether something answers there as a session does."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as s:
            s.settimeout(5)
            s.connect(address)
            s.sendall(REQUEST)
            answer = b""
            while len(answer) < 1 << 20 and (more := s.recv(65536)):
                answer += more
    except OSError:
        pass
    try:
        body = json.loads(answer.split(b"\r\n\r\n", 1)[1])
    except (ValueError, IndexError, UnboundLocalError):
        return False
    return isinstance(body, dict) and "data" in body

def listening():
    for table, family, host in ("tcp", socket.AF_INET, "127.0.0.1"), ("tcp6", socket.AF_INET6, "::1"):
        for line in open("/proc/net/" + table).readlines()[1:]:
            columns = line.split()
            if columns[3] == "0A":
                port = int(columns[1].split(":")[1], 16)
                yield str(port), family, (host, port)
                yield str(port), socket.AF_INET, ("127.0.0.1", port)

def named():
    for line in open("/proc/net/unix").readlines()[1:]:
        columns = line.split(maxsplit=7)
        if len(columns) == 8 and columns[7].startswith("@"):
            name = columns[7].strip()[1:]
            yield name, socket.AF_UNIX, "\0" + name

def test_the_machines_network():
    assert any(name == DECOYS[0] for name, _, _ in listening()), "this is not the machine's network"

def test_no_session_listens():
    places = set(listening()) | set(named())
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        found = pool.map(lambda place: place[0] if is_session(*place[1:]) else None, places)
    assert set(found) - {None} == set(DECOYS)

def test_no_session_is_inherited():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            open_files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            environment = open(f"/proc/{pid}/environ").read()
        except OSError:
            continue
        # The first process waits on CONTROL for a request to stop.
        assert len([name for name in open_files if name.startswith("socket:")]) <= (pid == "1"), pid
        assert "PIPELINE_SESSION" not in environment and "DAGGER_SESSION" not in environment

CONTROL = "/.pipeline-control"

def test_socket_files():
    found = []
    for root, dirs, names in os.walk("/", followlinks=False):
        if root == "/":
            dirs[:] = [d for d in dirs if d not in ("proc", "sys")]
        for name in names:
            try:
                if stat.S_ISSOCK(os.lstat(os.path.join(root, name)).st_mode):
                    found.append(os.path.join(root, name))
            except OSError:
                pass
    assert found == [CONTROL]
    assert not is_session(socket.AF_UNIX, CONTROL)

def test_no_packet_socket():
    with pytest.raises(PermissionError):
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
`

// TestHostNetworkReachesNoSession: also on the machine's network, a test suite finds no way to
// the session of its call, through which the machine's files, commands and secrets could be
// asked for. It finds two decoys: it would have found a session.
func TestHostNetworkReachesNoSession(t *testing.T) {
	world.Embedded(t, "a Dagger engine's session is its own concern")
	decoy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data": null}`) })
	name := "decoy-of-" + t.Name()
	var port string
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": "@" + name} {
		l, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		if at, ok := l.Addr().(*net.TCPAddr); ok {
			port = fmt.Sprint(at.Port)
		}
		server := &http.Server{Handler: decoy}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	p := world.Project(t)
	p.Write("tests/test_searching.py", strings.ReplaceAll(searching, "{DECOYS}", fmt.Sprintf("[%q, %q]", port, name)))
	call := p.Call("test", "--progress", "plain").With("PIPELINE_NETWORK=host")
	if r := world.Run(t, call); r.Code != 0 {
		t.Errorf("exit code %d:\n%s%s", r.Code, r.Stdout, r.Stderr)
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
	if r := world.Run(t, call.With("PIPELINE_NETWORK=hots")); r.Code == 0 || strings.Count("\n"+r.Stderr, "\nError: ") != 1 || !strings.Contains(r.Stderr, `Error: reading PIPELINE_NETWORK "hots": want isolated or host`) {
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
