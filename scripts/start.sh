#!/usr/bin/env bash
# Starts the manager in the background on the fleet in desired/, waits until all services are verified
# and tells where they are. Services are child processes, or with --podman containers. All other flags go
# to `mcp-manager run`: `./scripts/start.sh --approve`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$root/scripts/podman.sh"

READY_WITHIN_S=60
command=./scripts/mcp-manager

main() {
  case ${1:-} in
    -h | --help)
      say 'usage: start.sh [--podman] [--approve] [flags of `mcp-manager run`]'
      return
      ;;
  esac
  use_locked_node
  read_flags "$@"
  health=$(read_health)
  if [ -n "$health" ]; then
    tell_running
    return
  fi
  prepare
  start_manager
  say "The manager runs as process $(field "$health" pid); its log: $log"
  say
  if [ "$(field "$health" mode)" = approve ]; then tell_approve; else wait_for_fleet; fi
}

tell_running() {
  local runtime
  runtime=$(field "$health" runtime)
  if in_podman && [ "$runtime" != podman ]; then
    fail "the manager runs already, with the runtime $runtime: end it first (./scripts/stop.sh)"
  fi
  say 'The manager runs already.'
  manager health "${common[@]}"
  say
  manager status "${common[@]}"
}

in_podman() { [ "$BACKEND_ENVIRONMENT" = podman ]; }

# The state folder, and what containers need.
prepare() {
  local made
  made=$(manager init --json "${common[@]}") || fail 'the documents folder could not be used'
  state=$(state_folder "$(field "$made" managerId)")
  mkdir -p -m 700 "$state"
  if in_podman; then
    start_podman "$state"
    build_samples
    touch "$state/in-podman"
  elif is_in_podman "$state"; then
    say 'Services of this fleet still run in Podman, beside those that are started now: ./scripts/stop.sh --all ends them.'
  fi
}

# Images of the templates whose sources lie here, as far as documents name them; all others are pulled.
build_samples() {
  local folder template samples=()
  folder=$(common_flag --desired)
  for template in echo simple-mcp everything filesystem memory sequential-thinking; do
    if grep -rqsE "template: *[\"']?$template([^-a-z0-9]|\$)" "${folder:-$DESIRED_DIR}"; then samples+=("$template"); fi
  done
  if [ ${#samples[@]} -gt 0 ]; then "$root/scripts/build-images.sh" "${samples[@]}"; fi
}

start_manager() {
  log=$state/manager.log
  if [ -e "$log" ]; then mv -f "$log" "$log.1"; fi
  # A session of its own: closing this terminal, or Ctrl-C in it, does not reach the manager.
  LOG_FORMAT=${LOG_FORMAT:-text} nohup node "$root/src/main.ts" run "${given[@]}" >"$log" 2>&1 </dev/null &
  local pid=$! deadline=$((SECONDS + READY_WITHIN_S))
  until health=$(read_health) && [ -n "$health" ]; do
    kill -0 "$pid" 2>/dev/null || give_up 'the manager ended at once'
    if [ $SECONDS -ge $deadline ]; then
      kill "$pid" 2>/dev/null || true
      give_up "the manager was not ready within $READY_WITHIN_S s"
    fi
    sleep 0.2
  done
}

give_up() {
  say "Error: $1. The end of $log:" >&2
  tail -n 20 "$log" >&2
  exit 1
}

wait_for_fleet() {
  local code=0
  manager apply --no-color "${common[@]}" || code=$?
  say
  manager status "${common[@]}"
  tell_commands
  return "$code"
}

tell_approve() {
  local code=0
  wait_for_approved
  manager plan --detailed-exitcode "${common[@]}" || code=$?
  case $code in
    0) say && manager status "${common[@]}" ;;
    2) tell_next ;;
    *) fail 'no plan could be made' ;;
  esac
  tell_commands
}

# What was approved before is started without asking again; a plan amidst that would only say so.
wait_for_approved() {
  local deadline=$((SECONDS + READY_WITHIN_S))
  while [ $SECONDS -lt $deadline ] && is_starting; do sleep 0.2; done
}

is_starting() {
  manager status --json "${common[@]}" | grep -q '"state": "Starting"' ||
    manager plan --json "${common[@]}" | grep -q 'steps are running'
}

tell_next() {
  cat <<TEXT

Nothing of this is done yet: with --approve the manager only plans what is new, and waits for you.
  $command plan                     read it again
  $command apply                    carry it out (asks first; --auto-approve does not ask)
TEXT
}

tell_commands() {
  local more=
  if in_podman; then more='                (services go on; with --all they end too)'; fi
  say
  if [ "$PWD" != "$root" ]; then say "In $root:"; fi
  cat <<TEXT
Look:    $command status    (logs NAME, get NAME, events, history)
Change:  edit desired/*.yaml             ($command plan says what that does)
Stop:    ./scripts/stop.sh$more
TEXT
}

main "$@"
