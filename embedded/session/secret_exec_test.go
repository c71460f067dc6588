package session

import (
	"fmt"
	"strings"
	"testing"
)

func TestSecretsReachTheExecAndNothingElse(t *testing.T) {
	s := newServer(t)
	const canary = "canary-4f1c9b-value"
	t.Setenv("SESSION_TEST_SECRET", canary)
	id := query(t, s, `{secret(uri:"env://SESSION_TEST_SECRET"){id}}`)
	use := fmt.Sprintf(`withSecretVariable(name:"TOKEN",secret:%q){withMountedSecret(path:"/run/token",source:%q){`, id, id)
	got := chain(t, s, use+`withExec(args:["sh","-c","test $TOKEN = $(cat /run/token) && echo same; env; cat /run/token; echo ${#TOKEN}"]){stdout`)
	if !strings.Contains(got, "same") || !strings.Contains(got, fmt.Sprint(len(canary))) {
		t.Errorf("the command did not get the secret: %q", got)
	}
	if strings.Contains(got, canary) {
		t.Errorf("the output holds the secret: %q", got)
	}
	_, err := tryChain(t, s, use+`withExec(args:["sh","-c","echo $TOKEN >&2; exit 1"]){stdout`)
	if err == nil || strings.Contains(fmt.Sprintf("%v %v", err, err.(*Error).Extensions), canary) {
		t.Errorf("the error is missing or holds the secret: %v", err)
	}
}
