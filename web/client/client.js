import { randomKey } from './keys.js'
import { unlessAborted } from './wait.js'

/**
 * @import { Http } from './http.js'
 * @import { Runner } from './runner.js'
 * @import { SharedThread } from './thread.js'
 * @import { Threads } from './threads.js'
 * @import { PostOptions, Relay } from './types.js'
 */

/** As many older messages as are asked for where nobody says how many. */
const OLDER = 100

/**
 * The public functions; types.js says what each does.  They need no `this` to be called on.
 *
 * @implements {Relay}
 */
export class Client {
  #http
  #threads
  #runner

  /**
   * @param {Http} http
   * @param {Threads} threads
   * @param {Runner} runner
   */
  constructor(http, threads, runner) {
    this.#http = http
    this.#threads = threads
    this.#runner = runner
  }

  /** @type {Relay['loadThread']} */
  loadThread = (threadId, set, options) => this.#threads.follow(threadId, set, options)

  /** @type {Relay['loadOlder']} */
  loadOlder = (threadId, set, options) =>
    this.#threads.during(threadId, set, options, async (thread, signal) => {
      const want = thread.fold.list.length + (options?.limit ?? OLDER)
      await unlessAborted(thread.reach(want), signal)
      return thread.older !== null
    })

  /** @type {Relay['addMessage']} */
  addMessage = (threadId, content, set, options) =>
    this.#threads.during(threadId, set, options, (thread, signal) =>
      thread.showing(options?.optimistic ? content : null, async (entry) => {
        const body = { role: 'user', content }
        const posted = await this.#post(`${thread.path}/messages`, body, options, signal)
        entry.messageId = posted.id
        thread.changed()
        const mayBeOld = options?.idempotencyKey !== undefined
        const find = () =>
          thread.fold.list.find(({ id }) => id === posted.id) ??
          (mayBeOld && isOlder(posted, thread) ? posted : undefined)
        return thread.audience.until(find, signal)
      }),
    )

  /** @type {Relay['run']} */
  run = (threadId, assistantId, set, options) =>
    this.#threads.during(threadId, set, options, async (thread, signal) => {
      const id = await this.#runner.start(thread, { assistant_id: assistantId }, options, signal)
      return this.#runner.attend(thread, id, new Set(), signal)
    })

  /** @type {Relay['addMessageAndRun']} */
  addMessageAndRun = (threadId, content, assistantId, set, options) =>
    this.#threads.during(threadId, set, options, async (thread, signal) => {
      const runs = await this.#runner.answers(thread, content, [assistantId], options, signal)
      return runs[0]
    })

  /** @type {Relay['addMessageAndRuns']} */
  addMessageAndRuns = async (threadId, content, assistantIds, set, options) => {
    if (assistantIds.length) {
      return this.#threads.during(threadId, set, options, (thread, signal) =>
        this.#runner.answers(thread, content, assistantIds, options, signal),
      )
    }
    await this.addMessage(threadId, content, set, options)
    return /** @type {any} */ ([])
  }

  /** @type {Relay['submitToolOutputs']} */
  submitToolOutputs = (threadId, runId, outputs, options) =>
    this.#threads.during(threadId, null, options, async (thread, signal) => {
      const key = options?.idempotencyKey
      const answered = await this.#runner.submit(thread, runId, outputs, key, signal)
      return this.#runner.attend(thread, runId, answered, signal)
    })

  /** @type {Relay['stop']} */
  stop = (threadId, runId, options) => {
    const path = `/threads/${encodeURIComponent(threadId)}/runs/${encodeURIComponent(runId)}/cancel`
    const body = options?.queued ? { queued: true } : {}
    return resolved(options?.signal, () => this.#post(path, body, {}, options?.signal))
  }

  /** @type {Relay['createThread']} */
  createThread = (options) =>
    resolved(options?.signal, () => this.#post('/threads', {}, options, options?.signal))

  /** @type {Relay['assistants']} */
  assistants = (options) =>
    resolved(options?.signal, async () => {
      const { data } = await this.#http.ask('/assistants', { signal: options?.signal })
      return data
    })

  /**
   * @param {string} path
   * @param {object} body
   * @param {PostOptions} [options]
   * @param {AbortSignal} [signal]
   */
  #post(path, body, { idempotencyKey: key = randomKey() } = {}, signal) {
    return this.#http.ask(path, { body, key, signal })
  }
}

/**
 * Whether a message that is not in the list will not come: it was there before what is loaded.
 *
 * @param {any} message
 * @param {SharedThread} thread
 */
function isOlder({ created_at: time }, { fold: { list }, older }) {
  const [newest, oldest] = /** @type {any[]} */ ([list[0], list.at(-1)])
  // Times are whole seconds.
  return time < newest?.created_at || (older !== null && time <= oldest?.created_at)
}

/**
 * @param {AbortSignal | undefined} signal
 * @param {() => Promise<unknown>} ask
 * @returns {Promise<any>} the answer, or undefined after an abort
 */
async function resolved(signal, ask) {
  try {
    return await ask()
  } catch (error) {
    if (signal?.aborted) return undefined
    throw error
  }
}
