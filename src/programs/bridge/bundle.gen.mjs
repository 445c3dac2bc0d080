// Made from src/programs/bridge by `npm run bundle`. Edit those, not this file.

// src/programs/bridge/bridge.ts
import { randomUUID as randomUUID2 } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause3 } from "node:timers/promises";

// src/programs/bridge/back-off.ts
var FIRST_MS = 100;
var MOST_MS = 3e4;
function createBackOff(now) {
  let failures = 0;
  let notBeforeMs = 0;
  let lastReason = "";
  return {
    failed(reason2) {
      const waitMs = Math.min(FIRST_MS * 2 ** failures, MOST_MS);
      failures += 1;
      notBeforeMs = now() + waitMs;
      lastReason = reason2;
      return waitMs;
    },
    succeeded() {
      failures = 0;
      notBeforeMs = 0;
    },
    waitMs: () => Math.max(0, notBeforeMs - now()),
    isFailing: () => failures > 0,
    lastReason: () => lastReason
  };
}

// src/programs/bridge/eras.ts
var MODERN_VERSION = "2026-07-28";
var LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
var NEWEST_LEGACY_VERSION = LEGACY_VERSIONS[0];
var META = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId"
};
function isLegacyVersion(version) {
  return LEGACY_VERSIONS.some((known) => known === version);
}

