/** The runtime of services that run elsewhere: what is made of one here is its entry in the router program. */
export const REMOTE_RUNTIME = 'remote';
