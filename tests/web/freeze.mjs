/**
 * Freezes a JSON value, however deep it is, so that changing it throws.
 *
 * @template Value
 * @param {Value} value
 * @returns {Value}
 */
export function freeze(value) {
  const parts = [value]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) {
      Object.freeze(part)
      parts.push(...Object.values(part))
    }
  }
  return value
}
