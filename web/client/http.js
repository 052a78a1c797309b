import { RelayError } from './errors.js'
import { backOff, pause, unlessAborted } from './wait.js'

/** Waits between the attempts of one request. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000

/** What is not answered by then is sent anew: after sleep nobody may be at the other end. */
const ATTEMPT_MS = 60_000

/** So long a relay may say that it is away just now, as it restarts; then it is its answer. */
const PATIENCE_MS = 60_000

/** Said by a relay that drains, or by a proxy whose relay is away. */
const AWAY = new Set([502, 503, 504])

/**
 * @typedef {(url: string, init: RequestInit) => Promise<Response>} Fetch
 *
 * @typedef {object} Request
 * @property {unknown} [body] sent as JSON, with POST; without it this is a GET
 * @property {string} [key] under which the relay answers a repetition as it did the first time
 * @property {AbortSignal | undefined} [signal] ends the repeating; what has been sent is sent
 * @property {() => void} [onLost] called when an attempt came to nothing
 *
 * @typedef {{refusal: RelayError, retryAfterMs: number | null}} Refusal
 *   `retryAfterMs` is null where asking again is of no use
 *
 * @typedef {{answer: any} | Refusal | {lost: true}} Outcome
 */

/** Requests to one relay, each repeated until it is answered. */
export class Http {
  /** @param {{url?: string, credentials?: RequestCredentials, fetch?: Fetch}} options */
  constructor({ url = '', credentials = 'same-origin', fetch }) {
    this.url = url.replace(/\/$/, '')
    this.credentials = credentials
    this.fetch = fetch
  }

  /**
   * @param {string} path
   * @returns {string} the whole address
   */
  address(path) {
    if (!this.url && !globalThis.location) {
      throw new TypeError('there is no page to be relative to: createRelay({ url })')
    }
    return new URL(this.url + path, globalThis.location?.href).href
  }

  /**
   * Rejects with a RelayError if the relay refuses, and with the signal's reason once it aborts.
   *
   * @param {string} path
   * @param {Request} [request]
   * @returns {Promise<any>} the JSON of the answer
   */
  async ask(path, { body, key, signal, onLost } = {}) {
    signal?.throwIfAborted()
    const address = this.address(path)
    // What cannot be sent at all must not look like a network that fails.
    const request = init(body, key)
    /** Since when the relay has said that it is away, and nothing else; null while it has not. */
    let awaySince = null
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await unlessAborted(this.#attempt(address, request, signal), signal)
      if ('answer' in outcome) return outcome.answer
      let wait = backOff(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS)
      if ('refusal' in outcome) {
        awaySince ??= Date.now()
        const isFinal = outcome.retryAfterMs === null || Date.now() - awaySince > PATIENCE_MS
        if (isFinal) throw outcome.refusal
        wait = Math.max(wait, Math.min(outcome.retryAfterMs ?? 0, LONGEST_WAIT_MS))
      } else awaySince = null
      onLost?.()
      await pause(wait, signal)
    }
  }

  /**
   * @param {string} address
   * @param {RequestInit} request
   * @param {AbortSignal} [signal]
   * @returns {Promise<Outcome>}
   */
  async #attempt(address, request, signal) {
    const { credentials, fetch: send = globalThis.fetch } = this
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), ATTEMPT_MS)
    // A question nobody waits for is taken back.  A POST is not: an abort unsends nothing.
    const stop = () => request.method !== 'POST' && limit.abort()
    signal?.addEventListener('abort', stop)
    try {
      const response = await send(address, {
        ...request,
        credentials,
        signal: limit.signal,
      })
      return read(response, await response.text())
    } catch (error) {
      // That is how fetch says that the network failed, in the headers or in the body.
      if (error instanceof TypeError || limit.signal.aborted) return { lost: true }
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }
}

/**
 * @param {unknown} body
 * @param {string} [key]
 * @returns {RequestInit}
 */
function init(body, key) {
  if (body === undefined) return { headers: { Accept: 'application/json' }, cache: 'no-store' }
  const plain = { Accept: 'application/json', 'Content-Type': 'application/json' }
  const headers = key ? { ...plain, 'Idempotency-Key': key } : plain
  // Throws where a key has what no header may have.
  void new Headers(headers)
  return { method: 'POST', headers, body: JSON.stringify(body) }
}

/**
 * @param {Response} response
 * @param {string} text its body
 * @returns {Outcome}
 */
function read(response, text) {
  const answer = parse(text)
  // Something else than the relay may stand at its address: a login page, say.
  if (response.ok && answer !== null) return { answer }
  const error = answer?.error
  const refusal = new RelayError(response.status, error ?? {})
  return { refusal, retryAfterMs: retryAfterMs(response, error) }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * @param {Response} response
 * @param {{code?: string | null} | undefined} error what the relay itself says
 * @returns {number | null}
 */
function retryAfterMs({ status, headers }, error) {
  // A relay that drains started nothing, and another takes its place.  Its other refusals are
  // final, though OpenAI's SDKs repeat such a request; what says nothing is a proxy.
  const isFinal = error && error.code !== 'draining'
  if (isFinal || !AWAY.has(status)) return null
  return (Number(headers.get('retry-after')) || 0) * 1000
}
