import { createRelay } from './client/relay.js'

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
