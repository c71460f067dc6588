// Command probe is the whole root filesystem of the test's containers.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
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
		check(dial(os.Args[2]))
	case "refused": // ADDRESS: nothing can be reached there
		if dial(os.Args[2]) == nil {
			fail("%s was reached", os.Args[2])
		}
	case "unreachable": // NETWORK ADDRESS: nor there, by a socket of that network
		if c, err := net.Dial(os.Args[2], os.Args[3]); err == nil {
			c.Close()
			fail("%s was reached", os.Args[3])
		}
	case "resolve": // NAME: it has an address
		_, err := net.LookupHost(os.Args[2])
		check(err)
	case "listen": // ADDRESS FILE: listens, and is done when somebody has called or the file is there
		listen(os.Args[2], os.Args[3])
	case "neighbours": // PORT FILE: the one that listens cannot be reached; then makes the file
		neighbours(os.Args[3], os.Args[2])
		check(os.WriteFile(os.Args[3], nil, 0o600))
	case "bind": // ADDRESS: can be listened on
		l, err := net.Listen("tcp", os.Args[2])
		check(err)
		check(l.Close())
	case "nameserver": // WANT: is asked for names
		data, err := os.ReadFile("/etc/resolv.conf")
		check(err)
		if !strings.Contains(string(data), "nameserver "+os.Args[2]+"\n") {
			fail("no nameserver %s:\n%s", os.Args[2], data)
		}
	case "packets": // no packet socket can be opened
		fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0x0300)
		if err == nil {
			syscall.Close(fd)
			fail("a packet socket was opened")
		}
	case "capabilities": // WANT: all there are, as a mask
		status, err := os.ReadFile("/proc/self/status")
		check(err)
		for _, set := range []string{"CapPrm", "CapEff", "CapBnd"} {
			if !strings.Contains(string(status), "\n"+set+":\t"+os.Args[2]+"\n") {
				fail("want %s in every set:\n%s", os.Args[2], status)
			}
		}
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
