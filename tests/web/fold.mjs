// Answers questions about streams with the reducer in JavaScript: a line of JSON each.
import { createInterface } from 'node:readline'

import * as reducer from '../../web/reducer/index.js'
import { freeze } from './freeze.mjs'

const { EventReader, currentRun, reduce, reduceRuns, replay, threadFromItems } = reducer

/**
 * The list after each event, null where it is the very same.
 *
 * @param {(state: any, event: any) => any} reduce
 * @param {any} before
 * @param {any[]} events
 */
function lists(reduce, before, events) {
  let state = before
  return events.map((event) => {
    const there = state
    state = freeze(reduce(there, event))
    return state === there ? null : state
  })
}

/** @param {{before: any, events: any[]}} question */
function fold({ before, events: told }) {
  const events = withSharedRuns(told)
  return {
    thread: lists(reduce, before, events),
    runs: lists(reduceRuns, freeze([]), events),
    run: lists(currentRun, null, events),
    replayed: replay(events, before),
  }
}

/**
 * Equal runs are one, as a reader of a stream has them.
 *
 * @param {any[]} events
 */
function withSharedRuns(events) {
  const runs = new Map(events.map(({ run }) => [JSON.stringify(run), run]))
  return events.map((event) =>
    'run' in event ? { ...event, run: runs.get(JSON.stringify(event.run)) } : event,
  )
}

/** @param {{chunks: string[]}} question */
function read({ chunks }) {
  const reader = new EventReader()
  const events = chunks.flatMap((chunk) => reader.feed(Buffer.from(chunk, 'base64')))
  return [...events, ...reader.end()]
}

/** @param {any} question */
function answer(question) {
  if (question.chunks) return read(question)
  return question.items ? threadFromItems(question.items, question.by) : fold(question)
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = freeze(JSON.parse(line))
  process.stdout.write(`${JSON.stringify(answer(question))}\n`)
}
