/** What the events of an Assistants stream do to the thread: `thread.message.*`, `thread.run.*`. */

import { error } from './error.js'
import { continueMessage, finishMessage, isFinished, withContentOf } from './message.js'
import { pieceOf, withPiece } from './piece.js'
import { hasId } from './shape.js'
import { endRun, placeOf, putMessage, updateMessage } from './thread.js'

/** @import { Case } from './types.js' */

/**
 * A new message goes first: the list runs from newest to oldest.
 *
 * @type {Case<any>}
 */
export function messageCreated(thread, message) {
  return putMessage(thread, message)
}

/**
 * A message in progress may come without content: then what is there stays.
 *
 * @type {Case<any>}
 */
export function messageInProgress(thread, message) {
  const place = hasId(message) ? placeOf(thread, message.id) : null
  const there = place === null ? undefined : thread[place]
  return putMessage(thread, there ? withContentOf(there, message) : message)
}

/**
 * A delta continues the message that it names, unless that is finished.
 *
 * @type {Case<any>}
 */
export function messageDelta(thread, data) {
  if (!hasId(data)) return thread
  const grown = withPiece(thread, data.id, ...pieceOf(data.delta))
  if (grown !== null) return grown
  return updateMessage(thread, data.id, (message) =>
    isFinished(message) ? message : continueMessage(message, data.delta),
  )
}

/**
 * The finished message replaces what the deltas built up.
 *
 * @type {Case<any>}
 */
export function messageCompleted(thread, message) {
  return putMessage(thread, hasId(message) ? finishMessage(message) : message)
}

/**
 * A message that was cut short is finished too.
 *
 * @type {Case<any>}
 */
export function messageIncomplete(thread, message, run) {
  return messageCompleted(thread, message, run)
}

/**
 * A completed run completes its messages.
 *
 * @type {Case<any>}
 */
export function runCompleted(thread, run) {
  return endRun(thread, run, 'completed')
}

/**
 * A run that came to a limit leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function runIncomplete(thread, run) {
  return endRun(thread, run, 'incomplete')
}

/**
 * A run that failed leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function runFailed(thread, run) {
  return endRun(thread, run, 'failed')
}

/**
 * A run that was cancelled leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function runCancelled(thread, run) {
  return endRun(thread, run, 'cancelled')
}

/**
 * A run that took too long leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function runExpired(thread, run) {
  return endRun(thread, run, 'expired')
}

export const ASSISTANTS = {
  'thread.message.created': messageCreated,
  'thread.message.in_progress': messageInProgress,
  'thread.message.delta': messageDelta,
  'thread.message.completed': messageCompleted,
  'thread.message.incomplete': messageIncomplete,
  'thread.run.completed': runCompleted,
  'thread.run.incomplete': runIncomplete,
  'thread.run.failed': runFailed,
  'thread.run.cancelled': runCancelled,
  'thread.run.expired': runExpired,
  error,
}
