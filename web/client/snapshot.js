/**
 * @import { Message, Run } from '../reducer/types.js'
 * @import { Http } from './http.js'
 */

/** As many as OpenAI gives in one answer. */
export const PAGE = 100

/**
 * @typedef {object} Snapshot
 * @property {readonly Message[]} messages newest first
 * @property {string | null} older where the next page of older messages begins; null at the end
 * @property {readonly Run[]} runs those that have not ended
 * @property {string} cursor from where to follow what this does not include yet
 */

/**
 * The newest messages of a thread, with the cursor at which they were right.
 *
 * @param {Http} http
 * @param {string} path the thread's
 * @param {number} want how many messages; Infinity for all
 * @param {{signal: AbortSignal, onLost?: () => void}} options
 * @returns {Promise<Snapshot>}
 */
export async function loadSnapshot(http, path, want, options) {
  const page = await http.ask(`${path}/messages?limit=${Math.min(want, PAGE)}`, options)
  /** @type {Snapshot} */
  const snapshot = { ...read(page), runs: page.runs ?? [], cursor: page.last_event_id }
  while (snapshot.older && snapshot.messages.length < want) {
    const missing = want - snapshot.messages.length
    const { messages, older } = await loadOlder(http, path, snapshot.older, missing, options)
    snapshot.messages = [...snapshot.messages, ...messages]
    snapshot.older = older
  }
  return snapshot
}

/**
 * One page of messages before `older`, none of which an event will change.
 *
 * @param {Http} http
 * @param {string} path the thread's
 * @param {string} older
 * @param {number} want
 * @param {{signal?: AbortSignal, onLost?: () => void}} options
 */
export async function loadOlder(http, path, older, want, options) {
  const query = `limit=${Math.min(want, PAGE)}&after=${encodeURIComponent(older)}`
  return read(await http.ask(`${path}/messages?${query}`, options))
}

/**
 * @param {{data: readonly Message[], has_more?: boolean, last_id?: string | null}} page
 * @returns {Pick<Snapshot, 'messages' | 'older'>}
 */
function read({ data, has_more: hasMore, last_id: lastId }) {
  const oldest = data.at(-1)
  return { messages: data, older: hasMore && oldest ? (lastId ?? oldest.id) : null }
}
