/**
 * Not `crypto.randomUUID`, which a page has only over HTTPS or on its own machine.
 *
 * @returns {string} 128 random bits, in hexadecimal
 */
export function randomKey() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
