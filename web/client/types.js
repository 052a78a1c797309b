/**
 * The names of this library's shapes.  There is nothing here to run.
 *
 * @import { Cases, Message, Run, RunCases } from '../reducer/types.js'
 * @import { Fetch } from './http.js'
 * @import { Tools } from './tools.js'
 */

/**
 * Takes an updater, as a setter of React's `useState` does.  `any`, so that the state may be of
 * whatever type a page has for its messages.
 *
 * @typedef {(update: () => any[]) => void} SetList
 */

/**
 * - `connecting`: the thread is being loaded, or its feed opened
 * - `open`: what happens on the thread is seen as it happens
 * - `lost`: the relay cannot be reached; it is tried again and again
 * - `offline`: the same, and the browser says that there is no network
 * - `reloading`: some events are gone, so the thread is loaded anew
 * - `paused`: the page was hidden and let its connection go; it returns by itself
 * - `gone`: the relay does not know the thread any more; what waits for something rejects, and
 *   only another call looks for the thread again
 *
 * @typedef {'connecting' | 'open' | 'lost' | 'offline' | 'reloading' | 'paused' | 'gone'
 * } ConnectionState
 */

/**
 * How a page sees a thread.
 *
 * @typedef {object} View
 * @property {SetList} [set] is given the thread list
 * @property {SetList} [setRuns] is given the run list, newest first
 * @property {(state: ConnectionState) => void} [onConnection]
 * @property {number} [interval] milliseconds between two calls (16); 0: after each event
 */

/**
 * @typedef {object} Options
 * @property {AbortSignal} [signal] after it aborts no setter is called, and the promise resolves,
 *   with undefined if it has not yet; nothing that was sent is unsent
 */

/**
 * @typedef {{idempotencyKey?: string}} PostOptions
 *   A key of the caller's own, under which a repetition, in another page too, does nothing more.
 *
 * @typedef {Options & Omit<View, 'set'> & {limit?: number}} LoadOptions
 *   `limit`: how many of the newest messages to load; all without it.
 *
 * @typedef {Options & PostOptions & {optimistic?: boolean, interval?: number}} AddOptions
 *   `optimistic`: shows the message at once, with an id that begins with `local_`, until the real
 *   one is there or the relay has refused it.
 *
 * @typedef {'reject' | 'enqueue' | 'interrupt'} IfBusy
 * @typedef {{ifBusy?: IfBusy, metadata?: object, interval?: number}} RunDetails
 * @typedef {Options & PostOptions & RunDetails} RunOptions
 * @typedef {AddOptions & RunOptions} AddAndRunOptions
 */

/**
 * The content of a message to send: text, or parts as OpenAI has them.
 *
 * @typedef {string | readonly object[]} Content
 * @typedef {{id: string, name?: string | null, description?: string | null}} Assistant
 * @typedef {{id: string, object: 'thread', created_at: number, metadata?: object}} ThreadObject
 * @typedef {{tool_call_id: string, output: string}} ToolOutput
 */

/**
 * What a promise resolves with: the value, or undefined where a signal might abort.
 *
 * @template Value, Given
 * @typedef {Given extends {signal: AbortSignal} ? Value | undefined : Value} Result
 */

/**
 * What this library needs of an `EventSource`.
 *
 * @typedef {object} EventSourceLike
 * @property {number} readyState
 * @property {(name: string, listener: (event: any) => void) => void} addEventListener
 * @property {() => void} close
 */

/**
 * @typedef {new (
 *   url: string, init?: {withCredentials?: boolean}
 * ) => EventSourceLike} EventSourceClass
 */

/**
 * @typedef {object} RelayOptions
 * @property {string} [url] where the relay is; without it, where the page came from
 * @property {RequestCredentials} [credentials] `include` for one elsewhere that sets cookies
 * @property {Tools} [tools] functions, by name, that the runs of this page may call; one for a
 *   custom tool is given its input as text, the others their arguments
 * @property {readonly string[]} [events] more names of events to follow
 * @property {Cases} [cases] what more events, or the same ones, do to the thread list
 * @property {RunCases} [runCases] and to the run list
 * @property {Fetch} [fetch]
 * @property {EventSourceClass} [EventSource]
 */

/**
 * The functions of one relay.  A `set` follows the thread for as long as a call is under way;
 * one given to `loadThread` until that gives it another thread, or the signal aborts.
 *
 * @typedef {object} Relay
 * @property {LoadThread} loadThread
 *   Shows all messages, then everything that happens; resolves once the messages are there.
 * @property {LoadOlder} loadOlder
 *   Adds older messages (100, or `limit`) to the list; resolves with whether there are more.
 * @property {AddMessage} addMessage
 *   Adds a message of the user's; resolves with it, once it is in the list.
 * @property {StartRun} run
 *   Lets an assistant answer; resolves with the run, ended or in `requires_action`.
 * @property {AddMessageAndRun} addMessageAndRun
 *   Both in one request.
 * @property {AddMessageAndRuns} addMessageAndRuns
 *   Lets several assistants answer, one after the other.  All are queued at once, so that they run
 *   though the page is closed.
 * @property {SubmitToolOutputs} submitToolOutputs
 *   Answers the calls of a run in `requires_action`; resolves with the run when it has ended or
 *   asks again.
 * @property {Stop} stop
 *   Ends a run and keeps its partial text; with `queued` also those that wait after it.
 * @property {CreateThread} createThread
 * @property {Assistants} assistants
 *   Which assistants there are to choose from.
 */

/**
 * @typedef {SetList | null} PerhapsSet
 *
 * @typedef {(threadId: string, set: SetList, options?: LoadOptions) => Promise<void>} LoadThread
 *
 * @typedef {<Given extends Options & {limit?: number}>(
 *   threadId: string, set?: PerhapsSet, options?: Given
 * ) => Promise<Result<boolean, Given>>} LoadOlder
 *
 * @typedef {<Given extends AddOptions>(
 *   threadId: string, content: Content, set?: PerhapsSet, options?: Given
 * ) => Promise<Result<Message, Given>>} AddMessage
 *
 * @typedef {<Given extends RunOptions>(
 *   threadId: string, assistantId: string, set?: PerhapsSet, options?: Given
 * ) => Promise<Result<Run, Given>>} StartRun
 *
 * @typedef {<Given extends AddAndRunOptions>(
 *   threadId: string, content: Content, assistantId: string, set?: PerhapsSet, options?: Given
 * ) => Promise<Result<Run, Given>>} AddMessageAndRun
 *
 * @typedef {<Given extends AddAndRunOptions>(
 *   threadId: string, content: Content, assistantIds: readonly string[],
 *   set?: PerhapsSet, options?: Given
 * ) => Promise<Result<readonly Run[], Given>>} AddMessageAndRuns
 *
 * @typedef {<Given extends Options & PostOptions>(
 *   threadId: string, runId: string, outputs: readonly ToolOutput[], options?: Given
 * ) => Promise<Result<Run, Given>>} SubmitToolOutputs
 *
 * @typedef {<Given extends Options & {queued?: boolean}>(
 *   threadId: string, runId: string, options?: Given
 * ) => Promise<Result<Run, Given>>} Stop
 *
 * @typedef {<Given extends Options & PostOptions>(
 *   options?: Given
 * ) => Promise<Result<ThreadObject, Given>>} CreateThread
 *
 * @typedef {<Given extends Options>(
 *   options?: Given
 * ) => Promise<Result<Assistant[], Given>>} Assistants
 */

export {}
