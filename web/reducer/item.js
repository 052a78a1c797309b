/** An item of a response or a conversation, and the message that it is. */

import { isIndex } from './delta.js'
import { finishMessage, isFinished } from './message.js'
import { generatedImagePart, partsOf } from './part.js'
import { responseIdOf } from './response.js'
import { same } from './same.js'
import { hasId, isObject } from './shape.js'

/** @import { Json, Message } from './types.js' */

const ROLES = ['assistant', 'user']

/**
 * Whether it is a message of somebody whom a thread shows.
 *
 * @param {any} item
 * @returns {boolean}
 */
export function isMessage(item) {
  return isObject(item) && item.type === 'message' && ROLES.includes(roleOf(item))
}

/**
 * The message that an item is, if it is one; an image that has been made is one too.
 *
 * @param {any} item
 * @param {Json} origin
 * @returns {Message | null}
 */
export function messageOf(item, origin) {
  const content = hasId(item) ? contentOf(item) : null
  if (content === null) return null
  const { status, phase } = item
  const isOpen = isMessage(item) && status !== 'completed' && status !== 'incomplete'
  return {
    id: item.id,
    object: 'thread.message',
    ...origin,
    status: isOpen ? 'in_progress' : isMessage(item) ? status : 'completed',
    role: roleOf(item),
    content,
    ...(typeof phase === 'string' ? { phase } : {}),
  }
}

/**
 * Where a message comes from: its run, its response, and its place there.
 *
 * @param {any} run
 * @param {any} outputIndex
 */
export function originOf(run, outputIndex) {
  const writer = hasId(run) ? run : {}
  return {
    created_at: writer.created_at ?? null,
    thread_id: writer.thread_id ?? null,
    assistant_id: writer.assistant_id ?? null,
    run_id: writer.id ?? null,
    response_id: responseIdOf(writer),
    output_index: isIndex(outputIndex) ? outputIndex : null,
  }
}

/**
 * The message of an item that is done: completed, unless the item says that it is not.
 *
 * @param {Message} message
 * @returns {Message}
 */
export function done(message) {
  const isCut = message.status === 'incomplete'
  return finishMessage({ ...message, status: isCut ? 'incomplete' : 'completed' })
}

/**
 * The message that is there, as its item has it; it keeps its id and where it comes from, and its
 * content if the item brings none.
 *
 * @param {any} there
 * @param {any} told
 * @returns {Message}
 */
export function settled(there, told) {
  const { status = null } = isFinished(told) ? told : there
  const { incomplete_details, ...rest } = there
  const finished = finishMessage({
    ...(status === 'completed' ? rest : there),
    ...(Object.hasOwn(told, 'phase') ? { phase: told.phase } : {}),
    status,
    content: told.content.length ? told.content : (there.content ?? []),
  })
  return same(there, finished) ? there : finished
}

/**
 * @param {any} item
 * @returns {any[] | null}
 */
function contentOf(item) {
  if (isMessage(item)) return partsOf(item.content)
  const { type, result } = item
  if (type !== 'image_generation_call' || typeof result !== 'string' || !result) return null
  return [generatedImagePart(result, item.output_format)]
}

/** @param {any} item */
function roleOf(item) {
  return item.role ?? 'assistant'
}
