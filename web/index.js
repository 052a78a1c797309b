import { createRelay } from './client/relay.js'

/**
 * @typedef {import('./reducer/types.js').Message} Message
 * @typedef {import('./reducer/types.js').Thread} Thread
 * @typedef {import('./reducer/types.js').Event} Event
 * @typedef {import('./reducer/types.js').Run} Run
 */

/** The functions for the relay that the page came from. */
export const {
  loadThread,
  loadOlder,
  addMessage,
  run,
  addMessageAndRun,
  addMessageAndRuns,
  submitToolOutputs,
  stop,
  createThread,
  assistants,
} = /* @__PURE__ */ createRelay()

export { createRelay }
export { RelayError } from './client/errors.js'
export * from './reducer/index.js'