// src/programs/bridge/json-rpc.ts
var CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** What the official servers answer to an exchange that the transport cannot serve. */
  transport: -32e3,
  sessionNotFound: -32001,
  /** Of the older revisions; the newest says invalidParams. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022
};
function readMessage(value) {
  if (!isFields(value) || value["jsonrpc"] !== "2.0") return void 0;
  const { id, method, params } = value;
  if (params !== void 0 && !isFields(params)) return void 0;
  if (typeof method === "string") {
    if (id === void 0) return { kind: "notification", method, params };
    return isId(id) ? { kind: "request", id, method, params } : void 0;
  }
  const outcome = readOutcome(value);
  if (outcome === void 0) return void 0;
  if (isId(id)) return { kind: "response", id, outcome };
  return "error" in outcome ? { kind: "response", id: null, outcome } : void 0;
}
function writeMessage(message) {
  switch (message.kind) {
    case "request": {
      const { id, method, params } = message;
      return JSON.stringify({ jsonrpc: "2.0", id, method, params });
    }
    case "notification": {
      const { method, params } = message;
      return JSON.stringify({ jsonrpc: "2.0", method, params });
    }
    case "response":
      return JSON.stringify({ jsonrpc: "2.0", id: message.id, ...message.outcome });
  }
}
function isFields(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isId(value) {
  return typeof value === "string" || typeof value === "number";
}
function metaOf(params) {
  const meta = params?.["_meta"];
  return isFields(meta) ? meta : {};
}
function withMeta(params, more) {
  return { ...params, _meta: { ...metaOf(params), ...more } };
}
function failure(code, message, data) {
  return { error: data === void 0 ? { code, message } : { code, message, data } };
}
function readOutcome({ result, error }) {
  if (isFields(result)) return { result };
  if (!isFields(error)) return void 0;
  const { code, message, data } = error;
  if (typeof code !== "number" || typeof message !== "string") return void 0;
  return failure(code, message, data);
}

// src/programs/bridge/classify.ts
var NAME_FIELDS = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId"
};
var REQUIRED = [META.protocolVersion, META.clientCapabilities];
function classify(message, headers) {
  if (message.kind === "response") return { kind: "legacy" };
  const meta = metaOf(message.params);
  const claimed = meta[META.protocolVersion];
  const isModernHeader = headers.version === MODERN_VERSION;
  if (message.method === "initialize" && claimed === void 0) {
    return isModernHeader ? mismatch(`initialize is not of the revision ${MODERN_VERSION} that the header names`) : { kind: "legacy" };
  }
  if (claimed === void 0 && !isModernHeader) return { kind: "legacy" };
  const refusal = message.kind === "request" ? refuseRequest(message, headers) : refuseMethodHeader(message.method, headers.method);
  return refusal ?? { kind: "modern" };
}
function refuseRequest(message, headers) {
  const meta = metaOf(message.params);
  return refuseEnvelope(meta) ?? refuseVersion(meta[META.protocolVersion], headers.version) ?? (headers.method === void 0 ? mismatch("the header Mcp-Method is missing") : refuseMethodHeader(message.method, headers.method)) ?? refuseName(message, headers.name);
}
function refuseEnvelope(meta) {
  const missing = REQUIRED.filter((key) => meta[key] === void 0);
  if (missing.length > 0) return invalid(`params._meta has no ${missing.join(" and no ")}`);
  if (typeof meta[META.protocolVersion] !== "string") {
    return invalid(`${META.protocolVersion} is not a string`);
  }
  if (!isFields(meta[META.clientCapabilities])) {
    return invalid(`${META.clientCapabilities} is not an object`);
  }
  return void 0;
}
function refuseVersion(claimed, header) {
  if (header === void 0) return mismatch("the header MCP-Protocol-Version is missing");
  if (header !== claimed) {
    return mismatch(`the header says version ${header}, the body ${String(claimed)}`);
  }
  return claimed === MODERN_VERSION ? void 0 : unsupported(claimed);
}
function refuseMethodHeader(method, header) {
  if (header === void 0 || header === method) return void 0;
  return mismatch(`the header Mcp-Method says ${header}, the body ${method}`);
}
function refuseName({ method, params }, header) {
  const field = Object.hasOwn(NAME_FIELDS, method) ? NAME_FIELDS[method] : void 0;
  const value = field === void 0 ? void 0 : params?.[field];
  if (typeof value !== "string") return void 0;
  if (header === void 0)
    return mismatch(`the header Mcp-Name is missing, the body has ${value}`);
  const decoded = decodeHeader(header);
  if (decoded === void 0) return mismatch("the header Mcp-Name is not valid Base64 of UTF-8");
  return decoded === value ? void 0 : mismatch(`the header Mcp-Name says ${decoded}, the body ${value}`);
}
function decodeHeader(value) {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === void 0) return value;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded) return void 0;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return void 0;
  }
}
function isKnownLegacyHeader(version) {
  return version === void 0 || isLegacyVersion(version);
}
function unsupported(requested) {
  const data = { supported: [MODERN_VERSION], requested };
  const message = `Unsupported protocol version: ${String(requested)}`;
  return { kind: "refused", error: { code: CODES.unsupportedVersion, message, data } };
}
function mismatch(what) {
  return {
    kind: "refused",
    error: { code: CODES.headerMismatch, message: `Header mismatch: ${what}` }
  };
}
function invalid(what) {
  return {
    kind: "refused",
    error: { code: CODES.invalidParams, message: `Invalid params: ${what}` }
  };
}

// src/programs/bridge/guard.ts
import { isIP } from "node:net";
function isAllowedHost(host, allowed) {
  if (allowed.includes("*")) return true;
  if (host === void 0 || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname;
  return isLoopbackName(name) || isAddress(name) || allowed.includes(name);
}
function isAllowedOrigin(origin, allowed) {
  if (origin === void 0 || allowed.includes("*") || allowed.includes(origin)) return true;
  return URL.canParse(origin) && isLoopbackName(new URL(origin).hostname);
}
function isLoopbackName(name) {
  return name === "localhost" || name === "127.0.0.1" || name === "[::1]";
}
function isAddress(name) {
  return isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

// src/programs/bridge/event-stream.ts
var HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no"
};
var KEEP_ALIVE_MS = 15e3;
var HIGH_WATER_BYTES = 1024 * 1024;
var MOST_BUFFERED_BYTES = 32 * 1024 * 1024;
var LONGEST_HOLD_MS = 3e4;
function openEventStream(response, { headers, flow } = {}) {
  let held;
  const keepAlive = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  response.writeHead(200, { ...HEADERS, ...headers });
  response.flushHeaders();
  response.on("drain", release);
  response.once("close", () => {
    clearInterval(keepAlive);
    release();
  });
  function isOpen() {
    return !response.writableEnded && !response.destroyed;
  }
  function write(text) {
    if (!isOpen()) return;
    response.write(text);
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
    else if (flow !== void 0 && held === void 0 && response.writableLength > HIGH_WATER_BYTES) {
      flow.hold();
      held = setTimeout(() => response.destroy(), LONGEST_HOLD_MS);
    }
  }
  function release() {
    if (held === void 0) return;
    clearTimeout(held);
    held = void 0;
    flow?.release();
  }
  return {
    send: (message) => write(`event: message
data: ${writeMessage(message)}

`),
    sendEvent: (event, data) => write(`event: ${event}
data: ${data}

`),
    end: () => {
      if (isOpen()) response.end();
    },
    isOpen,
    onClosed: (handler) => void response.once("close", handler)
  };
}

// src/programs/bridge/answer.ts
var SILENCE_MS = 2e4;
var BEGINS_AFTER_MS = 10;
var LONG_CHARACTERS = 16 * 1024;
function createHttpAnswer(response, options = {}) {
  let stream;
  let isAnswered = false;
  const askedMs = performance.now();
  const untilBeginMs = () => BEGINS_AFTER_MS - (performance.now() - askedMs);
  const toStream = () => {
    clearTimeout(silence);
    stream ??= openStream(response, options, untilBeginMs());
    return stream;
  };
  const silence = setTimeout(() => {
    if (isOpen()) toStream();
  }, SILENCE_MS);
  response.once("close", () => clearTimeout(silence));
  function isOpen() {
    return stream?.isOpen() ?? (!isAnswered && !response.writableEnded && !response.destroyed);
  }
  return {
    send(message) {
      const line = writeMessage(message);
      if (isOpen()) toStream().sendEvent("message", line);
    },
    finish(id, outcome) {
      if (!isOpen()) return;
      clearTimeout(silence);
      const line = writeAnswer(id, outcome);
      if (stream === void 0) {
        isAnswered = true;
        const status = options.statusOf?.(outcome) ?? 200;
        whenMayBegin(line, untilBeginMs(), () => {
          sendJson(response, status, line, options.headers);
        });
      } else {
        stream.sendEvent("message", line);
        stream.end();
      }
    },
    end() {
      if (isOpen()) toStream().end();
    },
    isOpen,
    onClosed(handler) {
      if (response.destroyed) handler();
      else response.once("close", handler);
    }
  };
}
function whenMayBegin(line, leftMs, begin) {
  if (line.length > LONG_CHARACTERS && leftMs > 0) setTimeout(begin, leftMs);
  else begin();
}
function openStream(response, options, leftMs) {
  return leftMs > 0 ? openLater(response, options, leftMs) : openEventStream(response, options);
}
function openLater(response, options, ms) {
  response.cork();
  const stream = openEventStream(response, options);
  let isHeld = true;
  let isOver = false;
  setTimeout(() => {
    isHeld = false;
    response.uncork();
    if (isOver) stream.end();
  }, ms);
  return {
    ...stream,
    end() {
      isOver = true;
      if (!isHeld) stream.end();
    },
    isOpen: () => !isOver && stream.isOpen()
  };
}
function writeAnswer(id, outcome) {
  try {
    return writeMessage({ kind: "response", id, outcome });
  } catch (error) {
    const words = `The answer cannot be passed on: ${String(error)}`;
    return writeMessage({ kind: "response", id, outcome: failure(CODES.internalError, words) });
  }
}
function sendJson(response, status, line, headers = {}) {
  const body = Buffer.from(line);
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": body.length
  });
  response.end(body);
}

// src/programs/bridge/refuse.ts
function refuse(response, refusal) {
  const { status, message, code = CODES.transport, data, id = null, headers } = refusal;
  if (response.headersSent || response.destroyed) return;
  const outcome = failure(code, message, data);
  sendJson(response, status, writeMessage({ kind: "response", id, outcome }), headers);
}

// src/programs/bridge/keeper.ts
import { setTimeout as pause } from "node:timers/promises";
var EndedEarly = class extends Error {
};
var NotStarted = class extends Error {
  retryAfterS;
  constructor(waitMs, reason2) {
    const seconds = Math.ceil(waitMs / 1e3);
    super(`The server has ended (${reason2}); it is started again in ${String(seconds)} s.`);
    this.retryAfterS = seconds;
  }
};
var HEALTHY_MS = 900;
var LONGEST_WAIT_MS = 2e3;
function createKeeper({ open: open2, starts, log: log2 }) {
  const deaths = createBackOff(() => performance.now());
  let opening;
  let live;
  async function watch(link, startMs) {
    const reason2 = await link.peer.ended;
    if (live === link) live = void 0;
    const isHealthy = performance.now() - startMs >= HEALTHY_MS;
    if (isHealthy) deaths.succeeded();
    const waitMs = isHealthy ? 0 : deaths.failed(reason2);
    log2.sometimes("ended", "the server has ended", { pid: link.peer.child.pid, reason: reason2, waitMs });
  }
  async function start() {
    for (const backOff of [starts, deaths]) await untilAllowed(backOff);
    const startMs = performance.now();
    try {
      const link = await open2();
      starts.succeeded();
      live = link;
      void watch(link, startMs);
      return link;
    } catch (error) {
      if (error instanceof EndedEarly) {
        const waitMs = starts.failed(error.message);
        log2.sometimes("early", "the server could not be greeted", {
          reason: error.message,
          waitMs
        });
      }
      throw error;
    }
  }
  return {
    async link() {
      if (live !== void 0 && !live.peer.hasEnded()) return live;
      opening ??= start().finally(() => opening = void 0);
      return opening;
    },
    current: () => live
  };
}
async function untilAllowed(backOff) {
  const waitMs = backOff.waitMs();
  if (waitMs > LONGEST_WAIT_MS) throw new NotStarted(waitMs, backOff.lastReason());
  if (waitMs > 0) await pause(waitMs);
}

// src/programs/bridge/link.ts
var NoGreeting = class extends Error {
  outcome;
  constructor(outcome) {
    super("error" in outcome ? outcome.error.message : "no greeting");
    this.outcome = outcome;
  }
};
var MODERN_ANSWER_MS = 5e3;
var GREETING_MS = 12e4;
var BRIDGE_INFO = { name: "mcp-manager-bridge", version: "1" };
async function openModernFirst(peer, known) {
  const modern = known === "legacy" ? void 0 : await discover(peer, {});
  if (modern !== void 0) return modern;
  const params = {
    protocolVersion: NEWEST_LEGACY_VERSION,
    capabilities: {},
    clientInfo: BRIDGE_INFO
  };
  const link = await openLegacyFirst(peer, params);
  if (link.era === "legacy") announce(link);
  return link;
}
function announce({ peer }) {
  peer.notify("notifications/initialized");
}
async function openLegacyFirst(peer, params) {
  try {
    return await openLegacy(peer, params);
  } catch (error) {
    if (!(error instanceof NoGreeting) || peer.hasEnded() || !isEraError(error.outcome))
      throw error;
    const modern = await discover(peer, params);
    if (modern === void 0) throw error;
    return modern;
  }
}
function envelope(clientInfo, capabilities) {
  return {
    [META.protocolVersion]: MODERN_VERSION,
    [META.clientInfo]: isFields(clientInfo) ? clientInfo : BRIDGE_INFO,
    [META.clientCapabilities]: isFields(capabilities) ? capabilities : {}
  };
}
async function openLegacy(peer, params) {
  const call = peer.call({ method: "initialize", params, timeoutMs: GREETING_MS });
  const outcome = await call.answer;
  if (outcome === void 0 || "error" in outcome) {
    throw new NoGreeting(outcome ?? { error: { code: CODES.internalError, message: "cancelled" } });
  }
  const greeting = outcome.result;
  return { peer, era: "legacy", facts: factsOf(greeting), greeting };
}
async function discover(peer, client) {
  const params = { _meta: envelope(client["clientInfo"], client["capabilities"]) };
  const call = peer.call({ method: "server/discover", params, timeoutMs: MODERN_ANSWER_MS });
  const outcome = await call.answer;
  if (outcome === void 0 || !("result" in outcome)) return void 0;
  const greeting = outcome.result;
  const versions = greeting["supportedVersions"];
  return Array.isArray(versions) && versions.includes(MODERN_VERSION) ? { peer, era: "modern", facts: factsOf(greeting), greeting } : void 0;
}
function factsOf(result) {
  const meta = isFields(result["_meta"]) ? result["_meta"] : {};
  const info = result["serverInfo"] ?? meta[META.serverInfo];
  const version = result["protocolVersion"];
  return {
    capabilities: isFields(result["capabilities"]) ? result["capabilities"] : {},
    serverInfo: isFields(info) ? info : { name: "unknown", version: "0" },
    instructions: result["instructions"],
    version: LEGACY_VERSIONS.find((known) => known === version) ?? NEWEST_LEGACY_VERSION
  };
}
function isEraError(outcome) {
  if (!("error" in outcome)) return false;
  const { code } = outcome.error;
  return code === CODES.unsupportedVersion || code === CODES.methodNotFound || code === CODES.invalidParams || code === CODES.invalidRequest;
}

// src/programs/bridge/hub.ts
var LISTS = {
  "notifications/tools/list_changed": ["toolsListChanged", "tools"],
  "notifications/prompts/list_changed": ["promptsListChanged", "prompts"],
  "notifications/resources/list_changed": ["resourcesListChanged", "resources"]
};
var UPDATED = "notifications/resources/updated";
function createHub() {
  const listeners = /* @__PURE__ */ new Set();
  const watched = createWatched();
  function begin(link, listener) {
    listener.link = link;
    if (link.era === "modern") listener.call = listenAt(link, listener);
    else for (const uri of listener.filter.resourceSubscriptions ?? []) watched.add(link, uri);
  }
  function end(listener) {
    const { link } = listener;
    if (!listeners.delete(listener)) return;
    listener.call?.cancel();
    if (link.era === "modern") return;
    for (const uri of listener.filter.resourceSubscriptions ?? []) watched.remove(link, uri);
  }
  return {
    listen(link, filter, deliver) {
      const listener = { filter, deliver, link, call: void 0 };
      listeners.add(listener);
      begin(link, listener);
      return () => end(listener);
    },
    receive(notification) {
      if (!isChange(notification)) return false;
      for (const { filter, deliver } of listeners) {
        if (accepts(filter, notification)) deliver(notification);
      }
      return true;
    },
    resume(link) {
      watched.clear();
      for (const listener of listeners) begin(link, listener);
    }
  };
}
function tell({ peer }, method, uri) {
  if (!peer.hasEnded()) peer.call({ method, params: { uri } });
}
function createWatched() {
  const counts = /* @__PURE__ */ new Map();
  return {
    add(link, uri) {
      const count = counts.get(uri) ?? 0;
      counts.set(uri, count + 1);
      if (count === 0) tell(link, "resources/subscribe", uri);
    },
    remove(link, uri) {
      const count = counts.get(uri) ?? 0;
      if (count > 1) counts.set(uri, count - 1);
      else if (counts.delete(uri)) tell(link, "resources/unsubscribe", uri);
    },
    clear: () => counts.clear()
  };
}
function honour(filter, capabilities) {
  const kept = {};
  for (const [key, capability] of Object.values(LISTS)) {
    if (filter[key] === true && has(capabilities, capability, "listChanged")) kept[key] = true;
  }
  const uris = filter.resourceSubscriptions ?? [];
  if (uris.length > 0 && has(capabilities, "resources", "subscribe")) {
    kept["resourceSubscriptions"] = uris;
  }
  return kept;
}
function readFilter(params) {
  const value = params?.["notifications"];
  if (!isFields(value)) return void 0;
  const uris = value["resourceSubscriptions"] ?? [];
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) return void 0;
  return {
    toolsListChanged: value["toolsListChanged"] === true,
    promptsListChanged: value["promptsListChanged"] === true,
    resourcesListChanged: value["resourcesListChanged"] === true,
    resourceSubscriptions: uris
  };
}
function listenAt({ peer }, { filter, deliver }) {
  return peer.call({
    method: "subscriptions/listen",
    params: { notifications: filter, _meta: envelope(void 0, void 0) },
    onNotification: (notification) => {
      if (isChange(notification)) deliver(notification);
    }
  });
}
function isChange({ method }) {
  return method === UPDATED || Object.hasOwn(LISTS, method);
}
function accepts(filter, { method, params }) {
  if (method === UPDATED) {
    const uri = params?.["uri"];
    return filter.resourceSubscriptions?.some((wanted) => wanted === uri) === true;
  }
  return Object.entries(LISTS).some(([name, [key]]) => name === method && filter[key] === true);
}
function has(capabilities, name, flag) {
  const capability = capabilities[name];
  return isFields(capability) && capability[flag] === true;
}

