/** One event, made of what a stream says. */

import { isObject } from './shape.js'
import { parse } from './strict_json.js'

/** @import { Event } from './types.js' */

/**
 * An event that has no name is called by the `type` in its data, or else `message`.
 *
 * @param {string} name
 * @param {string} text
 * @param {string} eventId
 * @returns {Event}
 */
export function eventOf(name, text, eventId) {
  const data = parse(text)
  const event = { event: name || typeIn(data) || 'message', data }
  return eventId ? { ...event, id: eventId } : event
}

/** @param {any} data */
function typeIn(data) {
  const told = isObject(data) ? data.type : null
  return typeof told === 'string' ? told : ''
}
