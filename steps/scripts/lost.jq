# The resources of a state, as a line, that are not among the addresses in $known.
($known | split("\n")) as $known |
[
  .resources[]? | select(.mode == "managed")
  | ([(.module // empty), .type, .name] | join(".")) as $address
  | .instances[]
  | {
      address: (if .index_key == null then $address else "\($address)[\(.index_key | tojson)]" end),
      id: .attributes.id?
    }
  | select(.address as $a | $known | index([$a]) | not)
  | .address + (if .id then " (id \(.id))" else "" end)
] | join(", ")
