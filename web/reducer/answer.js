/** What a response writes into a thread: where its messages are, and how they change. */

import { MAX_INDEX, isIndex } from './delta.js'
import { messageOf, originOf, settled } from './item.js'
import { mapped, replaced } from './lists.js'
import { closeMessage, isFinished } from './message.js'
import { partners } from './partners.js'
import { same } from './same.js'
import { hasId, isObject } from './shape.js'

/** @import { Json, Message, Thread } from './types.js' */

/**
 * Replace the message that it is, which keeps its id, or add it.
 *
 * @param {Thread} thread
 * @param {Message} message
 * @returns {Thread}
 */
export function putOutput(thread, message) {
  const place = placeOf(thread, message, isOpen)
  const there = place === null ? undefined : thread[place]
  if (place === null || !there) return withNew(thread, [message])
  const put = { ...message, id: there.id }
  return same(there, put) ? thread : replaced(thread, place, put)
}

/**
 * Settle the message that it is, or add it.
 *
 * @param {Thread} thread
 * @param {Message} message
 * @returns {Thread}
 */
export function settleOutput(thread, message) {
  const place = placeOf(thread, message, (there) => areTexts(there, message))
  if (place === null) return withNew(thread, [message])
  return replaced(thread, place, settled(thread[place], message))
}

/**
 * Change the message that is named, unless it is finished.
 *
 * @param {Thread} thread
 * @param {Json} named
 * @param {(message: Message) => Message} change
 * @returns {Thread}
 */
export function updateOutput(thread, named, change) {
  const place = placeOf(thread, named, isOpen)
  const there = place === null ? undefined : thread[place]
  if (place === null || !there || !isOpen(there)) return thread
  return replaced(thread, place, change(there))
}

/**
 * Settle each message of a whole output, and add those that were never streamed.
 *
 * @param {Thread} thread
 * @param {any} run
 * @param {readonly any[]} output
 * @returns {Thread}
 */
export function layOutput(thread, run, output) {
  const told = output
    .map((item, position) => messageOf(item, originOf(run, position)))
    .filter((message) => message !== null)
  const ids = new Set(told.map((message) => message.id))
  const origin = originOf(run, null)
  const there = thread
    .filter((message) => hasId(message) && (ids.has(message.id) || isBeside(origin, message)))
    .reverse()
  /** @type {Map<string, Message>} */
  const changed = new Map()
  /** @type {Map<string, Message>} */
  const added = new Map()
  for (const [number, place] of partners(told, there, kindOf)) {
    const message = /** @type {Message} */ (told[number])
    if (place === null) added.set(message.id, message)
    else changed.set(/** @type {Message} */ (there[place]).id, settled(there[place], message))
  }
  const laid = mapped(thread, (one) => (hasId(one) ? (changed.get(one.id) ?? one) : one))
  return withNew(laid, [...added.values()])
}

/**
 * Close the messages of the response that the run is at.
 *
 * @param {Thread} thread
 * @param {any} run
 * @param {string | null} reason
 * @returns {Thread}
 */
export function closeOutput(thread, run, reason) {
  const origin = originOf(run, null)
  return mapped(thread, (message) =>
    isBeside(origin, message) ? closeMessage(message, reason) : message,
  )
}

/**
 * Where the message of this id is, or else one that it may be at this index of the response.
 *
 * @param {Thread} thread
 * @param {Json} named
 * @param {(message: Message) => boolean} mayBe
 * @returns {number | null}
 */
function placeOf(thread, named, mayBe) {
  let found = null
  for (let place = 0; place < thread.length; place += 1) {
    const message = thread[place]
    if (!message || !hasId(message)) continue
    if (message.id === named['id']) return place
    // The messages of a run stand together: none further down can have the id.
    if (found !== null && (message.run_id ?? null) !== named['run_id']) break
    if (found === null && isAt(named, message) && mayBe(message)) found = place
  }
  return found
}

/**
 * New messages go first; but those of one response stand together, by their indexes.
 *
 * @param {Thread} thread
 * @param {readonly Message[]} messages
 * @returns {Thread}
 */
function withNew(thread, messages) {
  const [first] = messages
  if (!first) return thread
  const beside = thread.filter((message) => isBeside(first, message))
  const others = thread.filter((message) => !isBeside(first, message))
  const place = Math.max(0, thread.findIndex((message) => isBeside(first, message)))
  const block = [...messages.toReversed(), ...beside].sort((a, b) => indexOf(b) - indexOf(a))
  return [...others.slice(0, place), ...block, ...others.slice(place)]
}

/**
 * @param {Json} named
 * @param {Message} message
 */
function isAt(named, message) {
  const index = message['output_index']
  return isIndex(index) && index === named['output_index'] && isBeside(named, message)
}

/**
 * Whether a message is of the same response.
 *
 * @param {Json} origin
 * @param {any} message
 */
function isBeside(origin, message) {
  const isAnswer = isObject(message) && Object.hasOwn(message, 'response_id')
  if (!isAnswer || origin['run_id'] === null) return false
  const names = ['run_id', 'response_id']
  return names.every((name) => (message[name] ?? null) === origin[name])
}

/** @param {Message} message */
function isOpen(message) {
  return !isFinished(message)
}

/**
 * @param {Message} one
 * @param {Message} other
 */
function areTexts(one, other) {
  return kindOf(one) === 'text' && kindOf(other) === 'text'
}

/**
 * An image is no text.
 *
 * @param {Message} message
 */
function kindOf({ content }) {
  const part = Array.isArray(content) ? content[0] : null
  return isObject(part) && part.type === 'image_url' ? 'image' : 'text'
}

/** @param {any} message */
function indexOf(message) {
  const index = message.output_index
  return isIndex(index) ? index : MAX_INDEX
}
