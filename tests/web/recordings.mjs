// The recordings of this project, and the lists that they must lead to.
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../fixtures/', import.meta.url)

/**
 * @typedef {object} Recording
 * @property {string} name
 * @property {Buffer} content
 * @property {any[]} before
 * @property {any[]} after
 * @property {any[]} each the thread after each event, coded
 * @property {any[]} runs
 * @property {any[]} items what a conversation holds in the end, if it is one
 */

/**
 * All that have lists.
 *
 * @returns {Recording[]}
 */
export function recordings() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.lists.json'))
  if (!names.length) throw new Error('there are no recordings')
  return names.map((file) => {
    const name = file.slice(0, -'.lists.json'.length)
    const content = readFileSync(new URL(`${name}.sse`, FOLDER))
    return { name, content, ...JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) }
  })
}

/**
 * The thread after an event, as it was coded beside the one before it.
 *
 * @param {any[]} before
 * @param {any[] | null} entry
 * @returns {any[]}
 */
export function decoded(before, entry) {
  if (entry === null) return before
  const known = new Map(before.map((message) => [message.id, message]))
  return entry.map((message) =>
    typeof message === 'string' ? known.get(message) : whole(known.get(message.id), message),
  )
}

/**
 * @param {any} before
 * @param {any} entry
 * @returns {any}
 */
function whole(before, entry) {
  if (typeof entry !== 'object' || entry === null) return entry
  if (Array.isArray(entry)) return entry.map((value, place) => whole(before?.[place], value))
  const names = Object.keys(entry)
  if (names.length === 1 && names[0] === '+') return before + entry['+']
  return Object.fromEntries(names.map((name) => [name, whole(before?.[name], entry[name])]))
}
