import { PROGRAMS_IMAGE } from './image-store.ts';
import { startEngine } from './engine.ts';

// A test that gets no chance to clean up: starts an engine with one container, says where, and stays.
const { folder, podman } = await startEngine(() => undefined);
await podman('network', 'create', 'own');
const sleep = ['node', '-e', 'setInterval(() => {}, 1000)'];
await podman('run', '-d', '--network', 'own', PROGRAMS_IMAGE, ...sleep);
console.log(`folder ${folder}`);
