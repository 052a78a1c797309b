import { test } from 'node:test'
import { FakeRelay } from './fake-relay.mjs'
import { textOf } from './fake-thread.mjs'

/** Longer than any promise of the library takes to keep. */
const TIMEOUT_MS = 20_000

/** What a page does with the library: it keeps what it is given, and looks at it. */
export class Page {
  #leaving = new AbortController()

  /** Every list that was set. @type {any[][]} */
  lists = []

  /** @type {any[]} */
  runs = []

  /** @type {string[]} */
  states = []

  /** @type {Set<() => void>} */
  #looks = new Set()

  signal = this.#leaving.signal

  /** @param {() => any[]} update */
  set = (update) => {
    this.lists.push(update())
    this.#look()
  }

  /** @param {() => any[]} update */
  setRuns = (update) => {
    this.runs = update()
    this.#look()
  }

  /** @param {string} state */
  onConnection = (state) => {
    this.states.push(state)
    this.#look()
  }

  get list() {
    return this.lists.at(-1) ?? []
  }

  get texts() {
    return this.list.map(textOf)
  }

  /**
   * Resolves as soon as the page looks so.
   *
   * @param {() => unknown} predicate
   * @returns {Promise<void>}
   */
  until(predicate) {
    return new Promise((resolve) => {
      const look = () => {
        if (!predicate()) return
        this.#looks.delete(look)
        resolve()
      }
      this.#looks.add(look)
      look()
    })
  }

  /** @param {...string} texts newest first */
  shows(...texts) {
    return this.until(() => this.texts.join('|') === texts.join('|'))
  }

  leave() {
    this.#leaving.abort()
  }

  #look() {
    for (const look of this.#looks) look()
  }
}

/**
 * @typedef {{relay: FakeRelay, page: Page, signal: AbortSignal}} Given
 * @typedef {Given & {context: import('node:test').TestContext}} GivenInTest
 */

/**
 * A test with a relay, and a page that leaves at its end.
 *
 * @param {string} name
 * @param {(given: GivenInTest) => Promise<void>} body
 */
export function promise(name, body) {
  test(name, { timeout: TIMEOUT_MS }, async (context) => {
    const relay = await new FakeRelay().start()
    const page = new Page()
    // A test that takes too long must still let go of its sockets, or the others never get a turn.
    const tooLate = new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason))
    })
    try {
      await Promise.race([body({ relay, page, signal: page.signal, context }), tooLate])
    } finally {
      page.leave()
      await relay.stop()
    }
  })
}

/** @param {number} count @returns {any[]} newest first */
export function messages(count) {
  return Array.from({ length: count }, (_, place) => message(`m${count - place}`))
}

/** @param {string} text */
export function message(text) {
  const content = [{ type: 'text', text: { value: text, annotations: [] } }]
  return { id: `msg_${text}`, object: 'thread.message', role: 'user', status: 'completed', content }
}
