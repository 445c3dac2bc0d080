import type { LookupAddress } from 'node:dns';
import { request as sendRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RemoteOrder } from '../../../src/model/remote.ts';
import type { Outside } from '../../../src/programs/router/remote-exchange.ts';
import { wanted } from '../../helpers/services.ts';
import { openTestRouter, type TestRouter } from './open-test-router.ts';

export interface TestRemote {
  readonly router: TestRouter;
  /** Where the instance takes requests. */
  readonly url: string;
}

export interface RemoteOptions extends Partial<Outside> {
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: loopback, where all servers of tests are. */
  readonly allowed?: readonly string[];
}

const NAME = 'mcp-far-0a1b2c3d-1';

/** A router with one remote service that runs. */
export async function openTestRemote(
  url: string,
  { headers = {}, allowed = ['127.0.0.0/8'], ...outside }: RemoteOptions = {},
): Promise<TestRemote> {
  const router = await openTestRouter([], outside);
  await router.command({ kind: 'create', order: orderOf(url, { headers, allowed }) });
  await router.command({ kind: 'start', name: NAME });
  const [report] = await router.remotes();
  if (report?.url === undefined) throw new Error('it takes no requests');
  return { router, url: report.url };
}

export function orderOf(
  url: string,
  { headers = {}, allowed = [] }: Pick<RemoteOptions, 'headers' | 'allowed'> = {},
): RemoteOrder {
  const { spec, revision } = wanted('far', { spec: { url } });
  const labels = { service: 'far', revision, release: 'r1-0a1b2c3d', spec, secretVersions: {} };
  return { name: NAME, url, headers, labels: { ...labels, allowed } };
}

/** A name server that gives each answer once, and the last one for ever. */
export function answering(...answers: readonly string[][]): Outside['resolve'] & { asked: number } {
  const resolve = async (): Promise<readonly LookupAddress[]> => {
    const answer = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
    resolve.asked += 1;
    return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  resolve.asked = 0;
  return resolve;
}

export interface Answer {
  readonly status: number;
  readonly phrase: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request with exactly these headers and this path, which `fetch` would tidy up. */
export async function ask(
  url: string,
  { path = '', headers = {} }: { path?: string; headers?: OutgoingHttpHeaders } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port, pathname } = new URL(url);
  const options = { hostname, port, path: `${pathname}${path}`, headers, agent: false };
  sendRequest(options, (response) => {
    const { statusCode = 0, statusMessage = '', headers: got } = response;
    text(response).then(
      (body) => resolve({ status: statusCode, phrase: statusMessage, headers: got, body }),
      reject,
    );
  })
    .on('error', reject)
    .end();
  return promise;
}
