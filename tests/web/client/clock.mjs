/**
 * Stops the clocks until the test ends: time passes when the test turns them.  (The mock timers of
 * node:test 20 drop a timer when one of a former test is cleared.)
 *
 * @param {import('node:test').TestContext} context
 */
export function stopClocks(context) {
  const { setTimeout, clearTimeout } = globalThis
  const { now } = Date
  let time = now()

  /** @type {Map<object, {due: number, run: () => void}>} */
  const timers = new Map()

  /** @param {(...given: any[]) => void} callback @param {number} [ms] @param {any[]} given */
  const start = (callback, ms = 0, ...given) => {
    const timer = {
      ref: () => timer,
      unref: () => timer,
      hasRef: () => false,
      refresh: () => timer,
    }
    timers.set(timer, { due: time + Math.max(1, ms), run: () => callback(...given) })
    return timer
  }

  /** @param {any} timer of these clocks, or of the real ones */
  const clear = (timer) => timers.delete(timer) || clearTimeout(timer)

  Object.assign(globalThis, { setTimeout: start, clearTimeout: clear })
  Date.now = () => time
  context.after(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout })
    Date.now = now
  })

  /** Lets time pass, and runs what is due, each at its time. @param {number} ms */
  const turn = (ms) => {
    const end = time + ms
    for (;;) {
      const [next] = [...timers].sort(([, one], [, other]) => one.due - other.due)
      if (!next || next[1].due > end) break
      timers.delete(next[0])
      time = next[1].due
      next[1].run()
    }
    time = end
  }

  return {
    turn,

    /**
     * Lets time pass, second by second, until the promise settles.
     *
     * @template Value
     * @param {Promise<Value>} promise
     */
    async turnUntil(promise) {
      let isSettled = false
      const settle = () => (isSettled = true)
      promise.then(settle, settle)
      while (!isSettled) {
        turn(1000)
        await new Promise((resolve) => setImmediate(resolve))
      }
      return promise
    },

    /** Time passes that no timer notices, as while a machine sleeps. @param {number} ms */
    sleep(ms) {
      time += ms
    },
  }
}
