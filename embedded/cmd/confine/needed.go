package main

// needed are the capabilities that stay: those needed to install packages and to change
// to another user. docs/security.md says for each removed one why it can be removed.
var needed = []string{
	"CAP_CHOWN",        // packages give their files to users of their own
	"CAP_DAC_OVERRIDE", // root installs into directories of other users
	"CAP_FOWNER",       // and sets the modes of their files
	"CAP_FSETID",       // keeping set-user-ID bits, such as sudo's
	"CAP_KILL",         // a test's root ends the servers that it started as other users
	"CAP_SETFCAP",      // packages give capabilities to their programs
	"CAP_SETGID",       // apt, su, sudo and servers change to another group
	"CAP_SETUID",       // and user
	"CAP_SYS_CHROOT",   // apk runs the scripts of packages in a chroot
}
