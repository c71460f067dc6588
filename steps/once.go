package steps

import "sync"

// once keeps what was got first, be it an error, for all who ask.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

func (o *once[T]) get(first func() (T, error)) (T, error) {
	o.Do(func() { o.value, o.err = first() })
	return o.value, o.err
}
