/** A dialect is a table: event name -> function.  From tables come the reducers. */

import { ASSISTANTS } from './assistants.js'
import { ASSISTANTS_RUNS } from './assistants_runs.js'
import { RELAY, RELAY_RUNS } from './relay.js'
import { RESPONSES } from './responses.js'
import { RESPONSES_RUNS } from './responses_runs.js'

/** @import { Event, Runs, Thread } from './types.js' */

export const CASES = { ...ASSISTANTS, ...RESPONSES, ...RELAY }
export const RUN_CASES = { ...ASSISTANTS_RUNS, ...RESPONSES_RUNS, ...RELAY_RUNS }

/**
 * Build the reducer of a dialect.  An event without a case changes nothing.
 *
 * @template State
 * @param {Readonly<Record<string, (state: State, data: any, run?: any) => State>>} cases
 * @returns {(state: State, event: Event) => State}
 */
export function reducerFor(cases) {
  return function reduce(state, { event, data, run }) {
    // `constructor` is no name of an event, though every object has it.
    const apply = typeof event === 'string' && Object.hasOwn(cases, event) && cases[event]
    return apply ? apply(state, data, run) : state
  }
}

/** @type {(thread: Thread, event: Event) => Thread} */
export const reduce = reducerFor(CASES)

/** @type {(runs: Runs, event: Event) => Runs} */
export const reduceRuns = reducerFor(RUN_CASES)
