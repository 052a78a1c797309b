/** Messages: who speaks, and what is said. */

import { element } from './dom.js'
import { fileAddress } from './files.js'
import { keyed } from './keyed.js'
import { partView } from './parts.js'
import { cutShort } from './words.js'

/** @import { PartRow } from './parts.js' */
/** @import { MessageRow, SpeakerRow } from './timeline.js' */

/** @returns {{element: HTMLElement, update: (row: SpeakerRow) => void}} */
export function speakerView() {
  const heading = element('h2', { className: 'speaker', dir: 'auto' })
  return {
    element: heading,
    update({ name }) {
      heading.dataset['initial'] = [...name][0]?.toUpperCase() ?? ''
      heading.textContent = name
    },
  }
}

/**
 * @param {MessageRow} row
 * @param {string} threadId
 * @returns {{element: HTMLElement, update: (row: MessageRow) => void}}
 */
export function messageView({ message: { id, role } }, threadId) {
  const content = element('div', { className: 'content' })
  const files = element('p', { className: 'aside', hidden: true })
  const aside = element('p', { className: 'aside', hidden: true })
  const article = element('article', { className: 'message' }, content, files, aside)
  const showParts = keyed(content, (/** @type {PartRow} */ row) =>
    partView(row, { threadId, id: `${id}-${row.key}` }),
  )
  article.dataset['role'] = role

  return {
    element: article,
    update({ message, name, isTold }) {
      article.ariaLabel = role === 'user' ? 'You' : name
      article.dataset['status'] = message.status ?? 'completed'
      article.dataset['id'] = message.id
      showParts(rowsOf(message.content))
      files.replaceChildren(...attached(message['attachments'], threadId))
      files.hidden = !files.childElementCount
      aside.textContent = isTold ? '' : cutShort(message)
      aside.hidden = !aside.textContent
    },
  }
}

/**
 * @param {unknown} content
 * @returns {{key: string, part: any}[]}
 */
function rowsOf(content) {
  if (!Array.isArray(content)) return []
  return content.map((part, position) => ({ key: `${position}${part?.type}`, part }))
}

/**
 * @param {unknown} attachments
 * @param {string} threadId
 */
function attached(attachments, threadId) {
  const ids = Array.isArray(attachments) ? attachments.map((file) => file?.file_id) : []
  return ids
    .filter((id) => typeof id === 'string')
    .flatMap((id) => {
      const link = element('a', { href: fileAddress(threadId, id), download: '' }, id)
      return ['Attached: ', link, ' ']
    })
}
