/**
 * The shapes that pass through a reducer.
 *
 * What a stream contains is not to be trusted, so a payload promises nothing: it is JSON, and each
 * function looks before it reads.  All is readonly, so that a reducer cannot change what it was
 * given.
 */

/**
 * @typedef {{readonly [name: string]: any}} Json
 *
 * @typedef {object} Event
 * @property {string} event its name
 * @property {any} data JSON, or else the text that came
 * @property {string} [id] where the stream gave one
 * @property {any} [run] where it is known
 */

/**
 * A `thread.message` object, as `GET /threads/{id}/messages` has it.  Other fields ride along.
 *
 * @typedef {Json & {
 *   readonly id: string
 *   readonly object?: string
 *   readonly created_at?: number
 *   readonly thread_id?: string | null
 *   readonly assistant_id?: string | null
 *   readonly run_id?: string | null
 *   readonly response_id?: string | null
 *   readonly output_index?: number
 *   readonly phase?: string | null
 *   readonly role?: string
 *   readonly status?: string
 *   readonly incomplete_details?: {readonly reason: string} | null
 *   readonly content?: readonly Part[]
 * }} Message
 *
 * @typedef {Json & {
 *   readonly type: string
 *   readonly index?: number
 *   readonly text?: {readonly value: string, readonly annotations?: readonly any[]}
 *   readonly refusal?: string
 *   readonly image_file?: {readonly file_id: string, readonly detail?: string}
 *   readonly image_url?: {readonly url: string, readonly detail?: string}
 * }} Part
 *
 * @typedef {readonly Message[]} Thread
 *   The messages of a thread, newest first.
 */

/**
 * What a run of the `responses` upstream has put out: a message, a call, a piece of reasoning.
 *
 * @typedef {object} OutputItem
 * @property {string | null} response_id
 * @property {number} output_index
 * @property {any} item as the API has it, with what its deltas have added so far
 */

/**
 * A run as the relay tells it, or an entry of the run list.
 *
 * @typedef {Json & {
 *   readonly id: string
 *   readonly upstream_ids?: readonly string[]
 *   readonly response_id?: string
 *   readonly thread_id?: string | null
 *   readonly assistant_id?: string | null
 *   readonly status?: string | null
 *   readonly created_at?: number | null
 *   readonly steps?: readonly any[]
 *   readonly output?: readonly OutputItem[]
 *   readonly required_action?: any
 *   readonly usage?: any
 *   readonly last_error?: {readonly code: string, readonly message: string} | null
 *   readonly incomplete_details?: any
 * }} Run
 *
 * @typedef {readonly Run[]} Runs
 *   The runs of a thread, newest first.
 */

/**
 * What one event does to a list: `(list, data, run) => list`.
 *
 * @template Data
 * @typedef {(thread: Thread, data: Data, run?: any) => Thread} Case
 */

/**
 * @template Data
 * @typedef {(runs: Runs, data: Data, run?: any) => Runs} RunCase
 */

/**
 * @typedef {Readonly<Record<string, Case<any>>>} Cases
 * @typedef {Readonly<Record<string, RunCase<any>>>} RunCases
 */

/**
 * @template State
 * @typedef {(state: State, event: Event) => State} Reducer
 */

export {}
