import { listen } from '../reducer/index.js'
import { isHidden, isOffline, watchPage } from './page.js'
import { backOff } from './wait.js'

/**
 * @import { Event, Run } from '../reducer/types.js'
 * @import { ConnectionState, EventSourceLike } from './types.js'
 */

/** The relay says something every 15 s, so a connection that is silent for longer has died. */
const SILENCE_MS = 45_000

/** The longest time between two looks at the clock: timers stand still while a machine sleeps. */
const LOOK_MS = 15_000

/** A page that nobody looks at gives its connection back; a browser has six for each origin. */
const HIDDEN_MS = 30_000

/** Waits before an EventSource that the browser has given up on is opened again. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000

/** `EventSource.OPEN` and `CLOSED`, also where there is no such global. */
const OPEN = 1
const CLOSED = 2

/**
 * @typedef {object} Port
 * @property {() => EventSourceLike} open a new EventSource, from the latest cursor
 * @property {() => Run | null} run the run in progress, as of that cursor
 * @property {readonly string[]} events more names to listen for
 * @property {(event: Event) => void} onEvent
 * @property {(state: ConnectionState) => void} onState
 * @property {() => boolean} isNeeded whether somebody waits for an event, in a hidden page too
 */

/** One EventSource at a time, opened again for as long as this is not stopped. */
export class Connection {
  /** @param {Port} port */
  constructor(port) {
    this.port = port

    /**
     * The one whose events count; null while there is none.
     *
     * @type {EventSourceLike | null}
     */
    this.source = null

    /**
     * Ends the watching of the page; null before the start and after the stop.
     *
     * @type {AbortController | null}
     */
    this.watching = null

    /** When something was last heard, by the clock on the wall, which goes on during sleep. */
    this.heardAt = 0

    /** How often in a row the browser has given up. */
    this.failures = 0

    /**
     * The next look at the clock, or the next opening.
     *
     * @type {ReturnType<typeof setTimeout> | undefined}
     */
    this.next = undefined

    /**
     * Runs while the page is hidden, until the connection is let go.
     *
     * @type {ReturnType<typeof setTimeout> | undefined}
     */
    this.hiding = undefined
  }

  /** Whether it was let go: neither open nor about to be. */
  get isPaused() {
    return this.watching !== null && !this.source && this.next === undefined
  }

  start() {
    this.watching = new AbortController()
    const onVisibility = () => this.#onVisibility()
    watchPage({ onVisibility, onNetwork: () => this.#onNetwork() }, this.watching.signal)
    this.#open('connecting')
    this.rest()
  }

  stop() {
    this.watching?.abort()
    this.watching = null
    clearTimeout(this.hiding)
    this.#close()
  }

  /** Somebody waits for an event now: a page that has let go returns. */
  wake() {
    if (this.isPaused) this.#open('connecting')
  }

  /** Nobody waits any more: a page that is hidden lets go after a while. */
  rest() {
    clearTimeout(this.hiding)
    if (!this.watching || !isHidden()) return
    this.hiding = setTimeout(() => {
      if (!this.port.isNeeded()) this.#pause()
    }, HIDDEN_MS)
  }

  /** @param {ConnectionState} state until it is open */
  #open(state) {
    this.#close()
    const source = this.port.open()
    this.source = source
    this.port.onState(state)
    this.#heard()
    this.#look()
    const isCurrent = () => source === this.source
    source.addEventListener('open', () => isCurrent() && this.#onOpen())
    source.addEventListener('error', (event) => isCurrent() && this.#onError(source, event))
    listen(
      source,
      (event) => {
        if (!isCurrent()) return
        this.#heard()
        this.port.onEvent(event)
      },
      { run: this.port.run(), events: this.port.events },
    )
  }

  #close() {
    clearTimeout(this.next)
    this.next = undefined
    this.source?.close()
    this.source = null
  }

  #pause() {
    this.#close()
    this.port.onState('paused')
  }

  #heard() {
    this.heardAt = Date.now()
  }

  #onOpen() {
    this.#heard()
    this.failures = 0
    this.port.onState('open')
  }

  /**
   * An upstream's event named `error` comes here too; it has data.
   *
   * @param {EventSourceLike} source
   * @param {{data?: unknown}} event
   */
  #onError(source, event) {
    if (event.data !== undefined) return
    if (source.readyState === CLOSED) this.#openLater()
    this.port.onState(isOffline() ? 'offline' : 'lost')
  }

  #openLater() {
    this.#close()
    const wait = backOff(this.failures, FIRST_WAIT_MS, LONGEST_WAIT_MS)
    this.failures += 1
    this.next = setTimeout(() => this.#open('lost'), wait)
  }

  /** Opens anew after silence; else looks again when it might be over, and now and then before. */
  #look() {
    // A clock that is set back must not prolong the silence.
    this.heardAt = Math.min(this.heardAt, Date.now())
    const left = this.heardAt + SILENCE_MS - Date.now()
    if (left <= 0) return this.#open('lost')
    this.next = setTimeout(() => this.#look(), Math.min(left, LOOK_MS))
  }

  #onVisibility() {
    this.rest()
    if (isHidden()) return
    if (this.isPaused) return this.#open('connecting')
    // A browser may have closed it without a word, while it kept the page among its former ones.
    const isClosed = !this.source || this.source.readyState === CLOSED
    if (isClosed || Date.now() - this.heardAt >= SILENCE_MS) this.#open('lost')
  }

  /**
   * A connection rarely survives a change of network, and need not: the cursor does.  A relay on
   * this very machine survives it.
   */
  #onNetwork() {
    if (this.isPaused) return
    if (!isOffline()) this.#open('lost')
    else if (this.source?.readyState !== OPEN) this.port.onState('offline')
  }
}
