/** One part of a message's content, by its type. */

import { webAddress } from './citations.js'
import { element, growText } from './dom.js'
import { fileAddress, picture } from './files.js'
import { webLink } from './notes.js'
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
  return addressed((part) => {
    const fileId = part.image_file?.file_id
    return typeof fileId === 'string' && picture(fileAddress(threadId, fileId), `Image ${fileId}`)
  })
}

/**
 * The page loads nothing from elsewhere: an image on the web is a link, one inside the message is
 * shown.
 *
 * @returns {PartView}
 */
function imageUrl() {
  return addressed((part) => {
    const url = part.image_url?.url
    if (typeof url === 'string' && /^data:image\//i.test(url)) return picture(url, 'Image')
    return webAddress(url) !== '' && webLink(url, '')
  })
}

/**
 * Shows what `make` makes.  What looks the same stays, so that no image flickers when its message
 * is completed.
 *
 * @param {(part: any) => HTMLElement | false} make
 * @returns {PartView}
 */
function addressed(make) {
  const frame = element('div', { className: 'image' })
  return {
    element: frame,
    update(part) {
      const nothing = 'An image without an address.'
      const made = make(part) || element('p', { className: 'aside' }, nothing)
      if (!made.isEqualNode(frame.firstChild)) frame.replaceChildren(made)
    },
  }
}

/** @returns {PartView} */
function unknown() {
  const words = document.createTextNode('')
  return {
    element: element('pre', { className: 'code', tabIndex: 0 }, words),
    update: (part) => growText(words, JSON.stringify(part, null, 2) ?? ''),
  }
}
