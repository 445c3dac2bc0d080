#!/usr/bin/env bash
# Makes a root file system that holds the locked Node, the libraries it needs and nothing else: a base for
# images on a machine that reaches no image registry. `./scripts/node-root.sh FOLDER`; FOLDER must not exist.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

main() {
  local folder=${1:?folder to make} node library
  [ ! -e "$folder" ] || fail "$folder is there already"
  use_locked_node
  node=$(node -p 'process.execPath')
  mkdir -p "$folder"/{usr/local/bin,etc/ssl/certs,proc,sys,dev,app,home/mcp}
  mkdir -m 1777 "$folder/tmp"
  install -m 755 "$node" "$folder/usr/local/bin/node"
  ldd "$node" | grep -o '/[^ ]*' | sort -u | while read -r library; do
    install -D -m 755 "$(readlink -f "$library")" "$folder$library"
  done
  # glibc's resolver finds its files by these; Node asks for nothing else.
  say 'hosts: files dns' >"$folder/etc/nsswitch.conf"
  printf '%s\n' 'root:x:0:0:root:/:/sbin/nologin' 'mcp:x:1000:1000::/home/mcp:/sbin/nologin' >"$folder/etc/passwd"
  printf '%s\n' 'root:x:0:' 'mcp:x:1000:' >"$folder/etc/group"
  if [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
  fi
}

main "$@"
