/** Lists that share what did not change with the list they were made from. */

import { isObject } from './shape.js'

/**
 * Change each entry.  The very same list comes back if none became another.
 *
 * @template Entry
 * @param {readonly Entry[]} entries
 * @param {(entry: Entry) => Entry} change
 * @returns {readonly Entry[]}
 */
export function mapped(entries, change) {
  const changed = entries.map(change)
  return changed.every((entry, place) => entry === entries[place]) ? entries : changed
}

/**
 * Put an entry where another was.  The very same list comes back if it is the same one.
 *
 * @template Entry
 * @param {readonly Entry[]} entries
 * @param {number} place
 * @param {Entry} entry
 * @returns {readonly Entry[]}
 */
export function replaced(entries, place, entry) {
  if (entries[place] === entry) return entries
  const changed = entries.slice()
  changed[place] = entry
  return changed
}

/**
 * An entry that says its place in a list, if it is told.
 *
 * @param {any} entry
 * @param {any} index
 * @returns {any}
 */
export function withIndex(entry, index) {
  return (index ?? null) === null ? entry : { ...entry, index }
}

/**
 * A finished list keeps its order, and its entries need no `index`.
 *
 * @param {any} entries
 * @returns {any}
 */
export function withoutIndexes(entries) {
  return Array.isArray(entries) ? mapped(entries, withoutIndex) : entries
}

/** @param {any} entry */
function withoutIndex(entry) {
  if (!isObject(entry) || !Object.hasOwn(entry, 'index')) return entry
  const { index, ...rest } = entry
  return rest
}
