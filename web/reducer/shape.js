/** What a JSON value is. */

/**
 * Whether it has fields.
 *
 * @param {any} value
 * @returns {boolean}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether it can be told from others of its kind: without an id it has no place in a list.
 *
 * @param {any} value
 * @returns {boolean}
 */
export function hasId(value) {
  return isObject(value) && typeof value.id === 'string'
}
