import * as reducer from '../reducer/index.js'
import { Client } from './client.js'
import { Http } from './http.js'
import { Runner } from './runner.js'
import { Threads } from './threads.js'
import { Toolbox } from './tools.js'

/**
 * @import { Reducers } from './fold.js'
 * @import { EventSourceLike, Relay, RelayOptions } from './types.js'
 */

/** Frames of the relay's own that no reducer has a case for. */
const SIGNALS = ['relay.gap', 'relay.ping']

/**
 * The functions for one relay.  Making them does nothing: network, page and globals are touched
 * when one of them is called.
 *
 * @param {RelayOptions} [options]
 * @returns {Relay}
 */
export function createRelay(options = {}) {
  const { tools = {}, events = [], cases = {}, runCases = {} } = options
  const http = new Http(options)
  const threads = new Threads({
    http,
    openSource: (path) => openSource(http.address(path), options),
    reducers: reducersFor(options),
    events: [...SIGNALS, ...events, ...Object.keys(cases), ...Object.keys(runCases)],
  })
  const client = new Client(http, threads, new Runner(http, new Toolbox(tools)))
  // A type that depends on the options given is beyond what an implementation can be checked for.
  return /** @type {any} */ (client)
}

/**
 * @param {RelayOptions} options
 * @returns {Reducers}
 */
function reducersFor({ cases, runCases }) {
  const { ASSISTANTS, RESPONSES, RELAY, ASSISTANTS_RUNS, RESPONSES_RUNS, RELAY_RUNS } = reducer
  const { reducerFor, reduce, reduceRuns } = reducer
  return {
    reduce: cases ? reducerFor({ ...ASSISTANTS, ...RESPONSES, ...RELAY, ...cases }) : reduce,
    reduceRuns: runCases
      ? reducerFor({ ...ASSISTANTS_RUNS, ...RESPONSES_RUNS, ...RELAY_RUNS, ...runCases })
      : reduceRuns,
  }
}

/**
 * @param {string} url
 * @param {RelayOptions} options
 * @returns {EventSourceLike}
 */
function openSource(url, { credentials, EventSource = globalThis.EventSource }) {
  if (!EventSource) throw new TypeError('there is no EventSource here: createRelay({ EventSource })')
  return new EventSource(url, { withCredentials: credentials === 'include' })
}
