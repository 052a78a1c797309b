/** What this browser remembers; nothing, where it is told not to. */

/**
 * @param {string} key
 * @returns {any[]}
 */
export function recall(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(`thread-relay.${key}`) ?? '[]')
    return Array.isArray(kept) ? kept : []
  } catch {
    return []
  }
}

/**
 * @param {string} key
 * @param {readonly unknown[]} list
 */
export function keep(key, list) {
  try {
    localStorage.setItem(`thread-relay.${key}`, JSON.stringify(list))
  } catch {
    // Storage is full or forbidden: the page works without it.
  }
}
