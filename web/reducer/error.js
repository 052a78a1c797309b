/** What an upstream's `error` does, to the thread and to the run list.  All dialects have it. */

import { errorIn, hasEnded, withFields, withStatus } from './run.js'
import { updateOpenRun, updateRun } from './runs.js'
import { hasId } from './shape.js'
import { endCurrentRun } from './thread.js'

/** @import { Case, Run, RunCase } from './types.js' */

/**
 * An error ends the current run, whatever it says.
 *
 * @type {Case<any>}
 */
export function error(thread, _data, run) {
  return endCurrentRun(thread, run)
}

/**
 * An error is the last that is heard of the current run, or else of the newest open one.
 *
 * @type {RunCase<any>}
 */
export function errorTold(runs, data, run) {
  /** @param {Run} entry */
  const change = (entry) => withStatus(withFields(entry, { last_error: errorIn(data) }), 'failed')
  if (hasId(run) && !hasEnded(run)) return updateRun(runs, run, null, change)
  return updateOpenRun(runs, change)
}
