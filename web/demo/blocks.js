/**
 * A text as paragraphs and fenced code blocks; nothing else of Markdown is read.
 *
 * @typedef {{kind: 'paragraph' | 'code', start: number, end: number, language: string,
 *   continues: boolean}} Block
 *   Where a block stands in its text, and whether it goes on with the paragraph before it.
 */

/**
 * A browser lays out again the whole paragraph that grows, so none takes in another line when it is
 * as long as this.
 */
const LONG = 1000

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
      fence = { mark, block: block('code', end, end, languageOf(line)) }
      blocks.push(fence.block)
    } else {
      addLine(blocks, start, end, line)
    }
  }
  return blocks
}

/**
 * @param {Block['kind']} kind
 * @param {number} start
 * @param {number} end
 * @param {string} [language]
 * @returns {Block}
 */
function block(kind, start, end, language = '') {
  return { kind, start, end, language, continues: false }
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
  const continues = last?.kind === 'paragraph' && last.end === start
  if (continues && start - last.start < LONG) last.end = end
  else blocks.push({ ...block('paragraph', start, end), continues })
}
