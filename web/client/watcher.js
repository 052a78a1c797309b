/**
 * @import { Message, Run } from '../reducer/types.js'
 * @import { SharedThread } from './thread.js'
 * @import { ConnectionState, View } from './types.js'
 */

/** No screen shows more than one list in that time. */
const INTERVAL_MS = 16

/** @typedef {{list: readonly Message[], runs: readonly Run[]}} Sight */

/** One `set` of a thread, and what was given with it: called with the newest, not too often. */
export class Watcher {
  /** @param {SharedThread} thread */
  constructor(thread) {
    this.thread = thread

    /**
     * What to call; nothing once this has ended.
     *
     * @type {View}
     */
    this.view = {}

    /**
     * What was given out last; each part goes out only when it is another.
     *
     * @type {Partial<Sight>}
     */
    this.given = {}

    /**
     * What is to be given out next; null when there is nothing new.
     *
     * @type {Sight | null}
     */
    this.next = null

    /**
     * Runs after each call of `set`, for as long as no other may follow.
     *
     * @type {ReturnType<typeof setTimeout> | null}
     */
    this.timer = null

    /**
     * Called once what is next has been given out, or never will be.
     *
     * @type {(() => void)[]}
     */
    this.waiting = []

    /** How many calls, and pages that load the thread, look through this. */
    this.leases = 0

    /** How many of them are pages that load the thread, for as long as they show it. */
    this.loads = 0

    this.ending = new AbortController()
  }

  /**
   * @param {View} view what is not in it stays as it was given before
   * @returns {boolean} whether there is a function that has been told nothing yet
   */
  look(view) {
    const former = this.view
    this.view = { ...former, ...view }
    const { setRuns, onConnection } = this.view
    if (setRuns === former.setRuns && onConnection === former.onConnection) return false
    this.given = {}
    return true
  }

  /** @param {Sight} sight */
  show(sight) {
    this.next = sight
    if (this.timer === null) this.#flush()
  }

  /** @param {ConnectionState} connection */
  tell(connection) {
    call(() => this.view.onConnection?.(connection))
  }

  /** @returns {Promise<void>} that resolves once the page has the newest */
  async shown() {
    if (this.next) await new Promise((resolve) => this.waiting.push(() => resolve(null)))
  }

  /** What was called last was the last. */
  end() {
    this.ending.abort()
    if (this.timer !== null) clearTimeout(this.timer)
    this.view = {}
    this.next = null
    this.#release()
  }

  #flush() {
    this.timer = null
    const { next, given } = this
    if (!next) return
    this.next = null
    this.given = next
    const { interval = INTERVAL_MS } = this.view
    if (interval > 0) this.timer = setTimeout(() => this.#flush(), interval)
    const { list, runs } = next
    // Each looks at the view anew, since what a page does in the first may end this watcher.
    if (list !== given.list) call(() => this.view.set?.(() => /** @type {any[]} */ (list)))
    const isNewest = this.given === next
    if (isNewest && runs !== given.runs) {
      call(() => this.view.setRuns?.(() => /** @type {any[]} */ (runs)))
    }
    this.#release()
  }

  #release() {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}

/**
 * What a page's function throws is the page's to see, and no reason to leave others without.
 *
 * @param {() => void} callback
 */
function call(callback) {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
