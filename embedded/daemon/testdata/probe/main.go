// Command probe is the whole root filesystem of the test's containers.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
)

func main() {
	switch os.Args[1] {
	case "secret": // NAME WANT: the variable holds the value
		if got := os.Getenv(os.Args[2]); got != os.Args[3] {
			fail("secret is %q", got)
		}
	case "append": // PATH WANT: adds a byte to the file, which then has so many
		f, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		check(err)
		_, err = f.WriteString("x")
		check(err)
		check(f.Close())
		data, err := os.ReadFile(os.Args[2])
		check(err)
		if fmt.Sprint(len(data)) != os.Args[3] {
			fail("%s has %d bytes", os.Args[2], len(data))
		}
	case "dial": // ADDRESS: something listens there
		c, err := net.Dial("tcp", os.Args[2])
		check(err)
		c.Close()
	case "print": // BYTES: writes so many bytes to standard output
		var n int
		_, err := fmt.Sscan(os.Args[2], &n)
		check(err)
		line := strings.Repeat("x", 999) + "\n"
		for ; n > 0; n -= len(line) {
			fmt.Print(line)
		}
	case "confined": // a system call filter is in force
		status, err := os.ReadFile("/proc/self/status")
		check(err)
		if !strings.Contains(string(status), "Seccomp:\t2") {
			fail("no seccomp filter:\n%s", status)
		}
	case "exit":
		os.Exit(7)
	case "wait": // until a signal comes
		c := make(chan os.Signal, 1)
		signal.Notify(c)
		<-c
	}
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
