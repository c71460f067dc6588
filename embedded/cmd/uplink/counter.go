package main

import (
	"net/netip"
	"sync"
)

// share is how many connections one container may have at a time, so that some are
// left for the others.
const share = 2048

// counter counts the connections of each container.
type counter struct {
	mutex sync.Mutex
	of    map[netip.Addr]int
}

// take counts one more connection, unless the container has used up its share.
func (c *counter) take(from netip.Addr) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.of == nil {
		c.of = map[netip.Addr]int{}
	}
	if c.of[from] == share {
		return false
	}
	c.of[from]++
	return true
}

func (c *counter) release(from netip.Addr) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.of[from]--; c.of[from] == 0 {
		delete(c.of, from)
	}
}
