/**
 * Folds the events of OpenAI runs into a list of messages, or of runs.  It needs nothing else.
 *
 * @typedef {import('./types.js').Event} Event
 * @typedef {import('./types.js').Message} Message
 * @typedef {import('./types.js').Part} Part
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Runs} Runs
 * @typedef {import('./types.js').Thread} Thread
 * @typedef {import('./types.js').Cases} Cases
 * @typedef {import('./types.js').RunCases} RunCases
 */

/**
 * @template Data
 * @typedef {import('./types.js').Case<Data>} Case
 */

/**
 * @template Data
 * @typedef {import('./types.js').RunCase<Data>} RunCase
 */

export { ASSISTANTS } from './assistants.js'
export { ASSISTANTS_RUNS } from './assistants_runs.js'
export { currentRun } from './context.js'
export { reduce, reduceRuns, reducerFor } from './dialect.js'
export { EventReader, readEvents } from './event_reader.js'
export { replay } from './fold.js'
export { threadFromItems } from './items.js'
export { listen } from './listen.js'
export { RELAY, RELAY_RUNS } from './relay.js'
export { RESPONSES } from './responses.js'
export { RESPONSES_RUNS } from './responses_runs.js'
export { messagesOf } from './thread.js'
