module dagger/minimal

go 1.26.1
