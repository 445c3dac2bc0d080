import { openProxyRouter } from '../../../src/adapters/proxy/proxy-router.ts';

// A process that holds a router open, to be killed without a chance to close it.
const [stateFolder = '', kept] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const place = { stateFolder, host: '127.0.0.1', port: 0, keep: kept === '--keep' };
const router = await openProxyRouter({ ...place, log: quiet });
process.stdout.write(`${router.baseUrl}\n`);
setInterval(() => undefined, 60_000);
