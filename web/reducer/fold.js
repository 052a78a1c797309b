/** Many events at once. */

import * as dialect from './dialect.js'
import { join } from './join.js'

/** @import { Event, Thread } from './types.js' */

/**
 * Fold events into a thread, or into whatever list the reducer keeps.
 *
 * @template {readonly any[]} [State=Thread]
 * @param {Iterable<Event>} events
 * @param {State} [thread]
 * @param {(state: State, event: Event) => State} [reduce]
 * @returns {State}
 */
export function replay(events, thread, reduce) {
  let state = thread ?? /** @type {State} */ (/** @type {unknown} */ ([]))
  const apply = /** @type {(state: State, event: Event) => State} */ (reduce ?? dialect.reduce)
  for (const event of /** @type {unknown} */ (apply) === dialect.reduce ? join(events) : events) {
    state = apply(state, event)
  }
  return state
}
