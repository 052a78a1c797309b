import { Audience } from './audience.js'
import { Connection } from './connection.js'
import { Fold } from './fold.js'
import { Loader, PAGE } from './loader.js'
import { Optimistic } from './optimistic.js'
import { RunBook } from './runs.js'

/**
 * @import { Event, Run } from '../reducer/types.js'
 * @import { Reducers } from './fold.js'
 * @import { Http } from './http.js'
 * @import { Entry } from './optimistic.js'
 * @import { Snapshot } from './loader.js'
 * @import { Content, EventSourceLike } from './types.js'
 */

/**
 * @typedef {object} Port
 * @property {Http} http
 * @property {(path: string) => EventSourceLike} openSource
 * @property {Reducers} reducers
 * @property {readonly string[]} events more names to listen for
 */

/** A thread as this page knows it: loaded once, followed once, for all who look at it. */
export class SharedThread {
  /**
   * @param {string} id
   * @param {Port} port
   */
  constructor(id, port) {
    this.port = port
    this.id = id
    this.path = `/threads/${encodeURIComponent(id)}`
    this.fold = new Fold(port.reducers)
    this.optimistic = new Optimistic()
    this.audience = new Audience()
    this.closing = new AbortController()
    this.loader = new Loader(port.http, this.path, {
      signal: this.closing.signal,
      onLost: () => this.audience.tell('lost'),
    })
    this.runs = new RunBook(this)

    /** How many calls are under way, for which a hidden page stays connected. */
    this.calls = 0

    /** How many messages somebody wants to see; after a gap as many are loaded again. */
    this.want = 1

    /**
     * Where the messages begin that have not been loaded; null when all are there.
     *
     * @type {string | null}
     */
    this.older = null

    /**
     * The loading of older messages, one page at a time.
     *
     * @type {Promise<void> | null}
     */
    this.extending = null

    /**
     * The loading of the whole thread anew.
     *
     * @type {Promise<void> | null}
     */
    this.reloading = null

    /** How often the thread was loaded; what was asked for at another count is out of date. */
    this.generation = 0

    this.connection = new Connection({
      open: () => port.openSource(this.#feed()),
      run: () => this.fold.run,
      events: port.events,
      onEvent: (event) => this.#onEvent(event),
      onState: (state) => this.audience.tell(state),
      isNeeded: () => this.calls > 0,
    })

    /**
     * Resolves when there is a list; rejects if the relay refuses it.  Begins a moment later,
     * when `want` is known.
     */
    this.ready = Promise.resolve().then(() => this.#load())
    this.ready.catch(() => {})
  }

  /** Whether it has been closed: nothing becomes of it any more. */
  get isClosed() {
    return this.closing.signal.aborted
  }

  /**
   * Nobody looks at it any more, or it is gone.
   *
   * @param {unknown} [reason]
   */
  close(reason) {
    this.closing.abort(reason)
    this.connection.stop()
  }

  /**
   * Shows everybody what there is now.
   *
   * @param {Event} [event] the newest
   */
  changed(event) {
    if (!this.generation) return
    this.optimistic.settle(this.fold, event)
    this.audience.show({ list: this.optimistic.over(this.fold.list), runs: this.fold.runs })
  }

  /**
   * Shows a message that is being sent, on top of the list, while `send` is under way.
   *
   * @template Value
   * @param {Content | null} content null shows nothing
   * @param {(entry: Partial<Entry>) => Promise<Value>} send tells the entry what it comes to know
   * @returns {Promise<Value>}
   */
  async showing(content, send) {
    if (content === null) return send({})
    const entry = this.optimistic.add(this.id, content)
    this.changed()
    try {
      return await send(entry)
    } finally {
      this.optimistic.remove(entry)
      this.changed()
    }
  }

  /**
   * Loads older messages until there are as many as somebody wants.
   *
   * @param {number} want
   */
  async reach(want) {
    this.want = Math.max(this.want, want)
    await this.ready
    while (this.older && this.fold.list.length < this.want) {
      this.extending ??= this.#extend(this.older).finally(() => (this.extending = null))
      await this.extending
    }
  }

  #feed() {
    return `${this.path}/events?last_event_id=${encodeURIComponent(this.fold.cursor)}`
  }

  async #load() {
    this.#begin(await this.loader.newest(Math.min(this.want, PAGE)))
  }

  /** @param {Snapshot} snapshot */
  #begin(snapshot) {
    if (this.isClosed) return
    this.generation += 1
    this.fold.reset(snapshot)
    this.older = snapshot.older
    this.changed()
    this.connection.start()
  }

  /** @param {string} older */
  async #extend(older) {
    const { generation } = this
    const page = await this.loader.older(older, this.want - this.fold.list.length)
    if (generation !== this.generation) return
    this.older = page.older
    this.fold.extend(page.messages)
    this.changed()
  }

  /** @param {Event} event */
  #onEvent(event) {
    if (event.event === 'relay.gap') void this.reload()
    if (event.event === 'relay.gap') return
    this.loader.succeed()
    if (event.event === 'relay.ping') return
    this.fold.apply(event)
    this.changed(event)
  }

  /**
   * A run has ended of which the feed has not told: what it said may be missing.
   *
   * @param {Run} run
   */
  async finish(run) {
    // One that began before the run had ended may have missed its end.
    await this.reloading
    await this.reload()
    this.fold.learnRun(run)
  }

  /** Loads the thread again. */
  reload() {
    this.reloading ??= this.#reload().finally(() => (this.reloading = null))
    return this.reloading
  }

  /**
   * Events are gone.  The feed is left where the gap is and taken up again at the new snapshot's
   * cursor, so that what happens in between is in the snapshot or comes after it, never both.
   */
  async #reload() {
    if (this.isClosed) return
    this.connection.stop()
    this.audience.tell('reloading')
    const want = Math.max(this.want, this.fold.list.length)
    try {
      const snapshot = await this.loader.again(want)
      if (!snapshot) return
      this.#begin(snapshot)
      this.runs.ask(snapshot.runs)
    } catch (error) {
      this.#leave(error)
    }
  }

  /**
   * The thread is gone: those who wait for something in it wait no more.
   *
   * @param {unknown} refusal
   */
  #leave(refusal) {
    this.close(refusal)
    this.audience.tell('gone')
    this.audience.refuse(refusal)
  }
}
