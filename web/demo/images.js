/** Images by their address, wherever they come from. */

import { webAddress } from './citations.js'
import { element } from './dom.js'
import { fileAddress, picture } from './files.js'
import { webLink } from './notes.js'

/**
 * Shows what `make` makes.  What looks the same stays, so that no image flickers when its message
 * is completed.
 *
 * @template Value
 * @param {(value: Value) => HTMLElement | false} make
 * @returns {{element: HTMLElement, update: (value: Value) => void}}
 */
export function addressed(make) {
  const frame = element('div', { className: 'image' })
  return {
    element: frame,
    update(value) {
      const nothing = 'An image without an address.'
      const made = make(value) || element('p', { className: 'aside' }, nothing)
      if (!made.isEqualNode(frame.firstChild)) frame.replaceChildren(made)
    },
  }
}

/**
 * @param {string} threadId
 * @param {unknown} fileId
 */
export function imageInFile(threadId, fileId) {
  if (typeof fileId !== 'string' || !fileId) return false
  return picture(fileAddress(threadId, fileId), `Image ${fileId}`)
}

/**
 * The page loads nothing from elsewhere: an image on the web is a link, one inside the message is
 * shown.
 *
 * @param {unknown} url
 */
export function imageAt(url) {
  if (typeof url === 'string' && /^data:image\//i.test(url)) return picture(url, 'Image')
  const address = webAddress(url)
  return address !== '' && webLink(address, '')
}
