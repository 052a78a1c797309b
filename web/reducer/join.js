/**
 * Fewer deltas that say the same.
 *
 * Each text delta copies the list of messages and the text that is there so far.  When many in a
 * row are joined into one, that is done once, and the thread that comes of them is exactly the
 * same.
 *
 * @typedef {[string, number, number]} Place
 *   The id of an item, its index, and the index of one of its parts.
 * @typedef {{event: Event, place: Place, text: string}} Piece
 *   An event that brings text, where that is to be appended, and the text.
 */

import { pieceOf } from './piece.js'
import { isObject } from './shape.js'
import { joined } from './text.js'

/** @import { Event } from './types.js' */

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
    if (pieces[0] && (!piece || !continues(pieces[0], piece))) {
      yield delta(pieces[0], pieces)
      pieces = []
    }
    if (piece) pieces.push(piece)
    else yield event
  }
  if (pieces[0]) yield delta(pieces[0], pieces)
}

/**
 * @param {Piece} first
 * @param {Piece} piece
 */
function continues({ event: there, place: placeThere }, { event, place }) {
  const isAlike = event.event === there.event && place.every((one, n) => one === placeThere[n])
  return isAlike && event.run === there.run
}

/**
 * The piece of text that an event brings, if it brings nothing else.
 *
 * @param {Event} event
 * @returns {Piece | null}
 */
function read(event) {
  const { event: name, data } = event
  if (!isObject(data)) return null
  if (name === 'thread.message.delta') {
    return piece(event, data.id, 0, ...pieceOf(data.delta))
  }
  if (name === 'response.output_text.delta') {
    const { item_id, output_index, content_index: index, delta: text } = data
    return piece(event, item_id, output_index, index, text)
  }
  return null
}

/**
 * @param {Event} event
 * @param {any} itemId
 * @param {any} outputIndex
 * @param {any} index
 * @param {any} text
 * @returns {Piece | null}
 */
function piece(event, itemId, outputIndex, index, text) {
  if (typeof index !== 'number' || typeof outputIndex !== 'number') return null
  if (typeof itemId !== 'string' || typeof text !== 'string') return null
  return { event, place: [itemId, outputIndex, index], text }
}

/**
 * @param {Piece} first
 * @param {readonly Piece[]} pieces
 * @returns {Event}
 */
function delta({ event, place: [id, , index] }, pieces) {
  const text = joined(pieces.map((piece) => piece.text))
  if (event.event === 'response.output_text.delta') {
    return { ...event, data: { ...event.data, delta: text } }
  }
  const part = { index, type: 'text', text: { value: text } }
  return { ...event, data: { id, delta: { content: [part] } } }
}
