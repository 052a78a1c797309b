/** A message of a response while it is streamed: how its parts come and grow. */

import { withAnnotation } from './annotations.js'
import { each, fields, fill, unlessNull } from './delta.js'
import { withIndex } from './lists.js'
import { partOf, textPart } from './part.js'
import { isObject } from './shape.js'
import { append } from './text.js'

/** @import { Rule } from './delta.js' */
/** @import { Message } from './types.js' */

const VALUE = fields({ value: append })
const TEXT = fields({ value: fill, annotations: fill })

/** @type {Rule} */
function appendedText(old, told) {
  return VALUE(isObject(old) ? old : { value: '', annotations: [] }, told)
}

/** @type {Rule} */
function toldText(old, told) {
  // In a part that a message has no word for, it may be just text.
  return isObject(told) ? TEXT(old, told) : fill(old, told)
}

// A part of no index has its position.
const APPEND = fields({
  content: each(fields({ index: unlessNull, text: appendedText, refusal: append })),
})
const TELL = fields({ content: each(fields({ index: unlessNull, text: toldText, refusal: fill })) })

/**
 * The message with more text in the part of this index.
 *
 * @param {Message} message
 * @param {any} index
 * @param {string} text
 * @returns {Message}
 */
export function appendText(message, index, text) {
  const part = { index, type: 'text', text: { value: text } }
  return APPEND(message, { content: [part] })
}

/**
 * The message with more refusal in the part of this index.
 *
 * @param {Message} message
 * @param {any} index
 * @param {string} refusal
 * @returns {Message}
 */
export function appendRefusal(message, index, refusal) {
  const part = { index, type: 'refusal', refusal }
  return APPEND(message, { content: [part] })
}

/**
 * The message with a part that is told as a whole; where it is empty, what is there stays.
 *
 * @param {Message} message
 * @param {any} index
 * @param {any} part
 * @returns {Message}
 */
export function tellPart(message, index, part) {
  return TELL(message, { content: [{ ...partOf(part), index }] })
}

/**
 * The message with an annotation in the part of this index.
 *
 * @param {Message} message
 * @param {any} index
 * @param {any} place
 * @param {any} annotation
 * @returns {Message}
 */
export function annotate(message, index, place, annotation) {
  /** @type {Rule} */
  const put = (there, told) => withAnnotation(isObject(there) ? there : told, place, annotation)
  const content = [withIndex(textPart(''), index)]
  return fields({ content: each(put) })(message, { content })
}
