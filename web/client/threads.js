import { SharedThread } from './thread.js'
import { scopeWithin, unlessAborted } from './wait.js'
import { Watcher } from './watcher.js'

/**
 * @import { LoadOptions, Options, SetList, View } from './types.js'
 * @import { Port } from './thread.js'
 */

/** The threads of a page that somebody looks at, and who does. */
export class Threads {
  /** @param {Port} port */
  constructor(port) {
    this.port = port

    /** @type {Map<string, SharedThread>} */
    this.open = new Map()

    /**
     * A `set` follows one thread at a time.
     *
     * @type {WeakMap<SetList, Watcher>}
     */
    this.watchers = new WeakMap()
  }

  /**
   * Lets `set` follow the thread, until it is given another one or the signal aborts.
   *
   * @param {string} id
   * @param {SetList} set
   * @param {LoadOptions} [options]
   */
  async follow(id, set, { signal, limit = Infinity, ...view } = {}) {
    if (typeof set !== 'function') throw new TypeError('loadThread(id, set): there is no set')
    if (signal?.aborted) return
    const scope = scopeWithin(signal)
    const thread = this.#hold(id)
    const watcher = this.#watch(thread, { set, ...view }, limit, scope.signal)
    watcher.loads += 1
    scope.signal.addEventListener('abort', () => (watcher.loads -= 1))
    const ended = AbortSignal.any([scope.signal, watcher.ending.signal])
    try {
      await unlessAborted(thread.reach(limit), ended)
      await unlessAborted(watcher.shown(), ended)
    } catch (error) {
      if (ended.aborted) return
      scope.abort()
      throw error
    } finally {
      this.#release(thread)
    }
  }

  /**
   * Holds the thread, and lets `set` follow it, while `work` is under way.
   *
   * @param {string} id
   * @param {SetList | null | undefined} set
   * @param {(Options & {interval?: number}) | undefined} options
   * @param {(thread: SharedThread, signal: AbortSignal) => Promise<unknown>} work
   * @returns {Promise<any>} what `work` gives; undefined after an abort, which only the type of the
   *   options tells
   */
  async during(id, set, { signal, interval } = {}, work) {
    if (signal?.aborted) return undefined
    const scope = scopeWithin(signal)
    const thread = this.#hold(id)
    const view = interval === undefined ? {} : { interval }
    const isFree = set && !this.#isLoadedElsewhere(set, thread)
    const watcher = isFree ? this.#watch(thread, { set, ...view }, Infinity, scope.signal) : null
    try {
      await unlessAborted(thread.ready, scope.signal)
      const result = await work(thread, scope.signal)
      if (watcher) await unlessAborted(watcher.shown(), scope.signal)
      return result
    } catch (error) {
      if (signal?.aborted) return undefined
      throw error
    } finally {
      scope.abort()
      this.#release(thread)
    }
  }

  /** @param {string} id */
  #hold(id) {
    const known = this.open.get(id)
    const thread = known && !known.isClosed ? known : new SharedThread(id, this.port)
    this.open.set(id, thread)
    thread.calls += 1
    thread.connection.wake()
    return thread
  }

  /** @param {SharedThread} thread */
  #release(thread) {
    thread.calls -= 1
    if (!thread.calls) thread.connection.rest()
    this.#closeIfIdle(thread)
  }

  /**
   * Lets a `set` follow the thread, and no other any more, until the signal aborts and that of
   * everybody else who gave the same.
   *
   * @param {SharedThread} thread
   * @param {View & {set: SetList}} view
   * @param {number} want how many messages, if it does not follow yet
   * @param {AbortSignal} signal
   * @returns {Watcher}
   */
  #watch(thread, view, want, signal) {
    const former = this.watchers.get(view.set)
    if (former && former.thread !== thread) this.#end(former)
    const watcher = this.watchers.get(view.set) ?? new Watcher(thread)
    this.watchers.set(view.set, watcher)
    const isNew = watcher.leases === 0
    const isChanged = watcher.look(view)
    watcher.leases += 1
    signal.addEventListener('abort', () => this.#leave(watcher))
    if (isNew) thread.reach(want).catch(() => {})
    if (isNew || isChanged) thread.audience.add(watcher)
    return watcher
  }

  /**
   * @param {SetList} set
   * @param {SharedThread} thread
   * @returns {boolean} whether a page has loaded another thread with it
   */
  #isLoadedElsewhere(set, thread) {
    const watcher = this.watchers.get(set)
    return watcher !== undefined && watcher.loads > 0 && watcher.thread !== thread
  }

  /** @param {Watcher} watcher */
  #leave(watcher) {
    watcher.leases -= 1
    if (!watcher.leases) this.#end(watcher)
  }

  /** @param {Watcher} watcher */
  #end(watcher) {
    const { thread, view } = watcher
    if (view.set) this.watchers.delete(view.set)
    thread.audience.watchers.delete(watcher)
    watcher.end()
    this.#closeIfIdle(thread)
  }

  /**
   * Not at once: React's StrictMode takes an effect back and does it again in one breath.
   *
   * @param {SharedThread} thread
   */
  #closeIfIdle(thread) {
    queueMicrotask(() => {
      if (thread.calls || thread.audience.watchers.size) return
      thread.close()
      if (this.open.get(thread.id) === thread) this.open.delete(thread.id)
    })
  }
}
