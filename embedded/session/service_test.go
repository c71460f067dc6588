package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// busybox opens a container with a shell, goes on with rest and gives the one value
// that is asked for.
func busybox(t *testing.T, s *Server, rest string) (string, error) {
	t.Helper()
	id := query(t, s, base(t))
	q := fmt.Sprintf(`{container{withFile(path:"/bin/busybox",source:%q,permissions:493){withExec(args:["/bin/busybox","--install","-s","/bin"]){`, id) + rest
	data, err := s.Query(context.Background(), q+strings.Repeat("}", strings.Count(q, "{")-strings.Count(q, "}")))
	if err != nil {
		return "", err
	}
	return leaf(t, data), nil
}

// served is the id of a service that runs a script and has the port 7000.
func served(t *testing.T, s *Server, script, more string) string {
	t.Helper()
	id, err := busybox(t, s, fmt.Sprintf(`%swithExposedPort(port:7000){asService(args:["sh","-c",%q]){id`, more, script))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// with runs a script that knows services by db, db2 and so on, in a container that
// was changed by more.
func with(t *testing.T, s *Server, script, more string, services ...string) (string, error) {
	t.Helper()
	for i, id := range services {
		alias := "db"
		if i > 0 {
			alias = fmt.Sprintf("db%d", i+1)
		}
		more += fmt.Sprintf(`withServiceBinding(alias:%q,service:%q){`, alias, id)
	}
	return busybox(t, s, more+fmt.Sprintf(`withExec(args:["sh","-c",%q]){stdout`, script))
}

// answers says a word to each who connects.
func answers(word string) string { return "exec nc -ll -p 7000 -e echo " + word }

// another makes a result that no earlier run has.
func another() string {
	return fmt.Sprintf(`withEnvVariable(name:"ANOTHER",value:"%d"){`, time.Now().UnixNano())
}

func serviceSteps(s *Server) int {
	n := 0
	for _, step := range s.Steps() {
		if strings.HasPrefix(step.Name, servicePrefix) {
			n++
		}
	}
	return n
}

func TestServicesAreReachedByName(t *testing.T) {
	s := newServer(t)
	one, two := served(t, s, answers("one"), ""), served(t, s, answers("two"), `withEnvVariable(name:"A",value:"b"){`)
	got, err := with(t, s, "nc db 7000 </dev/null; nc db2 7000 </dev/null; nc db 7000 </dev/null", another(), one, two)
	if err != nil || got != "one\ntwo\none\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// What is large and what is cut off on one side arrives whole.
func TestServiceCarriesWhatIsLarge(t *testing.T) {
	s := newServer(t)
	id := served(t, s, "exec nc -ll -p 7000 -e md5sum", "")
	got, err := with(t, s, `dd if=/dev/urandom of=/f bs=1024 count=5000 2>/dev/null; nc db 7000 </f; md5sum </f`, another(), id)
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if err != nil || len(lines) != 2 || lines[0] != lines[1] {
		t.Errorf("got %q, %v", got, err)
	}
}

// A result that is remembered starts no service; another service is another result.
func TestRememberedResultStartsNoService(t *testing.T) {
	more := another()
	run := func(word string) (string, int) {
		s := newServer(t)
		got, err := with(t, s, "nc db 7000 </dev/null", more, served(t, s, answers(word), ""))
		if err != nil {
			t.Fatal(err)
		}
		return got, serviceSteps(s)
	}
	for _, test := range []struct {
		word   string
		starts int
	}{{"one", 1}, {"one", 0}, {"two", 1}, {"one", 0}} {
		if got, starts := run(test.word); got != test.word+"\n" || starts != test.starts {
			t.Errorf("got %q from %d services, want %q from %d", got, starts, test.word, test.starts)
		}
	}
}

// Runs at the same time have services of their own.
func TestRunsHaveServicesOfTheirOwn(t *testing.T) {
	results := make(chan string, 2)
	for n := range 2 {
		s := newServer(t)
		id := served(t, s, `exec nc -ll -p 7000 -e sh -c 'read n; echo $n >>/all; cat /all'`, "")
		go func() {
			got, err := with(t, s, fmt.Sprintf("for i in 1 2 3; do echo %d | nc db 7000 >/last; sleep 0.2; done; cat /last", n), another(), id)
			results <- fmt.Sprint(got, err)
		}()
	}
	for range 2 {
		// Each sees what it wrote itself, after the empty line of who asked whether the port is open.
		if got := <-results; got != "\n0\n0\n0\n<nil>" && got != "\n1\n1\n1\n<nil>" {
			t.Errorf("got %q", got)
		}
	}
}

// A command that fails is what fails; its services end.
func TestServiceEndsAfterAFailure(t *testing.T) {
	s := newServer(t)
	_, err := with(t, s, "nc db 7000 </dev/null; exit 3", "", served(t, s, answers("one"), ""))
	var e *Error
	if !errors.As(err, &e) || fmt.Sprint(e.Extensions["exitCode"]) != "3" || e.Extensions["stdout"] != "one" {
		t.Errorf("got %v", err)
	}
	for _, r := range s.services.serving {
		select {
		case <-r.done:
		case <-time.After(time.Minute):
			t.Error("the service goes on")
		}
	}
	if len(s.services.running) != 0 {
		t.Errorf("in use: %v", s.services.running)
	}
}

func TestServiceThatIsNotThere(t *testing.T) {
	const check = `withDockerHealthcheck(args:["echo no; exit 1"],shell:true,interval:"10ms",retries:3){`
	for name, test := range map[string]struct {
		script, more string
		want         []string
	}{
		"ends at once":       {"echo bad config >&2; exit 4", "", []string{"start db (aliased as db): exit code: 4", "bad config"}},
		"ends well":          {"echo nothing to do", "", []string{"start db (aliased as db): service exited before healthcheck", "nothing to do"}},
		"port is closed":     {"echo starting; sleep 600", "", []string{"checking for port 7000/tcp", "connection refused", "starting"}},
		"check fails":        {"echo starting; sleep 600", check, []string{"health check errored", "no", "starting"}},
		"ends in the middle": {`nc -ll -p 7000 -e touch /asked & while ! test -e /asked; do sleep 0.1; done; sleep 1; echo out of memory; exit 137`, "", []string{"exit code: 137", "out of memory"}},
		"no such command":    {"exec no-such-command", "", []string{"exit code: 127", "not found"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.patience = time.Second
			_, err := with(t, s, "nc db 7000; sleep 600", "", served(t, s, test.script, test.more))
			var e *Error
			if !errors.As(err, &e) || strings.Contains(e.Message, "\n") {
				t.Fatalf("got %v", err)
			}
			text := fmt.Sprint(e.Message, e.Extensions["stdout"], e.Extensions["stderr"])
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("got %s, want %q", text, want)
				}
			}
		})
	}
}

