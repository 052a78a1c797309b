import { CASES, RUN_CASES, reducerFor } from '../reducer/dialect.js'
import { Client } from './client.js'
import { Http } from './http.js'
import { Runner } from './runner.js'
import { Threads } from './threads.js'
import { Toolbox } from './tools.js'

/**
 * @import { EventSourceLike, Relay, RelayOptions } from './types.js'
 */

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
    reducers: {
      reduce: reducerFor({ ...CASES, ...cases }),
      reduceRuns: reducerFor({ ...RUN_CASES, ...runCases }),
    },
    events: [...events, ...Object.keys(cases), ...Object.keys(runCases)],
  })
  const client = new Client(http, threads, new Runner(http, new Toolbox(tools)))
  // A type that depends on the options given is beyond what an implementation can be checked for.
  return /** @type {any} */ (client)
}

/**
 * @param {string} url
 * @param {RelayOptions} options
 * @returns {EventSourceLike}
 */
function openSource(url, { credentials, EventSource = globalThis.EventSource }) {
  if (!EventSource)
    throw new TypeError('there is no EventSource here: createRelay({ EventSource })')
  return new EventSource(url, { withCredentials: credentials === 'include' })
}
