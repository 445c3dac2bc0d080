import { clearEngine } from './clear-engine.ts';
import { reclaimSubnets } from './subnet.ts';

// For scripts/leftovers.sh: ends every engine whose test was killed.
await reclaimSubnets(clearEngine);
