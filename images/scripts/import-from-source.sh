#!/bin/sh
# Make what is in $installed importable.
set -eu
packages=$($virtualenv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf 'import site; site.addsitedir("%s")\n' "$installed" > "$packages/project.pth"
