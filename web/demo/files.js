/** Files that a thread names. */

import { element } from './dom.js'

/**
 * Where the relay serves a file.
 *
 * @param {string} threadId
 * @param {string} fileId
 */
export function fileAddress(threadId, fileId) {
  return `/threads/${encodeURIComponent(threadId)}/files/${encodeURIComponent(fileId)}/content`
}

/**
 * A picture that opens at full size, or is saved where a browser opens no such address; where it
 * cannot be shown, it says so.
 *
 * @param {string} address
 * @param {string} name
 */
export function picture(address, name) {
  const image = element('img', { src: address, alt: name, decoding: 'async' })
  const way = address.startsWith('data:') ? { download: name } : { target: '_blank' }
  const link = element('a', { className: 'picture', href: address, ...way }, image)
  link.rel = 'noopener noreferrer'
  image.onerror = () => {
    link.replaceWith(element('p', { className: 'aside' }, `${name} is not to be had here.`))
  }
  return link
}
