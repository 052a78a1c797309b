/** The thread that is open: a thread list, a run list, and what can be asked of the relay. */

import * as relay from '../index.js'

/** @import { Message, Run } from '../index.js' */

/**
 * @typedef {object} Conversation
 * @property {string} threadId empty until there is a thread
 * @property {readonly Message[]} thread the thread list, newest first
 * @property {readonly Run[]} runs the run list, newest first
 * @property {string} connection how the connection is
 * @property {boolean} isLoaded whether the lists are there
 * @property {boolean} mayHaveOlder whether earlier messages are left at the relay
 * @property {boolean} isForgotten whether the relay knows the thread no more
 * @property {boolean} isSending whether something was said that no run has come of yet
 */

/** How many messages are loaded at a time. */
export const PAGE = 50

/**
 * Opens a thread and follows it; an empty id is a thread that begins with its first message.
 *
 * @param {string} threadId
 * @param {() => void} changed
 */
export function converse(threadId, changed) {
  const leaving = new AbortController()
  const { signal } = leaving
  /** @type {Conversation} */
  let now = {
    threadId,
    thread: [],
    runs: [],
    connection: '',
    isLoaded: !threadId,
    mayHaveOlder: false,
    isForgotten: false,
    isSending: false,
  }

  /** @param {Partial<Conversation>} difference */
  function put(difference) {
    now = { ...now, ...difference }
    if (!signal.aborted) changed()
  }

  /** @param {(list: readonly any[]) => readonly any[]} next */
  const setThread = (next) => put({ thread: next(now.thread) })
  /** @param {(list: readonly any[]) => readonly any[]} next */
  const setRuns = (next) => {
    const runs = next(now.runs)
    put({ runs, isSending: now.isSending && runs[0]?.id === now.runs[0]?.id })
  }
  /** @param {string} connection */
  const onConnection = (connection) => (connection === 'gone' ? forget() : put({ connection }))

  function forget() {
    put({ connection: '', isForgotten: true })
    leaving.abort()
  }

  async function load() {
    const options = { setRuns, onConnection, signal, limit: PAGE }
    try {
      await relay.loadThread(now.threadId, setThread, options)
      put({ isLoaded: true, mayHaveOlder: now.thread.length >= PAGE })
    } catch (/** @type {any} */ error) {
      if (error.status === 404) return forget()
      put({ connection: '' })
      throw error
    }
  }

  async function begin() {
    const { id } = await relay.createThread()
    put({ threadId: id })
    await load()
  }

  /**
   * The making of the thread, which all wait for who say something meanwhile.
   *
   * @type {Promise<void> | undefined}
   */
  let beginning

  return {
    now: () => now,
    leave: () => leaving.abort(),
    /** @param {boolean} isSending */
    tellSending: (isSending) => put({ isSending }),
    load,

    /** A thread is made when there is something to say in it. */
    async begin() {
      beginning ??= begin().finally(() => (beginning = undefined))
      return beginning
    },

    /**
     * @param {string} text
     * @param {readonly string[]} assistantIds
     */
    async send(text, assistantIds) {
      const options = /** @type {const} */ ({ optimistic: true, ifBusy: 'enqueue' })
      if (!assistantIds.length) return relay.addMessage(now.threadId, text, setThread, options)
      const ids = [...assistantIds]
      return relay.addMessageAndRuns(now.threadId, text, ids, setThread, options)
    },

    /** @param {string} runId */
    stop: (runId) => relay.stop(now.threadId, runId),

    /**
     * @param {string} runId
     * @param {{tool_call_id: string, output: string}[]} outputs
     */
    submit: (runId, outputs) => relay.submitToolOutputs(now.threadId, runId, outputs),

    async loadOlder() {
      const options = { limit: PAGE }
      put({ mayHaveOlder: await relay.loadOlder(now.threadId, setThread, options) })
    },
  }
}
