/** Tool calls, as they grow. */

import { describe } from './calls.js'
import { element, growText, icon } from './dom.js'
import { fileAddress, picture } from './files.js'
import { keyed } from './keyed.js'

/** @import { Found, Image, Log, Result } from './calls.js' */
/** @import { CallRow } from './doings.js' */

/** @type {Readonly<Record<string, string>>} */
const STATUS = {
  in_progress: 'working',
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
export function callView({ call }, threadId) {
  const title = document.createTextNode('')
  const status = element('span', { className: 'call-status' })
  const input = document.createTextNode('')
  const results = element('div', { className: 'results' })
  const code = element('pre', { className: 'code', tabIndex: 0, dir: 'ltr' }, input)
  const name = element('span', { className: 'call-name', dir: 'auto' }, title)
  const summary = element('summary', {}, icon(describe(call).icon), name, status)
  const details = element('details', { className: 'call', open: true }, summary, code, results)
  const showResults = keyed(results, (/** @type {Result} */ one) => resultView(one, threadId))

  return {
    element: details,
    update(row) {
      const said = describe(row.call)
      details.dataset['status'] = row.status
      status.textContent = STATUS[row.status] ?? row.status
      growText(title, said.title)
      growText(input, said.input)
      code.hidden = !said.input
      code.ariaLabel = `What ${said.title} was given`
      showResults(said.results)
    },
  }
}

/**
 * @param {Result} result
 * @param {string} threadId
 * @returns {{element: HTMLElement, update: (result: any) => void}}
 */
function resultView(result, threadId) {
  if (result.kind === 'image') return imageResult(result, threadId)
  return result.kind === 'found' ? foundResult() : logResult()
}

/** @returns {{element: HTMLElement, update: (result: Log) => void}} */
function logResult() {
  const text = document.createTextNode('')
  const pre = element('pre', { className: 'log-output', tabIndex: 0, ariaLabel: 'Output' }, text)
  return { element: pre, update: (result) => growText(text, result.text) }
}

/**
 * @param {Image} result
 * @param {string} threadId
 */
function imageResult({ fileId }, threadId) {
  const image = picture(fileAddress(threadId, fileId), `Image ${fileId}`)
  return { element: element('div', { className: 'image' }, image), update: () => {} }
}

/** @returns {{element: HTMLElement, update: (result: Found) => void}} */
function foundResult() {
  const found = element('div', { className: 'found' })
  return {
    element: found,
    update({ name, score, text }) {
      const title = element('strong', { dir: 'auto' }, name)
      const quote = element('blockquote', { dir: 'auto', tabIndex: 0 }, text)
      quote.ariaLabel = `From ${name}`
      found.replaceChildren(element('p', {}, title, ' ', element('small', {}, score)))
      if (text) found.append(quote)
    },
  }
}
