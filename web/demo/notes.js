/** Footnotes: what a text cites, and the numbers that lead there. */

import { element } from './dom.js'
import { fileAddress } from './files.js'

/** @import { Note } from './citations.js' */

/** @typedef {Note & {key: string}} NoteRow */

/**
 * The number in the text.
 *
 * @param {number} number
 * @param {string} prefix what the notes' ids of this text begin with
 */
export function pointer(number, prefix) {
  const href = `#${encodeURIComponent(`${prefix}${number}`)}`
  return element('sup', {}, element('a', { href, ariaLabel: `Source ${number}` }, String(number)))
}

/**
 * @param {string} threadId
 * @returns {{element: HTMLElement, update: (note: NoteRow) => void}}
 */
export function noteView(threadId) {
  const note = element('li', { tabIndex: -1 })
  return {
    element: note,
    update(row) {
      note.id = row.key
      note.replaceChildren(sourceOf(row, threadId))
      if (row.quote) note.append(element('blockquote', { dir: 'auto' }, row.quote))
    },
  }
}

/**
 * @param {Note} note
 * @param {string} threadId
 */
function sourceOf({ name, url, fileId }, threadId) {
  if (url) return webLink(url, name)
  if (!fileId) return element('span', {}, name || 'A source without a name')
  const href = fileAddress(threadId, fileId)
  return element('a', { href, download: '' }, name || fileId)
}

/**
 * A link that leaves the page and tells nobody where it came from.
 *
 * @param {string} url
 * @param {string} name
 */
export function webLink(url, name) {
  const { host } = new URL(url)
  const leaving = { href: url, target: '_blank', rel: 'noopener noreferrer' }
  const link = element('a', leaving, name || url)
  return element('span', { dir: 'auto' }, link, name ? element('small', {}, ` ${host}`) : '')
}
