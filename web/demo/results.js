/**
 * What a call gave, in a form that can be drawn.
 *
 * @typedef {{key: string, kind: 'log', text: string}} Log
 * @typedef {{key: string, kind: 'prose', title: string, text: string}} Prose
 * @typedef {{key: string, kind: 'image', fileId: string, url: string}} Image
 *   A file of the thread, or an address; one of the two is empty.
 * @typedef {{key: string, kind: 'found', name: string, url: string, score: string,
 *   text: string}} Found
 * @typedef {Log | Prose | Image | Found} Result
 */

/**
 * What a machine wrote.
 *
 * @param {string} key
 * @param {unknown} value
 * @returns {Log}
 */
export function log(key, value) {
  return { key, kind: 'log', text: plain(value) }
}

/**
 * What a model wrote, in sentences.  A summary begins with a title, `**Counting the days**`, which
 * may still be growing.
 *
 * @param {string} key
 * @param {unknown} value
 * @returns {Prose}
 */
export function prose(key, value) {
  const text = plain(value)
  const [begin = '', title = ''] = /^\*\*([^*\n]*)(?:\*\*\s*|\*?$)/.exec(text) ?? []
  return { key, kind: 'prose', title, text: text.slice(begin.length) }
}

/**
 * @param {string} key
 * @param {{fileId?: unknown, url?: unknown}} place
 * @returns {Image}
 */
export function image(key, { fileId = '', url = '' }) {
  return { key, kind: 'image', fileId: plain(fileId), url: plain(url) }
}

/**
 * A thing that was found, with where it is and what it says.
 *
 * @param {string} key
 * @param {{name?: unknown, url?: unknown, score?: unknown, text?: unknown}} thing
 * @returns {Found}
 */
export function found(key, { name, url, score, text }) {
  const match = typeof score === 'number' ? `${Math.round(score * 100)} % match` : ''
  const called = plain(name) || plain(url) || 'Something without a name'
  return { key, kind: 'found', name: called, url: plain(url), score: match, text: plain(text) }
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
export function list(value) {
  return Array.isArray(value) ? value : []
}

/**
 * A string as it is, nothing for nothing, anything else as JSON.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function plain(value) {
  if (typeof value === 'string') return value
  return value === null ? '' : (JSON.stringify(value, null, 2) ?? '')
}
