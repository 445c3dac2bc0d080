import { expect, test } from 'vitest';
import { readReference } from '../../../src/adapters/podman/image-reference.ts';
import { toPullFailure } from '../../../src/adapters/podman/pull-failure.ts';

// As engines said it: Podman 4.3, Podman 5 and Docker repeat what registries of many kinds answer.
test.each([
  [
    'initializing source docker://quay.io/team/app:1: reading manifest 1 in quay.io/team/app: manifest unknown: manifest unknown',
    'IMAGE_MISSING',
    'quay.io/team/app:1 cannot be pulled: quay.io has no such image.',
  ],
  [
    'reading manifest 1 in quay.io/team/app: name unknown: repository name not known to registry',
    'IMAGE_MISSING',
    'quay.io/team/app:1 cannot be pulled: quay.io has no such image.',
  ],
  [
    'choosing an image from manifest list docker://quay.io/team/app:1: no image found in image index for architecture arm64, variant "v8", OS linux',
    'IMAGE_MISSING',
    'quay.io/team/app:1 cannot be pulled: quay.io has it for other machines, not for linux/arm64, which the engine needs.',
  ],
  [
    'initializing source docker://quay.io/team/app:1: reading manifest 1 in quay.io/team/app: unauthorized: access to the requested resource is not authorized',
    'IMAGE_UNAUTHORIZED',
    'quay.io/team/app:1 cannot be pulled: quay.io wants a login that may read it; the file is not JSON.',
  ],
  [
    'reading manifest 1 in docker.io/team/app: errors: denied: requested access to the resource is denied unauthorized: authentication required',
    'IMAGE_UNAUTHORIZED',
    'quay.io/team/app:1 cannot be pulled: quay.io wants a login that may read it; the file is not JSON.',
  ],
  [
    'unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password',
    'IMAGE_UNAUTHORIZED',
    'quay.io/team/app:1 cannot be pulled: quay.io wants a login that may read it; the file is not JSON.',
  ],
  [
    'initializing source docker://quay.io/team/app:1: registry quay.io is blocked in /etc/containers/registries.conf or /etc/containers/registries.conf.d',
    'IMAGE_UNAUTHORIZED',
    "quay.io/team/app:1 cannot be pulled: the engine's own settings forbid it: registry quay.io is blocked in /etc/containers/registries.conf or /etc/containers/registries.conf.d; the file is not JSON.",
  ],
  [
    'writing blob: adding layer with blob "sha256:4031": processing tar file(write /file: no space left on device): exit status 1',
    'STORAGE_FULL',
    'pull quay.io/team/app:1: the engine has no space left.',
  ],
  [
    'initializing source docker://quay.io/team/app:1: pinging container registry quay.io: Get "https://quay.io/v2/": dial tcp 127.0.0.1:443: connect: connection refused',
    'REGISTRY_UNAVAILABLE',
    'quay.io/team/app:1 cannot be pulled: quay.io does not answer as it should: pinging container registry quay.io: Get "https://quay.io/v2/": dial tcp 127.0.0.1:443: connect: connection refused.',
  ],
  [
    'pinging container registry quay.io: Get "https://quay.io/v2/": x509: certificate signed by unknown authority',
    'REGISTRY_UNAVAILABLE',
    'quay.io/team/app:1 cannot be pulled: the engine does not trust quay.io: pinging container registry quay.io: Get "https://quay.io/v2/": x509: certificate signed by unknown authority.',
  ],
  [
    'reading manifest 1 in docker.io/team/app: toomanyrequests: You have reached your pull rate limit.',
    'REGISTRY_UNAVAILABLE',
    'quay.io/team/app:1 cannot be pulled: quay.io does not answer as it should: reading manifest 1 in docker.io/team/app: toomanyrequests: You have reached your pull rate limit..',
  ],
  [
    'reading manifest 1 in quay.io/team/app: received unexpected HTTP status: 502 Bad Gateway',
    'REGISTRY_UNAVAILABLE',
    'quay.io/team/app:1 cannot be pulled: quay.io does not answer as it should: reading manifest 1 in quay.io/team/app: received unexpected HTTP status: 502 Bad Gateway.',
  ],
  [
    'initializing source docker://quay.io/team/app:1: Requesting bearer token: invalid status code from registry 403 (Forbidden)',
    'IMAGE_UNAUTHORIZED',
    'quay.io/team/app:1 cannot be pulled: quay.io wants a login that may read it; the file is not JSON.',
  ],
])('%s is %s', (said, code, message) => {
  const [reference] = readReference('quay.io/team/app:1');
  if (reference === undefined) throw new Error('no reference');
  expect(toPullFailure(said, reference, ['the file is not JSON'])).toMatchObject({ code, message });
});

test('an image that is called as an error is no error of that kind', () => {
  const [reference] = readReference('quay.io/team/unauthorized:1');
  if (reference === undefined) throw new Error('no reference');
  const said = 'reading manifest 1 in quay.io/team/unauthorized: 127.0.0.1:404: i/o timeout';
  expect(toPullFailure(said, reference, [])).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test.each([
  [
    'quay.io/auth:1',
    'reading manifest 1 in quay.io/auth: unauthorized: authentication required',
    'IMAGE_UNAUTHORIZED',
  ],
  ['quay.io/a:1', 'reading manifest 1 in quay.io/a: manifest unknown', 'IMAGE_MISSING'],
  [
    'quay.io/unauthorized:1',
    'pinging container registry for quay.io/unauthorized: EOF',
    'REGISTRY_UNAVAILABLE',
  ],
])(
  'an image that is called as an error is, or as a part of one, is told by the error: %s',
  (name, said, code) => {
    const [reference] = readReference(name);
    if (reference === undefined) throw new Error('no reference');
    expect(toPullFailure(said, reference, [])).toMatchObject({ code });
  },
);
