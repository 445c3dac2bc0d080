import type { CoreLink, CoreList, CoreParts } from '../../core-ports.ts';
import type { Instruments } from './instruments.ts';

type CoreInstruments = Pick<Instruments, 'coreMessages' | 'coreTold' | 'coreLists'>;

/** The same parts; what core sends, what it is told and how often its list was had is counted. */
export function meterCore(real: CoreParts, instruments: CoreInstruments): CoreParts {
  const { link, list } = real;
  return {
    ...real,
    link: meterLink(link, instruments),
    ...(list && { list: meterList(list, instruments) }),
  };
}

function meterLink(real: CoreLink, { coreMessages, coreTold }: CoreInstruments): CoreLink {
  return {
    ...real,
    listen: ({ take, connected }, signal) =>
      real.listen(
        {
          connected,
          take(wish, bytes) {
            coreMessages.inc({ kind: wish.kind });
            take(wish, bytes);
          },
          left: (kind) => coreMessages.inc({ kind }),
        },
        signal,
      ),
    async tell(tellings, signal) {
      const count = (outcome: 'ok' | 'failed'): void => {
        for (const { report } of tellings) coreTold.inc({ status: report.word, outcome });
      };
      try {
        await real.tell(tellings, signal);
      } catch (error) {
        count('failed');
        throw error;
      }
      count('ok');
    },
  };
}

function meterList(real: CoreList, { coreLists }: CoreInstruments): CoreList {
  return {
    ...real,
    async read(signal) {
      const listing = await real.read(signal);
      const outcome = !listing.ok ? 'failed' : listing.complete ? 'complete' : 'incomplete';
      coreLists.inc({ outcome });
      return listing;
    },
  };
}