// A service that is slow is waited for, and the check decides.
func TestServiceIsReadyFirst(t *testing.T) {
	s := newServer(t)
	id := served(t, s, `sleep 1; touch /ready; sleep 1; `+answers("one"), `withDockerHealthcheck(args:["test","-e","/ready"],interval:"10ms",retries:600){`)
	if got, err := with(t, s, "nc db 7000 </dev/null", another(), id); err != nil || got != "one\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// A service has its secrets, and shows them nowhere.
func TestServiceHasSecrets(t *testing.T) {
	s := newServer(t)
	const value = "value-of-the-services-secret"
	secret := query(t, s, fmt.Sprintf(`{setSecret(name:"p",plaintext:%q){id}}`, value))
	id := served(t, s, `echo "$P"; test ${#P} = 28; exec nc -ll -p 7000 -e sh -c 'echo ${#P}'`, fmt.Sprintf(`withSecretVariable(name:"P",secret:%q){`, secret))
	if got, err := with(t, s, "nc db 7000 </dev/null", another(), id); err != nil || got != "28\n" {
		t.Errorf("got %q, %v", got, err)
	}
	broken := served(t, s, `echo "wrong: $P"; exit 1`, fmt.Sprintf(`withSecretVariable(name:"P",secret:%q){`, secret))
	_, err := with(t, s, "true", another(), broken)
	var e *Error
	if !errors.As(err, &e) || strings.Contains(fmt.Sprint(e.Message, e.Extensions), value) || !strings.Contains(fmt.Sprint(e.Extensions), "wrong: ***") {
		t.Errorf("got %v %v", err, e)
	}
}
