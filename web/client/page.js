/** What the page around says of itself; outside a browser it is visible, online, and stays so. */

export function isHidden() {
  return globalThis.document?.visibilityState === 'hidden'
}

export function isOffline() {
  return globalThis.navigator?.onLine === false
}

/**
 * Calls back, until the signal aborts, when the page is hidden or shown (a page that returns from
 * the browser's cache of former pages counts as shown), and when the network goes or returns.
 *
 * @param {{onVisibility: () => void, onNetwork: () => void}} listeners
 * @param {AbortSignal} signal
 */
export function watchPage({ onVisibility, onNetwork }, signal) {
  globalThis.document?.addEventListener?.('visibilitychange', onVisibility, { signal })
  globalThis.addEventListener?.('pageshow', onVisibility, { signal })
  globalThis.addEventListener?.('online', onNetwork, { signal })
  globalThis.addEventListener?.('offline', onNetwork, { signal })
}
