/**
 * The names of this library's shapes.  There is nothing here to run.
 *
 * @import { Case, Message, Run, RunCase } from '../reducer/types.js'
 * @import { Fetch } from './http.js'
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
 *
 * @typedef {'connecting' | 'open' | 'lost' | 'offline' | 'reloading' | 'paused'} ConnectionState
 */

/**
 * How a page sees a thread.
 *
 * @typedef {object} View
 * @property {SetList} [set] is given the thread list
 * @property {SetList} [setRuns] is given the run list, newest first
 * @property {(state: ConnectionState) => void} [onConnection]
 * @property {number} [interval] milliseconds between two calls of a setter (16); 0: after each event
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
 * @typedef {Options & PostOptions & {ifBusy?: 'reject' | 'enqueue' | 'interrupt', metadata?: object, interval?: number}} RunOptions
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
 * @typedef {object} RelayOptions
 * @property {string} [url] where the relay is; without it, where the page came from
 * @property {RequestCredentials} [credentials] `include` for a relay of another origin that sets cookies
 * @property {Record<string, (args: any) => unknown>} [tools] functions that runs of this page may call, by name
 * @property {readonly string[]} [events] more names of events to follow
 * @property {Record<string, Case<any>>} [cases] what more events, or other ones, do to the thread list
 * @property {Record<string, RunCase<any>>} [runCases] and to the run list
 * @property {Fetch} [fetch]
 * @property {new (url: string, init?: {withCredentials?: boolean}) => EventSourceLike} [EventSource]
 */

/**
 * The functions of one relay.  Those that take a `set` let it follow the thread for as long as
 * they are under way; `loadThread` until it is given another thread, or its signal aborts.
 *
 * @typedef {object} Relay
 * @property {(threadId: string, set: SetList, options?: LoadOptions) => Promise<void>} loadThread
 *   Shows all messages, then everything that happens; resolves once the messages are there.
 * @property {<Given extends Options & {limit?: number}>(threadId: string, set?: SetList | null, options?: Given) => Promise<Result<boolean, Given>>} loadOlder
 *   Adds messages (`limit`, 100) that are older than the list; resolves with whether there are more.
 * @property {<Given extends AddOptions>(threadId: string, content: Content, set?: SetList | null, options?: Given) => Promise<Result<Message, Given>>} addMessage
 *   Adds a message of the user's; resolves with it, once it is in the list.
 * @property {<Given extends RunOptions>(threadId: string, assistantId: string, set?: SetList | null, options?: Given) => Promise<Result<Run, Given>>} run
 *   Lets an assistant answer; resolves with the run, ended or in `requires_action`.
 * @property {<Given extends AddAndRunOptions>(threadId: string, content: Content, assistantId: string, set?: SetList | null, options?: Given) => Promise<Result<Run, Given>>} addMessageAndRun
 *   Both in one request.
 * @property {<Given extends AddAndRunOptions>(threadId: string, content: Content, assistantIds: readonly string[], set?: SetList | null, options?: Given) => Promise<Result<readonly Run[], Given>>} addMessageAndRuns
 *   Lets several assistants answer, one after the other; all are queued at once, so that they run though the page is closed.
 * @property {<Given extends Options & PostOptions>(threadId: string, runId: string, outputs: readonly ToolOutput[], options?: Given) => Promise<Result<Run, Given>>} submitToolOutputs
 *   Answers the calls of a run in `requires_action`; resolves with the run when it has ended or asks again.
 * @property {<Given extends Options & {queued?: boolean}>(threadId: string, runId: string, options?: Given) => Promise<Result<Run, Given>>} stop
 *   Ends a run and keeps its partial text; with `queued` those that wait after it too.
 * @property {<Given extends Options & PostOptions>(options?: Given) => Promise<Result<ThreadObject, Given>>} createThread
 * @property {<Given extends Options>(options?: Given) => Promise<Result<Assistant[], Given>>} assistants
 *   Which assistants there are to choose from.
 */

export {}
