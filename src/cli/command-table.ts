import type { CliCommand } from './context.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** Only the command that is called is loaded: the others cost nothing. */
  readonly load: () => Promise<CliCommand>;
}

const DOCUMENTS = 'Documents:';
const CHANGES = 'Plan and apply:';
const LOOK = 'Look:';
const OPERATE = 'Operate:';
const HELP = 'Help yourself:';

/** Every command of the program, in the order in which help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    group: DOCUMENTS,
    summary: 'make a documents folder with a first service to edit',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'validate',
    group: DOCUMENTS,
    summary: 'check the documents and templates',
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  {
    name: 'schema',
    group: DOCUMENTS,
    summary: 'print a JSON Schema, for editors and tools',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
  {
    name: 'plan',
    group: CHANGES,
    summary: 'show what apply would do, and why',
    load: async () => (await import('./commands/plan.ts')).planCommand,
  },
  {
    name: 'show',
    group: CHANGES,
    summary: 'print a saved plan',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  {
    name: 'diff',
    group: CHANGES,
    summary: 'compare the documents with what runs, field by field',
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  {
    name: 'apply',
    group: CHANGES,
    summary: 'carry out the plan, or a saved one',
    load: async () => (await import('./commands/apply.ts')).applyCommand,
  },
  {
    name: 'run',
    group: CHANGES,
    summary: 'run the manager: keep everything as the documents say',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'status',
    group: LOOK,
    summary: 'list the services and how they are',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  {
    name: 'get',
    group: LOOK,
    summary: 'tell all about one service',
    load: async () => (await import('./commands/get.ts')).getCommand,
  },
  {
    name: 'tools',
    group: LOOK,
    summary: 'list the tools of a service, and whether they are approved',
    load: async () => (await import('./commands/tools.ts')).toolsCommand,
  },
  {
    name: 'logs',
    group: LOOK,
    summary: 'print what a service writes',
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  {
    name: 'events',
    group: LOOK,
    summary: 'print what happens, or happened',
    load: async () => (await import('./commands/events.ts')).eventsCommand,
  },
  {
    name: 'history',
    group: LOOK,
    summary: 'list the steps that were done, newest first',
    load: async () => (await import('./commands/history.ts')).historyCommand,
  },
  {
    name: 'stop',
    group: OPERATE,
    summary: 'switch services off in their documents',
    load: async () => (await import('./commands/power.ts')).stopCommand,
  },
  {
    name: 'start',
    group: OPERATE,
    summary: 'switch services on in their documents',
    load: async () => (await import('./commands/power.ts')).startCommand,
  },
  {
    name: 'restart',
    group: OPERATE,
    summary: 'restart services',
    load: async () => (await import('./commands/ask.ts')).restartCommand,
  },
  {
    name: 'pause',
    group: OPERATE,
    summary: 'leave services alone, as they are',
    load: async () => (await import('./commands/ask.ts')).pauseCommand,
  },
  {
    name: 'unpause',
    group: OPERATE,
    summary: 'manage services again',
    load: async () => (await import('./commands/ask.ts')).unpauseCommand,
  },
  {
    name: 'remove',
    group: OPERATE,
    summary: 'remove services and take them out of their documents',
    load: async () => (await import('./commands/remove.ts')).removeCommand,
  },
  {
    name: 'update',
    group: OPERATE,
    summary: 'look for a newer image or newer bridge, and roll to it',
    load: async () => (await import('./commands/update.ts')).updateCommand,
  },
  {
    name: 'rollback',
    group: OPERATE,
    summary: 'go back to a release that was good',
    load: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  },
  {
    name: 'call',
    group: OPERATE,
    summary: 'call a tool of a service by hand',
    load: async () => (await import('./commands/call.ts')).callCommand,
  },
  {
    name: 'lock',
    group: OPERATE,
    summary: 'approve the tools of services as they are',
    load: async () => (await import('./commands/lock.ts')).lockCommand,
  },
  {
    name: 'import',
    group: OPERATE,
    summary: 'take over something that already runs',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'forget',
    group: OPERATE,
    summary: 'let services go without stopping them',
    load: async () => (await import('./commands/forget.ts')).forgetCommand,
  },
  {
    name: 'transfer',
    group: OPERATE,
    summary: 'give a service another owner: people, the API or the platform',
    load: async () => (await import('./commands/transfer.ts')).transferCommand,
  },
  {
    name: 'destroy',
    group: OPERATE,
    summary: 'remove everything that this manager made',
    load: async () => (await import('./commands/destroy.ts')).destroyCommand,
  },
  {
    name: 'token',
    group: OPERATE,
    summary: 'make, list and revoke tokens for the API',
    load: async () => (await import('./commands/token.ts')).tokenCommand,
  },
  {
    name: 'doctor',
    group: HELP,
    summary: 'tell what was chosen and why, and what is missing',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'health',
    group: HELP,
    summary: 'ask the running manager how it is (exit code 0 or 1)',
    load: async () => (await import('./commands/health.ts')).healthCommand,
  },
];
