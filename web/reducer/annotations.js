/**
 * The annotations of a streamed Responses text: each comes by itself and says its index.
 *
 * They stay as they were sent, and their own `index` is a position in the text.  So when indexes
 * are missing between them, the part remembers which they have.
 */

import { isIndex } from './delta.js'
import { same } from './same.js'
import { isObject } from './shape.js'

const ORDER = 'annotation_indexes'

/**
 * The part with an annotation put at its index, or else last.
 *
 * @param {any} part
 * @param {any} index
 * @param {any} annotation
 * @returns {any}
 */
export function withAnnotation(part, index, annotation) {
  const text = isObject(part.text) ? part.text : { value: '' }
  const annotations = Array.isArray(text.annotations) ? text.annotations : []
  const indexes = indexesIn(part, annotations.length)
  const told = index ?? (indexes.at(-1) ?? -1) + 1
  if (!isIndex(told)) return part
  const place = indexes.filter((one) => one < told).length
  const isThere = indexes.includes(told)
  if (isThere && same(annotations[place], annotation)) return part
  const rest = annotations.slice(place + Number(isThere))
  const changed = [...annotations.slice(0, place), annotation, ...rest]
  const order = isThere ? indexes : [...indexes.slice(0, place), told, ...indexes.slice(place)]
  return withOrder({ ...part, text: { ...text, annotations: changed } }, order)
}

/**
 * A finished part needs no memory.
 *
 * @param {any} part
 * @returns {any}
 */
export function withoutOrder(part) {
  if (!isObject(part) || !Object.hasOwn(part, ORDER)) return part
  const { [ORDER]: order, ...rest } = part
  return rest
}

/**
 * @param {any} part
 * @param {readonly number[]} indexes
 */
function withOrder(part, indexes) {
  const isPlain = indexes.every((index, place) => index === place)
  return { ...withoutOrder(part), ...(isPlain ? {} : { [ORDER]: indexes }) }
}

/**
 * @param {any} part
 * @param {number} count
 * @returns {readonly number[]}
 */
function indexesIn(part, count) {
  const told = part[ORDER]
  if (Array.isArray(told) && told.length === count && told.every(isIndex)) return told
  return Array.from({ length: count }, (_, place) => place)
}
