#!/usr/bin/env bash
# Builds the images of the templates whose sources lie beside them: `./scripts/build-images.sh [TEMPLATE…]`
# (default: all of them). What did not change is not built again. CONTAINER_HOST or DOCKER_HOST say in which
# engine, else Podman comes first.
#
# BASE names a base image with Node 24.12 or newer (default: node:24-slim). Where that cannot be pulled, a
# base is made of the Node that this repository has locked; where npm cannot work inside a build, the
# packages are installed here and copied in. Tests and the process runtime need none of these images.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

asked_base=${BASE:-}
BASE=${BASE:-docker.io/library/node:24-slim}
# Told by this label whether an image is made of what lies here now.
label=io.mcpmanager.sources
templates=(echo simple-mcp everything filesystem memory sequential-thinking)
# A registry behind a wall that answers nothing; a slow line is faster.
PULL_WITHIN_S=600
engine=
base=

main() {
  local template
  find_engine || fail 'no container engine answers: install Podman (`apt-get install podman`), or start Docker.'
  [ $# -gt 0 ] || set -- "${templates[@]}"
  for template in "$@"; do
    [[ " ${templates[*]} " == *" $template "* ]] ||
      fail "the template $template has no image to build: name some of ${templates[*]}"
    refresh "$(image_of "$template")" "$root/templates/$template"
  done
}

# As its template names it. Podman keeps what it builds under localhost/, and finds it by this name first.
image_of() { sed -n 's/^  "image": "\(.*\)",$/\1/p' "$root/templates/$1.json"; }

find_engine() {
  local order=(podman docker)
  if [ -z "${CONTAINER_HOST:-}" ] && [ -n "${DOCKER_HOST:-}" ]; then order=(docker podman); fi
  for engine in "${order[@]}"; do
    if command -v "$engine" >/dev/null && "$engine" ps --quiet >/dev/null 2>&1; then return; fi
  done
  return 1
}

# refresh IMAGE FOLDER
refresh() {
  if [ "$(label_of "$1")" = "$(digest_of_sources "$2")" ]; then
    say "$1 is current"
    return
  fi
  if [ -z "$base" ]; then find_base; fi
  if [ "$base" = "$BASE" ] && build_by_dockerfile "$@"; then return; fi
  build_with_packages_of_host "$@"
}

label_of() { "$engine" image inspect --format "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }

# All that an image is made of: sources, base, and how it is built.
digest_of_sources() {
  (
    cd "$1"
    say "$BASE $(id_of "$BASE") $(grep '"node-linux' "$root/package.json")"
    find . -name node_modules -prune -o -type f ! -name README.md -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    sha256sum <"$root/scripts/build-images.sh"
    sha256sum <"$root/scripts/node-root.sh"
  ) | sha256sum | cut -c1-32
}

id_of() { "$engine" image inspect --format '{{.Id}}' "$1" 2>/dev/null || true; }

find_base() {
  base=$BASE
  if [ -n "$(id_of "$BASE")" ]; then return; fi
  say "Pulling $BASE …"
  if output=$(timeout "$PULL_WITHIN_S" "$engine" pull --quiet "$BASE" 2>&1); then return; fi
  [ -z "$asked_base" ] || fail "the base image $BASE is not here and cannot be pulled: $(last_line)"
  say "It cannot be pulled ($(last_line)): a base is made here."
  make_base
}

last_line() { printf '%s\n' "$output" | tail -n 1; }

make_base() {
  use_locked_node
  base=localhost/mcp-manager/node:$(node --version)-$(sha256sum "$root/scripts/node-root.sh" | cut -c1-8)
  if [ -n "$(id_of "$base")" ]; then return; fi
  open_workplace
  "$root/scripts/node-root.sh" "$workplace/root"
  # By a file: the end of a broken pipe would look like the end of the archive.
  tar --owner=0 --group=0 --numeric-owner -C "$workplace/root" -cf "$workplace/root.tar" .
  output=$("$engine" import "$workplace/root.tar" "$base" 2>&1) || fail "the base was not made: $output"
  close_workplace
}

build_by_dockerfile() {
  say "Building $1 on $BASE …"
  if output=$(build "$@" 2>&1); then return; fi
  say "npm does not work inside the build ($(last_line)): the packages are installed here."
  return 1
}

# The same Dockerfile; only the line that needs a network and a shell becomes one that copies.
build_with_packages_of_host() {
  say "Building $1 on $base, with packages installed here …"
  use_locked_node
  command -v npm >/dev/null || fail 'npm is missing: install it (`apt-get install npm`).'
  open_workplace
  cp "$2"/* "$workplace"
  sed -i 's/^RUN npm .*/COPY node_modules node_modules/' "$workplace/Dockerfile"
  (cd "$workplace" && npm install --omit=dev --ignore-scripts --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null) ||
    fail 'npm install failed: its message stands above.'
  output=$(build "$1" "$workplace" "$2" 2>&1) || fail "$1 was not built: $output"
  close_workplace
}

# build IMAGE FOLDER [SOURCES]: the name moves to the new image only when all of it is there.
build() {
  "$engine" build --build-arg "BASE=$base" --label "$label=$(digest_of_sources "${3:-$2}")" --tag "$1" "$2"
}

workplace=
# Named before it is there: whoever interrupts leaves none that nobody knows.
open_workplace() {
  workplace=$(mktemp -du "${TMPDIR:-/tmp}/mcp-manager-images-XXXXXX")
  if ! mkdir -m 700 "$workplace"; then
    workplace=
    fail 'no folder to work in can be made: its message stands above.'
  fi
}
close_workplace() { if [ -n "$workplace" ]; then rm -rf "$workplace"; fi; workplace=; }
trap close_workplace EXIT
# What is interrupted may end as if it had not been: nothing more is begun.
trap 'exit 130' INT
trap 'exit 143' TERM

main "$@"
