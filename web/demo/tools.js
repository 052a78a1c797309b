/** Tool calls, as they grow. */

import { describe } from './calls.js'
import { webAddress } from './citations.js'
import { element, growText, icon } from './dom.js'
import { addressed, imageAt, imageInFile } from './images.js'
import { keyed } from './keyed.js'
import { webLink } from './notes.js'
import { textView } from './text.js'

/** @import { CallRow } from './doings.js' */
/** @import { Found, Image, Log, Prose, Result } from './results.js' */

/** @type {Readonly<Record<string, string>>} */
const WORKING = {
  in_progress: 'working',
  calling: 'working',
  compacting: 'working',
  searching: 'searching',
  interpreting: 'running',
  generating: 'drawing',
}

/** @type {Readonly<Record<string, string>>} */
const STATUS = {
  ...WORKING,
  answered: 'answered',
  completed: 'done',
  failed: 'failed',
  cancelled: 'stopped',
  expired: 'expired',
  incomplete: 'not finished',
}

/**
 * @param {CallRow} row
 * @param {string} threadId
 * @returns {{element: HTMLElement, update: (row: CallRow) => void}}
 */
export function callView(row, threadId) {
  const first = describe(row.call, row.answer)
  const title = document.createTextNode('')
  const status = element('span', { className: 'call-status' })
  const input = document.createTextNode('')
  const results = element('div', { className: 'results' })
  const code = element('pre', { className: 'code', tabIndex: 0, dir: 'ltr' }, input)
  const name = element('span', { className: 'call-name', dir: 'auto' }, title)
  const summary = element('summary', {}, icon(first.icon), name, status)
  const open = !first.isFolded
  const details = element('details', { className: 'call', open }, summary, code, results)
  const place = { threadId, id: row.key }
  const showResults = keyed(results, (/** @type {Result} */ one) => RESULTS[one.kind](place))

  return {
    element: details,
    update({ call, answer, status: state }) {
      const said = describe(call, answer)
      details.dataset['status'] = Object.hasOwn(WORKING, state) ? 'in_progress' : state
      details.dataset['type'] = String(call?.type)
      status.textContent = STATUS[state] ?? state
      growText(title, said.title)
      growText(input, said.input)
      code.hidden = !said.input
      code.ariaLabel = `What ${said.title} was given`
      showResults(said.results)
    },
  }
}

/**
 * @typedef {{threadId: string, id: string}} Place
 * @type {Readonly<Record<Result['kind'], (place: Place) => {
 *   element: HTMLElement, update: (result: any) => void
 * }>>}
 */
const RESULTS = { log: logResult, prose: proseResult, image: imageResult, found: foundResult }

/** @returns {{element: HTMLElement, update: (result: Log) => void}} */
function logResult() {
  const text = document.createTextNode('')
  const pre = element('pre', { className: 'log-output', tabIndex: 0, ariaLabel: 'Output' }, text)
  return { element: pre, update: (result) => growText(text, result.text) }
}

/**
 * @param {Place} place
 * @returns {{element: HTMLElement, update: (result: Prose) => void}}
 */
function proseResult(place) {
  const { element: text, update } = textView(place)
  const heading = element('strong', { dir: 'auto' })
  return {
    element: element('div', { className: 'prose' }, heading, text),
    update(result) {
      heading.textContent = result.title
      update({ value: result.text })
    },
  }
}

/**
 * @param {Place} place
 * @returns {{element: HTMLElement, update: (result: Image) => void}}
 */
function imageResult({ threadId }) {
  return addressed(({ fileId, url }) => (url ? imageAt(url) : imageInFile(threadId, fileId)))
}

/** @returns {{element: HTMLElement, update: (result: Found) => void}} */
function foundResult() {
  const found = element('div', { className: 'found' })
  return {
    element: found,
    update({ name, url, score, text }) {
      const address = webAddress(url)
      const words = name === url ? '' : name
      const title = address ? webLink(address, words) : element('strong', { dir: 'auto' }, name)
      const quote = element('blockquote', { dir: 'auto', tabIndex: 0 }, text)
      quote.ariaLabel = `From ${name}`
      found.replaceChildren(element('p', {}, title, ' ', element('small', {}, score)))
      if (text) found.append(quote)
    },
  }
}
