/**
 * The short way of nearly all events: a piece of text continues what the newest message says.
 *
 * It leads where the long way leads, and whatever is out of the ordinary is left to that one.
 */

import { replaced } from './lists.js'
import { isObject } from './shape.js'

/** @import { Thread } from './types.js' */

/** How many fields a part has that only brings text: its index, its type, its text. */
const PART = 3

/**
 * The index of the part that a message's delta continues, and the text that it brings, if it
 * brings nothing else; else nothing.
 *
 * @param {any} delta
 * @returns {[any, any]}
 */
export function pieceOf(delta) {
  const content = delta?.content
  const part = Array.isArray(content) && content.length === 1 ? content[0] : null
  const text = part?.text
  if (!isObject(text) || part.type !== 'text' || Object.keys(part).length !== PART) {
    return [null, null]
  }
  const isAll = Object.keys(delta).length === 1 && Object.keys(text).length === 1
  return isAll ? [part.index, text.value] : [null, null]
}

/**
 * The thread with more text in the first part of its newest message, which is in progress.  Null
 * where that is not what is to be done, or not all of it.
 *
 * @param {Thread} thread
 * @param {string} messageId
 * @param {any} index
 * @param {any} piece
 * @returns {Thread | null}
 */
export function withPiece(thread, messageId, index, piece) {
  if (typeof piece !== 'string' || piece === '') return null
  const message = thread[0]
  const content = message?.['content']
  if (!message || !Array.isArray(content)) return null
  const part = content[0]
  const text = part?.text
  const isPlain =
    message['id'] === messageId &&
    message['status'] === 'in_progress' &&
    index === 0 &&
    part?.index === 0 &&
    part.type === 'text' &&
    typeof text?.value === 'string'
  if (!isPlain) return null
  const grown = replaced(content, 0, { ...part, text: { ...text, value: text.value + piece } })
  return replaced(thread, 0, { ...message, content: grown })
}
