/**
 * How a delta continues what is there.
 *
 * A rule says it for one field: `(what is there, what the delta says) => what is there next`.  It
 * gives back the very object that is there if nothing changes.
 *
 * @typedef {(there: any, told: any) => any} Rule
 * @typedef {Readonly<Record<string, Rule>>} Rules
 */

import { replaced } from './lists.js'
import { same } from './same.js'
import { isObject } from './shape.js'

/** What is there where nothing is: null is a value. */
export const ABSENT = undefined

/** Beyond it one integer cannot be told from the next. */
export const MAX_INDEX = Number.MAX_SAFE_INTEGER

/**
 * What is there stays.
 *
 * @type {Rule}
 */
export function keep(old) {
  return old
}

/**
 * What the delta says takes the place of what is there.  Numbers never add.
 *
 * @type {Rule}
 */
export function replace(old, told) {
  return same(old, told) ? old : told
}

/**
 * As `replace`, but what is empty says nothing of what is there.
 *
 * @type {Rule}
 */
export function fill(old, told) {
  const isEmpty = told === '' || (Array.isArray(told) && !told.length)
  return isEmpty && old !== ABSENT ? old : replace(old, told)
}

/**
 * As `replace`, but null says nothing.
 *
 * @type {Rule}
 */
export function unlessNull(old, told) {
  return (told ?? null) === null ? old : replace(old, told)
}

/**
 * As `replace`, but of an object only the fields that the delta names.
 *
 * @type {Rule}
 */
export function renew(old, told) {
  if (isObject(old) && isObject(told)) return replaceFields(old, told)
  return replace(old, told)
}

/**
 * The rule of an object whose fields have rules; a field without one has that of the others.
 *
 * @param {Rules} rules
 * @param {Rule} [others]
 * @returns {Rule}
 */
export function fields(rules, others = renew) {
  return function mergeFields(old, told) {
    if (!isObject(told)) return old
    const there = isObject(old) ? old : {}
    let merged = there
    for (const name of Object.keys(told)) {
      // What every object inherits is not there: `constructor`, for one.
      const field = Object.hasOwn(there, name) ? there[name] : ABSENT
      const rule = (Object.hasOwn(rules, name) && rules[name]) || others
      const following = rule(field, told[name])
      // A name in brackets makes a field, also where it is `__proto__`.
      if (following !== field) merged = { ...merged, [name]: following }
    }
    return merged
  }
}

/** The fields that are named are replaced, all others stay. */
export const replaceFields = fields({}, replace)

/**
 * The rule of a list: an entry continues the one with its index, and they stay sorted.
 *
 * @param {Rule} rule
 * @returns {Rule}
 */
export function each(rule) {
  return function mergeEach(old, told) {
    if (!Array.isArray(told)) return old
    return mergeEntries(Array.isArray(old) ? old : [], told, rule)
  }
}

/**
 * Continue the entries of a list, each by the same rule.
 *
 * @param {readonly any[]} old
 * @param {readonly any[]} told
 * @param {Rule} rule
 * @returns {readonly any[]}
 */
export function mergeEntries(old, told, rule) {
  const there = told.length === 1 ? placeThere(old, told[0]) : null
  // As nearly always: a token continues the part that is there.
  if (there !== null) return replaced(old, there, rule(old[there], told[0]))
  const indexes = old.map(indexThere)
  // Read backwards, so that of two entries with one index the first is found.
  const places = new Map()
  for (let place = old.length - 1; place >= 0; place -= 1) places.set(indexes[place], place)
  const merged = [...old]
  for (let position = 0; position < told.length; position += 1) {
    const entry = told[position]
    const index = indexTold(entry, position)
    if (index === null) continue
    const place = places.get(index)
    if (place === undefined) {
      places.set(index, merged.length)
      indexes.push(index)
      merged.push(rule(ABSENT, entry))
    } else merged[place] = rule(merged[place], entry)
  }
  if (merged.length > old.length) {
    const sorted = [...merged.keys()].sort((a, b) => Number(indexes[a]) - Number(indexes[b]))
    return sorted.map((place) => merged[place])
  }
  return merged.every((entry, place) => entry === old[place]) ? old : merged
}

/**
 * Where the first entry is that another one continues, if there is one.
 *
 * @param {readonly any[]} old
 * @param {any} entry
 * @returns {number | null}
 */
function placeThere(old, entry) {
  const told = indexTold(entry, 0)
  for (let place = 0; place < old.length; place += 1) {
    if (indexThere(old[place], place) === told) return place
  }
  return null
}

/**
 * @param {any} entry
 * @param {number} position
 * @returns {number}
 */
function indexThere(entry, position) {
  return isObject(entry) && isIndex(entry.index) ? entry.index : position
}

/**
 * @param {any} entry
 * @param {number} position
 * @returns {number | null}
 */
function indexTold(entry, position) {
  if (!isObject(entry)) return null
  const index = entry.index ?? null
  if (index === null) return position
  // An entry that claims an impossible place is left out: it has no other.
  return isIndex(index) ? index : null
}

/**
 * Whether it can be a place in a list.
 *
 * @param {any} index
 * @returns {boolean}
 */
export function isIndex(index) {
  return Number.isSafeInteger(index) && index >= 0
}
