/** From the bytes of a stream to events (WHATWG HTML, 9.2.5 and 9.2.6). */

import { currentRun } from './context.js'
import { eventOf } from './event.js'

/** @import { Event, Run } from './types.js' */

const LINE_END = /\r\n|\r|\n/

/** Takes chunks of any size, gives back the events that they complete. */
export class EventReader {
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  // A byte order mark counts only as the first character.
  #isAtStart = true
  // A LF that follows a CR belongs to it, also when it comes in the next chunk.
  #endedInCr = false
  /**
   * A line that has not ended yet, in pieces, so that a long one is joined once.
   *
   * @type {string[]}
   */
  #line = []
  #name = ''
  /** @type {string[]} */
  #data = []
  // An id is valid until the next one.
  #id = ''

  /** @param {{run?: Run | null | undefined}} [options] */
  constructor({ run = null } = {}) {
    /** The current run, which goes on from one stream to the next. */
    this.run = run
  }

  /**
   * Read on.  The bytes may be cut anywhere, also within a character.
   *
   * @param {Uint8Array | string} chunk
   * @returns {Event[]}
   */
  feed(chunk) {
    return this.#read(
      typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true }),
    )
  }

  /**
   * Take what came last as complete.  What is fed from here on is another stream.
   *
   * @returns {Event[]}
   */
  end() {
    // One line end for the last line, and one for the blank line after it.
    const events = this.#read(`${this.#decoder.decode()}\n\n`)
    this.#isAtStart = true
    this.#id = ''
    return events
  }

  /** @param {string} text */
  #read(text) {
    let unread = text
    if (this.#isAtStart && unread) {
      this.#isAtStart = false
      if (unread.startsWith('\ufeff')) unread = unread.slice(1)
    }
    if (this.#endedInCr && unread) {
      this.#endedInCr = false
      if (unread.startsWith('\n')) unread = unread.slice(1)
    }
    if (unread.endsWith('\r')) this.#endedInCr = true
    const lines = unread.split(LINE_END)
    const last = lines.pop() ?? ''
    const events = []
    for (const rest of lines) {
      const event = this.#take([...this.#line, rest].join(''))
      if (event) events.push(event)
      this.#line = []
    }
    this.#line.push(last)
    return events
  }

  /** @param {string} line */
  #take(line) {
    if (!line) return this.#finish()
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const rest = colon < 0 ? '' : line.slice(colon + 1)
    const value = rest.startsWith(' ') ? rest.slice(1) : rest
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#name = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    return null
  }

  #finish() {
    const [name, data] = [this.#name, this.#data]
    this.#name = ''
    this.#data = []
    if (!data.length) return null
    const event = eventOf(name, data.join('\n'), this.#id)
    this.run = currentRun(this.run, event)
    return this.run ? { ...event, run: this.run } : event
  }
}

/**
 * The events of a stream, as its chunks come.
 *
 * @param {AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>} chunks
 * @param {{run?: Run | null | undefined}} [options]
 * @returns {AsyncGenerator<Event, void>}
 */
export async function* readEvents(chunks, options) {
  const reader = new EventReader(options)
  for await (const chunk of chunks) yield* reader.feed(chunk)
  yield* reader.end()
}
