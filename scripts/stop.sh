#!/usr/bin/env bash
# Ends the manager that start.sh started; says so when none runs. Child processes end with it. Containers go
# on, and the router with them; with --all they end too, and what else start.sh has started for them.
# Only ever the processes that hold the state folder of this fleet, never one by name.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$root/scripts/podman.sh"

# Services get their own drain and stop times; after this the shims end them by force.
END_WITHIN_S=60
all=false

main() {
  use_locked_node
  read_flags "$@"
  if [[ " $* " == *' --all '* ]]; then all=true; fi
  local health state
  health=$(read_health)
  if [ -n "$health" ]; then end_manager; else say 'No manager is running.'; fi
  state=$(field "$health" stateFolder)
  state=${state:-$(state_folder "$(read_fleet_id)")}
  if is_in_podman "$state" || [ "$(field "$health" runtime)" = podman ]; then end_in_podman; fi
}

end_manager() {
  local pid
  pid=$(field "$health" pid)
  is_ours "$pid" || fail "process $pid answered, but it is no mcp-manager: not touched"
  kill -TERM "$pid" 2>/dev/null || true
  wait_until_gone "$pid" || end_by_force "$pid"
  if [ "$(field "$health" runtime)" = podman ]; then
    say "The manager (process $pid) has ended."
    return
  fi
  wait_for_services "$(field "$health" managerId)"
  say "The manager (process $pid) has ended, and all its services with it."
}

end_in_podman() {
  if ! $all; then
    say 'Its services go on in Podman and are served; nobody heals them now. ./scripts/stop.sh --all ends them too.'
    return
  fi
  BACKEND_ENVIRONMENT=podman manager destroy --yes "${common[@]}" || fail 'not all of it could be removed: its message stands above.'
  end_podman "$state"
}

is_ours() { ps -o args= -p "$1" 2>/dev/null | grep -q 'main\.ts.* run'; }

wait_until_gone() {
  local deadline=$((SECONDS + END_WITHIN_S))
  while is_ours "$1"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

end_by_force() {
  say "The manager did not end within $END_WITHIN_S s: it is killed; its shims end the services." >&2
  kill -KILL "$1" 2>/dev/null || true
  wait_until_gone "$1" || fail "process $1 cannot be ended"
}

# Every process of a service carries the manager's id in its environment (/proc is Linux only).
wait_for_services() {
  local left deadline=$((SECONDS + 10))
  [ -d /proc/self ] || return 0
  while left=$(services_left "$1") && [ -n "$left" ]; do
    [ $SECONDS -lt $deadline ] || fail "these processes of services are left: $left"
    sleep 0.1
  done
}

services_left() {
  local file
  { grep -lzs "^MCP_MANAGER_INSTANCE=$1/" /proc/[0-9]*/environ || true; } | while read -r file; do
    file=${file#/proc/}
    printf '%s ' "${file%/environ}"
  done
}

main "$@"