// src/programs/bridge/shared-child.ts
var PoolFull = class extends Error {
  constructor() {
    super("All children of this server are in use; come again when a session has ended.");
  }
};
function createSharedChild({ pool, starts, log: log2 }) {
  const hub = createHub();
  let known;
  async function open2() {
    const peer = pool.take();
    if (peer === void 0) throw new PoolFull();
    peer.onRequest(({ id, method }) => {
      const words = `${method} cannot be asked: the clients of this server share it`;
      peer.respond(id, method === "ping" ? { result: {} } : failure(CODES.methodNotFound, words));
    });
    peer.onNotification((notification) => {
      if (!hub.receive(notification)) deliverLog(peer, notification);
    });
    try {
      const link = await openModernFirst(peer, known);
      known = link.era;
      hub.resume(link);
      return link;
    } catch (error) {
      void pool.give(peer);
      if (peer.hasEnded()) known = "legacy";
      throw peer.hasEnded() ? new EndedEarly(await peer.ended) : error;
    }
  }
  return { ...createKeeper({ open: open2, starts, log: log2 }), hub };
}
function deliverLog(peer, notification) {
  if (notification.method !== "notifications/message") return;
  const asking = peer.pending().filter(({ request }) => metaOf(request.params)[META.logLevel] !== void 0);
  if (asking.length === 1) asking[0]?.request.onNotification?.(notification);
}

// src/programs/bridge/unserved.ts
function toOutcome(error) {
  if (error instanceof NoGreeting) return error.outcome;
  if (error instanceof EndedEarly) {
    return failure(CODES.internalError, `The server ended before it answered (${error.message}).`);
  }
  const words = error instanceof Error ? error.message : String(error);
  return failure(CODES.internalError, words);
}
function retryAfterS(error) {
  if (error instanceof NotStarted) return error.retryAfterS;
  return error instanceof PoolFull ? 5 : void 0;
}

// src/programs/bridge/sse.ts
var SSE_PATH = "/sse";
var SSE_POST_PATH = "/messages";
function createSse({
  sessions,
  createId,
  maxStreams
}) {
  const clients = /* @__PURE__ */ new Map();
  return {
    open(response) {
      if (clients.size >= maxStreams) {
        const headers = { "retry-after": "5" };
        refuse(response, { status: 503, headers, message: "There are too many streams." });
        return;
      }
      const id = createId();
      const stream = openEventStream(response);
      const client = { stream, session: void 0, open: /* @__PURE__ */ new Set() };
      clients.set(id, client);
      stream.onClosed(() => {
        clients.delete(id);
        for (const finish of client.open) finish();
        if (client.session !== void 0) sessions.remove(client.session.id);
      });
      stream.sendEvent("endpoint", `${SSE_POST_PATH.slice(1)}?sessionId=${id}`);
    },
    post(message, id, response) {
      const client = id === null ? void 0 : clients.get(id);
      if (client === void 0) {
        const code = CODES.sessionNotFound;
        refuse(response, { status: 404, code, message: "Session not found" });
        return;
      }
      response.writeHead(202).end();
      take(sessions, client, message).catch(() => client.stream.end());
    },
    end() {
      for (const { stream } of clients.values()) stream.end();
    }
  };
}
async function take(sessions, client, message) {
  if (message.kind === "request" && message.method === "initialize") {
    await greet(sessions, client, message);
    return;
  }
  const { session } = client;
  if (session === void 0) return;
  sessions.touch(session);
  switch (message.kind) {
    case "request":
      await session.serve(message, createStreamAnswer(client));
      break;
    case "notification":
      session.notify(message);
      break;
    case "response":
      session.answer(message);
      break;
  }
}
async function greet(sessions, client, message) {
  const { stream } = client;
  try {
    if (client.session !== void 0) sessions.remove(client.session.id);
    const session = sessions.create(message);
    client.session = session;
    const outcome = await session.open();
    stream.send({ kind: "response", id: message.id, outcome });
    session.attach(stream);
  } catch (error) {
    stream.send({ kind: "response", id: message.id, outcome: toOutcome(error) });
    stream.end();
  }
}
function createStreamAnswer({ stream, open: open2 }) {
  const closed = [];
  const finish = () => {
    open2.delete(finish);
    for (const handler of closed.splice(0)) handler();
  };
  open2.add(finish);
  return {
    send: stream.send,
    finish(id, outcome) {
      stream.send({ kind: "response", id, outcome });
      finish();
    },
    end: finish,
    isOpen: () => open2.has(finish) && stream.isOpen(),
    onClosed: (handler) => void closed.push(handler)
  };
}

// src/programs/bridge/front.ts
function createFront(front) {
  const { options, sse, counters } = front;
  const { post, refuseWhileDraining } = front.intake;
  function handle(request, response) {
    response.on("error", () => void 0);
    response.once("finish", () => {
      if (response.statusCode >= 400) counters.refused(response.statusCode);
    });
    const { host, origin } = request.headers;
    if (!isAllowedHost(host, options.allowedHosts)) {
      refuse(response, { status: 403, message: `Host ${String(host)} is not allowed.` });
    } else if (!isAllowedOrigin(origin, options.allowedOrigins)) {
      refuse(response, { status: 403, message: `Origin ${String(origin)} is not allowed.` });
    } else route(toUrl(request.url), request, response);
  }
  function route(url, request, response) {
    const at = `${String(request.method)} ${url.pathname}`;
    if (at === "GET /healthz")
      sendText(response, front.isHealthy() ? 200 : 503, front.isHealthy() ? "ok\n" : "failing\n");
    else if (at === "GET /metrics") sendText(response, 200, front.metrics());
    else if (url.pathname === options.path) endpoint(request, response);
    else if (sse !== void 0 && at === `GET ${SSE_PATH}`) {
      if (!refuseWhileDraining(response)) sse.open(response);
    } else if (sse !== void 0 && at === `POST ${SSE_POST_PATH}`) {
      const id = url.searchParams.get("sessionId");
      void post(request, response, async (message) => sse.post(message, id, response));
    } else refuse(response, { status: 404, message: `There is nothing at ${url.pathname}.` });
  }
  function endpoint(request, response) {
    switch (request.method ?? "") {
      case "POST":
        void post(request, response, (message) => dispatch(front, message, request, response));
        break;
      case "GET":
        if (!refuseWhileDraining(response)) front.legacy.get(request, response);
        break;
      case "DELETE":
        front.legacy.remove(request, response);
        break;
      default: {
        const headers = { allow: "GET, POST, DELETE" };
        refuse(response, { status: 405, headers, message: "Method not allowed." });
      }
    }
  }
  return { handle };
}
async function dispatch({ modern, legacy, counters }, message, request, response) {
  const header = (name) => headerOf(request, name);
  const classified = classify(message, standardHeaders(header));
  if (classified.kind === "refused") {
    const id = message.kind === "request" ? message.id : null;
    refuse(response, { status: 400, id, ...classified.error });
    return;
  }
  counters.requests(classified.kind);
  if (classified.kind === "legacy") await legacy.post(message, request, response);
  else if (message.kind === "request") await modern.serve(message, { response, header });
  else response.writeHead(202).end();
}
function toUrl(path) {
  const base = "http://bridge";
  return new URL(path !== void 0 && URL.canParse(path, base) ? path : "/", base);
}
function sendText(response, status, text) {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
function headerOf(request, name) {
  const value = request.headers[name];
  return value === void 0 ? void 0 : String(value);
}
function standardHeaders(header) {
  return {
    version: header("mcp-protocol-version"),
    method: header("mcp-method"),
    name: header("mcp-name")
  };
}

// src/programs/bridge/read-body.ts
async function readBody(request, maxBytes) {
  if (Number(request.headers["content-length"]) > maxBytes) return { kind: "tooLarge" };
  const chunks = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > maxBytes) return { kind: "tooLarge" };
      chunks.push(chunk);
    }
  } catch {
    return { kind: "broken" };
  }
  try {
    const value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return { kind: "json", value };
  } catch {
    return { kind: "notJson" };
  }
}

// src/programs/bridge/intake.ts
var REFUSED_BODY_MS = 5e3;
function createIntake({ maxBodyBytes, maxInFlight }) {
  let inFlight = 0;
  let isDraining = false;
  function refuseWhileDraining(response, id = null) {
    if (!isDraining) return false;
    const headers = { "retry-after": "1", connection: "close" };
    refuse(response, { status: 503, id, headers, message: "The server is about to end." });
    return true;
  }
  function enter(message, response) {
    if (message.kind !== "request") return true;
    const { id } = message;
    if (refuseWhileDraining(response, id)) return false;
    if (message.method === "subscriptions/listen") return true;
    if (inFlight >= maxInFlight) {
      const headers = { "retry-after": "1" };
      refuse(response, { status: 503, id, headers, message: "Too many requests are open." });
      return false;
    }
    inFlight += 1;
    response.once("close", () => inFlight -= 1);
    return true;
  }
  return {
    async post(request, response, take2) {
      const posted = await readPosted(request, maxBodyBytes);
      if (posted === void 0) return;
      if (!("kind" in posted)) refusePosted(posted, request, response);
      else if (enter(posted, response)) {
        const id = posted.kind === "request" ? posted.id : null;
        await take2(posted).catch((error) => refuseUnserved(response, id, error));
      }
    },
    refuseWhileDraining,
    inFlight: () => inFlight,
    isDraining: () => isDraining,
    drain: () => isDraining = true
  };
}
function refusePosted(refusal, request, response) {
  refuse(response, refusal);
  request.resume();
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, REFUSED_BODY_MS).unref();
}
async function readPosted(request, maxBytes) {
  const { "content-type": type = "", accept = "*/*" } = request.headers;
  if (type.split(";", 1)[0]?.trim().toLowerCase() !== "application/json") {
    return { status: 415, message: "Content-Type must be application/json." };
  }
  if (!accepts2(accept, "application/json") || !accepts2(accept, "text/event-stream")) {
    return { status: 406, message: "Accept must have application/json and text/event-stream." };
  }
  const body = await readBody(request, maxBytes);
  switch (body.kind) {
    case "tooLarge":
      return { status: 413, message: `The body is longer than ${String(maxBytes)} bytes.` };
    case "notJson":
      return { status: 400, code: CODES.parseError, message: "Parse error: the body is no JSON." };
    case "broken":
      return void 0;
    case "json":
      return readMessage(body.value) ?? noMessage(body.value);
  }
}
function noMessage(value) {
  const message = Array.isArray(value) ? "Batches are no longer part of the protocol: send one message at a time." : "The body is no JSON-RPC message.";
  return { status: 400, code: CODES.invalidRequest, message };
}
function accepts2(header, type) {
  return header.includes(type) || header.includes("*/*");
}
function refuseUnserved(response, id, error) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const outcome = toOutcome(error);
  const seconds = retryAfterS(error);
  if (seconds === void 0) {
    const words = "error" in outcome ? outcome.error : { message: "The server does not answer." };
    refuse(response, { status: error instanceof NoGreeting ? 200 : 500, id, ...words });
    return;
  }
  const headers = { "retry-after": String(seconds) };
  const message = "error" in outcome ? outcome.error.message : "";
  refuse(response, { status: 503, id, headers, message });
}

