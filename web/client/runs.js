import { hasEnded } from '../reducer/run.js'
import { RelayError } from './errors.js'
import { toolCalls } from './tools.js'

/**
 * @import { Run } from '../reducer/types.js'
 * @import { SharedThread } from './thread.js'
 */

/** The runs of a thread that somebody waits for. */
export class RunBook {
  /** @param {SharedThread} thread */
  constructor(thread) {
    this.thread = thread

    /**
     * The ids of runs that calls wait for, each as often as it is waited for.
     *
     * @type {string[]}
     */
    this.expected = []

    /**
     * Those among them that the relay does not know any more, and its words.
     *
     * @type {Map<string, RelayError>}
     */
    this.gone = new Map()
  }

  /**
   * @param {string} id the relay's, or one of the upstream's
   * @returns {Run | undefined}
   */
  find(id) {
    const isIt = (/** @type {Run} */ run) => run.id === id || run.upstream_ids?.includes(id)
    return this.thread.fold.runs.find(isIt)
  }

  /**
   * Waits until a run has ended, or asks for something that has not been answered.
   *
   * @param {string} id
   * @param {ReadonlySet<string>} answered ids of tool calls
   * @param {AbortSignal} signal
   * @returns {Promise<Run>}
   */
  async settled(id, answered, signal) {
    this.expected.push(id)
    try {
      return await this.thread.audience.until(() => this.#settled(id, answered), signal)
    } finally {
      this.expected.splice(this.expected.indexOf(id), 1)
      this.gone.delete(id)
    }
  }

  /**
   * The thread was loaded anew.  What has become of runs that had not ended, and are not in the
   * snapshot, the feed will not tell.
   *
   * @param {readonly Run[]} unfinished the snapshot's runs
   */
  ask(unfinished) {
    const told = new Set(unfinished.map(({ id }) => id))
    const open = this.thread.fold.runs.filter((run) => !hasEnded(run)).map(({ id }) => id)
    for (const id of new Set([...open, ...this.expected])) {
      if (!told.has(id)) void this.askFor(id)
    }
  }

  /** @param {string} id */
  async askFor(id) {
    const {
      fold,
      path,
      port,
      closing: { signal },
    } = this.thread
    try {
      const run = await port.http.ask(`${path}/runs/${encodeURIComponent(id)}`, { signal })
      // Of one that goes on the feed will tell, and may have told more by now.
      if (hasEnded(run)) fold.learnRun(run)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof RelayError)) throw error
      if (this.expected.includes(id)) this.gone.set(id, error)
      fold.forgetRun(id)
    }
    this.thread.changed()
  }

  /**
   * @param {string} id
   * @param {ReadonlySet<string>} answered
   * @returns {Run | undefined}
   */
  #settled(id, answered) {
    const refusal = this.gone.get(id)
    if (refusal) throw refusal
    const run = this.find(id)
    if (!run || hasEnded(run)) return run
    const calls = toolCalls(run)
    const isAnswered = calls.length > 0 && calls.every((call) => answered.has(call.id))
    return run.status === 'requires_action' && !isAnswered ? run : undefined
  }
}
