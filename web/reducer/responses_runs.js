/** What the events of a Responses stream do to the run list: `response.*`, with the output. */

import { errorTold } from './error.js'
import { GROWTH } from './growth.js'
import { replaced } from './lists.js'
import { addItem, changeItem, entryOf, hasItem, layItems, settleItem } from './output.js'
import { asRun, responseIdOf, responseIn, statusOf } from './response.js'
import { idsOf, toldByUpstream } from './run.js'
import { placeOfRun, updateRun } from './runs.js'
import { hasId, isObject } from './shape.js'

/**
 * @import { Effect } from './growth.js'
 * @import { Run, RunCase, Runs } from './types.js'
 */

/**
 * Each event of a response carries the whole response, but for its output.
 *
 * @type {RunCase<any>}
 */
export function responseTold(runs, data, run) {
  return tell(runs, data, run, 'in_progress')
}

/**
 * A response that ends brings its output; most often it is what was streamed.
 *
 * @type {RunCase<any>}
 */
export function responseCompleted(runs, data, run) {
  return tell(runs, data, run, 'completed')
}

/**
 * A response that came to a limit has ended too.
 *
 * @type {RunCase<any>}
 */
export function responseIncomplete(runs, data, run) {
  return tell(runs, data, run, 'incomplete')
}

/**
 * A response that failed has ended too.
 *
 * @type {RunCase<any>}
 */
export function responseFailed(runs, data, run) {
  return tell(runs, data, run, 'failed')
}

/**
 * A response that was cancelled has ended too.
 *
 * @type {RunCase<any>}
 */
export function responseCancelled(runs, data, run) {
  return tell(runs, data, run, 'cancelled')
}

/**
 * A new item goes last: an output runs from oldest to newest.
 *
 * @type {RunCase<any>}
 */
export function outputItemAdded(runs, data, run) {
  return put(runs, data, run, addItem)
}

/**
 * The finished item replaces what its events built up.
 *
 * @type {RunCase<any>}
 */
export function outputItemDone(runs, data, run) {
  return put(runs, data, run, settleItem)
}

/**
 * What an event does that adds to its item.  The text of a message is in the thread only.
 *
 * @param {Effect} effect
 * @returns {RunCase<any>}
 */
export function grown(effect) {
  return function grow(runs, data, run) {
    if (!isObject(data)) return runs
    const named = entry(run, data, { id: data.item_id })
    /** @param {any} item */
    const change = (item) => (item.type === 'message' ? item : effect(item, data))
    return update(runs, named, run, (there) => changeItem(there, named, change))
  }
}

/**
 * @param {Runs} runs
 * @param {any} data
 * @param {any} run
 * @param {string} word
 * @returns {Runs}
 */
function tell(runs, data, run, word) {
  const response = responseIn(data)
  if (!hasId(response)) return runs
  const told = asRun(response, statusOf(response, word))
  const responseId = responseIdOf(hasId(run) ? run : told)
  const { output } = response
  const items = Array.isArray(output) && word !== 'in_progress' ? output : []
  return updateRun(runs, run, responseId, (there) => {
    const kept = { required_action: there.required_action ?? null }
    return layItems(toldByUpstream(there, { ...told, ...kept }), responseId, items)
  })
}

/**
 * @param {Runs} runs
 * @param {any} data
 * @param {any} run
 * @param {(run: Run, told: any) => Run} change
 * @returns {Runs}
 */
function put(runs, data, run, change) {
  const item = isObject(data) ? data.item : null
  if (!isObject(item)) return runs
  const told = entry(run, data, item)
  if (hasId(run)) return updateRun(runs, run, told.response_id, (there) => change(there, told))
  return update(runs, told, run, (there) => change(there, told))
}

/**
 * Change the entry of the current run, or else of the one that has the item.
 *
 * @param {Runs} runs
 * @param {any} named
 * @param {any} run
 * @param {(run: Run) => Run} change
 * @returns {Runs}
 */
function update(runs, named, run, change) {
  const first = runs.findIndex((there) => !hasId(run) && hasItem(there, named))
  const place = hasId(run) ? placeOfRun(runs, idsOf(run)) : first < 0 ? null : first
  const there = place === null ? undefined : runs[place]
  return place === null || !there ? runs : replaced(runs, place, change(there))
}

/**
 * @param {any} run
 * @param {any} data
 * @param {any} item
 */
function entry(run, data, item) {
  return entryOf(responseIdOf(run), data.output_index, item)
}

/** @type {Readonly<Record<string, RunCase<any>>>} */
export const RESPONSES_RUNS = {
  'response.created': responseTold,
  'response.queued': responseTold,
  'response.in_progress': responseTold,
  'response.completed': responseCompleted,
  'response.incomplete': responseIncomplete,
  'response.failed': responseFailed,
  'response.cancelled': responseCancelled,
  'response.output_item.added': outputItemAdded,
  'response.output_item.done': outputItemDone,
  ...Object.fromEntries(Object.entries(GROWTH).map(([name, effect]) => [name, grown(effect)])),
  error: errorTold,
}
