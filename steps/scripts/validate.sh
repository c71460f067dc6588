#!/bin/sh
# Validate a root module, also where it reads an archive that only a build leaves.
said=$(mktemp)
for _ in 1 2 3 4 5; do
	out=$(terraform validate -no-color 2>&1) && break
	terraform validate -json >"$said" 2>/dev/null
	stand-in.sh "$said" '*.zip' || break
done
rm -f "$said"
case $out in *Success*) printf '%s\n' "$out" ;; *) exec terraform validate -no-color ;; esac
