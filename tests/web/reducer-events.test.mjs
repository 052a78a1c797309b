// From the bytes of a stream to events.  That both languages read alike is tested from Python
// (tests/reducer/test_twins.py); here is what a page relies on.
import assert from 'node:assert/strict'
import test from 'node:test'

import { EventReader, listen } from '../../web/reducer/index.js'

const RUN = { id: 'run_1', status: 'in_progress' }
const ENDED = { id: 'run_1', status: 'completed' }

/**
 * @param {string} stream
 * @param {number[]} cuts
 */
function read(stream, ...cuts) {
  const bytes = new TextEncoder().encode(stream)
  const reader = new EventReader()
  const edges = [0, ...cuts, bytes.length]
  const chunks = edges.slice(1).map((edge, place) => bytes.subarray(edges[place], edge))
  return [...chunks.flatMap((chunk) => reader.feed(chunk)), ...reader.end()]
}

/**
 * @param {unknown} data
 * @param {object} [more]
 */
function event(data, more) {
  return { event: 'message', data, ...more }
}

/** @type {Record<string, [string, object[]]>} */
const STREAMS = {
  'all line ends': [
    '\ufeffevent: a\r\ndata: 1\r\r\ndata: 2\n\ndata: 3\r\r',
    [event(1, { event: 'a' }), event(2), event(3)],
  ],
  ids: [
    'id: 1\ndata: 1\n\ndata: 2\n\nid\ndata: 3\n\n',
    [event(1, { id: '1' }), event(2, { id: '1' }), event(3)],
  ],
  'no JSON': [
    'data: [DONE]\n\ndata: NaN\n\ndata: 1e999\n\n',
    [event('[DONE]'), event('NaN'), event('1e999')],
  ],
  'characters of many bytes': [': é\ndata: "✔😀\u2028"\n\n', [event('✔😀\u2028')]],
  'an unterminated event': ['data: {"type":\ndata: "b"}', [{ event: 'b', data: { type: 'b' } }]],
}

for (const [name, [stream, expected]] of Object.entries(STREAMS)) {
  test(`every way to cut a stream gives the same events: ${name}`, () => {
    const length = new TextEncoder().encode(stream).length

    assert.deepEqual(read(stream), expected)
    for (let first = 0; first < length; first += 1) {
      for (let second = first; second < length; second += 1) {
        assert.deepEqual(read(stream, first, second), expected)
      }
    }
  })
}

test('text that is too deep stays text', () => {
  const levels = (/** @type {number} */ count) => '['.repeat(count) + ']'.repeat(count)

  assert.equal(typeof read(`data: ${levels(200)}\n\n`)[0]?.data, 'object')
  assert.equal(typeof read(`data: ${levels(201)}\n\n`)[0]?.data, 'string')
  assert.equal(typeof read(`data: ${levels(100_000)}\n\n`)[0]?.data, 'string')
})

test('a stream may follow a stream, in the same run', () => {
  const reader = new EventReader({ run: RUN })
  const first = [...reader.feed('id: 1\ndata: 1'), ...reader.end()]

  const second = [...reader.feed('\ufeffdata: 2\n\n'), ...reader.end()]

  assert.deepEqual(first, [{ event: 'message', data: 1, id: '1', run: RUN }])
  assert.deepEqual(second, [{ event: 'message', data: 2, run: RUN }])
  assert.equal(reader.run, RUN)
})

/** An EventSource without a network. */
class Source extends EventTarget {
  /**
   * @param {string} type
   * @param {unknown} [data]
   * @param {string} [lastEventId]
   */
  say(type, data, lastEventId = '') {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    this.dispatchEvent(new MessageEvent(type, { data: text, lastEventId }))
  }
}

/** @param {{run?: any, events?: string[]}} [options] */
function heard(options) {
  const source = new Source()
  /** @type {any[]} */
  const events = []
  listen(source, (event) => events.push(event), options)
  return { source, events }
}

test('what an EventSource hears becomes events with their run', () => {
  const { source, events } = heard()

  source.say('relay.run', RUN, '1')
  source.say('thread.message.delta', { id: 'm1' }, '2')
  source.say('relay.run', ENDED, '3')
  source.say('thread.run.step.delta', '[not JSON', '4')

  assert.deepEqual(events, [
    { event: 'relay.run', data: RUN, id: '1', run: RUN },
    { event: 'thread.message.delta', data: { id: 'm1' }, id: '2', run: RUN },
    { event: 'relay.run', data: ENDED, id: '3' },
    { event: 'thread.run.step.delta', data: '[not JSON', id: '4' },
  ])
})

test('what a response is called is heard too, with the run that it is', () => {
  const { source, events } = heard()
  const data = { response: { id: 'r1', status: 'in_progress' } }

  source.say('response.created', data)
  source.say('response.output_text.delta', { delta: 'a' })
  source.say('response.apply_patch_call_operation_diff.delta', { delta: 'a' })

  const names = ['created', 'output_text.delta', 'apply_patch_call_operation_diff.delta']
  assert.deepEqual(
    events.map(({ event, run }) => [event, run.id, run.response_id]),
    names.map((name) => [`response.${name}`, 'r1', 'r1']),
  )
})

test('a lost connection is no event, an error of the upstream is one', () => {
  const { source, events } = heard({ run: RUN })

  source.dispatchEvent(new Event('error'))
  source.say('error', { error: { message: 'oops' } })

  assert.deepEqual(events, [{ event: 'error', data: { error: { message: 'oops' } }, run: RUN }])
})

test('what has no name is called by its type', () => {
  const { source, events } = heard()

  source.say('message', { type: 'thread.message.created' })
  source.say('message', '[DONE]')

  assert.deepEqual(events, [
    { event: 'thread.message.created', data: { type: 'thread.message.created' } },
    { event: 'message', data: '[DONE]' },
  ])
})

test('the names that are heard are those with a case, the signals of a relay, and more', () => {
  const { source, events } = heard({ events: ['said', 'error'] })

  const names = ['said', 'sung', 'error', 'relay.gap', 'relay.ping', 'done']
  for (const name of names) source.say(name, 1)

  assert.deepEqual(events, [
    { event: 'said', data: 1 },
    { event: 'error', data: 1 },
    { event: 'relay.gap', data: 1 },
    { event: 'relay.ping', data: 1 },
    { event: 'done', data: 1 },
  ])
})
