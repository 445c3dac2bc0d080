import { InvalidArgumentError } from 'commander';
import type { EventQuery } from '../../control.ts';
import { parseDuration } from '../../setting-parsers.ts';
import { tellsOfTrimmed } from '../../model/event.ts';
import { say, sayJsonLine, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { formatEvent } from '../format-event.ts';
import { listServices, openControl } from '../open-control.ts';
import { parseSelector } from '../option-parsers.ts';
import { selectNames, type SelectorOption } from '../select-services.ts';

/** What is kept, from its beginning. */
const FROM_THE_BEGINNING = new Date(0).toISOString();

interface EventOptions extends SelectorOption {
  readonly follow?: true;
  readonly since?: string;
  readonly service?: string;
}

/** The events that are kept, and with `--follow` those to come. */
export const eventsCommand: CliCommand<EventOptions> = {
  define: (command) =>
    command
      .option('-f, --follow', 'go on, until Ctrl-C')
      .option('--since <id|time|span>', 'after this event, since this time, or so long', parseSince)
      .option('--service <name>', 'only those of one service')
      .option('-l, --selector <key=value>', 'only services with this label', parseSelector),
  examples: [
    ['events', 'all that are kept'],
    ['events --follow --service echo', 'one service from now on'],
    ['events --since 10m --json', 'the last ten minutes, one CloudEvent a line'],
  ],
  async run(context, options) {
    await using opened = await openControl(context);
    const query = toQuery(options, context.clock());
    const selected = await selectNames(listServices(opened), [], options);
    for await (const event of opened.control.events(query, context.signal)) {
      const isSelected = selected?.includes(event.subject ?? '') ?? true;
      if (!isSelected && !tellsOfTrimmed(event)) continue;
      if (context.json) sayJsonLine(context, event);
      else say(context, formatEvent(event, context.paint));
    }
    return OK;
  },
};

/** Following begins now; looking back begins with the oldest. */
function toQuery({ follow, since, service }: EventOptions, nowMs: number): EventQuery {
  const spanMs = since === undefined ? undefined : parseDuration(since);
  const from =
    spanMs === undefined
      ? (since ?? (follow ? undefined : FROM_THE_BEGINNING))
      : ago(nowMs, spanMs);
  return {
    follow: follow === true,
    ...(from !== undefined && { since: from }),
    ...(service !== undefined && { service }),
  };
}

function ago(nowMs: number, spanMs: number): string {
  return new Date(nowMs - spanMs).toISOString();
}

function parseSince(text: string): string {
  const isEventId = /^[^/\s]+\/\d+$/.test(text);
  if (isEventId || parseDuration(text) !== undefined) return text;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError(
      'Expected an event id, a time (RFC 3339) or a span such as 10m.',
    );
  }
  return new Date(timeMs).toISOString();
}
