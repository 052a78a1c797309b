import { unlessAborted } from './wait.js'

/**
 * @import { ConnectionState } from './types.js'
 * @import { Sight, Watcher } from './watcher.js'
 */

/** Who wants to know what becomes of a thread: pages, and calls that wait for something. */
export class Audience {
  constructor() {
    /** @type {ConnectionState} */
    this.state = 'connecting'

    /**
     * What there is to see; null until the thread is loaded.
     *
     * @type {Sight | null}
     */
    this.sight = null

    /** @type {Set<Watcher>} */
    this.watchers = new Set()

    /**
     * Look, after each change, whether what they wait for has come.
     *
     * @type {Set<() => void>}
     */
    this.looks = new Set()

    /**
     * Why nothing comes any more.
     *
     * @type {unknown}
     */
    this.refusal = undefined
  }

  /** @param {Watcher} watcher that is new, or has been given other functions to call */
  add(watcher) {
    this.watchers.add(watcher)
    watcher.tell(this.state)
    if (this.sight) watcher.show(this.sight)
  }

  /** @param {ConnectionState} state */
  tell(state) {
    if (state === this.state) return
    this.state = state
    for (const watcher of this.watchers) watcher.tell(state)
  }

  /** @param {Sight} sight */
  show(sight) {
    this.sight = sight
    for (const watcher of this.watchers) watcher.show(sight)
    this.look()
  }

  /**
   * Nothing comes any more of what anybody waits for.
   *
   * @param {unknown} refusal
   */
  refuse(refusal) {
    this.refusal = refusal
    this.look()
  }

  look() {
    for (const look of this.looks) look()
  }

  /**
   * @template Value
   * @param {() => Value | undefined} find looks again after each change; what it throws rejects
   * @param {AbortSignal} signal
   * @returns {Promise<Value>} the first that it finds
   */
  until(find, signal) {
    let look = () => {}
    /** @type {Promise<Value>} */
    const found = new Promise((resolve, reject) => {
      look = () => {
        try {
          const value = find()
          if (value !== undefined) resolve(value)
          else if (this.refusal !== undefined) reject(this.refusal)
        } catch (error) {
          reject(error)
        }
      }
    })
    this.looks.add(look)
    look()
    return unlessAborted(found, signal).finally(() => this.looks.delete(look))
  }
}
