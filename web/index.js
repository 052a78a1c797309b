import { createRelay } from './client/relay.js'

/**
 * @typedef {import('./client/types.js').ConnectionState} ConnectionState
 * @typedef {import('./client/types.js').Relay} Relay
 * @typedef {import('./client/types.js').RelayOptions} RelayOptions
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