// src/programs/bridge/legacy.ts
function createLegacy(sessions) {
  return {
    async post(message, request, response) {
      if (message.kind === "request" && message.method === "initialize") {
        await open(sessions, message, response);
        return;
      }
      const session = findSession(sessions, { request, response }, message);
      if (session === void 0) return;
      sessions.touch(session);
      switch (message.kind) {
        case "request":
          await session.serve(message, createHttpAnswer(response, session));
          break;
        case "notification":
          session.notify(message);
          response.writeHead(202).end();
          break;
        case "response":
          session.answer(message);
          response.writeHead(202).end();
          break;
      }
    },
    get(request, response) {
      if (request.headers.accept?.includes("text/event-stream") !== true) {
        refuse(response, { status: 406, message: "Accept must have text/event-stream." });
        return;
      }
      const session = findSession(sessions, { request, response });
      if (session === void 0) return;
      if (session.hasStream()) {
        refuse(response, { status: 409, message: "The session has its one stream already." });
        return;
      }
      sessions.touch(session);
      const headers = { "mcp-session-id": session.id };
      session.attach(openEventStream(response, { headers, flow: session.flow }));
    },
    remove(request, response) {
      const session = findSession(sessions, { request, response });
      if (session === void 0) return;
      sessions.remove(session.id);
      response.writeHead(200).end();
    }
  };
}
async function open(sessions, initialize, response) {
  const session = sessions.create(initialize);
  response.once("close", () => {
    if (!response.writableFinished) sessions.remove(session.id);
  });
  try {
    const outcome = await session.open();
    const headers = { "mcp-session-id": session.id };
    createHttpAnswer(response, { headers }).finish(initialize.id, outcome);
    sessions.touch(session);
  } catch (error) {
    sessions.remove(session.id);
    throw error;
  }
}
function findSession(sessions, { request, response }, message) {
  const id = request.headers["mcp-session-id"];
  const version = request.headers["mcp-protocol-version"];
  const answers = message?.kind === "request" ? message.id : null;
  if (id === void 0) {
    const words2 = "Bad Request: the header Mcp-Session-Id is missing.";
    refuse(response, { status: 400, id: answers, message: words2 });
    return void 0;
  }
  const session = sessions.find(String(id));
  if (session === void 0) {
    const code = CODES.sessionNotFound;
    refuse(response, { status: 404, id: answers, code, message: "Session not found" });
    return void 0;
  }
  if (isKnownLegacyHeader(version === void 0 ? void 0 : String(version))) return session;
  const words = `Bad Request: Unsupported protocol version ${String(version)}`;
  refuse(response, { status: 400, id: answers, message: words });
  return void 0;
}

