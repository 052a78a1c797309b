/** One message: how it grows, and how it ends. */

import { withoutOrder } from './annotations.js'
import { each, fields, keep } from './delta.js'
import { mapped, withoutIndexes } from './lists.js'
import { isObject } from './shape.js'
import { append } from './text.js'

/** @import { Message } from './types.js' */

const PART = fields({
  text: fields({ value: append, annotations: each(fields({})) }),
  refusal: append,
})
// A message keeps the id that it was created with.
const MESSAGE = fields({ id: keep, content: each(PART) })

/**
 * Whether no delta continues it.
 *
 * @param {Message} message
 */
export function isFinished(message) {
  return message.status === 'completed' || message.status === 'incomplete'
}

/**
 * The message with what a delta adds.
 *
 * @param {Message} message
 * @param {any} delta
 * @returns {Message}
 */
export function continueMessage(message, delta) {
  return MESSAGE(message, delta)
}

/**
 * The message, with the content of the one that is there if it brings none.
 *
 * @param {Message} there
 * @param {Message} message
 * @returns {Message}
 */
export function withContentOf(there, message) {
  const { content } = message
  if (there.content === undefined || (Array.isArray(content) && content.length)) return message
  return { ...message, content: there.content }
}

/**
 * The message as a list of messages has it: no part and no annotation with an `index`.
 *
 * @param {Message} message
 * @returns {Message}
 */
export function finishMessage(message) {
  const { content } = message
  if (!Array.isArray(content)) return message
  // The index of a Responses annotation is a position in the text.
  const finish = Object.hasOwn(message, 'response_id') ? withoutOrder : withPlainAnnotations
  const parts = mapped(withoutIndexes(content), finish)
  return parts === content ? message : { ...message, content: parts }
}

/**
 * The message when its run has ended: incomplete for a reason, or else completed.
 *
 * @param {Message} message
 * @param {string | null} reason
 * @returns {Message}
 */
export function closeMessage(message, reason) {
  if (message.status === 'completed') return message
  if (message.status === 'incomplete') return withReason(message, reason)
  if (reason === null) return { ...finishMessage(message), status: 'completed' }
  return withReason({ ...finishMessage(message), status: 'incomplete' }, reason)
}

/**
 * @param {Message} message
 * @param {string | null} reason
 * @returns {Message}
 */
function withReason(message, reason) {
  const details = message.incomplete_details
  if (reason === null || (isObject(details) && typeof details?.reason === 'string')) return message
  return { ...message, incomplete_details: { reason } }
}

/** @param {any} part */
function withPlainAnnotations(part) {
  const text = isObject(part) ? part.text : null
  if (!isObject(text)) return part
  const annotations = withoutIndexes(text.annotations)
  return annotations === text.annotations ? part : { ...part, text: { ...text, annotations } }
}
