/**
 * What a text cites: notes, and the places in the text that point to them.
 *
 * @typedef {{number: number, name: string, url: string, fileId: string, quote: string}} Note
 * @typedef {{start: number, end: number, number: number}} Cut
 *   A piece of the text, perhaps empty, that gives way to the number of a note, or to nothing if
 *   that is 0.
 */

/** Longer words of a link are not looked for, with every word of a long text anew. */
const LINK_LENGTH = 500

/** Words and address together. */
const LONGEST_LINK = 4000

/**
 * The notes of a text, each once, and their places in the order of the text.
 *
 * @param {string} text
 * @param {readonly any[]} annotations
 * @returns {{notes: Note[], cuts: Cut[]}}
 */
export function citationsOf(text, annotations) {
  /** @type {Map<string, Note>} */
  const notes = new Map()
  /** @type {Map<string, number>} */
  const searched = new Map()
  /** @type {Cut[]} */
  const cuts = []
  for (const annotation of annotations) {
    if (!annotation || typeof annotation !== 'object') continue
    const note = noteOf(annotation, notes.size + 1)
    const key = JSON.stringify([note.name, note.url, note.fileId, note.quote])
    const { number } = notes.get(key) ?? note
    if (!notes.has(key)) notes.set(key, note)
    cuts.push(...cutsOf(text, annotation, number, searched))
  }
  return { notes: [...notes.values()], cuts: inOrder(cuts) }
}

/**
 * Assistants keep the details under the annotation's type, Responses in the annotation itself.
 *
 * @param {any} annotation
 * @param {number} number
 * @returns {Note}
 */
function noteOf(annotation, number) {
  const details = { ...annotation, ...annotation[annotation.type] }
  return {
    number,
    name: words(details.title) || words(details.filename) || nameIn(annotation.text),
    url: webAddress(details.url),
    fileId: words(details.file_id),
    quote: words(details.quote),
  }
}

/**
 * A marker such as `【4:0†foods.txt】` or `sandbox:/mnt/data/foods.csv` names the file.
 *
 * @param {unknown} marker
 */
function nameIn(marker) {
  const found = /†([^†】]+)】$|^sandbox:.*\/([^/]+)$/.exec(words(marker))
  return found?.[1] ?? found?.[2] ?? ''
}

/** @param {unknown} value */
function words(value) {
  return typeof value === 'string' ? value.trim() : ''
}

/**
 * The address, if it leads to the web; never `javascript:` or the like.
 *
 * @param {unknown} value
 */
export function webAddress(value) {
  const address = typeof value === 'string' ? value : ''
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : ''
}

/**
 * Where the text has the annotation's own words, they give way to the number; the same words cited
 * twice are found one after the other.  Without such words the number follows the cited passage.
 *
 * @param {string} text
 * @param {any} annotation
 * @param {number} number
 * @param {Map<string, number>} searched
 * @returns {Cut[]}
 */
function cutsOf(text, annotation, number, searched) {
  const marker = annotation.text
  if (typeof marker === 'string' && marker) {
    const start = text.indexOf(marker, searched.get(marker) ?? 0)
    if (start < 0) return []
    const end = start + marker.length
    searched.set(marker, end)
    return unlinked(text, { start, end, number })
  }
  const end = annotation.end_index ?? annotation.index
  if (!Number.isInteger(end) || end < 0) return []
  const place = offsetOf(text, end)
  return linkCuts(text, annotation, place, number) ?? [{ start: place, end: place, number }]
}

/**
 * A passage that is nothing but a Markdown link: in parentheses, `([example.org](https://…))`, it
 * says no more than its note; else its words stay.
 *
 * @param {string} text
 * @param {any} annotation
 * @param {number} end where the passage ends in the text
 * @param {number} number
 * @returns {Cut[] | undefined}
 */
function linkCuts(text, { start_index: begin, end_index: close }, end, number) {
  if (!Number.isInteger(begin) || begin < 0 || !(close - begin < LONGEST_LINK)) return undefined
  const start = offsetOf(text, begin)
  const link = /^(\(?)\[([^[\]\n]*)\]\([^()\s]*\)\)?$/.exec(text.slice(start, end))
  if (!link) return undefined
  const [, opening, words = ''] = link
  if (opening) return [{ start, end, number }]
  return [
    { start, end: start + 1, number: 0 },
    { start: start + 1 + words.length, end, number },
  ]
}

/**
 * Files come as Markdown links, `[the table](sandbox:/…)`: the words stay, the brackets go too.
 *
 * @param {string} text
 * @param {Cut} cut
 * @returns {Cut[]}
 */
function unlinked(text, { start, end, number }) {
  const from = Math.max(0, start - LINK_LENGTH)
  const opening = /\[([^[\]\n]*)\]\($/.exec(text.slice(from, start))
  if (!opening || text[end] !== ')') return [{ start, end, number }]
  return [
    { start: from + opening.index, end: from + opening.index + 1, number: 0 },
    { start: start - 2, end: end + 1, number },
  ]
}

/**
 * OpenAI counts characters, JavaScript UTF-16 units.
 *
 * @param {string} text
 * @param {number} characters
 */
function offsetOf(text, characters) {
  let offset = 0
  for (let count = 0; count < characters && offset < text.length; count += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  }
  return offset
}

/**
 * Sorted, and without those that overlap the one before.
 *
 * @param {Cut[]} cuts
 */
function inOrder(cuts) {
  let reached = 0
  return cuts
    .sort((one, other) => one.start - other.start || one.end - other.end)
    .filter((cut) => {
      const isFree = cut.start >= reached
      if (isFree) reached = cut.end
      return isFree
    })
}
