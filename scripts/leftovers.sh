# Sourced by test.sh: proves that a run left nothing behind, whatever other runs do on the machine meanwhile.
# The whole run gets a temporary folder of its own and a mark in the environment, which its processes inherit;
# its container engines have their storage in that folder and note their addresses there (test/helpers/subnet.ts).

SUBNET_RECORDS=/tmp/mcp-manager-subnet-
DNS_FOLDER=/run/containers/networks/aardvark-dns
LEFT_WITHIN_S=5

watched=
mark=
ports_before=
namespaces_before=

begin_watch() {
  # Short on purpose: unix sockets below it have at most 107 bytes of path.
  watched=$(mktemp -d "${TMPDIR:-/tmp}/mXXXXXX")
  # The normal user of some tests has to get through to what is theirs.
  chmod 711 "$watched"
  mark=$(basename "$watched")-$$
  ports_before=$(listening_ports)
  namespaces_before=$(network_namespaces)
  export TMPDIR=$watched MCP_MANAGER_TEST_RUN=$mark
}

# An interrupted run leaves engines and users: they go before the folder in which they lie.
end_watch() {
  if [ -z "$watched" ]; then return; fi
  local name
  if [ -n "$(left_engines)" ]; then node "$root/test/helpers/clear-engines-process.ts"; fi
  left_users | while read -r _ name; do
    pkill -KILL -u "$name"
    userdel "$name"
  done
  rm -rf "$watched"
}

# Prints what was left; fails when there is anything. What is just ending gets a few seconds.
find_leftovers() {
  local found now deadline=$((SECONDS + LEFT_WITHIN_S))
  export -n MCP_MANAGER_TEST_RUN
  found=$(all_left)
  while [ -n "$found" ] && [ $SECONDS -lt $deadline ]; do
    sleep 0.2
    now=$(all_left)
    # Only what was there each time: engines of other runs come and go.
    found=$(comm -12 <(printf '%s\n' "$found") <(printf '%s\n' "$now"))
  done
  [ -n "$found" ] || return 0
  printf '%s\n' "$found"
  return 1
}

# Sorted only when all is said: a program that runs beside the search would be found.
all_left() {
  local all
  all=$(left_processes; left_ports; left_files; left_mounts; left_engines; left_users; left_networks; left_namespaces)
  if [ -n "$all" ]; then sort -u <<<"$all"; fi
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

# A container is known by the file system that it runs on.
is_of_run() {
  if serves_others "$1"; then return 1; fi
  grep -qzs -e "^MCP_MANAGER_TEST_RUN=$mark$" -e "=$watched" "/proc/$1/environ" ||
    [[ $(readlink "/proc/$1/cwd" 2>/dev/null) == "$watched"* ]] ||
    grep -qzsF "$watched" "/proc/$1/cmdline" ||
    grep -qsE "^[0-9]+ [0-9]+ [0-9:]+ [^ ]+ / .*$watched" "/proc/$1/mountinfo"
}

# The name server of all engines of the machine: whichever came first started it.
serves_others() {
  [ "$(cat "/proc/$1/comm" 2>/dev/null)" = aardvark-dns ] &&
    [ -n "$(find "$DNS_FOLDER" -type f ! -name aardvark.pid 2>/dev/null)" ]
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
  find "$watched" -mindepth 1 -maxdepth 1 ! -name 'node-compile-cache' ! -name 'plan-state' ! -name 'subnets' -printf 'temporary %p\n'
}

left_mounts() { awk -v folder="$watched/" 'index($2, folder) == 1 { print "mount " $2 }' /proc/self/mounts; }

left_engines() { grep -sH "^$watched/" "$SUBNET_RECORDS"* | sed 's/^/engine /'; }

left_users() { awk -F: -v folder="$watched/" 'index($6, folder) == 1 { print "user " $1 }' /etc/passwd; }

# Bridges, addresses in namespaces, rules of the firewall and names that belong to engines of this run.
left_networks() {
  local number all
  [ -e "$watched/subnets" ] || return 0
  all=$(network_facts)
  sort -u "$watched/subnets" | while read -r number; do
    if is_taken "$number"; then continue; fi
    grep -F " 10.$number." <<<"$all" | sed 's/^/network /'
  done
}

network_facts() {
  local name
  ip -o addr 2>/dev/null
  for name in $(network_namespaces); do ip -n "$name" -o addr 2>/dev/null; done
  iptables-save 2>/dev/null
  grep -rs . "$DNS_FOLDER" | sed 's/:/: /'
}

# By an engine of another run since; the test of this one has given it back.
is_taken() { grep -q "@mcp-manager-subnet-$1$" /proc/net/unix; }

network_namespaces() { ls /run/netns 2>/dev/null; }

# A namespace says nothing of who made it: here one counts that is new and that nobody is in any more.
left_namespaces() {
  local name
  comm -13 <(printf '%s\n' "$namespaces_before") <(network_namespaces) | while read -r name; do
    if ! has_process "$name"; then say "network namespace $name"; fi
  done
}

has_process() {
  local inode link
  inode=$(stat -c %i "/run/netns/$1" 2>/dev/null) || return 0
  for link in /proc/[0-9]*/ns/net; do
    if [ "$(readlink "$link" 2>/dev/null)" = "net:[$inode]" ]; then return 0; fi
  done
  return 1
}
