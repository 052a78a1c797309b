/**
 * A text as paragraphs and fenced code blocks; nothing else of Markdown is read.
 *
 * @typedef {{kind: 'paragraph' | 'code', start: number, end: number, language: string}} Block
 *   Where a block stands in its text.
 */

/**
 * Cuts a text into blocks.  A fence that is not closed yet runs to the end, so that code which is
 * still being written looks like code.
 *
 * @param {string} text
 * @returns {Block[]}
 */
export function blocksOf(text) {
  /** @type {Block[]} */
  const blocks = []
  /** @type {{mark: string, block: Block} | undefined} */
  let fence
  for (const { start, end, line } of linesOf(text)) {
    const mark = fenceOf(line)
    if (fence) {
      if (mark?.startsWith(fence.mark) && mark === line.trim()) fence = undefined
      else fence.block.end = end
    } else if (mark) {
      fence = { mark, block: { kind: 'code', start: end, end, language: languageOf(line) } }
      blocks.push(fence.block)
    } else {
      addLine(blocks, start, end, line)
    }
  }
  return blocks
}

/** @param {string} text */
function* linesOf(text) {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1 || text.length
    yield { start, end, line: text.slice(start, end) }
    start = end
  }
}

/**
 * @param {string} line
 * @returns {string | undefined}
 */
function fenceOf(line) {
  return /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
}

/** @param {string} line */
function languageOf(line) {
  return /[`~]\s*([\w+#.-]*)/.exec(line.replace(/^ *[`~]+/, '`'))?.[1] ?? ''
}

/**
 * A line goes on with the paragraph before it, if it touches it; an empty line ends a paragraph.
 *
 * @param {Block[]} blocks
 * @param {number} start
 * @param {number} end
 * @param {string} line
 */
function addLine(blocks, start, end, line) {
  const last = blocks.at(-1)
  if (!line.trim()) return
  if (last?.kind === 'paragraph' && last.end === start) last.end = end
  else blocks.push({ kind: 'paragraph', start, end, language: '' })
}
