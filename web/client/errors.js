/**
 * OpenAI's shape.
 *
 * @typedef {object} ErrorObject
 * @property {string} [message]
 * @property {string | null} [type]
 * @property {string | null} [param]
 * @property {string | null} [code]
 */

/**
 * The relay, or the upstream through it, said no.  A lost connection is never one of these: it
 * is tried again.
 */
export class RelayError extends Error {
  /**
   * @param {number} status the HTTP status
   * @param {ErrorObject} error of the body
   */
  constructor(status, { message, type = null, param = null, code = null }) {
    super(message ?? `the relay answered ${status}`)
    this.name = 'RelayError'
    this.status = status
    /** A name for programs, such as `thread_busy`. */
    this.code = code
    this.type = type
    /** The field of the request that is at fault. */
    this.param = param
  }
}
