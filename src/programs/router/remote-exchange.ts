import http from 'node:http';
import https from 'node:https';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { createCheckedLookup, requireAllowed } from './checked-lookup.ts';
import type { Resolve } from './checked-lookup.ts';
import { explainFailure, sendFailure, TooLate } from './remote-failure.ts';
import { fromRemoteHeaders, toRemoteHeaders } from './remote-headers.ts';
import type { Remote } from './remote-table.ts';

/** Name, connection and handshake. */
const CONNECTED_WITHIN_MS = 10_000;
/** A tool may take its time before it says anything; what has begun to answer may go on for ever. */
const ANSWERED_WITHIN_MS = 600_000;

/** How names are resolved, whose certificates are trusted besides the public ones, and how long is waited. */
export interface Outside {
  readonly resolve: Resolve;
  readonly ca?: string;
  readonly connectedWithinMs?: number;
  readonly answeredWithinMs?: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly remote: Remote;
  readonly path: string;
}

/**
 * Passes one request on to a remote server and its answer back, both as streams. It ends with the client,
 * with the server, or when its instance is stopped. Nothing is repeated and no redirect is followed.
 */
export function exchange(parts: Exchange, outside: Outside): void {
  const { request, response, remote } = parts;
  const fail = (error: unknown): void => {
    // Read on, so that a client that is still sending gets the answer instead of a reset.
    request.unpipe().resume();
    sendFailure(response, remote.labels.service, explainFailure(error, remote.url.hostname));
  };
  let outgoing: ClientRequest;
  try {
    outgoing = send(parts, outside);
  } catch (error) {
    fail(error);
    return;
  }
  remote.open.add(response);
  response.once('close', () => {
    remote.open.delete(response);
    outgoing.destroy();
  });
  outgoing.on('error', fail);
  outgoing.once('response', (answer) => passBack(answer, parts));
  limitTime(outgoing, remote.url, outside);
  request.pipe(outgoing);
}

/** Throws AddressRefused where the URL itself holds an address that may not be reached. */
function send({ request, remote, path }: Exchange, { resolve, ca }: Outside): ClientRequest {
  const { url, agent, labels } = remote;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(hostname) !== 0) requireAllowed(hostname, labels.allowed);
  const options = {
    agent,
    hostname,
    port: url.port,
    path,
    method: request.method,
    headers: toRemoteHeaders(request.headers, remote),
    lookup: createCheckedLookup(resolve, labels.allowed),
  };
  if (url.protocol === 'http:') return http.request(options);
  return https.request({ ...options, ...(ca !== undefined && { ca }) });
}

function passBack(answer: IncomingMessage, { response, remote }: Exchange): void {
  response.writeHead(answer.statusCode ?? 502, fromRemoteHeaders(answer.headers, remote));
  // An event stream may be silent at first: its headers must not wait for its first event.
  response.flushHeaders();
  // Broken off is not ended: the client must see the difference.
  answer.on('error', () => response.destroy());
  answer.pipe(response);
}

function limitTime(outgoing: ClientRequest, { protocol }: URL, outside: Outside): void {
  const { connectedWithinMs = CONNECTED_WITHIN_MS, answeredWithinMs = ANSWERED_WITHIN_MS } =
    outside;
  const limit = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => outgoing.destroy(new TooLate(`${what} within ${ms / 1000} s`)), ms);
  let timer = limit(connectedWithinMs, 'could not be connected to');
  const connected = (): void => {
    clearTimeout(timer);
    timer = limit(answeredWithinMs, 'did not answer');
  };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) connected();
    else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', connected);
  });
  const stop = (): void => clearTimeout(timer);
  outgoing.once('response', stop).once('close', stop);
}
