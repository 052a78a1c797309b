// Answers questions about streams with the reducer in JavaScript: a line of JSON each.
import { createInterface } from 'node:readline'

import { EventReader, currentRun, reduce, reduceRuns, replay } from '../../web/reducer/index.js'
import { freeze } from './freeze.mjs'

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
function fold({ before, events }) {
  return {
    thread: lists(reduce, before, events),
    runs: lists(reduceRuns, freeze([]), events),
    run: lists(currentRun, null, events),
    replayed: replay(events, before),
  }
}

/** @param {{chunks: string[]}} question */
function read({ chunks }) {
  const reader = new EventReader()
  const events = chunks.flatMap((chunk) => reader.feed(Buffer.from(chunk, 'base64')))
  return [...events, ...reader.end()]
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = freeze(JSON.parse(line))
  process.stdout.write(`${JSON.stringify(question.chunks ? read(question) : fold(question))}\n`)
}
