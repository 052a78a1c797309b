/** JSON that means the same in every language. */

import { isObject } from './shape.js'

/** Deeper than any real event, and shallow enough for every parser's stack. */
const MAX_DEPTH = 200

/** A number beyond the largest double has so many digits, or an exponent of so many. */
const GREAT_NUMBER = /\d{200}|[eE]\+?\d{3}/

/**
 * Read JSON.  What is not strict JSON, too deep, or has a number beyond a double stays text.
 *
 * @param {string} text
 * @returns {any}
 */
export function parse(text) {
  let value
  try {
    value = JSON.parse(text)
    // Looking at the text is quick, and enough for almost every one.
    if (GREAT_NUMBER.test(text)) JSON.parse(text, (_, part) => bounded(part))
  } catch {
    return text
  }
  return text.length > MAX_DEPTH && isTooDeep(value) ? text : value
}

/**
 * @param {any} value
 * @returns {boolean}
 */
function isTooDeep(value) {
  let level = children([value])
  for (let depth = 0; depth < MAX_DEPTH && level.length; depth += 1) {
    level = level.flatMap(children)
  }
  return level.length > 0
}

/**
 * @param {any} value
 * @returns {any[]}
 */
function children(value) {
  return Object.values(value).filter((part) => isObject(part) || Array.isArray(part))
}

/** @param {any} part */
function bounded(part) {
  if (part === Infinity || part === -Infinity) throw new RangeError(part)
  return part
}
