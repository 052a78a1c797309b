/** What a run did, in order: its tool calls, and between them its messages. */

/**
 * @typedef {{key: string, kind: 'call', call: any, status: string}} CallRow
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
    (doing) => !('call' in doing && asked.has(doing.call?.id ?? doing.call?.call_id)),
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
    return { key, kind: 'call', call, status: step.status }
  })
}

/**
 * @param {any} run
 * @returns {Doing[]}
 */
function outputOf(run) {
  return list(run.output)
    .filter((entry) => entry?.item)
    .map((entry) => doingIn(entry))
}

/**
 * @param {any} entry
 * @returns {Doing}
 */
function doingIn({ response_id: response, output_index: place, item }) {
  if (item.type === 'message') return { said: `${response}/${place}` }
  const status = item.status ?? 'in_progress'
  return { key: `call:${response}/${place}`, kind: 'call', call: item, status }
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
function list(value) {
  return Array.isArray(value) ? value : []
}
