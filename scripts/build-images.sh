#!/usr/bin/env bash
# Builds the images of the sample services and of the manager with Podman, or with Docker where that is
# what the machine has. BASE names another base image with Node 24.12 or newer (default: node:24-slim).
# Tests and the process runtime need none of them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

BASE=${BASE:-docker.io/library/node:24-slim}

main() {
  local engine
  engine=$(find_engine) || fail 'no container engine answers: install Podman (`apt-get install podman`), or start Docker.'
  say "Building with $engine on $BASE"
  find_base "$engine"
  build "$engine" mcp/echo:latest "$root/templates/echo"
  build "$engine" mcp/simple:latest "$root/templates/simple-mcp"
  build "$engine" mcp-manager:latest "$root"
  say 'Built: mcp/echo:latest mcp/simple:latest mcp-manager:latest'
}

find_engine() {
  local engine
  for engine in podman docker; do
    if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
      say "$engine"
      return
    fi
  done
  return 1
}

find_base() {
  if "$1" image inspect "$BASE" >/dev/null 2>&1; then return; fi
  "$1" pull "$BASE" >/dev/null ||
    fail "the base image $BASE is not here and cannot be pulled: reach its registry, or name one that is here with BASE=…"
}

build() {
  say "  $2"
  "$1" build --quiet --build-arg "BASE=$BASE" --tag "$2" "$3" >/dev/null || fail "$2 was not built: its message stands above."
}

main
