import fc from 'fast-check';

// The suite tries the same values each time, so that it says the same of the same code. Who looks for more sets
// PROPERTY_RUNS, and gets other values with each run.
if (process.env['PROPERTY_RUNS'] === undefined) fc.configureGlobal({ seed: 20_261_129 });
