/** The thread on the screen: one view for each row of the timeline. */

import { actionView } from './actions.js'
import { find } from './dom.js'
import { keyed } from './keyed.js'
import { messageView, speakerView } from './messages.js'
import { runView } from './runs.js'
import { callView } from './tools.js'

/** @import { Submit } from './actions.js' */
/** @import { TimelineRow } from './timeline.js' */

/**
 * @typedef {{stop: (runId: string) => void, submit: Submit}} Actions
 * @typedef {{element: HTMLElement, update: (row: any) => void}} RowView
 */

/**
 * An empty log; what it gives back shows the rows.
 *
 * @param {() => string} threadId
 * @param {Actions} actions
 * @returns {(rows: readonly TimelineRow[]) => void}
 */
export function openLog(threadId, actions) {
  /** @type {Readonly<Record<TimelineRow['kind'], (row: any) => RowView>>} */
  const views = {
    speaker: speakerView,
    message: (row) => messageView(row, threadId()),
    call: (row) => callView(row, threadId()),
    action: () => actionView(actions),
    run: () => runView(actions),
  }
  const log = find('log', HTMLElement)
  log.replaceChildren()
  return keyed(log, (row) => views[row.kind](row))
}
