#!/bin/sh
# Be ssh for git. A server must have a key that known_hosts beside this script has, or
# the image's own. Where there is no connection, say what is wrong with the agent; and
# keep what was said for ssh-said.sh.
set -u
said=$(mktemp)
ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no -o ConnectTimeout=60 \
  -o "UserKnownHostsFile=~/.ssh/known_hosts ${0%/*}/known_hosts" "$@" 2>"$said"
code=$?
if [ $code = 255 ]; then
  ssh-add -l >/dev/null 2>&1
  case $? in
    1) echo "pipeline: the SSH agent has no key" >>"$said" ;;
    2) echo "pipeline: the SSH agent does not answer" >>"$said" ;;
  esac
  cat "$said" >>/tmp/ssh-said
fi
cat "$said" >&2
rm -f "$said"
exit $code
