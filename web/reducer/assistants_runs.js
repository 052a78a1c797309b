/** What the events of an Assistants stream do to the run list: `thread.run.*`, with their steps. */

import { errorTold } from './error.js'
import { toldByUpstream } from './run.js'
import { updateRun, updateStep, withStep } from './runs.js'
import { hasId } from './shape.js'
import { asTold, continueStep, finishStep, withCallsOf } from './step.js'

/**
 * @import { Settle } from './step.js'
 * @import { RunCase, Runs } from './types.js'
 */

/**
 * Each event of a run carries the whole run.
 *
 * @type {RunCase<any>}
 */
export function runTold(runs, data, run) {
  if (!hasId(data)) return runs
  return updateRun(runs, run, data.id, (entry) => toldByUpstream(entry, data))
}

/**
 * A new step goes last: steps run from oldest to newest.
 *
 * @type {RunCase<any>}
 */
export function stepCreated(runs, step, run) {
  return put(runs, step, run, asTold)
}

/**
 * A step in progress may come without tool calls: then those that are there stay.
 *
 * @type {RunCase<any>}
 */
export function stepInProgress(runs, step, run) {
  return put(runs, step, run, withCallsOf)
}

/**
 * A delta continues the step that it names, unless that has ended.
 *
 * @type {RunCase<any>}
 */
export function stepDelta(runs, data) {
  if (!hasId(data)) return runs
  return updateStep(runs, data.id, (step) => continueStep(step, data.delta))
}

/**
 * The finished step replaces what the deltas built up; however it ended, it has ended.
 *
 * @type {RunCase<any>}
 */
export function stepCompleted(runs, step, run) {
  return put(runs, step, run, finishStep)
}

/**
 * @param {Runs} runs
 * @param {any} step
 * @param {any} run
 * @param {Settle} settle
 */
function put(runs, step, run, settle) {
  if (!hasId(step)) return runs
  return updateRun(runs, run, step.run_id, (entry) => withStep(entry, step, settle))
}

export const ASSISTANTS_RUNS = {
  'thread.run.created': runTold,
  'thread.run.queued': runTold,
  'thread.run.in_progress': runTold,
  'thread.run.requires_action': runTold,
  'thread.run.completed': runTold,
  'thread.run.incomplete': runTold,
  'thread.run.failed': runTold,
  'thread.run.cancelling': runTold,
  'thread.run.cancelled': runTold,
  'thread.run.expired': runTold,
  'thread.run.step.created': stepCreated,
  'thread.run.step.in_progress': stepInProgress,
  'thread.run.step.delta': stepDelta,
  'thread.run.step.completed': stepCompleted,
  'thread.run.step.failed': stepCompleted,
  'thread.run.step.cancelled': stepCompleted,
  'thread.run.step.expired': stepCompleted,
  error: errorTold,
}
