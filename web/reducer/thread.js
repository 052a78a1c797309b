/** The list of messages, newest first, and how it changes. */

import { mapped, replaced } from './lists.js'
import { closeMessage } from './message.js'
import { idsOf, reasonFor, upstreamIdsOf } from './run.js'
import { same } from './same.js'
import { hasId } from './shape.js'

/** @import { Message, Thread } from './types.js' */

/**
 * Replace the message of the same id, or put it first: newest comes first.
 *
 * @param {Thread} thread
 * @param {any} message
 * @returns {Thread}
 */
export function putMessage(thread, message) {
  if (!hasId(message)) return thread
  const place = placeOf(thread, message.id)
  if (place === null) return [message, ...thread]
  return same(thread[place], message) ? thread : replaced(thread, place, message)
}

/**
 * Change one message.  All others stay the very objects they were.
 *
 * @param {Thread} thread
 * @param {any} messageId
 * @param {(message: Message) => Message} change
 * @returns {Thread}
 */
export function updateMessage(thread, messageId, change) {
  const place = placeOf(thread, messageId)
  const there = place === null ? undefined : thread[place]
  return place === null || !there ? thread : replaced(thread, place, change(there))
}

/**
 * Close the messages of a run that has ended with this status.
 *
 * @param {Thread} thread
 * @param {any} run
 * @param {string} status
 * @returns {Thread}
 */
export function endRun(thread, run, status) {
  const reason = reasonFor(status, run)
  const ids = idsOf(run)
  return mapped(thread, (message) =>
    isWrittenBy(ids, message) ? closeMessage(message, reason) : message,
  )
}

/**
 * Close the messages of the run that an error has ended.
 *
 * @param {Thread} thread
 * @param {any} run
 * @returns {Thread}
 */
export function endCurrentRun(thread, run) {
  if (upstreamIdsOf(run).length) return endRun(thread, run, 'failed')
  // Without its upstream ids, the run is the one whose messages are in progress: a thread has
  // one run at a time.
  return mapped(thread, (message) =>
    hasId(message) && message.status === 'in_progress'
      ? closeMessage(message, reasonFor('failed', run))
      : message,
  )
}

/**
 * The messages that a run wrote: their `run_id` is its id or any of its upstream ids.
 *
 * @param {Thread} thread
 * @param {any} run
 * @returns {Thread}
 */
export function messagesOf(thread, run) {
  const ids = idsOf(run)
  return thread.filter((message) => isWrittenBy(ids, message))
}

/**
 * Where the message of this id is; most often it is the newest.
 *
 * @param {Thread} thread
 * @param {any} messageId
 * @returns {number | null}
 */
export function placeOf(thread, messageId) {
  const place = thread.findIndex((message) => hasId(message) && message.id === messageId)
  return place < 0 ? null : place
}

/**
 * @param {readonly string[]} ids
 * @param {Message} message
 */
function isWrittenBy(ids, message) {
  return hasId(message) && typeof message.run_id === 'string' && ids.includes(message.run_id)
}
