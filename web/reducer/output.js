/** The output of a run: the items of all its responses, oldest first, and how they change. */

import { MAX_INDEX, isIndex } from './delta.js'
import { replaced } from './lists.js'
import { partners } from './partners.js'
import { listOf } from './run.js'
import { same } from './same.js'
import { hasId, isObject } from './shape.js'

/** @import { Run } from './types.js' */

// No event adds to an item that has come to one of these.
const ENDS = ['completed', 'incomplete', 'failed']

/**
 * An entry of an output: an item, and where it came.
 *
 * @param {string | null} responseId
 * @param {any} outputIndex
 * @param {any} item
 */
export function entryOf(responseId, outputIndex, item) {
  const index = isIndex(outputIndex) ? outputIndex : null
  return { response_id: responseId, output_index: index, item }
}

/**
 * The run with an item that begins, or begins anew.
 *
 * @param {Run} run
 * @param {any} told
 * @returns {Run}
 */
export function addItem(run, told) {
  return put(run, told, (item) => isOpen(item) && isAlike(item, told.item))
}

/**
 * The run with an item that is done.
 *
 * @param {Run} run
 * @param {any} told
 * @returns {Run}
 */
export function settleItem(run, told) {
  return put(run, told, (item) => isAlike(item, told.item))
}

/**
 * The run with the named item changed, unless that is finished.
 *
 * @param {Run} run
 * @param {any} named
 * @param {(item: any) => any} change
 * @returns {Run}
 */
export function changeItem(run, named, change) {
  const output = listOf(run, 'output')
  const place = placeOf(output, named, isOpen)
  if (place === null || !isOpen(output[place].item)) return run
  const there = output[place].item
  const item = change(there)
  const entry = item === there ? output[place] : { ...output[place], item }
  return withOutput(run, replaced(output, place, entry))
}

/**
 * The run with the whole output of a response put over what has been streamed of it.
 *
 * @param {Run} run
 * @param {string | null} responseId
 * @param {readonly any[]} items
 * @returns {Run}
 */
export function layItems(run, responseId, items) {
  const told = items
    .map((item, position) => entryOf(responseId, position, item))
    .filter(({ item }) => isObject(item))
  const ids = new Set(told.filter(({ item }) => hasId(item)).map(({ item }) => item.id))
  const output = listOf(run, 'output')
  const there = [...output.keys()].filter((place) => isMeant(output[place], responseId, ids))
  const pairs = partners(
    told.map(({ item }) => item),
    there.map((place) => output[place].item),
    typeOf,
  )
  const itemsOf = new Map()
  const added = []
  for (const [number, place] of pairs) {
    if (place === null) added.push(told[number])
    else itemsOf.set(there[place], told[number]?.item)
  }
  const laid = output.map((entry, place) =>
    itemsOf.has(place) ? settled(entry, itemsOf.get(place)) : entry,
  )
  return withOutput(run, withNew(laid, added))
}

/**
 * Whether the item of this id is in its output.
 *
 * @param {Run} run
 * @param {any} named
 */
export function hasItem(run, named) {
  return placeOf(listOf(run, 'output'), named, () => false) !== null
}

/**
 * Where the item of this id is, or else one that it may be at this index of the response.
 *
 * @param {readonly any[]} output
 * @param {any} named
 * @param {(item: any) => boolean} mayBe
 * @returns {number | null}
 */
function placeOf(output, named, mayBe) {
  let found = null
  for (let place = output.length - 1; place >= 0; place -= 1) {
    const item = itemIn(output[place])
    if (!isObject(item)) continue
    if (hasId(item) && item.id === named.item.id) return place
    if (found === null && isAt(named, output[place]) && mayBe(item)) found = place
  }
  return found
}

/**
 * @param {Run} run
 * @param {any} told
 * @param {(item: any) => boolean} mayBe
 * @returns {Run}
 */
function put(run, told, mayBe) {
  const output = listOf(run, 'output')
  const place = placeOf(output, told, mayBe)
  if (place === null) return withOutput(run, withNew(output, [told]))
  return withOutput(run, replaced(output, place, settled(output[place], told.item)))
}

/**
 * The entry with its item as it is told, under the id that it came with.
 *
 * @param {any} entry
 * @param {any} item
 */
function settled(entry, item) {
  const there = entry.item
  const told = hasId(there) ? { ...item, id: there.id } : item
  return same(there, told) ? entry : { ...entry, item: told }
}

/**
 * New items go last; but those of one response stand together, by their indexes.
 *
 * @param {readonly any[]} output
 * @param {readonly any[]} entries
 * @returns {readonly any[]}
 */
function withNew(output, entries) {
  if (!entries.length) return output
  const beside = output.filter((entry) => isBeside(entries[0], entry))
  const others = output.filter((entry) => !isBeside(entries[0], entry))
  const first = output.findIndex((entry) => isBeside(entries[0], entry))
  const place = first < 0 ? output.length : first
  const block = [...beside, ...entries].sort((a, b) => indexOf(a) - indexOf(b))
  return [...others.slice(0, place), ...block, ...others.slice(place)]
}

/**
 * @param {Run} run
 * @param {readonly any[]} output
 * @returns {Run}
 */
function withOutput(run, output) {
  const there = listOf(run, 'output')
  const isSame = there.length === output.length && there.every((one, n) => one === output[n])
  return isSame ? run : { ...run, output }
}

/**
 * @param {any} entry
 * @param {string | null} responseId
 * @param {ReadonlySet<string>} ids
 */
function isMeant(entry, responseId, ids) {
  const item = itemIn(entry)
  if (!isObject(item)) return false
  return (entry.response_id ?? null) === responseId || (hasId(item) && ids.has(item.id))
}

/**
 * @param {any} named
 * @param {any} entry
 */
function isAt(named, entry) {
  const index = isObject(entry) ? entry.output_index : null
  return isIndex(index) && index === named.output_index && isBeside(named, entry)
}

/**
 * Whether both are of the same response.
 *
 * @param {any} one
 * @param {any} other
 */
function isBeside(one, other) {
  return isObject(other) && (other.response_id ?? null) === one.response_id
}

/** @param {any} item */
function isOpen(item) {
  return !ENDS.includes(item.status)
}

/**
 * @param {any} one
 * @param {any} other
 */
function isAlike(one, other) {
  return typeOf(one) === typeOf(other)
}

/** @param {any} item */
function typeOf(item) {
  return typeof item.type === 'string' ? item.type : ''
}

/** @param {any} entry */
function itemIn(entry) {
  return isObject(entry) ? entry.item : null
}

/** @param {any} entry */
function indexOf(entry) {
  const index = entry.output_index
  return isIndex(index) ? index : MAX_INDEX
}
