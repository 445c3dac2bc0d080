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

# Command line as given to a script: `given` holds all, `common` what every command of the manager takes.
given=()
common=()
read_flags() {
  given=("$@")
  while [ $# -gt 0 ]; do
    case $1 in
      --desired | --templates | --state-dir | --runtime)
        [ $# -ge 2 ] || fail "$1 needs a value"
        common+=("$1" "$2")
        shift
        ;;
      --desired=* | --templates=* | --state-dir=* | --runtime=*) common+=("$1") ;;
    esac
    shift
  done
  # The repository's own fleet, from wherever this is called; processes run on any machine.
  export DESIRED_DIR=${DESIRED_DIR:-$root/desired}
  export BACKEND_ENVIRONMENT=${BACKEND_ENVIRONMENT:-process}
}

# The running manager's health as JSON, empty when none answers.
read_health() { manager health --json "${common[@]}" 2>/dev/null || true; }
