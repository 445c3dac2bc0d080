import { expect, test } from 'vitest';
import { isImageId, readReference } from '../../../src/adapters/podman/image-reference.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['nginx', ['localhost/nginx:latest', 'docker.io/library/nginx:latest']],
  ['nginx:alpine', ['localhost/nginx:alpine', 'docker.io/library/nginx:alpine']],
  ['mcp/echo:latest', ['localhost/mcp/echo:latest', 'docker.io/mcp/echo:latest']],
  ['docker.io/nginx', ['docker.io/library/nginx:latest']],
  ['localhost/mcp/echo', ['localhost/mcp/echo:latest']],
  ['localhost:5000/app', ['localhost:5000/app:latest']],
  ['registry:5000/app:1', ['registry:5000/app:1']],
  ['quay.io/team/sub/app:v1.2_x-y', ['quay.io/team/sub/app:v1.2_x-y']],
  ['[::1]:5000/app', ['[::1]:5000/app:latest']],
  [`quay.io/app@${DIGEST}`, [`quay.io/app@${DIGEST}`]],
  [`quay.io/app:1@${DIGEST}`, [`quay.io/app@${DIGEST}`]],
  [`app@${DIGEST}`, [`localhost/app@${DIGEST}`, `docker.io/library/app@${DIGEST}`]],
])('%s means %j', (text, names) => {
  expect(readReference(text).map(({ name }) => name)).toEqual(names);
});

test.each([
  '',
  'Nginx',
  'a b',
  'nginx:',
  '/nginx',
  'nginx/',
  'quay.io/',
  'app@sha256:12',
  'https://quay.io/app',
  '-v',
  'app\n',
  'app?x=1',
  '../app',
])('%j is no reference', (text) => {
  expect(readReference(text)).toEqual([]);
});

test('a place is told apart from what lies in it, and a digest is kept', () => {
  expect(readReference(`127.0.0.1:5000/team/app@${DIGEST}`)).toEqual([
    {
      registry: '127.0.0.1:5000',
      repository: 'team/app',
      name: `127.0.0.1:5000/team/app@${DIGEST}`,
      digest: DIGEST,
    },
  ]);
});

test('an id is an id only in full', () => {
  expect([DIGEST, DIGEST.slice(7), DIGEST.slice(0, -1)].map(isImageId)).toEqual([
    true,
    false,
    false,
  ]);
});
