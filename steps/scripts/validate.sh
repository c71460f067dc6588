#!/bin/sh
# Validate a root module, also where it reads an archive that only a build leaves.
# Terraform's exit code says whether it is valid: its text may have any word in it.
said=$(mktemp)
rounds=0
until out=$(terraform validate -no-color 2>&1); do
	rounds=$((rounds + 1))
	terraform validate -json >"$said" 2>/dev/null
	if [ "$rounds" -gt 5 ] || ! stand-in.sh "$said" '*.zip'; then
		rm -f "$said"
		exec terraform validate -no-color
	fi
done
rm -f "$said"
printf '%s\n' "$out"
