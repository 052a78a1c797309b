/** The list of runs, newest first, and how it changes. */

import { replaced } from './lists.js'
import { hasEnded, idsOf, listOf, newEntry, withFields, withUpstreamId } from './run.js'
import { hasId } from './shape.js'
import { placeOfStep, putStep } from './step.js'

/**
 * @import { Settle } from './step.js'
 * @import { Json, Run, Runs } from './types.js'
 */

const FACTS_IN_STEP = ['thread_id', 'assistant_id']

/**
 * Change the entry of the current run, or else of the one that the upstream names; a run that
 * is not there goes first.
 *
 * @param {Runs} runs
 * @param {any} run
 * @param {any} upstreamId
 * @param {(entry: Run) => Run} change
 * @returns {Runs}
 */
export function updateRun(runs, run, upstreamId, change) {
  const ids = [...idsOf(run).slice(0, 1), ...(typeof upstreamId === 'string' ? [upstreamId] : [])]
  if (!ids.length) return runs
  const place = placeOfRun(runs, ids)
  const there = place === null ? undefined : runs[place]
  if (place !== null && there) {
    return replaced(runs, place, change(withUpstreamId(there, upstreamId)))
  }
  // What is heard of for the first time is under way.
  const entry = newEntry(hasId(run) ? run : { id: upstreamId, status: 'in_progress' })
  return [change(withUpstreamId(entry, upstreamId)), ...runs]
}

/**
 * Change the entry of the newest run that has not ended.
 *
 * @param {Runs} runs
 * @param {(entry: Run) => Run} change
 * @returns {Runs}
 */
export function updateOpenRun(runs, change) {
  for (const [place, entry] of runs.entries()) {
    if (!hasEnded(entry)) return replaced(runs, place, change(entry))
  }
  return runs
}

/**
 * Change one step.  All others stay the very objects they were.
 *
 * @param {Runs} runs
 * @param {string} stepId
 * @param {(step: Json) => Json} change
 * @returns {Runs}
 */
export function updateStep(runs, stepId, change) {
  for (const [place, entry] of runs.entries()) {
    const steps = listOf(entry, 'steps')
    const stepPlace = placeOfStep(steps, stepId)
    if (stepPlace !== null) {
      const changed = replaced(steps, stepPlace, change(steps[stepPlace]))
      return replaced(runs, place, withSteps(entry, changed))
    }
  }
  return runs
}

/**
 * The entry with a step put in its place, and what the step knows of the run.
 *
 * @param {Run} entry
 * @param {Json} step
 * @param {Settle} settle
 */
export function withStep(entry, step, settle) {
  const names = FACTS_IN_STEP.filter((name) => (entry[name] ?? null) === null)
  const told = Object.fromEntries(names.map((name) => [name, step[name] ?? null]))
  const steps = putStep(listOf(entry, 'steps'), step, settle)
  return withSteps(withFields(entry, told), steps)
}

/**
 * Where the run is that has the first of these ids, or else the next.
 *
 * @param {Runs} runs
 * @param {readonly string[]} ids
 * @returns {number | null}
 */
export function placeOfRun(runs, ids) {
  for (const id of ids) {
    const place = runs.findIndex((entry) => idsOf(entry).includes(id))
    if (place >= 0) return place
  }
  return null
}

/**
 * @param {Run} entry
 * @param {readonly any[]} steps
 * @returns {Run}
 */
function withSteps(entry, steps) {
  return steps === entry.steps ? entry : { ...entry, steps }
}
