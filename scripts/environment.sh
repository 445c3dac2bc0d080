# Sourced by the scripts beside it: Node and the packages in place, and one way to call the manager.
# Needs bash; any Node from 18 on is enough to fetch the locked one.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*"; }
fail() { printf 'Error: %s\n' "$*" >&2; exit 1; }

# The packages as package-lock.json says; npm is only asked when they are not there or it changed.
install_packages() {
  local stamp="$root/node_modules/.installed-package-lock.json"
  local own="$root/node_modules/.package-lock.json"
  if cmp -s "$root/package-lock.json" "$stamp"; then return; fi
  if [ ! -e "$stamp" ] && [ "$own" -nt "$root/package-lock.json" ]; then return; fi
  command -v node >/dev/null || fail 'Node is missing. Install Node 18 or newer and npm (https://nodejs.org, or your system: `apt-get install nodejs npm`), then run this again.'
  command -v npm >/dev/null || fail 'npm is missing. Install it (`apt-get install npm`, or Node from https://nodejs.org, which brings it), then run this again.'
  [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" = true ] ||
    fail "Node $(node --version) is too old to fetch the packages: install Node 18 or newer."
  say 'Installing packages (npm ci) …' >&2
  (cd "$root" && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >&2) ||
    fail 'npm ci failed: its message stands above.'
  cp "$root/package-lock.json" "$stamp"
}

# From here on `node` is the locked Node of node_modules, or the system's where that is new enough.
use_locked_node() {
  install_packages
  PATH="$root/node_modules/.bin:$PATH"
  export PATH
  if [ -x "$root/node_modules/.bin/node" ]; then return; fi
  command -v node >/dev/null || fail 'Node is missing, and the locked one is not made for this machine: install Node 24.12 or newer.'
  [ "$(node -p '[24,12].reduce((same, least, at) => same !== 0 ? same : Number(process.versions.node.split(".")[at]) - least, 0) >= 0')" = true ] ||
    fail "Node $(node --version) is too old, and the locked one is not made for this machine: install Node 24.12 or newer."
}

manager() { node "$root/src/main.ts" "$@"; }

# field JSON KEY: one member of a JSON object, empty where there is none.
field() { node -e 'const value = JSON.parse(process.argv[1] || "{}")[process.argv[2]]; if (value !== undefined) console.log(value)' "$1" "$2"; }

# Command line as given to a script: `given` holds what is the manager's, `common` what each of its commands takes.
given=()
common=()
read_flags() {
  while [ $# -gt 0 ]; do
    case $1 in
      --podman)
        export BACKEND_ENVIRONMENT=podman
        shift
        continue
        ;;
      --desired | --templates | --state-dir | --runtime)
        [ $# -ge 2 ] || fail "$1 needs a value"
        common+=("$1" "$2")
        given+=("$1")
        shift
        ;;
      --desired=* | --templates=* | --state-dir=* | --runtime=*) common+=("$1") ;;
    esac
    given+=("$1")
    shift
  done
  # What is started and ended lies here, whomever commands ask otherwise.
  unset MCP_MANAGER_SERVER
  # The repository's own fleet, from wherever this is called; processes run on any machine.
  export DESIRED_DIR=${DESIRED_DIR:-$root/desired}
  export BACKEND_ENVIRONMENT=${BACKEND_ENVIRONMENT:-process}
}

# The running manager's health as JSON, empty when none answers.
read_health() { manager health --json "${common[@]}" 2>/dev/null || true; }

# common_flag NAME: its value on the command line, empty where it was not given.
common_flag() {
  local at value=
  for ((at = 0; at < ${#common[@]}; at++)); do
    case ${common[at]} in
      "$1") value=${common[at + 1]} ;;
      "$1="*) value=${common[at]#*=} ;;
    esac
  done
  say "$value"
}

# As `STATE_DIR` in docs/operations.md says: the flag, the variable, or a folder of the fleet's own.
state_folder() {
  local folder
  folder=$(common_flag --state-dir)
  folder=${folder:-${STATE_DIR:-}}
  say "${folder:-${XDG_STATE_HOME:-$HOME/.local/state}/mcp-manager/$1}"
}

# The id of the fleet as far as there is one; nothing is written.
read_fleet_id() {
  local folder
  folder=$(common_flag --desired)
  say "${MANAGER_ID:-$(field "$(cat "${folder:-$DESIRED_DIR}/.mcp-manager.json" 2>/dev/null)" managerId)}"
}
