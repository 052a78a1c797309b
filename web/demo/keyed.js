/**
 * Rows that are drawn once and then only where they change.
 *
 * @typedef {{key: string} & Readonly<Record<string, unknown>>} Row
 */

/**
 * @template Value
 * @typedef {{element: HTMLElement, update: (value: Value) => void}} View
 */

/**
 * Keeps one view per key, in the order of the rows.  Unchanged messages and runs are the same
 * objects after every event, so a row whose fields are all the same needs nothing.
 *
 * @template {{key: string}} Value
 * @param {HTMLElement} parent
 * @param {(value: Value) => View<Value>} create
 * @returns {(rows: readonly Value[]) => void}
 */
export function keyed(parent, create) {
  /** @type {Map<string, {view: View<Value>, value: Value | undefined}>} */
  const shown = new Map()

  return function show(rows) {
    const keys = new Set(rows.map((row) => row.key))
    for (const [key, { view }] of shown) {
      if (!keys.has(key)) view.element.remove()
      if (!keys.has(key)) shown.delete(key)
    }
    for (const [position, row] of rows.entries()) {
      const entry = shown.get(row.key) ?? { view: create(row), value: undefined }
      if (!isSame(entry.value, row)) entry.view.update(row)
      shown.set(row.key, { view: entry.view, value: row })
      place(parent, entry.view.element, position)
    }
  }
}

/**
 * @param {HTMLElement} parent
 * @param {HTMLElement} child
 * @param {number} position
 */
function place(parent, child, position) {
  const there = parent.children[position] ?? null
  if (there !== child) parent.insertBefore(child, there)
}

/**
 * @param {object | undefined} one
 * @param {object} other
 */
function isSame(one, other) {
  if (!one) return false
  return Object.entries(other).every(([name, value]) => Object.is(Reflect.get(one, name), value))
}
