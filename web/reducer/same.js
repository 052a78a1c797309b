/** Whether two JSON values are equal, as every language would say it. */

import { isObject } from './shape.js'

/**
 * Compare two JSON values, however deep they are.
 *
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (sameScalar(one, other)) return true
  // A list of what is left to compare, since recursion ends at some depth.
  const pairs = [[one, other]]
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair
    if ((isObject(a) && isObject(b)) || (Array.isArray(a) && Array.isArray(b))) {
      const names = Object.keys(a)
      if (names.length !== Object.keys(b).length) return false
      if (!names.every((name) => Object.hasOwn(b, name))) return false
      for (const name of names) pairs.push([a[name], b[name]])
    } else if (!sameScalar(a, b)) return false
  }
  return true
}

/**
 * @param {any} a
 * @param {any} b
 */
function sameScalar(a, b) {
  return a === b
}
