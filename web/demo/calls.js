/**
 * What a tool call says, whatever its type, in one form that can be drawn.
 *
 * @typedef {{key: string, kind: 'log', text: string}} Log
 * @typedef {{key: string, kind: 'image', fileId: string}} Image
 * @typedef {{key: string, kind: 'found', name: string, score: string, text: string}} Found
 * @typedef {Log | Image | Found} Result
 * @typedef {{title: string, icon: IconName, input: string, results: Result[]}} Call
 */

/** @import { IconName } from './dom.js' */

/** @type {Readonly<Record<string, (details: any, type: string) => Call>>} */
const CALLS = {
  code_interpreter: codeInterpreter,
  file_search: fileSearch,
  function: functionCall,
}

/**
 * A call holds its details under the name of its type.  A type that is not known is shown as it is.
 *
 * @param {any} call
 * @returns {Call}
 */
export function describe(call) {
  const type = String(call?.type)
  const details = call?.[type]
  const known = Object.hasOwn(CALLS, type) && CALLS[type]
  return known && details ? known(details, type) : unknown(details ?? call, type)
}

/**
 * @param {any} details
 * @returns {Call}
 */
function codeInterpreter({ input, outputs }) {
  const results = list(outputs).map((output, position) => {
    const key = `${position}`
    if (output?.type !== 'image') return log(key, output?.logs ?? output)
    return /** @type {Image} */ ({ key, kind: 'image', fileId: plain(output.image?.file_id) })
  })
  return { title: 'Code interpreter', icon: 'code', input: plain(input), results }
}

/**
 * @param {any} details
 * @returns {Call}
 */
function fileSearch({ results }) {
  const found = list(results).map((result, position) => foundIn(result, `${position}`))
  return { title: 'File search', icon: 'search', input: '', results: found }
}

/**
 * @param {any} result
 * @param {string} key
 * @returns {Found}
 */
function foundIn(result, key) {
  const texts = list(result?.content).map((part) => plain(part?.text))
  const score = typeof result?.score === 'number' ? `${Math.round(result.score * 100)} % match` : ''
  const name = plain(result?.file_name ?? result?.file_id ?? 'A file')
  return { key, kind: 'found', name, score, text: texts.join('\n') }
}

/**
 * @param {any} details
 * @returns {Call}
 */
function functionCall({ name, arguments: given, output }) {
  const results = output === null || output === undefined ? [] : [log('output', output)]
  return { title: plain(name) || 'Function', icon: 'function', input: plain(given), results }
}

/**
 * @param {any} details
 * @param {string} type
 * @returns {Call}
 */
function unknown(details, type) {
  const title = type.replaceAll('_', ' ')
  return { title, icon: 'tool', input: plain(details), results: [] }
}

/**
 * @param {string} key
 * @param {unknown} value
 * @returns {Log}
 */
function log(key, value) {
  return { key, kind: 'log', text: plain(value) }
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
function list(value) {
  return Array.isArray(value) ? value : []
}

/**
 * A string as it is, anything else as JSON.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function plain(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
}
