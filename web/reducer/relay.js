/** What the relay's own frames do, to the thread and to the run list. */

import { replaced } from './lists.js'
import { hasEnded, idsOf, newEntry, toldByRelay } from './run.js'
import { placeOfRun } from './runs.js'
import { hasId } from './shape.js'
import { endRun, putMessage } from './thread.js'

/** @import { Case, RunCase } from './types.js' */

/**
 * A run that has ended closes its open messages.
 *
 * @type {Case<any>}
 */
export function run(thread, data) {
  return hasId(data) && hasEnded(data) ? endRun(thread, data, data.status) : thread
}

/**
 * A message that came another way than by a stream is put by its id.
 *
 * @type {Case<any>}
 */
export function message(thread, data) {
  return putMessage(thread, data)
}

/**
 * The relay tells the whole run, and its word on the status counts.
 *
 * @type {RunCase<any>}
 */
export function runTold(runs, data) {
  if (!hasId(data)) return runs
  const place = placeOfRun(runs, idsOf(data))
  const there = place === null ? undefined : runs[place]
  if (place === null || !there) return [newEntry(data), ...runs]
  return replaced(runs, place, toldByRelay(there, data))
}

export const RELAY = {
  'relay.run': run,
  'relay.message': message,
}

export const RELAY_RUNS = {
  'relay.run': runTold,
}
