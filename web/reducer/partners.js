/** Which is which of two lists of items, where ids may have changed and positions mean little. */

import { hasId } from './shape.js'

/**
 * For each told one the place of the one that is there, or null if it is new.
 *
 * The id decides.  Those that are left pair up in order, if as many of their kind are left there.
 * If some are left but not as many, nobody can know: the told one is left out.
 *
 * @param {readonly any[]} told
 * @param {readonly any[]} there
 * @param {(one: any) => string} kindOf
 * @returns {Map<number, number | null>}
 */
export function partners(told, there, kindOf) {
  /** @type {Map<string, number>} */
  const places = new Map()
  for (let place = there.length - 1; place >= 0; place -= 1) {
    if (hasId(there[place])) places.set(there[place].id, place)
  }
  /** @type {Map<number, number | null>} */
  const pairs = new Map()
  for (const [number, one] of told.entries()) {
    const place = hasId(one) ? places.get(one.id) : undefined
    if (place !== undefined) pairs.set(number, place)
  }
  const free = byKind(there, kindOf, new Set(pairs.values()))
  for (const [kind, numbers] of byKind(told, kindOf, new Set(pairs.keys()))) {
    const left = free.get(kind) ?? []
    for (const [position, number] of numbers.entries()) {
      if (!left.length) pairs.set(number, null)
      else if (left.length === numbers.length) pairs.set(number, left[position] ?? null)
    }
  }
  return pairs
}

/**
 * @param {readonly any[]} ones
 * @param {(one: any) => string} kindOf
 * @param {ReadonlySet<number | null>} but
 */
function byKind(ones, kindOf, but) {
  /** @type {Map<string, number[]>} */
  const groups = new Map()
  for (const [number, one] of ones.entries()) {
    if (but.has(number)) continue
    const kind = kindOf(one)
    const group = groups.get(kind)
    if (group) group.push(number)
    else groups.set(kind, [number])
  }
  return groups
}
