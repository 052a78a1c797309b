import { hasEnded } from '../reducer/run.js'
import { RelayError } from './errors.js'
import { toolCalls } from './tools.js'
import { backOff, pause } from './wait.js'

/**
 * @import { Run } from '../reducer/types.js'
 * @import { SharedThread } from './thread.js'
 */

/** Waits between two questions for a run that only the upstream knows. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000

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

    /**
     * The ids that the relay is being asked for.
     *
     * @type {Set<string>}
     */
    this.asking = new Set()
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

  /**
   * Learns how a run has ended, if it has.  Of one that goes on the feed will tell, and may have
   * told more by now.
   *
   * @param {string} id
   */
  async askFor(id) {
    if (this.asking.has(id)) return
    this.asking.add(id)
    try {
      const run = await this.#ask(id)
      if (hasEnded(run)) this.thread.fold.learnRun(run)
    } catch (error) {
      if (!this.thread.closing.signal.aborted) await this.#askUpstream(id, error)
    } finally {
      this.asking.delete(id)
    }
    this.thread.changed()
  }

  /**
   * The relay has forgotten a run, so that no frame will tell how it ends.  The upstream may know.
   *
   * @param {string} id
   * @param {unknown} refusal
   */
  async #askUpstream(id, refusal) {
    const { closing, fold } = this.thread
    const upstreamId = this.find(id)?.upstream_ids?.at(-1)
    try {
      if (!upstreamId) throw refusal
      for (let attempt = 0; ; attempt += 1) {
        const run = await this.#ask(upstreamId)
        if (hasEnded(run)) return this.thread.finish({ ...run, id })
        // The relay takes no outputs for a run that it does not know: nobody can answer.
        if (run.status === 'requires_action') throw refusal
        await pause(backOff(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS), closing.signal)
      }
    } catch (error) {
      if (closing.signal.aborted) return
      if (!(error instanceof RelayError)) throw error
      if (this.expected.includes(id)) this.gone.set(id, error)
      fold.forgetRun(id)
    }
  }

  /**
   * Asks until there is an answer: an upstream that is down or has no time says nothing of a run.
   *
   * @param {string} id
   * @returns {Promise<Run>}
   */
  async #ask(id) {
    const { path, port, closing } = this.thread
    const { signal } = closing
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await port.http.ask(`${path}/runs/${encodeURIComponent(id)}`, { signal })
      } catch (error) {
        const isPassing = error instanceof RelayError && (error.status === 429 || error.status >= 500)
        if (!isPassing) throw error
      }
      await pause(backOff(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS), signal)
    }
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
