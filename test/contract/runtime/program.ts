import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { createStep } from '../../helpers/services.ts';
import type { OpenBench } from './bench.ts';
import { GRACE_MS, never, openBench } from './bench.ts';

/** What a program is told about itself. */
export function describeProgram(open: OpenBench): void {
  test('a program learns its port from its environment and its command', async () => {
    const { bench, launch } = await openBench(open);
    const plain = bench.makeService('port');
    const command = [...(plain.spec.command ?? []), '--told-port=${port}'];
    const instance = await launch(bench.makeService('port', { spec: { command } }));
    const facts = await eventually(() => bench.facts(instance));
    const port = facts.environment['PORT'];
    expect(port).toMatch(/^\d+$/);
    expect(facts.environment).toMatchObject({ MCP_PORT: port, MCP_CONTAINER_PORT: port });
    expect(facts.arguments).toContain(`--told-port=${port}`);
  });

  test('a program learns who it is', async () => {
    const { bench, launch } = await openBench(open);
    const platform = { serviceName: 'My Echo', instanceId: '42' };
    const named = await launch(bench.makeService('named', { platform }));
    const plain = await launch(bench.makeService('plain'));
    expect((await eventually(() => bench.facts(named))).environment).toMatchObject({
      MCP_SERVICE_NAME: 'My Echo',
      MCP_INSTANCE_ID: '42',
    });
    expect((await eventually(() => bench.facts(plain))).environment).toMatchObject({
      MCP_SERVICE_NAME: 'plain',
      MCP_INSTANCE_ID: 'plain',
    });
  });
}

/** Secret values go to the program and nowhere else. */
export function describeSecrets(open: OpenBench): void {
  test('a secret value reaches the program, after a restart too, and no observation', async () => {
    const { act, bench, instances, launch } = await openBench(open);
    const env = { GREETING: 'hello', KEY: { secret: '/mcp/secretive#KEY' } };
    const values = new Map([['/mcp/secretive#KEY', 'planted-value']]);
    const instance = await launch(bench.makeService('secretive', { spec: { env } }), values);
    const given = { GREETING: 'hello', KEY: 'planted-value' };
    expect((await eventually(() => bench.facts(instance))).environment).toMatchObject(given);
    await act({ kind: 'stop', target: instance, graceMs: GRACE_MS });
    await act({ kind: 'start', target: instance });
    const [again = instance] = await instances();
    const facts = await eventually(() => bench.facts(again));
    expect(facts.environment).toMatchObject(given);
    expect(facts.arguments.join(' ')).not.toContain('planted-value');
    expect(JSON.stringify(await bench.runtime.observe({ deep: true }, never()))).not.toContain(
      'planted-value',
    );
  });

  test('an instance is not made without the value of a secret', async () => {
    const { act, bench, instances } = await openBench(open);
    const env = { KEY: { secret: '/mcp/poor#KEY' } };
    const step = createStep(bench.makeService('poor', { spec: { env } }));
    await expect(act(step)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    expect(await instances()).toEqual([]);
  });
}
