import event from '../../../schemas/event.schema.json' with { type: 'json' };

/** What happened, as a CloudEvent. */
export const eventSchema = event;
