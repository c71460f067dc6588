#!/bin/sh
# Give FILE to journal.sh as terraform would, and end as soon as JOURNAL has its
# last line: what it has not noted while terraform runs is lost when that is killed.
#
#   follow.sh FILE JOURNAL
mkfifo "$MEMORY/said"
journal.sh "$2" < "$MEMORY/said" & noting=$!
exec 3> "$MEMORY/said"
cat "$1" >&3
echo >&3
until grep -q -s aws_x.last "$2"; do kill -0 "$noting" || exit 1; done
kill -9 "$noting"
