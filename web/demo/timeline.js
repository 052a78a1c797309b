/** The thread list and the run list as the rows that the page shows, the oldest first. */

import { callsOf } from './doings.js'

/** @import { Message, Run } from '../index.js' */
/** @import { CallRow, Calls } from './doings.js' */

/**
 * @typedef {{key: string, kind: 'speaker', name: string}} SpeakerRow
 * @typedef {{key: string, kind: 'message', message: Message, name: string,
 *   isTold: boolean}} MessageRow
 *   `isTold`: why the message ends early is said by its run.
 * @typedef {{key: string, kind: 'action', run: Run, name: string}} ActionRow
 * @typedef {{key: string, kind: 'run', run: Run, isWriting: boolean,
 *   hasSpoken: boolean}} RunRow
 * @typedef {SpeakerRow | MessageRow | CallRow | ActionRow | RunRow} TimelineRow
 *
 * @typedef {{key: string, at: number, run: Run | undefined, messages: Message[],
 *   isLast: boolean}} Turn
 *   Messages that follow each other and come from one speaker.
 */

/** @type {ReadonlySet<unknown>} */
const BROKEN = new Set(['incomplete', 'failed', 'cancelled', 'expired'])
/** @type {ReadonlySet<unknown>} */
const GOING = new Set(['in_progress', 'requires_action', 'cancelling'])

/**
 * @param {readonly Message[]} thread newest first
 * @param {readonly Run[]} runs newest first
 * @param {(assistantId: unknown) => string} nameOf
 * @returns {TimelineRow[]}
 */
export function timeline(thread, runs, nameOf) {
  const turns = turnsOf(thread, runs)
  placeSilentRuns(turns, runs)
  markLast(turns)
  const calls = new Map(runs.map((run) => [run.id, callsOf(run)]))
  return turns.flatMap((turn) => rowsOf(turn, nameOf, calls.get(turn.run?.id ?? '')))
}

/**
 * @param {readonly Message[]} thread
 * @param {readonly Run[]} runs
 * @returns {Turn[]}
 */
function turnsOf(thread, runs) {
  const runById = new Map(runs.flatMap((run) => idsOf(run).map((id) => [id, run])))
  /** @type {Turn[]} */
  const turns = []
  for (const message of thread.toReversed()) {
    const run = runById.get(message.run_id ?? '')
    const last = turns.at(-1)
    if (last && isSameTurn(last, message, run)) last.messages.push(message)
    else turns.push(turnOf(message, run))
  }
  return turns
}

/**
 * @param {Run} run
 * @returns {string[]}
 */
function idsOf(run) {
  return [run.id, ...(Array.isArray(run.upstream_ids) ? run.upstream_ids : [])]
}

/**
 * @param {Turn} turn
 * @param {Message} message
 * @param {Run | undefined} run
 */
function isSameTurn(turn, message, run) {
  const [first] = turn.messages
  if (!first || message.role === 'user' || first.role !== message.role) return false
  if (run || turn.run) return turn.run === run
  return first.run_id === message.run_id && first.assistant_id === message.assistant_id
}

/**
 * @param {Message} message
 * @param {Run | undefined} run
 * @returns {Turn}
 */
function turnOf(message, run) {
  const at = run?.created_at ?? message.created_at ?? 0
  return { key: message.id, at, run, messages: [message], isLast: false }
}

/**
 * Runs that have said nothing: one that goes on stands after all that was said, others where they
 * were asked for, and each before the runs that came after it.
 *
 * @param {Turn[]} turns
 * @param {readonly Run[]} runs
 */
function placeSilentRuns(turns, runs) {
  let bound = turns.length
  for (const run of runs) {
    const spoken = turns.findIndex((turn) => turn.run === run)
    const place = spoken >= 0 ? spoken : Math.min(bound, placeOf(turns, run))
    if (spoken < 0) {
      turns.splice(place, 0, { key: '', at: run.created_at ?? 0, run, messages: [], isLast: true })
    }
    bound = Math.min(bound, place)
  }
}

/**
 * A message that waits with a run to be added is not said yet.
 *
 * @param {Turn[]} turns
 * @param {Run} run
 */
function placeOf(turns, run) {
  const isBefore = GOING.has(run.status)
    ? (/** @type {Turn} */ turn) => !turn.key.startsWith('local_')
    : (/** @type {Turn} */ turn) => turn.at <= (run.created_at ?? Infinity)
  return turns.findLastIndex(isBefore) + 1
}

/**
 * A run's status stands once, after the last that it said.
 *
 * @param {Turn[]} turns
 */
function markLast(turns) {
  const seen = new Set()
  for (const turn of turns.toReversed()) {
    turn.isLast = Boolean(turn.run) && !seen.has(turn.run)
    seen.add(turn.run)
  }
  const begun = new Set()
  for (const turn of turns) {
    if (turn.run && !begun.has(turn.run)) turn.key = turn.run.id
    begun.add(turn.run)
  }
}

/**
 * @param {Turn} turn
 * @param {(assistantId: unknown) => string} nameOf
 * @param {Calls | undefined} calls
 * @returns {TimelineRow[]}
 */
function rowsOf({ key, run, messages, isLast }, nameOf, calls) {
  const name = nameOf(run?.assistant_id ?? messages[0]?.assistant_id)
  const isUser = messages[0]?.role === 'user'
  /** @type {TimelineRow[]} */
  const rows = isUser ? [] : [{ key: `speaker:${key}`, kind: 'speaker', name }]
  for (const message of messages) {
    rows.push(...(calls?.before(message) ?? []))
    rows.push({ key: message.id, kind: 'message', message, name, isTold: BROKEN.has(run?.status) })
  }
  if (!isLast || !run) return rows
  rows.push(...(calls?.rest() ?? []))
  if (run.status === 'requires_action') {
    rows.push({ key: `action:${run.id}`, kind: 'action', run, name })
  }
  return [...rows, endOf(run, messages)]
}

/**
 * @param {Run} run
 * @param {readonly Message[]} messages the last that it wrote
 * @returns {RunRow}
 */
function endOf(run, messages) {
  const isWriting = messages.some((message) => message.status === 'in_progress')
  return { key: `run:${run.id}`, kind: 'run', run, isWriting, hasSpoken: messages.length > 0 }
}
