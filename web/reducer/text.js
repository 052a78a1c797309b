/**
 * Text that comes in pieces.
 *
 * JSON may cut a character beyond the basic plane into two surrogates.  When both are there they
 * are that character again; JavaScript strings do it by themselves.
 */

/**
 * Text continues text; what is not text continues nothing.
 *
 * @param {any} text
 * @param {any} more
 * @returns {any}
 */
export function append(text, more) {
  if (typeof more !== 'string') return text
  return typeof text === 'string' ? text + more : more
}

/**
 * Pieces in a row are one text.
 *
 * @param {readonly string[]} pieces
 */
export function joined(pieces) {
  return pieces.join('')
}
