# What differs between a saved plan (a) and one made now (b), in words; nothing
# when they are the same. Values are compared, never printed.
def said: if . == "" then "none" else . end;
def by_address: map({(.address): .change}) | add // {};
($a[0]) as $a | ($b[0]) as $b | ($ca[0] | by_address) as $ca | ($cb[0] | by_address) as $cb |
[
  (["environment", "lineage", "serial", "configuration", "artifact", "image"][]
    | select(($a[.] // "") != ($b[.] // ""))
    | if . == "configuration" or . == "artifact" then "the \(.) is another one"
      else "\(.) \($a[.] // "" | said) is now \($b[.] // "" | said)" end),
  (($ca + $cb | keys_unsorted | unique[])
    | . as $r
    | select($ca[$r] != $cb[$r])
    | if $cb[$r] == null then "\($r) has nothing to \($ca[$r].actions | join("+")) any more"
      elif $ca[$r] == null then "\($r) has something to \($cb[$r].actions | join("+")) now"
      elif $ca[$r].actions != $cb[$r].actions then "\($r) is now to \($cb[$r].actions | join("+"))"
      else "\($r) has other values" end)
] | join("; ")
