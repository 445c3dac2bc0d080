# Sourced by test-echo.sh and test-mcp.sh: one running service, asked through its public URL.
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

WITHIN_S=15
passed=0
failed=0

# find_service NAME: sets `name` and `url` (the public one, from the manager's status).
find_service() {
  local status
  name=$1
  command -v curl >/dev/null || fail 'curl is missing: install it (`apt-get install curl`).'
  use_locked_node
  read_flags
  [ -n "$(read_health)" ] || fail 'no manager is running: ./scripts/start.sh first.'
  status=$(manager get "$name" --json) || fail "there is no service $name in desired/."
  url=$(field "$status" url)
  [ -n "$url" ] || fail "$name has no URL: it is $(field "$status" state). $(field "$status" cause)"
}

get() { curl -sS --max-time $WITHIN_S "$url/$1"; }
post() { curl -sS --max-time $WITHIN_S "$url/$1" -H 'content-type: application/json' -d "$2"; }

# call METHOD [PARAMS]: one JSON-RPC request to the service's MCP endpoint, its answer as it came.
call() {
  local body
  body=$(printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}' "$1" "${2:-{\}}")
  curl -sS --max-time $WITHIN_S "$url" -H 'content-type: application/json' \
    -H 'accept: application/json, text/event-stream' -d "$body"
}

# expect WHAT TEXT COMMAND…: the command's output holds the text.
expect() {
  local what=$1 text=$2 output
  shift 2
  output=$("$@" 2>&1) || true
  if [[ $output == *"$text"* ]]; then
    passed=$((passed + 1))
    say "pass  $what"
  else
    failed=$((failed + 1))
    say "FAIL  $what: no $text in: $output"
  fi
}

closing() {
  say "$passed passed, $failed failed"
  [ $failed -eq 0 ]
}
