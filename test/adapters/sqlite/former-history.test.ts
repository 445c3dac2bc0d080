import { expect, test } from 'vitest';
import { readHistory } from '../../../src/adapters/sqlite/former-history.ts';
import { releaseOf } from '../../../src/model/revision.ts';
import { wanted } from '../../helpers/services.ts';

const version = wanted('echo');
const image = { imageId: 'sha256:abc' };
const parts = { revision: version.revision, secretVersions: {} };
const release = releaseOf(parts);
const former = {
  accepted: version,
  goodRelease: release,
  goodOutcome: 'verified',
  goodImage: { reference: 'echo:1', id: image.imageId },
  changedAtMs: 7,
};

test.each([
  ['by its reference', release],
  ['by its id, too', releaseOf({ ...parts, ...image })],
])('the release that an earlier version called good still is, its image named %s', (_, good) => {
  expect(readHistory(JSON.stringify({ ...former, goodRelease: good }))).toEqual({
    accepted: version,
    releases: [{ release: good, version, ...image, outcome: 'verified', atMs: 0 }],
    changedAtMs: 7,
  });
});

test('nothing is called good whose version is not known for sure', () => {
  const edited = wanted('echo', { spec: { env: { LEVEL: 'debug' } } });
  const history = readHistory(JSON.stringify({ ...former, accepted: edited }));
  expect(history).toEqual({ accepted: edited, changedAtMs: 7 });
});

test('what the present version has recorded itself counts alone', () => {
  const releases = [{ release: 'r1-other', version, outcome: 'verified', atMs: 9 }];
  const history = readHistory(JSON.stringify({ ...former, releases }));
  expect(history.releases).toEqual(releases);
});
