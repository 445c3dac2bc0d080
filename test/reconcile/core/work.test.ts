import { expect, test } from 'vitest';
import type { CoreHearing } from '../../../src/core-ports.ts';
import type { CoreListing } from '../../../src/model/core.ts';
import { createCoreWork } from '../../../src/reconcile/core/work.ts';
import { createPassFeed } from '../../../src/reconcile/pass-feed.ts';
import { eventually } from '../../helpers/eventually.ts';
import { created, openCoreDocuments } from './documents.ts';

/** Works for a core whose channels and whose list say what a test says. */
function open() {
  const { files, store, parts } = openCoreDocuments();
  const heard = Promise.withResolvers<CoreHearing>();
  const listed = Promise.withResolvers<CoreListing>();
  const link = {
    listen: heard.resolve,
    tell: async () => {},
    troubles: () => [],
    close: async () => {},
  };
  const list = { isOfOneWorkspace: false, read: () => listed.promise };
  const { fingerprint } = parts;
  const none = { reportOf: () => undefined, close: async () => {} };
  const work = createCoreWork({
    ...parts,
    core: { link, list, syncMs: 60_000, fingerprint, ...none },
    settings: { maxPrunePercent: 100 },
    inspection: { details: () => [] },
    passes: createPassFeed(),
    store,
  });
  const ending = new AbortController();
  const running = work.run(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  return { files, heard: heard.promise, list: listed.resolve, end };
}

function wish(image: string, instanceId = 'a') {
  const { source: _source, ...wanted } = created(instanceId, { image });
  return wanted;
}

test('a list that began to be read before a message came undoes nothing of it', async () => {
  const { files, heard, list, end } = open();
  const { take } = await heard;
  take(wish('new'), 100);
  await eventually(() => expect(files.get('core/echo-a.yaml')).toContain('image: new'));
  list({ ok: true, wishes: [wish('old'), wish('other', 'b')], complete: true });
  await eventually(() => expect(files.has('core/echo-b.yaml')).toBe(true));
  expect(files.get('core/echo-a.yaml')).toContain('image: new');
  await end();
});
