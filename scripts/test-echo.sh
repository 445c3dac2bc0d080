#!/usr/bin/env bash
# Talks to the echo service of a fleet that start.sh started, as its clients do: plain HTTP and MCP.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/ask-service.sh"

find_service "${1:-echo}"
say "Asking $url"
expect '/health' '"status":"healthy"' get health
expect '/echo/hello' 'hello' get echo/hello
expect 'POST /echo' '"original_message":"a message"' post echo '{"message": "a message", "metadata": {"from": "test-echo.sh"}}'
expect '/mcp/capabilities' '"protocol_version"' get mcp/capabilities
expect 'MCP tools/list' '"name":"echo"' call tools/list
expect 'MCP tools/call echo' 'over MCP' call tools/call '{"name": "echo", "arguments": {"message": "over MCP"}}'
expect 'mcp-manager get' 'Running' manager get "$name" "${common[@]}"
closing
