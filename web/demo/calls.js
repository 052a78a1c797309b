/** What a call says, whatever its type, in one form that can be drawn. */

import { ITEMS } from './items.js'
import { found, image, list, log, plain } from './results.js'

/** @import { IconName } from './dom.js' */
/** @import { Result } from './results.js' */

/**
 * @typedef {{title: string, icon: IconName, input: string, results: Result[],
 *   isFolded?: boolean}} Call
 *   `isFolded`: it is shown when somebody wants to see it.
 *
 * @typedef {(details: any, answer: any) => Call} Describe
 *   `answer` is the item that holds the output, where there is one.
 */

/** @type {Readonly<Record<string, Describe>>} */
const CALLS = {
  code_interpreter: codeInterpreter,
  file_search: fileSearch,
  function: functionCall,
  ...ITEMS,
}

/**
 * A tool call of an Assistants run holds its details under the name of its type, an item of a
 * response is them.  A type that is not known is shown as it is.
 *
 * @param {any} call
 * @param {any} [answer]
 * @returns {Call}
 */
export function describe(call, answer) {
  const type = String(call?.type)
  const details = (Object.hasOwn(call ?? {}, type) && call[type]) || call
  const known = Object.hasOwn(CALLS, type) && CALLS[type]
  return known ? known(details, answer) : unknown(details, type)
}

/** @type {Describe} */
function codeInterpreter({ input, outputs }) {
  const results = list(outputs).map((output, position) => {
    const key = `${position}`
    if (output?.type !== 'image') return log(key, output?.logs ?? output)
    return image(key, { fileId: output.image?.file_id })
  })
  return { title: 'Code interpreter', icon: 'code', input: plain(input), results }
}

/** @type {Describe} */
function fileSearch({ results }) {
  const files = list(results).map((result, position) => {
    const texts = list(result?.content).map((part) => plain(part?.text))
    const name = result?.file_name ?? result?.file_id ?? 'A file'
    return found(`${position}`, { name, score: result?.score, text: texts.join('\n') })
  })
  return { title: 'File search', icon: 'search', input: '', results: files }
}

/** @type {Describe} */
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
  return { title: type.replaceAll('_', ' '), icon: 'tool', input: plain(details), results: [] }
}