// src/programs/bridge/metrics.ts
function createCounters() {
  const requests = /* @__PURE__ */ new Map([
    ["modern", 0],
    ["legacy", 0]
  ]);
  const refused = /* @__PURE__ */ new Map();
  return {
    requests: (era) => add(requests, era),
    refused: (status) => add(refused, String(status)),
    text: (now) => [
      ...metric("requests_in_flight", "gauge", [["", now.inFlight]]),
      ...metric("sessions", "gauge", [["", now.sessions]]),
      ...metric("children", "gauge", [["", now.children]]),
      ...metric("children_started_total", "counter", [["", now.childrenStarted]]),
      ...metric("requests_total", "counter", labelled("era", requests)),
      ...metric("refused_total", "counter", labelled("status", refused)),
      ""
    ].join("\n")
  };
}
function add(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
function labelled(label, counts) {
  return [...counts].map(([value, count]) => [`{${label}="${value}"}`, count]);
}
function metric(name, type, samples) {
  const full = `mcp_bridge_${name}`;
  return [
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}${labels} ${String(value)}`)
  ];
}

// src/programs/bridge/ask-child.ts
async function askChild({ peer }, request, { send: send2, signal, timeoutMs }) {
  const call = peer.call({
    method: request.method,
    params: request.params,
    clientId: request.id,
    onNotification: send2,
    timeoutMs
  });
  const cancel = () => call.cancel(typeof signal.reason === "string" ? signal.reason : void 0);
  signal.addEventListener("abort", cancel, { once: true });
  const outcome = await call.answer;
  signal.removeEventListener("abort", cancel);
  return outcome;
}

// src/programs/bridge/calls.ts
function createCalls(send2) {
  const open2 = /* @__PURE__ */ new Map();
  let nextId = 1;
  let endReason;
  function make(request) {
    const id = nextId++;
    const { promise: answer, resolve } = Promise.withResolvers();
    const { timeoutMs } = request;
    let timer;
    const call = { id, request, answer, cancel };
    function settle(outcome) {
      clearTimeout(timer);
      open2.delete(id);
      resolve(outcome);
    }
    function cancel(reason2) {
      if (!open2.has(id)) return;
      settle(void 0);
      const params2 = reason2 === void 0 ? { requestId: id } : { requestId: id, reason: reason2 };
      send2({ kind: "notification", method: "notifications/cancelled", params: params2 });
    }
    function expire() {
      resolve(tooLate(timeoutMs ?? 0));
      cancel("timeout");
    }
    const params = withOwnToken(request.params, id);
    if (endReason !== void 0) settle(gone(endReason));
    else if (send2({ kind: "request", id, method: request.method, params })) {
      open2.set(id, { call, settle });
      if (timeoutMs !== void 0) timer = setTimeout(expire, timeoutMs);
    } else settle(doesNotRead());
    return call;
  }
  return {
    make,
    settle: (id, outcome) => open2.get(id)?.settle(outcome),
    notify(id, notification) {
      const request = open2.get(id)?.call.request;
      request?.onNotification?.(withClientToken(notification, request));
    },
    pending: () => [...open2.values()].map(({ call }) => call),
    end(reason2) {
      endReason = reason2;
      for (const { settle } of open2.values()) settle(gone(reason2));
    },
    hasEnded: () => endReason !== void 0
  };
}
function withOwnToken(params, id) {
  return metaOf(params)["progressToken"] === void 0 ? params : withMeta(params, { progressToken: id });
}
function withClientToken(notification, { params, clientId }) {
  if (notification.method === "notifications/progress") {
    const progressToken = metaOf(params)["progressToken"];
    return { ...notification, params: { ...notification.params, progressToken } };
  }
  return {
    ...notification,
    params: withMeta(notification.params, { [META.subscriptionId]: clientId })
  };
}
function gone(reason2) {
  return failure(CODES.internalError, `The server ended before it answered (${reason2}).`);
}
function doesNotRead() {
  return failure(CODES.internalError, "The server does not read its input.");
}
function tooLate(timeoutMs) {
  const seconds = String(timeoutMs / 1e3);
  return failure(CODES.internalError, `The server did not answer in ${seconds} s.`);
}

// src/programs/bridge/peer.ts
function createPeer(child, log2) {
  const send2 = (message) => child.send(writeMessage(message));
  const calls = createCalls(send2);
  const respond = (id, outcome) => void send2({ kind: "response", id, outcome });
  let onRequest = ({ id, method }) => respond(id, refuse2(method));
  let onNotification;
  function receive(message) {
    switch (message.kind) {
      case "request":
        onRequest(message);
        break;
      case "response":
        calls.settle(message.id, message.outcome);
        break;
      case "notification": {
        const id = callIdOf(message);
        if (id === void 0) onNotification?.(message);
        else calls.notify(id, message);
        break;
      }
    }
  }
  child.onLine((line) => {
    const message = readLine(line);
    const { pid } = child;
    try {
      if (message !== void 0) receive(message);
      else if (line.trim() !== "") {
        log2.sometimes("stdout", "the server wrote what is no JSON-RPC", { pid, line });
      }
    } catch (error) {
      log2.sometimes("unsent", "a message could not be passed on", { pid, error: String(error) });
    }
  });
  return {
    child,
    call: calls.make,
    notify: (method, params) => void send2({ kind: "notification", method, params }),
    respond,
    onRequest: (handler) => onRequest = handler,
    onNotification: (handler) => onNotification = handler,
    pending: calls.pending,
    ended: child.ended.then((reason2) => {
      calls.end(reason2);
      return reason2;
    }),
    hasEnded: calls.hasEnded
  };
}
function readLine(line) {
  if (!line.trimStart().startsWith("{")) return void 0;
  try {
    return readMessage(JSON.parse(line));
  } catch {
    return void 0;
  }
}
function callIdOf({ method, params }) {
  return method === "notifications/progress" ? params?.["progressToken"] : metaOf(params)[META.subscriptionId];
}
function withClientSubscription(outcome, clientId) {
  if (!("result" in outcome)) return outcome;
  const meta = outcome.result["_meta"];
  if (!isFields(meta) || meta[META.subscriptionId] === void 0) return outcome;
  return { result: withMeta(outcome.result, { [META.subscriptionId]: clientId }) };
}
function refuse2(method) {
  return failure(CODES.methodNotFound, `${method} cannot be asked of the clients of this server`);
}

// src/programs/bridge/translate.ts
var SHARED_METHODS = /* @__PURE__ */ new Set([
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete"
]);
var CACHEABLE_METHODS = /* @__PURE__ */ new Set([
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "server/discover"
]);
var NOT_CACHED = { ttlMs: 0, cacheScope: "private" };
function isSharedMethod(method) {
  return SHARED_METHODS.has(method);
}
function toLegacyParams(params) {
  if (params === void 0) return void 0;
  const kept = Object.entries(metaOf(params)).filter(
    ([key]) => !Object.values(META).includes(key)
  );
  const { _meta, ...rest } = params;
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}
function toModernOutcome(method, outcome, facts) {
  if ("error" in outcome) {
    const { code, message, data } = outcome.error;
    return code === CODES.resourceNotFound && method === "resources/read" ? failure(CODES.invalidParams, message, data) : outcome;
  }
  const result = outcome.result;
  return {
    result: {
      ...CACHEABLE_METHODS.has(method) ? NOT_CACHED : {},
      ...method === "tools/list" ? withoutExecution(result) : result,
      resultType: "complete",
      _meta: { ...metaOf(result), [META.serverInfo]: facts.serverInfo }
    }
  };
}
function toDiscovery(facts) {
  const { tools, resources, prompts, completions } = facts.capabilities;
  const { instructions } = facts;
  const result = {
    supportedVersions: [MODERN_VERSION],
    capabilities: { tools, resources, prompts, completions },
    ...instructions === void 0 ? {} : { instructions }
  };
  return toModernOutcome("server/discover", { result }, facts);
}
function toInitializeResult(facts, version) {
  const { capabilities, serverInfo, instructions } = facts;
  return {
    protocolVersion: version,
    capabilities,
    serverInfo,
    ...instructions === void 0 ? {} : { instructions }
  };
}
function toLegacyOutcome(outcome) {
  if ("error" in outcome) return outcome;
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...result } = outcome.result;
  return { result };
}
function readInputRequests(outcome) {
  if (!("result" in outcome) || outcome.result["resultType"] !== "input_required") return void 0;
  const { inputRequests, requestState } = outcome.result;
  const entries = isFields(inputRequests) ? Object.entries(inputRequests) : [];
  const requests = Object.fromEntries(
    entries.filter((entry) => isFields(entry[1]))
  );
  return { requests, state: requestState };
}
function withoutExecution(result) {
  const tools = result["tools"];
  if (!Array.isArray(tools)) return result;
  return {
    ...result,
    tools: tools.map((tool) => {
      if (!isFields(tool)) return tool;
      const { execution: _execution, ...rest } = tool;
      return rest;
    })
  };
}

// src/programs/bridge/modern.ts
var MOST_SUBSCRIPTIONS = 1024;
var STATUS = {
  [CODES.methodNotFound]: 404,
  [CODES.headerMismatch]: 400,
  [CODES.missingClientCapability]: 400,
  [CODES.unsupportedVersion]: 400
};
function createModern({ shared, callTimeoutMs, paramHeaders }) {
  const standing = /* @__PURE__ */ new Map();
  async function serve(request, { response, header }) {
    const link = await shared.link();
    if (response.destroyed) return;
    const refused = await paramHeaders.refuse(link, request, header);
    if (request.method === "subscriptions/listen" && link.era === "legacy") {
      listen({ link, hub: shared.hub, standing }, request, response);
      return;
    }
    const answer = createHttpAnswer(response, { statusOf });
    if (request.method === "subscriptions/listen") stand(link, request.id, answer);
    const outcome = refused ?? await ask(link, request, contextOf(answer));
    if (outcome === void 0) answer.end();
    else answer.finish(request.id, withClientSubscription(outcome, request.id));
  }
  function stand(link, id, answer) {
    standing.set(answer, () => answer.finish(id, endOfListening(id, link)));
    answer.onClosed(() => standing.delete(answer));
  }
  function contextOf(answer) {
    const gone2 = new AbortController();
    answer.onClosed(() => gone2.abort());
    return { send: answer.send, signal: gone2.signal, timeoutMs: callTimeoutMs };
  }
  return {
    serve,
    end() {
      for (const finish of standing.values()) finish();
    }
  };
}
function listen({ link, hub, standing }, { id, params }, response) {
  const filter = readFilter(params);
  if (filter === void 0 || standing.size >= MOST_SUBSCRIPTIONS) {
    const outcome = filter === void 0 ? failure(CODES.invalidParams, "params.notifications is no filter") : failure(CODES.internalError, "There are too many subscriptions.");
    createHttpAnswer(response).finish(id, outcome);
    return;
  }
  const honoured = honour(filter, link.facts.capabilities);
  const stream = openEventStream(response);
  const meta = { [META.subscriptionId]: id };
  stream.send({
    kind: "notification",
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: honoured, _meta: meta }
  });
  const stop2 = hub.listen(
    link,
    honoured,
    (notification) => stream.send({ ...notification, params: withMeta(notification.params, meta) })
  );
  standing.set(stream, () => {
    stream.send({ kind: "response", id, outcome: endOfListening(id, link) });
    stream.end();
  });
  stream.onClosed(() => {
    stop2();
    standing.delete(stream);
  });
  if (Object.keys(honoured).length === 0) standing.get(stream)?.();
}
async function ask(link, request, context) {
  const { id, method, params } = request;
  if (link.era === "modern") return askChild(link, request, context);
  if (method === "server/discover") return toDiscovery(link.facts);
  if (!isSharedMethod(method)) return failure(CODES.methodNotFound, `Method not found: ${method}`);
  const asked = { id, method, params: toLegacyParams(params) };
  const outcome = await askChild(link, asked, context);
  return outcome && toModernOutcome(method, outcome, link.facts);
}
function statusOf(outcome) {
  return "error" in outcome ? STATUS[outcome.error.code] ?? 200 : 200;
}
function endOfListening(id, { facts }) {
  const meta = { [META.subscriptionId]: id, [META.serverInfo]: facts.serverInfo };
  return { result: { resultType: "complete", _meta: meta } };
}

// src/programs/bridge/param-headers.ts
var KEY = "x-mcp-header";
var LIST_MS = 1e4;
var MOST_PAGES = 50;
var MOST_DEPTH = 20;
function createParamHeaders(hub) {
  let known;
  function learn(link) {
    known?.stop();
    const wanted = honour({ toolsListChanged: true }, link.facts.capabilities);
    const forget = () => {
      known?.stop();
      known = void 0;
    };
    const stop2 = wanted.toolsListChanged === true ? hub.listen(link, wanted, forget) : () => void 0;
    return { link, tools: readDeclarations(link), stop: stop2 };
  }
  return {
    async refuse(link, { method, params }, header) {
      const name = params?.["name"];
      if (method !== "tools/call" || typeof name !== "string") return void 0;
      if (known?.link !== link) known = learn(link);
      const declarations = (await known.tools).get(name) ?? [];
      const wrong = declarations.map((declaration) => explain(declaration, params?.["arguments"], header)).find((words) => words !== void 0);
      return wrong === void 0 ? void 0 : failure(CODES.headerMismatch, `Header mismatch: ${wrong}`);
    }
  };
}
function explain({ path, header }, args, read) {
  const value = path.reduce((at, key) => isFields(at) ? at[key] : void 0, args);
  if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number") {
    return void 0;
  }
  const name = `Mcp-Param-${header}`;
  const raw = read(name.toLowerCase());
  if (raw === void 0) return `the header ${name} is missing`;
  const decoded = decodeHeader(raw);
  if (decoded === void 0) return `the header ${name} is not valid Base64 of UTF-8`;
  const isSame = typeof value === "number" && decoded.trim() !== "" ? Number(decoded) === value : decoded === String(value);
  return isSame ? void 0 : `the header ${name} and the argument ${path.join(".")} differ`;
}
async function readDeclarations(link) {
  const found = /* @__PURE__ */ new Map();
  let cursor;
  for (let page = 0; page < MOST_PAGES; page++) {
    const meta = link.era === "modern" ? { _meta: envelope(void 0, void 0) } : {};
    const params = cursor === void 0 ? meta : { ...meta, cursor };
    const call = link.peer.call({ method: "tools/list", params, timeoutMs: LIST_MS });
    const outcome = await call.answer;
    if (outcome === void 0 || "error" in outcome) break;
    for (const tool of toolsOf(outcome.result)) {
      const declarations = declarationsOf(tool["inputSchema"]);
      if (declarations.length > 0) found.set(String(tool["name"]), declarations);
    }
    cursor = outcome.result["nextCursor"];
    if (cursor === void 0) break;
  }
  return found;
}
function toolsOf(result) {
  const tools = result["tools"];
  return Array.isArray(tools) ? tools.filter(isFields) : [];
}
function declarationsOf(schema, path = []) {
  if (!isFields(schema) || path.length > MOST_DEPTH) return [];
  const header = schema[KEY];
  const own = typeof header === "string" && path.length > 0 ? [{ path, header }] : [];
  const properties = isFields(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  return [...own, ...properties.flatMap(([key, child]) => declarationsOf(child, [...path, key]))];
}

// src/programs/shim/processes.ts
import { readdirSync, readFileSync } from "node:fs";
function killMarked(variable, isOurs) {
  let found = 0;
  for (const pid of processesWith(variable, isOurs)) if (send(pid, "SIGKILL")) found++;
  return found;
}
function isGroupAlive(group) {
  if (!send(-group, 0)) return false;
  if (process.platform !== "linux") return true;
  return processIds().some((pid) => isLiveMember(pid, group));
}
function send(target, signal) {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
function processIds() {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
}
function* processesWith(variable, isOurs) {
  for (const pid of processIds()) {
    if (pid === process.pid) continue;
    const [, ...rests] = `\0${readProcessFile(pid, "environ")}`.split(`\0${variable}=`);
    if (rests.some((rest) => isOurs(rest.split("\0", 1)[0] ?? ""))) yield pid;
  }
}
function isLiveMember(pid, group) {
  const stat = readProcessFile(pid, "stat");
  const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return processGroup === String(group) && state !== "Z" && state !== "X";
}
function readProcessFile(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

// src/programs/bridge/child.ts
import { spawn } from "node:child_process";
import { setTimeout as pause2 } from "node:timers/promises";

// src/programs/bridge/lines.ts
var NEWLINE = 10;
function createLineReader(maxBytes, { onLine, onOversized }) {
  let parts = [];
  let bytes = 0;
  function take2(part) {
    bytes += part.length;
    if (bytes > maxBytes) parts = [];
    else parts.push(part);
  }
  function finish() {
    if (bytes > maxBytes) onOversized(bytes);
    else onLine(toText(parts));
    parts = [];
    bytes = 0;
  }
  return {
    push(chunk) {
      let from = 0;
      for (; ; ) {
        const end = chunk.indexOf(NEWLINE, from);
        if (end === -1) break;
        take2(chunk.subarray(from, end));
        finish();
        from = end + 1;
      }
      if (from < chunk.length) take2(chunk.subarray(from));
    },
    /** The stream is over: what has no line end is a line too. */
    end() {
      if (bytes > 0) finish();
    }
  };
}
function toText(parts) {
  const [first] = parts;
  const whole = parts.length === 1 && first !== void 0 ? first : Buffer.concat(parts);
  const text = whole.toString("utf8");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

// src/programs/bridge/child.ts
var MOST_STDERR_BYTES = 8192;
var LAST_OUTPUT_MS = 100;
var POLL_MS = 20;
var MOST_KILL_ROUNDS = 50;
function startChild(settings) {
  const { command, environment, maxMessageBytes, log: log2 } = settings;
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env: environment, detached: true, stdio: "pipe" });
  const pid = child.pid ?? 0;
  let onLine;
  readLines(child.stdout, maxMessageBytes, {
    onLine: (line) => onLine?.(line),
    onOversized: (bytes) => log2.sometimes("oversized", "a line of the server is too long and was dropped", {
      pid,
      bytes,
      maxMessageBytes
    })
  });
  readLines(child.stderr, MOST_STDERR_BYTES, {
    onLine: (line) => log2.sometimes("stderr", "the server says", { pid, stderr: line }),
    onOversized: (bytes) => log2.sometimes("stderr", "a line of stderr is too long and was dropped", { pid, bytes })
  });
  child.stdin.on("error", () => void 0);
  const ended = untilEnded(child);
  return {
    pid,
    ended,
    send: (line) => writeBounded(child.stdin, line, maxMessageBytes),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    onLine: (handler) => onLine = handler,
    stop: () => stop(child, ended, settings.stopGraceMs)
  };
}
function readLines(stream, maxBytes, handlers) {
  const reader = createLineReader(maxBytes, handlers);
  stream.on("data", (chunk) => reader.push(chunk));
  stream.on("end", () => reader.end());
  stream.on("error", () => void 0);
}
function writeBounded(input, line, maxBytes) {
  if (!input.writable || input.writableLength > maxBytes) return false;
  input.write(`${line}
`);
  return true;
}
function untilEnded(child) {
  const { promise, resolve } = Promise.withResolvers();
  child.once("error", (error) => {
    if (child.pid === void 0) resolve(`it could not be started: ${codeOf(error)}`);
  });
  child.once("exit", (code, signal) => {
    const reason2 = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
    const done = () => resolve(reason2);
    child.once("close", done);
    setTimeout(done, LAST_OUTPUT_MS);
  });
  return promise;
}
async function stop(child, ended, graceMs) {
  const { pid } = child;
  if (pid === void 0) return;
  child.stdout?.resume();
  child.stdin?.end();
  await Promise.race([ended, pause2(graceMs)]);
  if (isGroupAlive(pid)) {
    send(-pid, "SIGTERM");
    const endMs = performance.now() + graceMs;
    while (isGroupAlive(pid) && performance.now() < endMs) await pause2(POLL_MS);
  }
  for (let round = 0; round < MOST_KILL_ROUNDS && isGroupAlive(pid); round++) {
    send(-pid, "SIGKILL");
    await pause2(POLL_MS);
  }
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}
function codeOf(error) {
  return "code" in error ? String(error.code) : "UNKNOWN";
}

// src/programs/bridge/pool.ts
var MARK = "MCP_BRIDGE_CHILD";
var SWEEP_AFTER_MS = 200;
var REFILL_AFTER_MS = 1e3;
function createPool(options) {
  const children = createChildren(options);
  let waiting = [];
  let isStopped = false;
  let refill;
  const isFull = () => children.count() >= options.maxChildren;
  function prewarm() {
    refill = void 0;
    waiting = waiting.filter((peer) => !peer.hasEnded());
    try {
      while (waiting.length < options.prewarm && !isFull()) waiting.push(children.start());
    } catch (error) {
      options.log.say("no child could be started before it is asked for", { error: String(error) });
    }
  }
  prewarm();
  return {
    take() {
      if (isStopped) return void 0;
      if (options.prewarm > 0) refill ??= setTimeout(prewarm, REFILL_AFTER_MS);
      waiting = waiting.filter((peer) => !peer.hasEnded());
      return waiting.shift() ?? (isFull() ? void 0 : children.start());
    },
    give: children.end,
    count: children.count,
    started: children.started,
    async stop() {
      isStopped = true;
      clearTimeout(refill);
      await children.endAll();
    }
  };
}
function createChildren(options) {
  const peers = /* @__PURE__ */ new Map();
  const sweep = createSweep();
  let started = 0;
  async function end(peer) {
    const entry = peers.get(peer);
    if (entry === void 0) return;
    entry.ending ??= peer.child.stop();
    await entry.ending;
    if (peers.delete(peer)) sweep.soon(entry.mark);
  }
  return {
    start() {
      started += 1;
      const mark = `${options.mark}/${String(started)}`;
      const peer = startMarked(options, mark);
      peers.set(peer, { mark });
      void peer.ended.then(() => end(peer));
      return peer;
    },
    end,
    count: () => peers.size,
    started: () => started,
    async endAll() {
      await Promise.all([...peers.keys()].map(end));
      sweep.all(options.mark);
    }
  };
}
function startMarked(options, mark) {
  const environment = { ...options.environment, [MARK]: mark };
  return createPeer(startChild({ ...options, environment }), options.log);
}
function createSweep() {
  let ended = /* @__PURE__ */ new Set();
  let timer;
  const run = () => {
    const marks = ended;
    ended = /* @__PURE__ */ new Set();
    timer = void 0;
    killMarked(MARK, (mark) => marks.has(mark));
  };
  return {
    soon(mark) {
      ended.add(mark);
      timer ??= setTimeout(run, SWEEP_AFTER_MS);
    },
    all(prefix) {
      clearTimeout(timer);
      killMarked(MARK, (mark) => mark.startsWith(`${prefix}/`));
    }
  };
}

// src/programs/bridge/sessions.ts
import { randomUUID } from "node:crypto";

// src/programs/bridge/outbox.ts
var MOST_WAITING = 100;
var MOST_WAITING_BYTES = 1024 * 1024;
function createOutbox() {
  const answers = /* @__PURE__ */ new Set();
  let stream;
  const waiting = createWaiting();
  function newestAnswer() {
    return [...answers].findLast((answer) => answer.isOpen());
  }
  function sendTo(target, message) {
    if (target === void 0) waiting.keep(message);
    else target.send(message);
  }
  return {
    sendNearCall: (message) => sendTo(newestAnswer() ?? stream, message),
    sendApart: (message) => sendTo(stream ?? newestAnswer(), message),
    enter(answer) {
      answers.add(answer);
      answer.onClosed(() => answers.delete(answer));
    },
    attach(next) {
      if (stream?.isOpen() === true) return false;
      stream = next;
      next.onClosed(() => {
        if (stream === next) stream = void 0;
      });
      for (const message of waiting.take()) next.send(message);
      return true;
    },
    hasStream: () => stream?.isOpen() === true,
    end() {
      stream?.end();
      for (const answer of answers) answer.end();
    }
  };
}
function createWaiting() {
  let kept = [];
  let keptBytes = 0;
  return {
    keep(message) {
      const bytes = writeMessage(message).length;
      kept.push({ message, bytes });
      keptBytes += bytes;
      while (kept.length > MOST_WAITING || keptBytes > MOST_WAITING_BYTES) {
        keptBytes -= kept.shift()?.bytes ?? keptBytes;
      }
    },
    take() {
      const messages = kept.map((entry) => entry.message);
      kept = [];
      keptBytes = 0;
      return messages;
    }
  };
}

// src/programs/bridge/own-child.ts
function createOwnChild(options) {
  const { pool, starts, log: log2 } = options;
  let last;
  let hasEnded = false;
  async function open2() {
    const isRestart = last !== void 0;
    if (last !== void 0) await pool.give(last);
    const peer = hasEnded ? void 0 : pool.take();
    if (peer === void 0) throw new PoolFull();
    last = peer;
    peer.onRequest((request) => {
      if (request.method === "ping") peer.respond(request.id, { result: {} });
      else options.onRequest(peer, request);
    });
    peer.onNotification((notification) => options.onNotification(peer, notification));
    void peer.ended.then(() => options.onEnded(peer));
    try {
      const link = await openLegacyFirst(peer, options.params);
      if (isRestart) {
        if (link.era === "legacy") announce(link);
        options.onRestart(link);
      }
      return link;
    } catch (error) {
      void pool.give(peer);
      throw peer.hasEnded() ? new EndedEarly(await peer.ended) : error;
    }
  }
  return {
    ...createKeeper({ open: open2, starts, log: log2 }),
    async end() {
      hasEnded = true;
      if (last !== void 0) await pool.give(last);
    }
  };
}

// src/programs/bridge/questions.ts
var MOST_OPEN = 100;
function createQuestions(send2) {
  const open2 = /* @__PURE__ */ new Map();
  let nextId = 1;
  return {
    ask(question) {
      if (open2.size >= MOST_OPEN) {
        const words = "The client has left too many questions without an answer.";
        question.onAnswer(failure(CODES.internalError, words));
        return;
      }
      const id = `bridge-${String(nextId++)}`;
      open2.set(id, question);
      send2({ kind: "request", id, method: question.method, params: question.params });
    },
    withdraw(askedBy, serverId) {
      for (const [id, question] of open2) {
        if (question.askedBy !== askedBy) continue;
        if (serverId !== void 0 && question.serverId !== serverId) continue;
        open2.delete(id);
        const method = "notifications/cancelled";
        send2({ kind: "notification", method, params: { requestId: id } });
      }
    },
    answer({ id, outcome }) {
      const question = id === null ? void 0 : open2.get(id);
      if (question === void 0 || id === null) return;
      open2.delete(id);
      question.onAnswer(outcome);
    }
  };
}

// src/programs/bridge/relay.ts
function createRelay() {
  const settings = /* @__PURE__ */ new Map();
  return {
    async serve(link, request, context) {
      const { method, params } = request;
      const outcome = await askChild(link, request, context);
      if (outcome !== void 0 && "result" in outcome) remember(method, params);
      return outcome;
    },
    notify: ({ peer }, { method, params }) => peer.notify(method, params),
    resume({ peer }) {
      for (const setting of settings.values()) peer.call(setting);
    },
    end: () => void 0
  };
  function remember(method, params) {
    const uri = String(params?.["uri"]);
    if (method === "logging/setLevel") settings.set(method, { method, params });
    if (method === "resources/subscribe") settings.set(`uri ${uri}`, { method, params });
    if (method === "resources/unsubscribe") settings.delete(`uri ${uri}`);
  }
}

// src/programs/bridge/session-calls.ts
function createSessionCalls({
  ask: ask2,
  timeoutMs
}) {
  const calls = /* @__PURE__ */ new Map();
  return {
    async serve(request, answer) {
      const { id } = request;
      if (calls.has(id)) {
        answer.finish(id, failure(CODES.invalidRequest, "This id is in use."));
        return;
      }
      const controller = new AbortController();
      calls.set(id, controller);
      answer.onClosed(() => controller.abort());
      const { signal } = controller;
      const outcome = await ask2(request, { send: answer.send, signal, timeoutMs });
      calls.delete(id);
      if (outcome === void 0) answer.end();
      else answer.finish(id, outcome);
    },
    cancel: (id, reason2) => calls.get(id)?.abort(reason2),
    count: () => calls.size,
    end() {
      for (const controller of calls.values()) controller.abort();
    }
  };
}

// src/programs/bridge/translator.ts
var MOST_ROUNDS = 10;
var MOST_SUBSCRIPTIONS2 = 1e3;
var EMPTY = { result: {} };
var LISTS2 = "lists";
function createTranslator(options) {
  const subscriptions = createSubscriptions(options.hub ?? createHub(), options.sendApart);
  let logLevel;
  return {
    async serve(link, request, context) {
      const { method, params } = request;
      const uri = params?.["uri"];
      if (method === "ping") return EMPTY;
      if (method === "logging/setLevel") {
        logLevel = params?.["level"];
        return EMPTY;
      }
      if (method === "resources/subscribe" && typeof uri === "string") {
        return subscriptions.add(link, uri);
      }
      if (method === "resources/unsubscribe" && typeof uri === "string") {
        return subscriptions.remove(uri);
      }
      if (!isSharedMethod(method)) {
        return failure(CODES.methodNotFound, `${method} is not served: ${reason(link)}`);
      }
      if (link.era === "legacy") return askChild(link, request, context);
      const { clientInfo, capabilities } = options.params;
      const meta = { ...envelope(clientInfo, capabilities), [META.logLevel]: logLevel };
      const modern = { ...request, params: withMeta(params, meta) };
      return askInRounds(link, modern, { ...context, questions: options.questions });
    },
    notify(link, { method }) {
      if (method !== "notifications/initialized") return;
      const wanted = honour(
        { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true },
        link.facts.capabilities
      );
      if (Object.keys(wanted).length > 0) subscriptions.listen(link, LISTS2, wanted);
    },
    resume: subscriptions.resume,
    end: subscriptions.end
  };
}
function createSubscriptions(hub, deliver) {
  const open2 = /* @__PURE__ */ new Map();
  function listen2(link, key, filter) {
    open2.get(key)?.end();
    open2.set(key, { filter, end: hub.listen(link, filter, deliver) });
  }
  return {
    listen: listen2,
    add(link, uri) {
      if (open2.size >= MOST_SUBSCRIPTIONS2) {
        return failure(CODES.internalError, "The session has too many subscriptions.");
      }
      listen2(link, `uri ${uri}`, { resourceSubscriptions: [uri] });
      return EMPTY;
    },
    remove(uri) {
      open2.get(`uri ${uri}`)?.end();
      open2.delete(`uri ${uri}`);
      return EMPTY;
    },
    /** Listens at a new child as it did at the one before. */
    resume(link) {
      for (const [key, { filter }] of open2) listen2(link, key, filter);
    },
    end() {
      for (const subscription of open2.values()) subscription.end();
      open2.clear();
    }
  };
}
async function askInRounds(link, request, context) {
  let params = request.params;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const outcome = await askChild(link, { ...request, params }, context);
    const wanted = outcome && readInputRequests(outcome);
    if (outcome === void 0 || wanted === void 0) return outcome && toLegacyOutcome(outcome);
    const answers = await askAll(context.questions, wanted.requests, context.signal);
    if (answers.kind === "failed") return answers.outcome;
    params = { ...params, inputResponses: answers.results, requestState: wanted.state };
  }
  return failure(CODES.internalError, "The server did not stop asking.");
}
async function askAll(questions, requests, signal) {
  const results = {};
  const outcomes = await Promise.all(
    Object.entries(requests).map(async ([key, { method, params }]) => {
      const outcome = await askOne(questions, { method: String(method), params }, signal);
      if ("result" in outcome) results[key] = outcome.result;
      return outcome;
    })
  );
  const failed = outcomes.find((outcome) => "error" in outcome);
  return failed === void 0 ? { kind: "answered", results } : { kind: "failed", outcome: failed };
}
function askOne(questions, { method, params }, signal) {
  const { promise, resolve } = Promise.withResolvers();
  const askedBy = {};
  const giveUp = () => {
    questions.withdraw(askedBy);
    resolve(failure(CODES.internalError, "The call was cancelled."));
  };
  signal.addEventListener("abort", giveUp, { once: true });
  const fields = isFields(params) ? params : void 0;
  questions.ask({ method, params: fields, askedBy, onAnswer: resolve });
  return promise;
}
function reason({ era }) {
  return era === "modern" ? "the server is of a newer revision" : "the clients share one server";
}

// src/programs/bridge/session.ts
function createSession(options) {
  const outbox = createOutbox();
  const questions = createQuestions(outbox.sendNearCall);
  const { keeper, own, serviceOf, end } = createBackend(options, { outbox, questions });
  async function ask2(request, context) {
    try {
      const link = await keeper.link();
      if (context.signal.aborted) return void 0;
      return await serviceOf(link).serve(link, request, context);
    } catch (error) {
      return toOutcome(error);
    }
  }
  const calls = createSessionCalls({ ask: ask2, timeoutMs: options.callTimeoutMs });
  return {
    id: options.id,
    flow: own === void 0 ? void 0 : createFlow(own),
    async open() {
      const link = await keeper.link();
      const isAsItIs = own !== void 0 && link.era === "legacy";
      return {
        result: isAsItIs ? link.greeting : toInitializeResult(link.facts, options.version)
      };
    },
    async serve(request, answer) {
      outbox.enter(answer);
      await calls.serve(request, answer);
    },
    notify(notification) {
      const { method, params } = notification;
      const link = keeper.current();
      if (method === "notifications/cancelled") {
        const id = params?.["requestId"];
        if (isId(id)) calls.cancel(id, params?.["reason"]);
      } else if (link !== void 0) serviceOf(link).notify(link, notification);
    },
    answer: questions.answer,
    attach: outbox.attach,
    hasStream: outbox.hasStream,
    isBusy: () => calls.count() > 0 || outbox.hasStream(),
    async end() {
      calls.end();
      outbox.end();
      await end();
    }
  };
}
function createBackend(options, ways) {
  const { shared, pool, starts, log: log2, initialize } = options;
  const params = initialize.params ?? {};
  const relay = createRelay();
  const { sendApart } = ways.outbox;
  const translator = createTranslator({
    params,
    hub: shared?.hub,
    questions: ways.questions,
    sendApart
  });
  if (shared !== void 0) {
    const serviceOf2 = () => translator;
    return { keeper: shared, own: void 0, serviceOf: serviceOf2, end: async () => translator.end() };
  }
  const serviceOf = (link) => link.era === "legacy" ? relay : translator;
  const own = createOwnChild({
    pool,
    starts,
    log: log2,
    params,
    ...handlersOf(ways),
    onRestart: (link) => serviceOf(link).resume(link)
  });
  return {
    keeper: own,
    own,
    serviceOf,
    async end() {
      translator.end();
      await own.end();
    }
  };
}
function handlersOf({
  questions,
  outbox
}) {
  return {
    onEnded: (peer) => questions.withdraw(peer),
    onRequest(peer, { id, method, params }) {
      const onAnswer = (outcome) => peer.respond(id, outcome);
      questions.ask({ method, params, askedBy: peer, serverId: id, onAnswer });
    },
    onNotification(peer, notification) {
      const { method, params } = notification;
      if (method === "notifications/cancelled") {
        questions.withdraw(peer, params?.["requestId"]);
      } else if (method === "notifications/message") outbox.sendNearCall(notification);
      else outbox.sendApart(notification);
    }
  };
}
function createFlow(own) {
  let holds = 0;
  return {
    hold() {
      holds += 1;
      own.current()?.peer.child.pause();
    },
    release() {
      holds -= 1;
      if (holds === 0) own.current()?.peer.child.resume();
    }
  };
}

// src/programs/bridge/sessions.ts
var LOOK_EVERY_MS = 1e3;
function createSessions(options) {
  const entries = /* @__PURE__ */ new Map();
  const look = setInterval(() => endOverdue(performance.now()), LOOK_EVERY_MS);
  function endOverdue(nowMs) {
    for (const [id, entry] of entries) {
      if (entry.session.isBusy()) entry.usedMs = nowMs;
      const isOld = nowMs - entry.openedMs >= options.longestMs;
      if (isOld || nowMs - entry.usedMs >= options.idleMs) remove(id);
    }
  }
  function remove(id) {
    const entry = id === void 0 ? void 0 : entries.get(id);
    if (id === void 0 || entry === void 0) return false;
    entries.delete(id);
    void entry.session.end();
    return true;
  }
  return {
    create(initialize) {
      if (entries.size >= options.maxSessions) throw new PoolFull();
      const id = `${options.instance}.${randomUUID()}`;
      const asked = initialize.params?.["protocolVersion"];
      const version = isLegacyVersion(asked) ? asked : NEWEST_LEGACY_VERSION;
      const session = createSession({ ...options, id, initialize, version });
      const nowMs = performance.now();
      entries.set(id, { session, openedMs: nowMs, usedMs: nowMs });
      return session;
    },
    find: (id) => id === void 0 ? void 0 : entries.get(id)?.session,
    touch({ id }) {
      const entry = entries.get(id);
      if (entry !== void 0) entry.usedMs = performance.now();
    },
    remove,
    count: () => entries.size,
    async end() {
      clearInterval(look);
      const ending = [...entries.values()].map(({ session }) => session.end());
      entries.clear();
      await Promise.all(ending);
    }
  };
}

// src/programs/bridge/bridge.ts
var POLL_MS2 = 20;
var MOST_HEADER_BYTES = 16 * 1024;
var HEADERS_MS = 1e4;
var REQUEST_MS = 6e4;
var STALLED_MS = 12e4;
var MOST_CONNECTIONS = 1e4;
async function openBridge(parts) {
  const { options } = parts;
  const pool = openPool(parts);
  const serving = createServing(parts, pool);
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      // Routers keep connections for a minute: theirs must end first.
      keepAliveTimeout: 75e3
    },
    serving.front.handle
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = STALLED_MS;
  try {
    server.listen(options.port, options.host);
    await once(server, "listening");
  } catch (error) {
    await pool.stop();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  async function end() {
    serving.drain();
    await untilIdle(serving.intake, options.drainMs);
    await serving.end();
    await pool.stop();
    await closeServer(server);
  }
  let ending;
  return { port: address.port, close: () => ending ??= end() };
}
function openPool({ options, environment, log: log2 }) {
  const { command, maxMessageBytes, stopGraceMs, prewarm, isolation } = options;
  return createPool({
    command,
    environment,
    maxMessageBytes,
    stopGraceMs,
    prewarm,
    // One more than the sessions may have: the shared one.
    maxChildren: isolation === "session" ? options.maxChildren + 1 : 1,
    mark: randomUUID2(),
    log: log2
  });
}
function createServing({ options, log: log2 }, pool) {
  const { isolation, instance, callTimeoutMs, maxChildren, maxSessions } = options;
  const starts = createBackOff(() => performance.now());
  const shared = createSharedChild({ pool, starts, log: log2 });
  const sessions = createSessions({
    ...options,
    shared: isolation === "shared" ? shared : void 0,
    pool,
    starts,
    log: log2,
    maxSessions: isolation === "session" ? Math.min(maxChildren, maxSessions) : maxSessions
  });
  const paramHeaders = createParamHeaders(shared.hub);
  const modern = createModern({ shared, callTimeoutMs, paramHeaders });
  const createId = () => `${instance}.${randomUUID2()}`;
  const sse = options.sse ? createSse({ sessions, createId, maxStreams: maxSessions }) : void 0;
  const counters = createCounters();
  const intake = createIntake(options);
  const front = createFront({
    options,
    modern,
    legacy: createLegacy(sessions),
    sse,
    counters,
    intake,
    isHealthy: () => !intake.isDraining() && (shared.current() !== void 0 || !starts.isFailing()),
    metrics: () => counters.text({
      inFlight: intake.inFlight(),
      sessions: sessions.count(),
      children: pool.count(),
      childrenStarted: pool.started()
    })
  });
  return {
    front,
    intake,
    drain() {
      intake.drain();
      modern.end();
    },
    async end() {
      sse?.end();
      await sessions.end();
    }
  };
}
async function untilIdle(intake, drainMs) {
  const endMs = performance.now() + drainMs;
  while (intake.inFlight() > 0 && performance.now() < endMs) await pause3(POLL_MS2);
}
async function closeServer(server) {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

// src/programs/bridge/capacity.ts
import { readFileSync as readFileSync2 } from "node:fs";
var MEGABYTE = 1024 * 1024;
var OWN_BYTES = 128 * MEGABYTE;
var OWN_PIDS = 16;
var CHILD_BYTES = 64 * MEGABYTE;
var CHILD_PIDS = 12;
var MOST_CHILDREN = 64;
function childrenThatFit({ memoryBytes = Infinity, pids = Infinity }) {
  const fit = Math.min(
    (memoryBytes - OWN_BYTES) / CHILD_BYTES,
    (pids - OWN_PIDS) / CHILD_PIDS,
    MOST_CHILDREN
  );
  return Math.max(1, Math.floor(fit));
}
function readGroupLimits(folder = "/sys/fs/cgroup") {
  return {
    memoryBytes: readLimit(`${folder}/memory.max`) ?? readLimit(`${folder}/memory/memory.limit_in_bytes`),
    pids: readLimit(`${folder}/pids.max`) ?? readLimit(`${folder}/pids/pids.max`)
  };
}
function readLimit(file) {
  try {
    const limit = Number(readFileSync2(file, "utf8").trim());
    return Number.isSafeInteger(limit) && limit > 0 ? limit : void 0;
  } catch {
    return void 0;
  }
}

// src/programs/bridge/log.ts
var MOST_PER_SECOND = 100;
var WINDOW_MS = 1e3;
var LONGEST_TEXT = 2e3;
function createLog(write, now) {
  const windows = /* @__PURE__ */ new Map();
  function say(message, fields = {}) {
    const line = { time: new Date(now()).toISOString(), message, ...cut(fields) };
    write(`${JSON.stringify(line)}
`);
  }
  return {
    say,
    sometimes(kind, message, fields = {}) {
      const nowMs = now();
      const window = windows.get(kind) ?? { fromMs: nowMs, said: 0, held: 0 };
      windows.set(kind, window);
      if (nowMs - window.fromMs >= WINDOW_MS) {
        window.fromMs = nowMs;
        window.said = 0;
      }
      if (window.said >= MOST_PER_SECOND) {
        window.held += 1;
        return;
      }
      window.said += 1;
      say(message, window.held === 0 ? fields : { ...fields, heldBack: window.held });
      window.held = 0;
    }
  };
}
function cut(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}\u2026` : value
    ])
  );
}

