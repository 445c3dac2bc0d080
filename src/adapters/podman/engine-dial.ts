import assert from 'node:assert/strict';
import { Agent, type AgentOptions, type ClientRequest } from 'node:http';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import Docker from 'dockerode';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  /** Of Podman's own API (default), or of the Docker-compatible one. */
  readonly api?: 'libpod' | 'docker';
  /** Sent as JSON; what is secret may stand here, in `login` and nowhere else. */
  readonly body?: object;
  /** For a registry; sent in a header. */
  readonly login?: object;
}

/** dockerode on one socket, whatever DOCKER_HOST and its like say: docker-modem reads them by itself. */
export function createDocker(socketPath: string, agent: Agent): Docker {
  const options = {
    socketPath,
    agent,
    protocol: 'http',
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
  } as const;
  return new Docker(options);
}

/** Before every path of Podman's own API. */
const LIBPOD = '/v4.0.0/libpod';

/** What started, stopped or is gone already is answered like success. */
const STATUS_CODES = { 200: true, 201: true, 202: true, 204: true, 304: true };

/** One request through dockerode's own transport, for what it has no method for. */
export function dial(
  { modem }: Docker,
  { method, path, query, api = 'libpod', body = {}, login }: EngineRequest,
  more: { readonly abortSignal: AbortSignal; readonly isStream?: true },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // With an empty body docker-modem sends none; without the field it would send the query as body.
    const options = { _query: query, _body: body };
    const place = api === 'libpod' ? `${LIBPOD}${path}` : path;
    const request = {
      path: query === undefined ? place : `${place}?`,
      method,
      options,
      statusCodes: STATUS_CODES,
      authconfig: login,
      ...more,
    };
    modem.dial(request, (error: Error | null, answer: unknown) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

/** The same for an answer that is read as it comes. */
export async function dialStream(
  docker: Docker,
  request: EngineRequest,
  abortSignal: AbortSignal,
): Promise<Readable> {
  const answer = await dial(docker, request, { abortSignal, isStream: true });
  if (answer instanceof Readable) return answer;
  throw new Error(`${request.path} was answered without a stream`);
}

/**
 * An agent that tells a request of every end of its answer: docker-modem does not listen to the answer's
 * errors, so one that is cut in its middle would be waited for without an end.
 */
export function createAgent(options: AgentOptions): Agent {
  const agent = new Agent(options);
  // docker-modem prints its agent, with all the sockets, at every request.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' });
  // Node does not document it; the packages that extend agents have relied on it for years.
  assert('addRequest' in agent && typeof agent.addRequest === 'function');
  const addRequest = agent.addRequest.bind(agent);
  agent.addRequest = (request: ClientRequest, ...rest: readonly unknown[]) => {
    request.once('response', (response) => {
      response.on('error', (error) => request.emit('error', error));
    });
    addRequest(request, ...rest);
  };
  return agent;
}
