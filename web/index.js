import { createRelay } from './client/relay.js'

/**
 * @typedef {import('./reducer/index.js').Message} Message
 * @typedef {import('./reducer/index.js').Thread} Thread
 * @typedef {import('./reducer/index.js').Event} Event
 * @typedef {import('./reducer/index.js').Run} Run
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
