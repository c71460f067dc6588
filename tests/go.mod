module dagger/pipeline/tests

go 1.26
