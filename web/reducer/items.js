/**
 * From the items of a conversation to a thread.
 *
 * A conversation keeps neither who wrote an item nor when, and it may lack what a run wrote that
 * did not complete.  The output of the runs tells both.
 */

import { done, messageOf, originOf, settled as settledMessage } from './item.js'
import { closeMessage } from './message.js'
import { attachmentsIn } from './part.js'
import { hasEnded, listOf, reasonFor } from './run.js'
import { hasId, isObject } from './shape.js'

/**
 * @import { Json, Message, Run, Runs, Thread } from './types.js'
 *
 * @typedef {{run: Run, messages: readonly Message[]}} Work
 *   A run, and the messages that its output makes, oldest first.
 */

/**
 * The messages that items are; all lists go from newest to oldest.
 *
 * @param {readonly any[]} items
 * @param {Runs} [runs]
 * @returns {Thread}
 */
export function threadFromItems(items, runs = []) {
  const works = runs.filter(hasId).map((run) => ({ run, messages: writtenBy(run) }))
  const known = new Map(
    works.flatMap(({ run, messages }) => messages.map((there) => [there.id, { run, there }])),
  )
  const thread_id = works.map(({ run }) => run.thread_id).find((id) => typeof id === 'string')
  const facts = { thread_id: thread_id ?? null }
  /** @type {Thread} */
  let thread = items
    .filter(hasId)
    .map((item) => (known.has(item.id) ? settled(known.get(item.id), item) : message(item, facts)))
    .filter((told) => told !== null)
  for (const [place, work] of [...works.entries()].reverse()) {
    const newer = works.slice(0, place).map(({ run }) => run.id)
    thread = withMissing(thread, work, newer)
  }
  return thread
}

/**
 * @param {Run} run
 * @returns {readonly Message[]}
 */
function writtenBy(run) {
  return listOf(run, 'output').flatMap((entry) => {
    const { item, output_index, response_id = null } = isObject(entry) ? entry : {}
    const message = listed(item, { ...originOf(run, output_index), response_id })
    return message === null ? [] : [message]
  })
}

/**
 * A message that says nothing of being in progress is done.
 *
 * @param {any} item
 * @param {Json} origin
 * @returns {Message | null}
 */
function listed(item, origin) {
  const written = messageOf(item, origin)
  const isOpen = isObject(item) && item.status === 'in_progress'
  return written === null || isOpen ? written : done(written)
}

/**
 * A message whose run is known, as its run's end left it.
 *
 * @param {any} work
 * @param {any} item
 * @returns {Message | null}
 */
function settled({ run, there }, item) {
  const told = listed(item, originOf(null, null))
  return told && closed(run, settledMessage(there, told))
}

/**
 * @param {Run} run
 * @param {Message} message
 * @returns {Message}
 */
function closed(run, message) {
  if (!hasEnded(run)) return message
  return closeMessage(message, reasonFor(/** @type {string} */ (run.status), run))
}

/**
 * A message of which nothing is known but what its item says.
 *
 * @param {any} item
 * @param {Json} facts
 * @returns {Message | null}
 */
function message(item, facts) {
  const names = ['created_at', 'thread_id'].filter((name) => (item[name] ?? null) !== null)
  const told = Object.fromEntries(names.map((name) => [name, item[name]]))
  if (item.role !== 'user') return listed(item, { ...originOf(null, null), ...facts, ...told })
  const origin = { created_at: null, ...facts, ...told, assistant_id: null, run_id: null }
  const asked = messageOf(item, origin)
  const metadata = isObject(item.metadata) ? item.metadata : {}
  return asked && { ...done(asked), attachments: attachmentsIn(item.content), metadata }
}

/**
 * The thread with what a run wrote, if it did not complete and so is not kept.
 *
 * @param {Thread} thread
 * @param {Work} work
 * @param {readonly string[]} newer
 * @returns {Thread}
 */
function withMissing(thread, { run, messages: written }, newer) {
  const ids = new Set(thread.map(({ id }) => id))
  const missing = written.filter(({ id, content }) => content?.length && !ids.has(id))
  if (run.status === 'completed' || !missing.length) return thread
  const order = new Map(written.map(({ id }, number) => [id, number]))
  const own = thread.filter(({ id }) => order.has(id))
  const others = thread.filter(({ id }) => !order.has(id))
  const place = own.length ? thread.findIndex(({ id }) => order.has(id)) : placeFor(thread, newer)
  const block = [...own, ...missing.map((one) => closed(run, one))]
  block.sort((a, b) => Number(order.get(b.id)) - Number(order.get(a.id)))
  return [...others.slice(0, place), ...block, ...others.slice(place)]
}

/**
 * Below the messages of newer runs, and above the message that its run answered: that is the
 * first one after the run before.
 *
 * @param {Thread} thread
 * @param {readonly string[]} newer
 */
function placeFor(thread, newer) {
  const start = thread.findLastIndex(({ run_id }) => newer.includes(/** @type {any} */ (run_id))) + 1
  const older = thread.findIndex(({ role }, n) => n >= start && role === 'assistant')
  const end = older < 0 ? thread.length : older
  return end > start ? end - 1 : end
}