// src/programs/bridge/options.ts
import { parseArgs } from "node:util";
var SETTINGS = {
  host: { value: "127.0.0.1", means: "address to listen on" },
  port: { value: "8080", means: "port to listen on; 0: any", variables: ["PORT", "MCP_PORT"] },
  path: { value: "/mcp", means: "path of the endpoint" },
  instance: { value: "bridge", means: "name that session ids begin with" },
  isolation: {
    value: "session",
    means: "session: a child for each legacy session; shared: one for all"
  },
  sse: { value: "off", means: "on: also the transport of 2024-11-05, at /sse" },
  prewarm: { value: "0", means: "children started before they are asked for" },
  "max-children": {
    value: "auto",
    means: "children for sessions (the shared one counts apart); auto: what the memory fits, up to 64"
  },
  "max-sessions": { value: "1000", means: "legacy sessions" },
  "max-in-flight": { value: "2048", means: "requests that are being answered" },
  "max-body-bytes": { value: "4194304", means: "longest body of a request" },
  "max-message-bytes": { value: "16777216", means: "longest line that a child may write" },
  "idle-seconds": { value: "1800", means: "a session without call or stream ends after it" },
  "longest-seconds": { value: "86400", means: "every session ends after it" },
  "call-seconds": { value: "3600", means: "an unanswered call fails after it" },
  "drain-seconds": { value: "10", means: "after TERM, open calls may take so long" },
  "stop-seconds": { value: "2", means: "grace of a child between the steps of its end" },
  "allowed-hosts": {
    value: "",
    means: "host names (commas) beside localhost and addresses; *: all"
  },
  "allowed-origins": { value: "", means: "origins (commas) beside those of localhost; *: all" }
};
function parseOptions(args, environment, autoChildren) {
  const values = readValues(args, environment);
  if (values === "help") return "help";
  const { text, command } = values;
  if (command.length === 0) throw new Error("no command: bridge [--flags] -- COMMAND ARGS\u2026");
  const whole = (name, most) => readWhole(name, text(name), most);
  const seconds = (name) => whole(name, 1e6) * 1e3;
  return {
    command,
    host: text("host"),
    port: whole("port", 65535),
    path: readPath(text("path")),
    instance: readInstance(text("instance")),
    isolation: oneOf("isolation", text("isolation"), ["session", "shared"]),
    sse: oneOf("sse", text("sse"), ["on", "off"]) === "on",
    prewarm: whole("prewarm", 1e3),
    maxChildren: text("max-children") === "auto" ? autoChildren : whole("max-children", 1e5),
    maxSessions: whole("max-sessions", 1e6),
    maxInFlight: whole("max-in-flight", 1e6),
    maxBodyBytes: whole("max-body-bytes", 2 ** 30),
    maxMessageBytes: whole("max-message-bytes", 2 ** 30),
    idleMs: seconds("idle-seconds"),
    longestMs: seconds("longest-seconds"),
    callTimeoutMs: seconds("call-seconds"),
    drainMs: seconds("drain-seconds"),
    stopGraceMs: seconds("stop-seconds"),
    allowedHosts: listOf(text("allowed-hosts")),
    allowedOrigins: listOf(text("allowed-origins"))
  };
}
function helpText() {
  const lines = Object.entries(SETTINGS).map(
    ([name, { value, means, variables = [] }]) => {
      const names = [variableOf(name), ...variables].join(", ");
      return `  --${name} ${value === "" ? "LIST" : value}
      ${means} (${names})`;
    }
  );
  return [
    "bridge [--flags] -- COMMAND ARGS\u2026",
    "",
    "Serves an MCP server that speaks on its standard input and output over Streamable HTTP.",
    "",
    ...lines,
    ""
  ].join("\n");
}
var FOR_CHILD = "BRIDGE_CHILD_";
function childEnvironment(environment) {
  const own = /* @__PURE__ */ new Set([...Object.keys(SETTINGS).map(variableOf), "PORT", "MCP_PORT"]);
  const given = Object.entries(environment).filter(
    (entry) => entry[1] !== void 0
  );
  const kept = given.filter((entry) => !own.has(entry[0]) && !isForChild(entry));
  const meant = given.filter(isForChild).map(([name, value]) => [name.slice(FOR_CHILD.length), value]);
  return Object.fromEntries([...kept, ...meant]);
}
function isForChild([name]) {
  return name.startsWith(FOR_CHILD);
}
function readValues(args, environment) {
  const split = args.indexOf("--");
  const flags = split === -1 ? args : args.slice(0, split);
  const command = split === -1 ? [] : args.slice(split + 1);
  const names = Object.keys(SETTINGS);
  const { values } = parseArgs({
    args: [...flags],
    options: {
      help: { type: "boolean", default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: "string" }]))
    }
  });
  const given = values;
  if (given["help"] === true) return "help";
  const text = (name) => {
    const setting = SETTINGS[name];
    const fromEnvironment = [variableOf(name), ...setting.variables ?? []].map((variable) => environment[variable]).find((value) => value !== void 0 && value !== "");
    const flag = given[name];
    return typeof flag === "string" ? flag : fromEnvironment ?? setting.value;
  };
  return { text, command };
}
function variableOf(name) {
  return `BRIDGE_${name.toUpperCase().replaceAll("-", "_")}`;
}
function readWhole(name, value, most) {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= most) return number;
  throw new Error(`--${name} ${value} is no whole number from 0 to ${String(most)}`);
}
function readPath(value) {
  if (/^\/[^?#\s]*$/.test(value)) return value;
  throw new Error(`--path ${value} does not begin with / or holds ? or #`);
}
function readInstance(value) {
  if (/^[\w-]{1,200}$/.test(value)) return value;
  throw new Error(`--instance ${value} has other characters than letters, digits, - and _`);
}
function oneOf(name, value, allowed) {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== void 0) return found;
  throw new Error(`--${name} ${value} is none of ${allowed.join(", ")}`);
}
function listOf(value) {
  return value.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

// src/programs/bridge/main.ts
var log = createLog((line) => process.stderr.write(line), Date.now);
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => void 0);
try {
  const options = parseOptions(
    process.argv.slice(2),
    process.env,
    childrenThatFit(readGroupLimits())
  );
  if (options === "help") process.stdout.write(helpText());
  else {
    const environment = childEnvironment(process.env);
    const bridge = await openBridge({ options, environment, log });
    const end = (signal) => {
      log.say("ending", { signal });
      void bridge.close().finally(() => process.exit(0));
    };
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, end);
    process.stdout.write(`${JSON.stringify({ listening: bridge.port })}
`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}
`);
  process.exit(1);
}
