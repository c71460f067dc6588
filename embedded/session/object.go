package session

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
)

// object is an API object: its type, the id that names it, and its state.
type object struct {
	typ   string
	id    string
	value any
}

// typeOf names the API type of a state.
func typeOf(v any) (string, bool) {
	switch v.(type) {
	case *container:
		return "Container", true
	case *directory:
		return "Directory", true
	case *file:
		return "File", true
	case *secret:
		return "Secret", true
	case *cacheVolume:
		return "CacheVolume", true
	case *changeset:
		return "Changeset", true
	case *service:
		return "Service", true
	case *unixSocket:
		return "Socket", true
	case *host:
		return "Host", true
	case *envVariable:
		return "EnvVariable", true
	case *label:
		return "Label", true
	}
	return "", false
}

// objects maps ids to objects. An id is the digest of the canonical call chain
// that made the object, so the same chain gives the same object; it is valid
// in this session only.
type objects struct {
	mu    sync.Mutex
	byID  map[string]*object
	known map[string]any // scalars that do not change, by the chain that gives them
	busy  map[string]*call
}

// call is a resolution in progress that others wait for.
type call struct {
	done chan struct{}
	obj  any
	err  error
}

func newObjects() *objects {
	return &objects{byID: map[string]*object{}, known: map[string]any{}, busy: map[string]*call{}}
}

func (o *objects) get(id string) (*object, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	obj, ok := o.byID[id]
	return obj, ok
}

// once returns the object with this id, making it if necessary. Two callers at
// the same time share one attempt; a failure is not kept.
func (o *objects) once(id string, resolve func() (any, error)) (any, error) {
	o.mu.Lock()
	if obj, ok := o.byID[id]; ok {
		o.mu.Unlock()
		return obj, nil
	}
	if v, ok := o.known[id]; ok {
		o.mu.Unlock()
		return v, nil
	}
	if c, ok := o.busy[id]; ok {
		o.mu.Unlock()
		<-c.done
		return c.obj, c.err
	}
	c := &call{done: make(chan struct{})}
	o.busy[id] = c
	o.mu.Unlock()

	v, err := resolve()
	if err == nil {
		v = o.wrap(id, v)
	}
	o.mu.Lock()
	if _, isObject := v.(*object); err == nil && !isObject {
		o.known[id] = v
	}
	c.obj, c.err = v, err
	delete(o.busy, id)
	o.mu.Unlock()
	close(c.done)
	return v, err
}

// wrap gives states their identity: an API object, a list of them, or a scalar
// as it is.
func (o *objects) wrap(id string, v any) any {
	if obj, ok := v.(*object); ok {
		return obj
	}
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = o.wrap(fmt.Sprintf("%s#%d", id, i), item)
		}
		return out
	}
	typ, ok := typeOf(v)
	if !ok {
		return v
	}
	obj := &object{typ: typ, id: id, value: v}
	o.mu.Lock()
	o.byID[id] = obj
	o.mu.Unlock()
	return obj
}

// chainID is the id of the result of calling field on parent with a. Secrets'
// plaintexts go through a keyed digest (salt is random for each session).
func chainID(salt []byte, parent, field string, a args) (string, error) {
	canonical, err := json.Marshal(a) // map keys are sorted
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(salt)
	fmt.Fprintf(h, "%s\n%s\n", parent, field)
	h.Write(canonical)
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
