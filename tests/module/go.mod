module dagger/checks

go 1.26.1
