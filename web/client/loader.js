import { RelayError } from './errors.js'
import { backOff, pause } from './wait.js'

/**
 * @import { Message, Run } from '../reducer/types.js'
 * @import { Http } from './http.js'
 */

/** As many as OpenAI gives in one answer. */
export const PAGE = 100

/** Waits before a thread is loaded again that had a gap at once after a gap, or was refused. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000

/** So often in a row a relay must say that there is no such thread: then there is none. */
const DENIALS = 2

/**
 * @typedef {object} MessagePage
 * @property {readonly Message[]} messages newest first
 * @property {string | null} older where the next page of older messages begins; null at the end
 *
 * @typedef {object} State
 * @property {readonly Run[]} runs those that have not ended
 * @property {string} cursor from where to follow what this does not include yet
 *
 * @typedef {MessagePage & State} Snapshot
 */

/** Loads the messages of a thread, until a signal aborts. */
export class Loader {
  /**
   * @param {Http} http
   * @param {string} path the thread's
   * @param {{signal: AbortSignal, onLost: () => void}} options
   */
  constructor(http, path, options) {
    this.http = http
    this.path = path
    this.options = options

    /** How many times in a row loading the thread again has not helped. */
    this.setbacks = 0
  }

  /**
   * The newest messages, with the cursor at which they were right.
   *
   * @param {number} want how many messages; Infinity for all
   * @returns {Promise<Snapshot>}
   */
  async newest(want) {
    const page = await this.#ask(`limit=${Math.min(want, PAGE)}`)
    let { messages, older } = read(page)
    while (older && messages.length < want) {
      const more = await this.older(older, want - messages.length)
      messages = [...messages, ...more.messages]
      older = more.older
    }
    return { messages, older, runs: page.runs ?? [], cursor: page.last_event_id }
  }

  /**
   * One page of messages, none of which an event will change.
   *
   * @param {string} older where it begins
   * @param {number} want
   * @returns {Promise<MessagePage>}
   */
  async older(older, want) {
    return read(await this.#ask(`limit=${Math.min(want, PAGE)}&after=${encodeURIComponent(older)}`))
  }

  /**
   * The newest messages, although they were loaded before, and though the relay refuses them just
   * now.  Rejects if the thread is gone.
   *
   * @param {number} want
   * @returns {Promise<Snapshot | null>} null after an abort
   */
  async again(want) {
    const { signal } = this.options
    for (let denials = 0; ; ) {
      const wait = this.setbacks && backOff(this.setbacks, FIRST_WAIT_MS, LONGEST_WAIT_MS)
      this.setbacks += 1
      try {
        if (wait) await pause(wait, signal)
        return await this.newest(want)
      } catch (error) {
        if (signal.aborted) return null
        if (!(error instanceof RelayError)) throw error
        denials = error.status === 404 ? denials + 1 : 0
        if (denials === DENIALS) throw error
      }
    }
  }

  /** The thread goes on from what was loaded last. */
  succeed() {
    this.setbacks = 0
  }

  /** @param {string} query */
  async #ask(query) {
    const page = await this.http.ask(`${this.path}/messages?${query}`, this.options)
    // Something else than the relay may stand at its address, and speak JSON too.
    if (!Array.isArray(page?.data)) throw new RelayError(200, { message: 'there are no messages' })
    return page
  }
}

/**
 * @param {{data: readonly Message[], has_more?: boolean, last_id?: string | null}} page
 * @returns {MessagePage}
 */
function read({ data, has_more: hasMore, last_id: lastId }) {
  const oldest = data.at(-1)
  return { messages: data, older: hasMore && oldest ? (lastId ?? oldest.id) : null }
}
