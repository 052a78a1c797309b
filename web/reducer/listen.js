/** Events from a browser's EventSource. */

import { currentRun } from './context.js'
import { CASES, RUN_CASES } from './dialect.js'
import { eventOf } from './event.js'

/** @import { Event, Run } from './types.js' */

/** What nothing is done about, but followers may want to hear. */
const SIGNALS = ['message', 'relay.gap', 'relay.ping', 'thread.created', 'done']

/**
 * Hear the events of an EventSource, each with its run, until it is closed.
 *
 * @param {{addEventListener: (name: string, listener: (message: any) => void) => void}} source
 * @param {(event: Event) => void} onEvent
 * @param {{run?: Run | null | undefined, events?: readonly string[]}} [options]
 *   `events`: more names to listen for.
 */
export function listen(source, onEvent, { run = null, events = [] } = {}) {
  const names = new Set([...Object.keys(CASES), ...Object.keys(RUN_CASES), ...SIGNALS, ...events])
  let current = run
  /** @param {any} message */
  function hear({ type, data, lastEventId }) {
    // A lost connection is called `error` too, but has no data.
    if (typeof data !== 'string') return
    // An EventSource calls `message` what has no name.
    const event = eventOf(type === 'message' ? '' : type, data, lastEventId)
    current = currentRun(current, event)
    onEvent(current ? { ...event, run: current } : event)
  }
  for (const name of names) source.addEventListener(name, hear)
}
