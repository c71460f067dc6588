# What `terraform apply -json` says, a line each, for people. An error is left
# out: errors.jq has it. A line that is no message of terraform's stays as it is.
def lines: split("\n")[];
(try fromjson catch null) as $m
| if ($m | type) != "object" or ($m["@message"] | type) != "string" then .
  elif $m.type == "version" then empty
  elif $m.type == "diagnostic" then
    $m.diagnostic | select(.severity != "error")
    | "", "Warning: \(.summary)" + (if .range then ": see \(.range.filename) line \(.range.start.line)" else "" end), ((.detail // "") | lines | "  \(.)"), ""
  elif $m.type == "provision_progress" then
    # Each line has the resource in front, so that none passes for terraform's.
    $m.hook | "\(.resource.addr) (\(.provisioner)): " + (.output | lines)
  elif $m.type == "outputs" then
    # A plan has them too, without their values.
    select($m.outputs | any(.[]; has("action") | not)) | "", "Outputs:", "",
    ($m.outputs | to_entries[] | "\(.key) = " + (if .value.sensitive then "<sensitive>" else (.value.value | tojson) end))
  else $m["@message"] end
