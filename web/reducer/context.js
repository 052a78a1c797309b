/** The run that the events of a stream belong to, as it travels with them. */

import { hasEnded } from './run.js'
import { hasId } from './shape.js'

/** @import { Event, Run } from './types.js' */

/**
 * The current run after an event: a `relay.run` in progress begins it, its end ends it.
 *
 * @param {Run | null | undefined} run
 * @param {Event} event
 * @returns {Run | null}
 */
export function currentRun(run, event) {
  const current = run ?? null
  const told = event.data
  if (event.event !== 'relay.run' || !hasId(told)) return current
  if (current && current.id === told.id) return hasEnded(told) ? null : { ...current, ...told }
  return told.status === 'in_progress' ? told : current
}
