# Sourced by start.sh and stop.sh: Podman's API service for a fleet. What start.sh started for it is noted in
# the fleet's state folder, so that `stop.sh --all` ends that and nothing else.

ANSWER_WITHIN_S=20
HYBRID_CONTROLLERS=/sys/fs/cgroup/unified/cgroup.controllers

# start_podman STATE: afterwards Podman answers on its socket and can run services, or this fails with the way out.
start_podman() {
  if is_socket_silent; then start_service "$1"; fi
  require_order
}

# The socket is looked for by the same rules as `run` does.
is_socket_silent() {
  local findings
  findings=$(manager doctor --json "${common[@]}" || true)
  # Somebody serves it, only not well: its socket is not ours to take away.
  if [[ $findings == *'is there, but no answer within'* || $findings == *'is there, but it answers'* ]]; then
    fail 'a container engine is there and does not answer as it should: `./scripts/mcp-manager doctor` says more.'
  fi
  [[ $findings == *'"topic": "socket"'* ]]
}

start_service() {
  local runtime socket flags=()
  command -v podman >/dev/null || fail 'Podman is not installed: as root, `apt-get install podman netavark aardvark-dns catatonit uidmap slirp4netns`.'
  read -r runtime socket < <(local_podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.RemoteSocket.Path}}') ||
    fail 'Podman cannot be used: its message stands above; `./scripts/mcp-manager doctor` says more.'
  socket=${CONTAINER_HOST:-$socket}
  socket=${socket#unix://}
  if is_refused "$runtime"; then
    command -v runc >/dev/null || fail 'crun cannot start containers where cgroups v1 and v2 are both in use: install runc (as root, `apt-get install runc`), then run this again.'
    say 'crun cannot start containers on this machine (cgroups v1 and v2 are both in use): runc is used.'
    flags=(--runtime runc)
  elif [ -z "${CONTAINER_HOST:-}" ] && start_unit; then
    say 'Started podman.socket of systemd.'
    return
  fi
  serve "$1" "$socket" "${flags[@]}"
}

# With CONTAINER_HOST the command would ask there, where nobody answers yet.
local_podman() { env -u CONTAINER_HOST podman "$@"; }

is_refused() { [ "$1" = crun ] && [ -n "$(cat "$HYBRID_CONTROLLERS" 2>/dev/null)" ]; }

start_unit() {
  [ -d /run/systemd/system ] || return 1
  if [ "$(id -u)" -eq 0 ]; then
    systemctl start podman.socket 2>/dev/null
  else
    systemctl --user start podman.socket 2>/dev/null
  fi
}

# serve STATE SOCKET [FLAGS…]
serve() {
  local state=$1 socket=$2 pid deadline=$((SECONDS + ANSWER_WITHIN_S))
  shift 2
  mkdir -p -m 700 "$(dirname "$socket")" || fail "there is no place for the socket $socket: name another by CONTAINER_HOST=unix:///…"
  # Nobody serves it; what shows up there from now on is ours.
  rm -f "$socket"
  # A session of its own: closing this terminal does not reach it. Its folder is none with a Dockerfile: such
  # a one it would take for that of whatever is built.
  env -u CONTAINER_HOST --chdir=/ setsid nohup podman "$@" system service --time=0 "unix://$socket" >"$state/podman.log" 2>&1 </dev/null &
  pid=$!
  printf '%s %s\n' "$pid" "$socket" >"$state/podman.service"
  until [ -S "$socket" ]; do
    kill -0 "$pid" 2>/dev/null || fail "Podman's service ended at once: $(tail -n 1 "$state/podman.log")"
    [ $SECONDS -lt $deadline ] || fail "Podman's service does not answer; its log: $state/podman.log"
    sleep 0.1
  done
  say "Started Podman's API service as process $pid on $socket; its log: $state/podman.log"
}

# What keeps services from running is told before anything is built or started.
require_order() {
  local findings
  if findings=$(manager doctor --no-color "${common[@]}"); then return; fi
  awk '/^[a-z]/ { shown = /^fault/ } shown' <<<"$findings" >&2
  fail 'services cannot run in Podman as it is; `./scripts/mcp-manager doctor` shows all that was looked at.'
}

# Whether something was started for this fleet in Podman, and not ended with `--all` since.
is_in_podman() { [ -e "$1/in-podman" ] || [ -e "$1/podman.service" ]; }

# end_podman STATE: the service that start.sh started, if it still is that one.
end_podman() {
  local pid socket
  rm -f "$1/in-podman"
  read -r pid socket 2>/dev/null <"$1/podman.service" || return 0
  if serves "$pid" "$socket"; then
    kill -TERM "$pid"
    say "Podman's API service (process $pid) has ended."
  fi
  rm -f "$1/podman.service"
}

serves() { [[ $(ps -o args= -p "$1" 2>/dev/null) == *"podman "*"system service "*"unix://$2" ]]; }
