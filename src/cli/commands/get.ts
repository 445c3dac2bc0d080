import { say, sayJson, type CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';
import { formatService } from '../format-service.ts';
import { openControl } from '../open-control.ts';
import { unknownService } from '../select-services.ts';

/** Everything that is known about one service. */
export const getCommand: CliCommand = {
  define: (command) => command.argument('<name>', 'the service'),
  examples: [
    ['get echo', 'state, conditions, release, address and last output'],
    ['get echo --json', 'the same for a program'],
  ],
  async run(context, _options, [name = '']) {
    await using opened = await openControl(context);
    const { services } = await opened.control.status();
    const found = services.find((service) => service.name === name);
    if (found === undefined) {
      throw unknownService(
        name,
        services.map((service) => service.name),
      );
    }
    if (context.json) sayJson(context, found);
    else say(context, formatService(found, { nowMs: context.clock(), paint: context.paint }));
    return OK;
  },
};
