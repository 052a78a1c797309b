/** How a run stands, below what it said. */

import { element, icon } from './dom.js'
import { statusOf } from './words.js'

/** @import { RunRow } from './timeline.js' */

/**
 * @param {{stop: (runId: string) => void}} actions
 * @returns {{element: HTMLElement, update: (row: RunRow) => void}}
 */
export function runView({ stop }) {
  const words = element('span', { dir: 'auto' })
  const dots = element('span', { className: 'dots', ariaHidden: 'true' })
  const sign = element('span', { className: 'sign' }, icon('warning'))
  const remove = element('button', { type: 'button', className: 'quiet' }, 'Remove')
  const line = element('p', { className: 'run' }, sign, words, dots, remove)
  dots.append(element('i'), element('i'), element('i'))

  return {
    element: line,
    update({ run, isWriting, hasSpoken }) {
      const isWorking = run.status === 'in_progress' || run.status === 'cancelling'
      words.textContent = isWriting && run.status === 'in_progress' ? '' : statusOf(run, hasSpoken)
      line.dataset['status'] = String(run.status)
      line.dataset['run'] = run.id
      dots.hidden = !isWorking || isWriting
      sign.hidden = run.status !== 'failed' && run.status !== 'expired'
      remove.hidden = run.status !== 'queued'
      remove.onclick = () => stop(run.id)
      line.hidden = !words.textContent
    },
  }
}
