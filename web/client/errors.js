/**
 * The relay, or the upstream through it, said no.  A lost connection is never one of these: it
 * is tried again.
 */
export class RelayError extends Error {
  /**
   * @param {number} status the HTTP status
   * @param {{message?: string, type?: string | null, param?: string | null, code?: string | null}} error
   *   the body's error object, in OpenAI's shape
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
