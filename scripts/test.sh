#!/usr/bin/env bash
# The one command that tests everything: installs what is missing, runs all checks and tests, and proves
# that nothing was left behind. Ends with `N passed, N failed`; exit code 0 only when all passed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
. "$root/scripts/leftovers.sh"

# Command → Debian package that has it. The tests start programs of their own and never a system service.
needed=(
  redis-server:redis-server git:git ps:procps curl:curl setsid:util-linux mkfifo:coreutils ip:iproute2
  podman:podman runc:runc /usr/lib/podman/netavark:netavark /usr/lib/podman/aardvark-dns:aardvark-dns
  catatonit:catatonit iptables:iptables newuidmap:uidmap slirp4netns:slirp4netns docker-registry:docker-registry
  busybox:busybox-static
  /usr/lib/python3*/ensurepip:python3-venv
)

passed=0
failed=0
skipped=0
failures=()

main() {
  cd "$root" || exit 1
  install_programs
  use_locked_node
  begin_watch
  trap end_watch EXIT

  part 'generated types are current' node scripts/generate-types.ts --check
  part 'bundled bridge is current' node scripts/bundle-bridge.ts --check
  part 'format' oxfmt --check .
  part 'types' tsc
  part 'lint' oxlint
  part 'unused code and dependencies' knip
  part 'scripts are bash' bash -n scripts/*.sh .ci/run
  part 'sample fleet: validate' manager validate --desired desired
  part 'sample fleet: plan' plan_sample
  part 'Traefik for the tests' "$root/scripts/install-traefik.sh"
  tests_beside fast alone
  tests_beside e2e podman
  part 'nothing is left behind' find_leftovers

  summarise
}

# part NAME COMMAND…: one thing that passes or fails; its output is shown only when it fails.
part() {
  local name=$1 output started=$SECONDS
  shift
  if output=$("$@" 2>&1 </dev/null); then
    passed=$((passed + 1))
    say "pass  $name ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    failures+=("$name")
    say "FAIL  $name"
    printf '%s\n' "$output" | tail -n 100 | sed 's/^/      /'
  fi
}

# Without a manager id of its own in the sample: nothing may be written by a plan.
plan_sample() {
  STATE_DIR=$watched/plan-state MANAGER_ID=sample manager plan --desired desired --runtime process
}

# tests PROJECT: shown as they end.
tests() {
  local code=0
  say "----  $1 tests"
  run_tests "$1" || code=$?
  count_tests "$1" "$code"
}

# tests_beside PROJECT PROJECT: at the same time, since they wait more than they work. The output of the first
# is shown when the second has ended.
tests_beside() {
  local code=0 pid output=$watched/$1.out
  run_tests "$1" >"$output" 2>&1 &
  pid=$!
  tests "$2"
  wait $pid || code=$?
  say "----  $1 tests"
  cat "$output"
  rm -f "$output"
  count_tests "$1" "$code"
}

run_tests() {
  vitest run --config test/vitest.config.ts --project "$1" --reporter=default --reporter=json --outputFile.json="$watched/$1.json" </dev/null
}

# count_tests PROJECT CODE: each test counts, and one that failed is named once more at the end of all.
count_tests() {
  local report=$watched/$1.json code=$2 counts pass fail skip titles=()
  counts=$(node "$root/scripts/count-tests.ts" "$report" 2>/dev/null) || counts='0 0 0'
  { read -r pass fail skip; mapfile -t titles; } <<<"$counts"
  failures+=("${titles[@]}")
  # A file that cannot be loaded, or an error outside of every test, fails the run without a failed test.
  if [ "$code" -ne 0 ] && [ "$fail" -eq 0 ]; then
    fail=1
    failures+=("$1 tests: see their output above")
  fi
  rm -f "$report"
  passed=$((passed + pass))
  failed=$((failed + fail))
  skipped=$((skipped + skip))
}

summarise() {
  if [ "$skipped" -gt 0 ]; then
    if [ "${CI:-}" = true ]; then
      say "$skipped tests were skipped: with CI=true they count as failed."
      failed=$((failed + skipped))
    else
      say "$skipped tests were skipped: their titles stand above."
    fi
  fi
  if [ ${#failures[@]} -gt 0 ]; then printf 'failed: %s\n' "${failures[@]}"; fi
  say "$passed passed, $failed failed"
  if [ "$failed" -gt 0 ]; then exit 1; fi
  exit 0
}

install_programs() {
  local entry missing=()
  for entry in "${needed[@]}"; do
    has "${entry%%:*}" || missing+=("${entry#*:}")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "these programs are missing: install the packages ${missing[*]} (Debian's names), then run this again"
  fi
  say "Installing Debian packages: ${missing[*]} …"
  apt-get update -qq >/dev/null || fail 'apt-get update failed'
  install_quietly "${missing[@]}" || fail "apt-get could not install ${missing[*]}"
}

# has PROGRAM: by its name, or by the file or folder that a pattern leads to.
has() {
  case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# No service of the system is started by installing its package.
install_quietly() {
  local policy=/usr/sbin/policy-rc.d made=false code=0
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && made=true
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || code=$?
  if $made; then rm -f $policy; fi
  return $code
}

main
