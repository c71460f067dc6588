# The errors in what a terraform command said with -json (-R, -s): for people, and
# in a form that can be read without a doubt. The summary is one line; the next
# says where; below an empty line the detail is as long as the lines are indented.
def errors: [split("\n")[] | (try fromjson catch empty) | objects | select(.type == "diagnostic").diagnostic | select(.severity == "error")]
  | reduce .[] as $e ([]; if any(.[]; . == $e) then . else . + [$e] end);
def words: gsub("\\s+"; " ");
def place: if .range then "on \(.range.filename) line \(.range.start.line)" + (if .snippet.context then ", in \(.snippet.context | words)" else "" end)
  elif .address then "with \(.address)" else "in no file" end;
def code: if .snippet.code then .range.start.line as $n | .snippet.code | split("\n")[0] | "    \($n): \(.)" else empty end;
errors[] | "Error: \(.summary | words)", "  \(place)", code, "", ((.detail // "") | split("\n")[] | "  \(.)"), ""
