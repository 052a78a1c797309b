/** What the events of a Responses stream do to the thread: `response.*`. */

import { closeOutput, layOutput, putOutput, settleOutput, updateOutput } from './answer.js'
import { isIndex } from './delta.js'
import { error } from './error.js'
import { done, isMessage, messageOf, originOf } from './item.js'
import { withPiece } from './piece.js'
import { asRun, responseIdOf, responseIn, statusOf } from './response.js'
import { reasonFor } from './run.js'
import { hasId, isObject } from './shape.js'
import { annotate, appendRefusal, appendText, tellPart } from './streamed.js'

/** @import { Case, Message, Thread } from './types.js' */

/**
 * A new message is in progress, whatever its item says.
 *
 * @type {Case<any>}
 */
export function outputItemAdded(thread, data, run) {
  const message = messageIn(data, run)
  if (message === null || !isMessage(data.item)) return thread
  return putOutput(thread, { ...message, status: 'in_progress' })
}

/**
 * The finished item replaces what the deltas built up; an image is there only now.
 *
 * @type {Case<any>}
 */
export function outputItemDone(thread, data, run) {
  const message = messageIn(data, run)
  return message === null ? thread : settleOutput(thread, done(message))
}

/**
 * A new part comes whole, though most often empty.
 *
 * @type {Case<any>}
 */
export function contentPartAdded(thread, data, run) {
  const part = told(data, 'part')
  if (!isObject(part)) return thread
  return update(thread, data, run, (one) => tellPart(one, data.content_index, part))
}

/**
 * The finished part replaces what the deltas built up.
 *
 * @type {Case<any>}
 */
export function contentPartDone(thread, data, run) {
  return contentPartAdded(thread, data, run)
}

/**
 * Text continues the part that it names.
 *
 * @type {Case<any>}
 */
export function outputTextDelta(thread, data, run) {
  const text = told(data, 'delta')
  if (typeof text !== 'string') return thread
  const { item_id: itemId, content_index: index } = data
  const grown = typeof itemId === 'string' ? withPiece(thread, itemId, index, text) : null
  if (grown !== null) return grown
  return update(thread, data, run, (one) => appendText(one, index, text))
}

/**
 * The finished text replaces what the deltas built up.
 *
 * @type {Case<any>}
 */
export function outputTextDone(thread, data, run) {
  const text = told(data, 'text')
  if (typeof text !== 'string') return thread
  const part = { type: 'output_text', text }
  return update(thread, data, run, (one) => tellPart(one, data.content_index, part))
}

/**
 * An annotation goes by its `annotation_index`: its own index is a position in the text.
 *
 * @type {Case<any>}
 */
export function annotationAdded(thread, data, run) {
  const annotation = told(data, 'annotation')
  if (!isObject(annotation)) return thread
  const { content_index: part, annotation_index: place } = data
  return update(thread, data, run, (one) => annotate(one, part, place, annotation))
}

/**
 * A refusal continues the part that it names.
 *
 * @type {Case<any>}
 */
export function refusalDelta(thread, data, run) {
  const text = told(data, 'delta')
  if (typeof text !== 'string') return thread
  return update(thread, data, run, (one) => appendRefusal(one, data.content_index, text))
}

/**
 * The finished refusal replaces what the deltas built up.
 *
 * @type {Case<any>}
 */
export function refusalDone(thread, data, run) {
  const refusal = told(data, 'refusal')
  if (typeof refusal !== 'string') return thread
  const part = { type: 'refusal', refusal }
  return update(thread, data, run, (one) => tellPart(one, data.content_index, part))
}

/**
 * A completed response completes its messages; the run may go on with the next response.
 *
 * @type {Case<any>}
 */
export function responseCompleted(thread, data, run) {
  return end(thread, data, run, 'completed')
}

/**
 * A response that came to a limit leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function responseIncomplete(thread, data, run) {
  return end(thread, data, run, 'incomplete')
}

/**
 * A response that failed leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function responseFailed(thread, data, run) {
  return end(thread, data, run, 'failed')
}

/**
 * A response that was cancelled leaves its open messages incomplete.
 *
 * @type {Case<any>}
 */
export function responseCancelled(thread, data, run) {
  return end(thread, data, run, 'cancelled')
}

/**
 * @param {any} data
 * @param {string} name
 * @returns {any}
 */
function told(data, name) {
  return isObject(data) ? data[name] : null
}

/**
 * @param {any} data
 * @param {any} run
 * @returns {Message | null}
 */
function messageIn(data, run) {
  if (!isObject(data)) return null
  return messageOf(data.item, originOf(run, data.output_index))
}

/**
 * @param {Thread} thread
 * @param {any} data
 * @param {any} run
 * @param {(message: Message) => Message} change
 * @returns {Thread}
 */
function update(thread, data, run, change) {
  const isKnown = hasId(run)
  const { item_id: id, output_index: index } = data
  const named = {
    id,
    run_id: isKnown ? run.id : null,
    response_id: isKnown ? responseIdOf(run) : null,
    output_index: isIndex(index) ? index : null,
  }
  return updateOutput(thread, named, change)
}

/**
 * @param {Thread} thread
 * @param {any} data
 * @param {any} run
 * @param {string} word
 * @returns {Thread}
 */
function end(thread, data, run, word) {
  const response = responseIn(data)
  const status = statusOf(response, word)
  // Where no run is known, the response is the run.
  const writer = !hasId(run) && hasId(response) ? asRun(response, status) : run
  if (!hasId(writer)) return thread
  const { output } = response
  const laid = Array.isArray(output) ? layOutput(thread, writer, output) : thread
  return closeOutput(laid, writer, reasonFor(status, response))
}

export const RESPONSES = {
  'response.output_item.added': outputItemAdded,
  'response.output_item.done': outputItemDone,
  'response.content_part.added': contentPartAdded,
  'response.content_part.done': contentPartDone,
  'response.output_text.delta': outputTextDelta,
  'response.output_text.done': outputTextDone,
  'response.output_text.annotation.added': annotationAdded,
  'response.refusal.delta': refusalDelta,
  'response.refusal.done': refusalDone,
  'response.completed': responseCompleted,
  'response.incomplete': responseIncomplete,
  'response.failed': responseFailed,
  'response.cancelled': responseCancelled,
  error,
}
