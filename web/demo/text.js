/** A text part: paragraphs, code, and the notes that it cites. */

import { blocksOf } from './blocks.js'
import { citationsOf } from './citations.js'
import { element, growText } from './dom.js'
import { keyed } from './keyed.js'
import { noteView, pointer } from './notes.js'

/** @import { Cut } from './citations.js' */

/**
 * @typedef {{key: string, kind: string, language: string, words: string, cited: string,
 *   continues: boolean, prefix: string}} BlockRow
 *   `cited` holds the block's cuts as JSON: they are made anew each time, and compared by value.
 */

/**
 * @param {{threadId: string, id: string}} place `id` makes the notes' anchors differ from others
 * @returns {{element: HTMLElement, update: (text: any) => void}}
 */
export function textView({ threadId, id }) {
  const body = element('div', { className: 'text' })
  const notes = element('ol', { className: 'notes', ariaLabel: 'Sources', hidden: true })
  const prefix = `note-${id}-`
  const showBlocks = keyed(body, blockView)
  const showNotes = keyed(notes, () => noteView(threadId))

  return {
    element: element('div', { className: 'text-part' }, body, notes),
    update(text) {
      const value = typeof text?.value === 'string' ? text.value : ''
      const cited = citationsOf(value, Array.isArray(text?.annotations) ? text.annotations : [])
      showBlocks(rowsOf(value, cited.cuts, prefix))
      showNotes(cited.notes.map((note) => ({ ...note, key: `${prefix}${note.number}` })))
      notes.hidden = !cited.notes.length
    },
  }
}

/**
 * The blocks of a text, each with the cuts that it shows.
 *
 * @param {string} text
 * @param {readonly Cut[]} cuts
 * @param {string} prefix
 * @returns {BlockRow[]}
 */
export function rowsOf(text, cuts, prefix) {
  const blocks = blocksOf(text)
  return blocks.map(({ kind, start, end, language, continues }, position) => {
    const words = text.slice(start, end).trimEnd()
    // Where one block ends and the next begins, a cut is the next one's.
    const next = blocks[position + 1]?.start
    const inside = cuts
      .filter(({ start: at }) => at >= start && at <= end && (at < end || at !== next))
      .map((cut) => ({ ...cut, start: cut.start - start, end: cut.end - start }))
    const cited = JSON.stringify(inside)
    return { key: `${kind}${position}`, kind, language, continues, words, cited, prefix }
  })
}

/**
 * @param {BlockRow} row
 * @returns {{element: HTMLElement, update: (row: BlockRow) => void}}
 */
function blockView(row) {
  return row.kind === 'code' ? codeView() : paragraphView()
}

/** @returns {{element: HTMLElement, update: (row: BlockRow) => void}} */
function codeView() {
  const words = document.createTextNode('')
  const code = element('code', {}, words)
  const block = element('pre', { className: 'code', tabIndex: 0, dir: 'ltr' }, code)
  return {
    element: block,
    update(row) {
      block.setAttribute('aria-label', row.language ? `Code: ${row.language}` : 'Code')
      growText(words, row.words)
    },
  }
}

/** @returns {{element: HTMLElement, update: (row: BlockRow) => void}} */
function paragraphView() {
  const paragraph = element('p', { dir: 'auto' })
  let shown = { words: '', cited: '' }
  let last = document.createTextNode('')
  // Where in the words the last piece of text begins.
  let reached = 0

  return {
    element: paragraph,
    update(row) {
      if (row.cited === shown.cited && row.words.startsWith(shown.words)) {
        growText(last, row.words.slice(reached))
      } else {
        const pieces = piecesOf(row)
        paragraph.replaceChildren(...pieces.before, pieces.last)
        ;({ last, reached } = pieces)
      }
      paragraph.className = row.continues ? 'continued' : ''
      shown = row
    },
  }
}

/**
 * The words between the cuts, and at each cut the number of a note.
 *
 * @param {BlockRow} row
 */
function piecesOf({ words, cited, prefix }) {
  /** @type {Cut[]} */
  const cuts = JSON.parse(cited)
  let reached = 0
  const before = cuts.flatMap(({ start, end, number }) => {
    const between = words.slice(reached, start)
    reached = end
    return number ? [between, pointer(number, prefix)] : [between]
  })
  return { before, last: document.createTextNode(words.slice(reached)), reached }
}
