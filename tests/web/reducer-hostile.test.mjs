// What nobody should send does no harm.
import assert from 'node:assert/strict'
import test from 'node:test'

import * as reducer from '../../web/reducer/index.js'
import { freeze } from './freeze.mjs'

const { reduce, reduceRuns, replay } = reducer

test('no item puts anything on the prototype of all objects', () => {
  const before = Object.getOwnPropertyNames(Object.prototype)
  const data = JSON.parse(`{
    "item_id": "__proto__", "output_index": 0, "content_index": 0, "annotation_index": 0,
    "item": {"id": "__proto__", "type": "message", "__proto__": {"polluted": 1}, "content": []},
    "part": {"type": "__proto__", "__proto__": {"polluted": 1}, "constructor": {"polluted": 1}},
    "annotation": {"__proto__": {"polluted": 1}}, "delta": "x",
    "response": {"id": "__proto__", "output": [{"id": "constructor", "type": "__proto__"}]}
  }`)
  const names = Object.keys({ ...reducer.RESPONSES, ...reducer.RESPONSES_RUNS })
  const events = freeze(names.map((event) => ({ event, data, run: { id: '__proto__' } })))

  const thread = replay(events)
  const runs = events.reduce(reduceRuns, freeze([]))

  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
  assert.equal(thread[0]?.id, '__proto__')
  assert.equal(runs[0]?.id, '__proto__')
  assert.equal(/** @type {any} */ ({}).polluted, undefined)
})

test('nothing is put on the prototype of all objects', () => {
  const before = Object.getOwnPropertyNames(Object.prototype)
  const evil = '{"polluted": 1}'
  const data = JSON.parse(
    `{"id": "m1", "__proto__": ${evil}, "constructor": {"prototype": ${evil}}}`,
  )
  const delta = { event: 'thread.message.delta', data: { id: 'm1', delta: data } }

  const thread = replay([{ event: 'thread.message.created', data }, delta, { ...delta, run: data }])

  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
  assert.equal(Object.getPrototypeOf(thread[0]), Object.prototype)
  assert.equal(/** @type {any} */ ({}).polluted, undefined)
})

test('depth is no danger', () => {
  let deep = /** @type {any} */ ({ id: 'm1' })
  for (let level = 0; level < 10_000; level += 1) deep = { delta: [deep] }
  const delta = { content: [{ index: 0, text: deep, of: deep }] }
  const data = { id: 'm1', content: [deep], delta }
  for (const event of Object.keys({ ...reducer.ASSISTANTS, ...reducer.ASSISTANTS_RUNS })) {
    const told = freeze({ event, data: { ...data, usage: deep, error: deep }, run: data })

    const thread = reduce(reduce(freeze([{ id: 'm1' }]), told), told)
    const runs = reduceRuns(reduceRuns(freeze([]), told), told)

    assert.equal(thread.length, 1)
    assert.ok(runs.length <= 1)
  }
})

test('depth is no danger in a response', () => {
  let deep = /** @type {any} */ ({ id: 'm1' })
  for (let level = 0; level < 10_000; level += 1) deep = { delta: [deep] }
  const item = { id: 'm1', type: 'message', content: [{ type: 'x', text: deep }], summary: [deep] }
  const response = { id: 'r1', output: [item], usage: deep, error: deep }
  const told = { delta: deep, part: deep, annotation: deep, text: deep, output: deep }
  const data = { ...told, item_id: 'm1', output_index: 0, content_index: 0, item, response }
  const run = { id: 'run_1', usage: deep }
  for (const name of Object.keys({ ...reducer.RESPONSES, ...reducer.RESPONSES_RUNS })) {
    const names = ['response.output_item.added', name, name, 'response.completed']
    const events = freeze(names.map((event) => ({ event, data, run })))

    const thread = replay(events)
    const runs = events.reduce(reduceRuns, freeze([]))

    assert.equal(thread.length, 1)
    assert.equal(runs[0]?.output?.length, 1)
  }
})

test('an output of many items takes no longer than they are many', () => {
  const output = Array.from({ length: 20_000 }, (_, n) => ({ id: `m${n}`, type: 'message' }))
  const changed = output.map((item) => ({ ...item, id: `x${item.id}` }))
  const events = [output, [...output].reverse(), changed, changed.slice(1)].map((told) => ({
    event: 'response.completed',
    data: { response: { id: 'r1', output: told } },
  }))

  const thread = replay(freeze(events))
  const runs = events.reduce(reduceRuns, freeze([]))

  assert.equal(thread.length, 20_000)
  assert.equal(thread.at(-1)?.id, 'm0')
  assert.equal(runs[0]?.output?.at(-1)?.item.id, 'm19999')
})

test('many parts in one delta are put in order', () => {
  const content = Array.from({ length: 50_000 }, (_, place) => ({ index: 49_999 - place }))
  const event = { event: 'thread.message.delta', data: { id: 'm1', delta: { content } } }

  const [message] = reduce(freeze([{ id: 'm1', content: [] }]), freeze(event))

  assert.deepEqual(message?.content, [...content].reverse())
})
