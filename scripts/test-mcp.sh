#!/usr/bin/env bash
# Talks to the simple-mcp service (named `notes` in the sample fleet): stores a text and reads it again,
# over plain HTTP, over JSON-RPC as the platform does it, and by MCP tools.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/ask-service.sh"

find_service "${1:-notes}"
say "Asking $url"
expect '/health' '"status"' get health
expect '/test/store' 'a-key' get 'test/store?text=a%20text&key=a-key'
expect '/test/get' 'a text' get test/get/a-key
expect '/test/list' 'a-key' get test/list
expect 'store_text by JSON-RPC' '"result"' call store_text '{"key": "b-key", "text": "b text"}'
expect 'get_text by JSON-RPC' 'b text' call get_text '{"key": "b-key"}'
expect 'MCP tools/list' '"name":"store_text"' call tools/list
expect 'MCP tools/call get_text' 'b text' call tools/call '{"name": "get_text", "arguments": {"key": "b-key"}}'
closing
