/** One part of a message's content, by its type. */

import { element, growText } from './dom.js'
import { addressed, imageAt, imageInFile } from './images.js'
import { textView } from './text.js'

/**
 * @typedef {{threadId: string, id: string}} Place
 * @typedef {{key: string, part: any}} PartRow
 * @typedef {{element: HTMLElement, update: (part: any) => void}} PartView
 */

/** @type {Readonly<Record<string, (place: Place) => PartView>>} */
const PARTS = { text, refusal, image_file: imageFile, image_url: imageUrl }

/**
 * @param {PartRow} row
 * @param {Place} place
 * @returns {{element: HTMLElement, update: (row: PartRow) => void}}
 */
export function partView({ part }, place) {
  const type = String(part?.type)
  const view = (Object.hasOwn(PARTS, type) && PARTS[type]) || unknown
  const { element: made, update } = view(place)
  return { element: made, update: (row) => update(row.part) }
}

/**
 * @param {Place} place
 * @returns {PartView}
 */
function text(place) {
  const view = textView(place)
  return { element: view.element, update: (part) => view.update(part.text) }
}

/** @returns {PartView} */
function refusal() {
  const words = document.createTextNode('')
  const title = element('strong', {}, 'The assistant declined')
  return {
    element: element('div', { className: 'refusal' }, title, element('p', { dir: 'auto' }, words)),
    update: (part) => growText(words, typeof part.refusal === 'string' ? part.refusal : ''),
  }
}

/**
 * @param {Place} place
 * @returns {PartView}
 */
function imageFile({ threadId }) {
  return addressed((part) => imageInFile(threadId, part.image_file?.file_id))
}

/** @returns {PartView} */
function imageUrl() {
  return addressed((part) => imageAt(part.image_url?.url))
}

/** @returns {PartView} */
function unknown() {
  const words = document.createTextNode('')
  return {
    element: element('pre', { className: 'code', tabIndex: 0 }, words),
    update: (part) => growText(words, JSON.stringify(part, null, 2) ?? ''),
  }
}
