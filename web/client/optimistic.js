import { randomKey } from './keys.js'

/**
 * @import { Event, Message } from '../reducer/types.js'
 * @import { Fold } from './fold.js'
 * @import { Content } from './types.js'
 */

/**
 * A message that the relay has not yet said to be there.
 *
 * @typedef {object} Entry
 * @property {Message} message
 * @property {string} text
 * @property {string} [messageId] of the real one, once the relay has told it
 * @property {string} [runId] of the run that adds the real one, once the relay has told it
 */

/** Lays messages over the list that were sent just now.  The folded list never has them. */
export class Optimistic {
  constructor() {
    /** @type {readonly Entry[]} */
    this.entries = []

    /**
     * What `over` gave last, and of what: the same list object for all who look.
     *
     * @type {{entries: readonly Entry[], list: readonly Message[], shown: readonly Message[]}}
     */
    this.last = { entries: this.entries, list: [], shown: [] }
  }

  /**
   * @param {string} threadId
   * @param {Content} content
   * @returns {Entry}
   */
  add(threadId, content) {
    const entry = { message: localMessage(threadId, content), text: textOf(content) }
    this.entries = [entry, ...this.entries]
    return entry
  }

  /** @param {Entry} entry */
  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry)
  }

  /**
   * Takes away what has become real.  A message's frame may overtake the answer that tells its
   * id: then it is known by its text.
   *
   * @param {Fold} fold
   * @param {Event} [event] the newest
   */
  settle(fold, event) {
    if (!this.entries.length) return
    const known = event?.event === 'relay.message' ? this.#byText(event.data) : undefined
    const isReal = (/** @type {Entry} */ { messageId, runId }) =>
      (messageId && fold.list.some(({ id }) => id === messageId)) ||
      (runId && fold.runs.some(({ id, status }) => id === runId && status !== 'queued'))
    this.entries = this.entries.filter((entry) => entry !== known && !isReal(entry))
  }

  /**
   * @param {readonly Message[]} list
   * @returns {readonly Message[]}
   */
  over(list) {
    const { entries } = this
    if (!entries.length) return list
    if (entries !== this.last.entries || list !== this.last.list) {
      this.last = { entries, list, shown: [...entries.map(({ message }) => message), ...list] }
    }
    return this.last.shown
  }

  /**
   * @param {any} message
   * @returns {Entry | undefined} the one that was sent first, of those with this text
   */
  #byText(message) {
    if (message?.role !== 'user') return undefined
    const text = textOf(message.content)
    return this.entries.findLast((entry) => !entry.messageId && entry.text === text)
  }
}

/**
 * @param {string} threadId
 * @param {Content} content
 * @returns {Message}
 */
function localMessage(threadId, content) {
  const text = { value: content, annotations: [] }
  return /** @type {any} */ ({
    id: `local_${randomKey()}`,
    object: 'thread.message',
    created_at: Math.floor(Date.now() / 1000),
    thread_id: threadId,
    role: 'user',
    status: 'completed',
    content: typeof content === 'string' ? [{ type: 'text', text }] : content.map(asShown),
    assistant_id: null,
    run_id: null,
    attachments: [],
    metadata: {},
  })
}

/**
 * A text part has a plain string on its way to the relay, and an object in the list.
 *
 * @param {any} part
 */
function asShown(part) {
  const isPlain = part?.type === 'text' && typeof part.text === 'string'
  return isPlain ? { ...part, text: { value: part.text, annotations: [] } } : part
}

/**
 * @param {any} content as it was sent, or as a message has it
 * @returns {string}
 */
function textOf(content) {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => part?.text?.value ?? part?.text ?? '').join('')
}
