/**
 * Fewer deltas that say the same.
 *
 * Each text delta copies the list of messages and the text that is there so far.  When many in a
 * row are joined into one, that is done once, and the thread that comes of them is exactly the
 * same.
 *
 * @typedef {{id: string, index: number, text: string}} Piece
 *   The id of a message, the index of one of its parts, and text to append there.
 */

import { isObject } from './shape.js'
import { joined } from './text.js'

/** @import { Event } from './types.js' */

/** The fields of a part that only brings text. */
const PART = ['index', 'type', 'text']

/**
 * Join deltas in a row that only continue one text of one message.
 *
 * @param {Iterable<Event>} events
 * @returns {Iterable<Event>}
 */
export function* join(events) {
  /** @type {Piece[]} */
  let pieces = []
  for (const event of events) {
    const piece = read(event)
    if (pieces[0] && (pieces[0].id !== piece?.id || pieces[0].index !== piece.index)) {
      yield delta(pieces[0], pieces)
      pieces = []
    }
    if (piece) pieces.push(piece)
    else yield event
  }
  if (pieces[0]) yield delta(pieces[0], pieces)
}

/**
 * The piece of text that a delta brings, if it brings nothing else.
 *
 * @param {Event} event
 * @returns {Piece | null}
 */
function read({ event, data }) {
  if (event !== 'thread.message.delta' || !isObject(data)) return null
  const { id, delta } = data
  const content = hasFields(delta, 1) ? delta.content : null
  const part = Array.isArray(content) && content.length === 1 ? content[0] : null
  if (!hasFields(part, PART.length) || part.type !== 'text') return null
  const { index, text } = part
  const value = hasFields(text, 1) ? text.value : null
  if (typeof id !== 'string' || typeof index !== 'number' || typeof value !== 'string') return null
  return { id, index, text: value }
}

/**
 * @param {any} value
 * @param {number} count
 */
function hasFields(value, count) {
  return isObject(value) && Object.keys(value).length === count
}

/**
 * @param {Piece} first
 * @param {readonly Piece[]} pieces
 * @returns {Event}
 */
function delta({ id, index }, pieces) {
  const value = joined(pieces.map(({ text }) => text))
  const part = { index, type: 'text', text: { value } }
  return { event: 'thread.message.delta', data: { id, delta: { content: [part] } } }
}
