import assert from 'node:assert/strict'
import { test } from 'node:test'

import { blocksOf } from '../../web/demo/blocks.js'
import { citationsOf, webAddress } from '../../web/demo/citations.js'
import { rowsOf } from '../../web/demo/text.js'

/**
 * @param {string} text
 * @returns {(string | undefined)[][]}
 */
function shown(text) {
  return blocksOf(text).map(({ kind, start, end, language }) => [
    kind,
    text.slice(start, end),
    ...(language ? [language] : []),
  ])
}

/**
 * The text as a reader sees it, with the number of the note at each place.
 *
 * @param {string} text
 * @param {any[]} annotations
 */
function numbered(text, annotations) {
  const { cuts } = citationsOf(text, annotations)
  return cuts.reduceRight(
    (rest, { start, end, number }) =>
      rest.slice(0, start) + (number ? `(${number})` : '') + rest.slice(end),
    text,
  )
}

test('an empty line parts two paragraphs, a line break does not', () => {
  const text = 'one\ntwo\n\n \nthree'

  assert.deepEqual(shown(text), [
    ['paragraph', 'one\ntwo\n'],
    ['paragraph', 'three'],
  ])
})

test('a fenced block is code, without its fences and with its language', () => {
  const text = 'See:\n```python\nprint(1)\n\nprint(2)\n```\nDone.'

  assert.deepEqual(shown(text), [
    ['paragraph', 'See:\n'],
    ['code', 'print(1)\n\nprint(2)\n', 'python'],
    ['paragraph', 'Done.'],
  ])
})

test('code that is still being written is code already', () => {
  assert.deepEqual(shown('```\nprint('), [['code', 'print(']])
})

test('a long paragraph is cut at the end of a line, and goes on', () => {
  const line = `${'word '.repeat(60)}\n`

  const blocks = blocksOf(line.repeat(8))

  assert.deepEqual(blocks.map(({ continues }) => continues), [false, true])
  assert.deepEqual(blocks.map(({ end }) => end % line.length), [0, 0])
})

test('a shorter fence inside a longer one is part of the code', () => {
  assert.deepEqual(shown('````md\n```\nhi\n```\n````\n'), [['code', '```\nhi\n```\n', 'md']])
})

test('each place of a growing text shows what its beginning showed', () => {
  const text = 'One.\n\n```js\na\n```\ntwo\n\nthree'

  for (let length = 1; length < text.length; length += 1) {
    const words = shown(text.slice(0, length)).map(([, value]) => value).join('')
    assert.ok(text.length >= words.length)
    assert.ok(!words.includes('```js\n'))
  }
})

test('the same marker cited twice is numbered at both places', () => {
  const source = (/** @type {string} */ id) => ({
    type: 'file_citation',
    text: '【0†a】',
    file_citation: { file_id: id },
  })

  const text = numbered('x【0†a】 y【0†a】', [source('file-1'), source('file-2')])

  assert.equal(text, 'x(1) y(2)')
})

test('a source that is cited twice is one note', () => {
  const url = { type: 'url_citation', url_citation: { url: 'https://example.org/', title: 'A' } }
  const annotations = [
    { ...url, text: '[a]' },
    { ...url, text: '[b]' },
  ]

  const { notes } = citationsOf('1[a] 2[b]', annotations)

  assert.equal(notes.length, 1)
  assert.equal(numbered('1[a] 2[b]', annotations), '1(1) 2(1)')
})

test('a file that the text links to keeps its words and loses its brackets', () => {
  const marker = 'sandbox:/mnt/data/table.csv'
  const annotations = [{ type: 'file_path', text: marker, file_path: { file_id: 'file-1' } }]

  const text = numbered(`[The table](${marker}).`, annotations)

  assert.equal(text, 'The table(1).')
  assert.equal(citationsOf(`(${marker})`, annotations).notes[0]?.name, 'table.csv')
})

test('a citation without words of its own follows the passage, counted in characters', () => {
  const url = 'https://example.org/'
  const annotations = [{ type: 'url_citation', start_index: 0, end_index: 3, url }]

  assert.equal(numbered('🙂ab cd', annotations), '🙂ab(1) cd')
})

test('what is no annotation, or points nowhere, is harmless', () => {
  const annotations = [null, 3, 'x', {}, { text: 'missing' }, { end_index: -1 }, { end_index: 1e9 }]

  assert.equal(numbered('abc', annotations).replaceAll(/\(\d\)/g, ''), 'abc')
})

test('only an address of the web becomes a link', () => {
  assert.equal(webAddress('https://example.org/'), 'https://example.org/')
  const others = ['javascript:alert(1)', 'data:text/html,x', ' https://x', '//x', 'http://', 4]
  for (const value of others) {
    assert.equal(webAddress(value), '', String(value))
  }
})

test('a bracket far before the place of a file opens no link to it', () => {
  const text = `[${'word '.repeat(200)}](sandbox:/mnt/data/a.csv)`
  const annotation = { type: 'file_path', text: 'sandbox:/mnt/data/a.csv', file_path: {} }

  assert.equal(numbered(text, [annotation]), text.replace('sandbox:/mnt/data/a.csv', '(1)'))
})

test('a citation at the place where a long paragraph is cut shows once', () => {
  const line = `${'word '.repeat(60)}\n`
  const text = `${line.repeat(8)}\nThe end.`
  const [first] = blocksOf(text)
  const url = 'https://example.org/'
  const ends = [first?.end ?? 0, 3, text.length]
  const annotations = ends.map((end) => ({ type: 'url_citation', end_index: end, url }))

  const rows = rowsOf(text, citationsOf(text, annotations).cuts, '')

  const numbers = rows.map(({ cited }) => JSON.parse(cited).length)
  assert.deepEqual(numbers, [1, 1, 1])
})

test('a link in parentheses gives way to its number, and the words of another stay', () => {
  const url = 'https://example.org/?utm_source=openai'
  const text = `🙂 High. ([example.org](${url})) [See](${url}) too.`
  const at = (/** @type {number} */ start, /** @type {number} */ end) => ({
    type: 'url_citation',
    start_index: [...text.slice(0, start)].length,
    end_index: [...text.slice(0, end)].length,
    url,
  })
  const link = at(text.indexOf('(['), text.indexOf(' [See'))
  const words = at(text.indexOf('[See'), text.indexOf(' too'))
  const more = at(text.indexOf('[See'), text.length)

  assert.equal(numbered(text, [link, words]), '🙂 High. (1) See(1) too.')
  assert.equal(numbered(text, [more]), `${text}(1)`)
})
