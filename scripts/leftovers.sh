# Sourced by test.sh: proves that a run left no process, no listening port and no temporary folder behind.
# The whole run gets a temporary folder of its own and a mark in the environment, which its processes inherit.

watched=
mark=
ports_before=

begin_watch() {
  # Short on purpose: unix sockets below it have at most 107 bytes of path.
  watched=$(mktemp -d "${TMPDIR:-/tmp}/mXXXXXX")
  mark=$(basename "$watched")-$$
  ports_before=$(listening_ports)
  export TMPDIR=$watched MCP_MANAGER_TEST_RUN=$mark
}

end_watch() { if [ -n "$watched" ]; then rm -rf "$watched"; fi; }

# Prints what was left; fails when there is anything. What is just ending gets a few seconds.
find_leftovers() {
  local found deadline=$((SECONDS + 5))
  export -n MCP_MANAGER_TEST_RUN
  while :; do
    found=$(left_processes; left_ports; left_files)
    if [ -z "$found" ]; then return 0; fi
    if [ $SECONDS -ge $deadline ]; then break; fi
    sleep 0.2
  done
  printf '%s\n' "$found"
  return 1
}

# By the mark, and (a service's process gets a clean environment) by the folder of the run in it.
left_processes() {
  local folder pid
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    if [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ]; then continue; fi
    if is_of_run "$pid"; then say "process $pid: $(tr '\0' ' ' <"$folder/cmdline" 2>/dev/null)"; fi
  done
}

is_of_run() {
  grep -qzs -e "^MCP_MANAGER_TEST_RUN=$mark$" -e "=$watched" "/proc/$1/environ" ||
    [[ $(readlink "/proc/$1/cwd" 2>/dev/null) == "$watched"* ]] ||
    grep -qzsF "$watched" "/proc/$1/cmdline"
}

# Every other process of this machine may open ports meanwhile: only those of this run count.
left_ports() {
  local port pid
  comm -13 <(printf '%s\n' "$ports_before") <(listening_ports) | while read -r port; do
    for pid in $(holders_of "$port"); do
      if is_of_run "$pid"; then say "port $port: process $pid"; fi
    done
  done
}

listening_ports() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ local_address _ state _; do
    if [ "$state" = 0A ]; then say "$((16#${local_address##*:}))"; fi
  done | sort -u
}

holders_of() {
  local hex inodes inode link
  hex=$(printf '%04X' "$1")
  inodes=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }')
  for inode in $inodes; do
    for link in /proc/[0-9]*/fd/*; do
      if [ "$(readlink "$link" 2>/dev/null)" = "socket:[$inode]" ]; then
        link=${link#/proc/}
        say "${link%%/*}"
      fi
    done
  done | sort -u
}

# Caches of Node and npm in the run's folder are no leftovers of a test.
left_files() {
  find "$watched" -mindepth 1 -maxdepth 1 ! -name 'node-compile-cache' ! -name 'plan-state' -printf 'temporary %p\n'
}
