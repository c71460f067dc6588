# Whether a destruction failed before it destroyed anything, because the
# configuration reads a file that only a build leaves (-R, -s, -e). What data sources
# read begins like what is destroyed.
[split("\n")[] | (try fromjson catch empty) | objects]
| all((.type != "apply_start" or .hook.action == "read") and .type != "provision_start")
  and any(.type == "diagnostic" and .diagnostic.severity == "error" and .diagnostic.range != null
    and (.diagnostic.detail | test("no such file or directory|no file exists at|could not archive missing")))
