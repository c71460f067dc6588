// Command socket leaves a socket at the path that it is given.
package main

import (
	"net"
	"os"
)

func main() {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: os.Args[1]})
	if err != nil {
		panic(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}
