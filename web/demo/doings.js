/** What a run did, in order: its tool calls, and between them its messages. */

import { list } from './results.js'

/**
 * @typedef {{key: string, kind: 'call', call: any, answer: any, status: string}} CallRow
 *   `answer` is the item that holds the output, where it is one of its own.
 * @typedef {{said: string} | CallRow} Doing
 *   `said` is what tells the message: its id, or its place in a response.
 * @typedef {{before: (message: any) => CallRow[], rest: () => CallRow[]}} Calls
 */

/**
 * The calls of a run, each handed out once: those before a message, and in the end the rest.
 *
 * @param {any} run
 * @returns {Calls}
 */
export function callsOf(run) {
  const asked = new Set(askedOf(run).map((call) => call?.id))
  const doings = [...stepsOf(run), ...outputOf(run)].filter(
    (doing) => !('call' in doing && (asked.has(doing.call?.id) || asked.has(doing.call?.call_id))),
  )
  /** @param {number} count */
  const take = (count) => doings.splice(0, count).filter((doing) => 'call' in doing)

  return {
    before(message) {
      const names = [message.id, `${message.response_id}/${message.output_index}`]
      const place = doings.findIndex((doing) => 'said' in doing && names.includes(doing.said))
      return take(place < 0 ? doings.length : place + 1)
    },
    rest: () => take(doings.length),
  }
}

/**
 * The calls that a run waits for.
 *
 * @param {any} run
 * @returns {any[]}
 */
export function askedOf(run) {
  if (run.status !== 'requires_action') return []
  return list(run.required_action?.submit_tool_outputs?.tool_calls)
}

/**
 * @param {any} run
 * @returns {Doing[]}
 */
function stepsOf(run) {
  return list(run.steps).flatMap((step) => doingsOf(step))
}

/**
 * @param {any} step
 * @returns {Doing[]}
 */
function doingsOf(step) {
  const details = step?.step_details
  const said = details?.message_creation?.message_id
  if (said) return [{ said }]
  return list(details?.tool_calls).map((call, position) => {
    const key = `call:${step.id}:${call?.index ?? position}`
    return { key, kind: 'call', call, answer: undefined, status: step.status }
  })
}

/**
 * The items of a run's responses.  One that is the output of another stands with it.
 *
 * @param {any} run
 * @returns {Doing[]}
 */
function outputOf(run) {
  const entries = list(run.output).filter((entry) => entry?.item)
  const answers = new Map(entries.map((entry, place) => [answeredBy(entry, entries, place), entry]))
  const shownThere = new Set([...answers].map(([call, answer]) => call && answer))
  return entries
    .filter((entry) => !shownThere.has(entry) && !isSilent(entry.item))
    .flatMap((entry) => doingsIn(entry, answers.get(entry)?.item, run))
}

/**
 * The call whose output an item is, if it is one: servers that run a call themselves may leave out
 * its `call_id`, and then it is the last one of that kind.
 *
 * @param {any} entry
 * @param {any[]} entries
 * @param {number} place
 */
function answeredBy({ item }, entries, place) {
  const [, kind] = /^(.+?)(?:_call)?_output$/.exec(String(item.type)) ?? []
  if (!kind) return undefined
  const isIt = (/** @type {any} */ { item: call }) =>
    item.call_id ? call.call_id === item.call_id : call.type === `${kind}_call` && !call.call_id
  return entries.slice(0, place).findLast(isIt)
}

/** @param {any} item reasoning that says nothing: most models keep it to themselves */
function isSilent({ type, summary, content }) {
  return type === 'reasoning' && !list(summary).length && !list(content).length
}

/**
 * @param {any} entry
 * @param {any} answer
 * @param {any} run
 * @returns {Doing[]}
 */
function doingsIn(entry, answer, run) {
  const { response_id: response, output_index: place, item } = entry
  const said = { said: `${response}/${place}` }
  if (item.type === 'message') return [said]
  const status = statusOf(entry, run)
  /** @type {CallRow} */
  const row = { key: `call:${response}/${place}`, kind: 'call', call: item, answer, status }
  // What was drawn is a message too.
  return item.type === 'image_generation_call' ? [row, said] : [row]
}

/**
 * Some items never say that they are done, and some kinds have no status.
 *
 * @param {any} entry
 * @param {any} run
 * @returns {string}
 */
function statusOf({ response_id: response, item }, { status, output }) {
  if (item.error) return 'failed'
  if (ENDED.has(item.status)) return item.status
  const last = output.at(-1)
  const isGoing = status === 'in_progress' && response === last?.response_id
  if (isGoing && (item.status || item === last.item)) return item.status ?? 'in_progress'
  if (item.type === 'mcp_approval_request') return 'answered'
  return item.status && BROKEN.has(status) ? 'incomplete' : 'completed'
}

const ENDED = new Set(['completed', 'incomplete', 'failed'])
const BROKEN = new Set(['incomplete', 'failed', 'cancelled', 'expired'])
