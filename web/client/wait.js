/**
 * Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {Promise<void>} */
  const elapsed = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return unlessAborted(elapsed, signal).finally(() => clearTimeout(timer))
}

/**
 * Settles as the promise does, or rejects with the signal's reason as soon as it aborts.  What
 * was asked for goes on; nobody waits for it any more.
 *
 * @template Value
 * @param {Promise<Value>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<Value>}
 */
export async function unlessAborted(promise, signal) {
  if (!signal) return promise
  let stop = () => {}
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason)
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * How long to wait before the next attempt: twice as long each time, within bounds, and not to
 * the millisecond, since after a relay's restart all pages come back at once.
 *
 * @param {number} attempt 0 before the first repetition
 * @param {number} firstMs
 * @param {number} mostMs
 */
export function backOff(attempt, firstMs, mostMs) {
  return Math.min(mostMs, firstMs * 2 ** attempt) * (0.5 + Math.random() / 2)
}

/**
 * @param {AbortSignal} [signal]
 * @returns {AbortController} that aborts when the signal does, if not before
 */
export function scopeWithin(signal) {
  const scope = new AbortController()
  const stop = () => scope.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { signal: scope.signal })
  return scope
}
