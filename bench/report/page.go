package report

import "text/template"

var pageTemplate = template.Must(template.New("README.md").Parse(`# What reuse saves

<!-- Written by "go run -C bench . report" from results.csv and machine.json. Do not edit. -->
{{if .Busy}}
> **Read with care**: the machine was busy with other work.
{{end}}{{range .Headline}}
- {{.}}{{end}}

## New runners first, then kept ones

Seconds (the median) and MB moved by the two jobs of a pipeline.

{{range .Overview}}{{.}}
{{end}}{{if .Plots.pipelines}}
![Time of a pipeline for each way of running it](pipelines.svg)
{{end}}
Measured with ` + "`{{.About.Command}}`" + `{{if gt (len .Runs) 1}} and what it lists below{{end}}: raw numbers in [results.csv](results.csv), the machine in
[machine.json](machine.json). The pipeline is two jobs one after another, the tests and the package of ` + "`examples/app`" + `
(33 locked packages, 30 of which are installed on Linux). Terraform's own work takes the same time in each way and is left out.

| way (its letter in results.csv) | |
|---|---|
{{range .Arms}}| {{index . 0}} | {{index . 1}} |
{{end}}
All ways build on the same base image, install the same versions by the same commands from the same caching proxy for Python and Debian
packages, use the same registry, and give pytest the same options. The first two have the base image at hand; each job of the next two starts its
own empty engine, and that start counts. Registry and proxy are on the same machine. Where results name a line, that lies between the runner and
registry, packages and a hosted cache: so many bits a second of both directions together, and so long a delay each way. There each job of the second
way downloads its archive.

## Compared

The ratio of the medians, and in brackets its 95 % interval by the bootstrap.

| | |
|---|---|
{{range .Compared}}| {{index . 0}} | {{index . 1}} |
{{end}}
## When reuse pays
{{if .Plots.jobs}}
![Cost of a pipeline over its number of jobs](jobs.svg)
{{end}}
The cost of n jobs that each run the tests, on a runner that has nothing: what is paid once, plus n times what a job takes. N* is where
a line crosses that of installing in each job. A second pipeline with the same dependencies pays nothing of the first column.

| way | once, s | each job, s | N* | keeps, GB |
|---|---|---|---|---|
{{range .Costs}}| {{.Arm}} | {{.Fixed}} | {{.Each}} | {{.BreakEven}} | {{.Kept}} |
{{end}}
Where it does not pay:
{{range .NotPaid}}
- {{.}}{{else}}
- no such case was found{{if not .Costs}}: the runs do not suffice for the cost model{{end}}.{{end}}

## All results

Seconds of wall time of the whole pipeline. CPU is all work of the machine in that time. Ran, reused and built are commands in
containers; built are those that make a container. The last two are MB moved.

| scenario | way | runs | p50 | 95 % interval | p95 | CPU s | ran | reused | built | registry and archives MB | packages MB |
|---|---|---|---|---|---|---|---|---|---|---|---|
{{range .Table}}| {{.Scenario}} | {{.Arm}} | {{.N}} | {{.P50}} | {{.Interval}} | {{.P95}} | {{.CPU}} | {{.Ran}} | {{.Reused}} | {{.Built}} | {{.Registry}} | {{.Packages}} |
{{end}}
## How it was measured

- {{.About.Started}}: {{.About.Processors}} processors ({{.About.Processor}}), {{printf "%.0f" .About.MemoryGB}} GB of memory, {{printf "%.0f" .About.FreeDisk}} GB of disk free, {{.About.System}}, {{.About.Kernel}}.
- {{.About.Docker}}; {{.About.Runc}}; {{.About.BuildKit}}; {{.About.Go}}; {{.About.Python}}; poetry {{.About.Poetry}}.
- Load average before each run: {{.Load}}. The benchmark's own work is in that; more than about {{.About.Processors}} means that others used the machine.
- Runs of all ways and scenarios in random order, the few repetitions of slow ones spread over the many of quick ones. No run was dropped for its time; outliers are in.
{{range .Runs}}  - ` + "`{{.Command}}`" + ` on commit {{.Commit}}, {{.Started}}: order {{.Seed}}, {{printf "%.0f" .Seconds}} s, load before it {{.Load}} (1, 5, 15 minutes), {{.Left}} planned runs left out for lack of time.
{{end}}- Failed runs: {{len .Failed}}.{{range .Failed}}
  - {{.Scenario}}, {{.Arm}}, repetition {{.Rep}}: {{.Note}}{{end}}
- With few runs the interval of the median is wide or, with one, of no width: see the column of runs.
- In favour of the image in each pipeline: its containers are stopped at once (` + "`docker stop`" + ` as published waits 10 s in each job) and are not privileged; what apt keeps is not in its image.
- In favour of the first two: the base image is at hand, and the archives are on the runner's own disk, but for runs over a line.
- In favour of all over a line: its connections begin at its full rate.
`))
