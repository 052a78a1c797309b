/**
 * @typedef {Record<string, any>} Json
 * @typedef {import('node:http').ServerResponse} Response
 */

/** A thread of the fake relay: what it holds, its log, and who follows it. */
export class FakeThread {
  /** Names this incarnation of the log. */
  log = 'a'

  /** @type {{event: string, data: Json}[]} */
  frames = []

  /** Frames up to here have been removed from the log. */
  trimmed = 0

  /** @type {Map<string, Json>} */
  runs = new Map()

  /** @type {Set<Response>} */
  followers = new Set()

  /** How many things have got an id. */
  made = 0

  /** @param {string} id @param {Json[]} messages newest first */
  constructor(id, messages) {
    this.id = id
    this.messages = messages
  }

  get cursor() {
    return `${this.log}.${this.frames.length}`
  }

  /** @param {URLSearchParams} query */
  page(query) {
    const limit = Number(query.get('limit') ?? 20)
    const after = query.get('after')
    const from = after ? this.messages.findIndex(({ id }) => id === after) + 1 : 0
    const data = this.messages.slice(from, from + limit)
    const page = { object: 'list', data, last_id: data.at(-1)?.['id'] ?? null }
    const rest = { ...page, has_more: from + limit < this.messages.length }
    return after ? rest : { ...rest, last_event_id: this.cursor, runs: this.unfinished() }
  }

  unfinished() {
    const ended = ['completed', 'incomplete', 'failed', 'cancelled', 'expired']
    return [...this.runs.values()].filter(({ status }) => !ended.includes(status)).reverse()
  }

  /** Puts a frame into the log and sends it. @param {string} event @param {Json} data */
  send(event, data) {
    this.frames.push({ event, data })
    for (const follower of this.followers) follower.write(frame(event, data, this.cursor))
  }

  /** Says that it is there; a ping is no part of the log. */
  ping() {
    for (const follower of this.followers) follower.write('event: relay.ping\ndata: {}\n\n')
  }

  /** @param {string} cursor @param {Response} response */
  follow(cursor, response) {
    const [log, position] = cursor.split('.')
    this.followers.add(response)
    response.on('close', () => this.followers.delete(response))
    if (log !== this.log || Number(position) < this.trimmed) {
      response.write(frame('relay.gap', { reason: 'trimmed' }, this.cursor))
      return
    }
    for (let place = Number(position); place < this.frames.length; place += 1) {
      const { event, data } = /** @type {{event: string, data: Json}} */ (this.frames[place])
      response.write(frame(event, data, `${this.log}.${place + 1}`))
    }
  }

  /** Ends every connection, as a proxy does. */
  cut() {
    for (const follower of this.followers) follower.destroy()
  }

  /** Forgets all frames. */
  trim() {
    this.trimmed = this.frames.length
  }

  /** @param {string | Json[]} content */
  addMessage(content) {
    const text = { value: content, annotations: [] }
    const message = {
      id: this.nextId('msg'),
      object: 'thread.message',
      thread_id: this.id,
      role: 'user',
      status: 'completed',
      content: typeof content === 'string' ? [{ type: 'text', text }] : content,
    }
    this.messages = [message, ...this.messages]
    this.send('relay.message', message)
    return message
  }

  /** @param {Json} body */
  startRun({ assistant_id: assistantId, additional_messages: messages = [], if_busy: ifBusy }) {
    const isQueued = ifBusy === 'enqueue' && this.unfinished().length > 0
    const run = {
      id: this.nextId('run'),
      object: 'thread.run',
      thread_id: this.id,
      assistant_id: assistantId,
      status: 'queued',
      created_at: 1,
      upstream_ids: [],
      required_action: null,
      last_error: null,
      incomplete_details: null,
      usage: null,
    }
    this.runs.set(run.id, run)
    for (const { content } of messages) this.addMessage(content)
    return isQueued ? this.setRun(run.id, {}) : this.setRun(run.id, { status: 'in_progress' })
  }

  /** Tells that a run has changed. @param {string} id @param {Json} change */
  setRun(id, change) {
    const run = { ...this.runs.get(id), ...change }
    this.runs.set(id, run)
    this.send('relay.run', run)
    return run
  }

  /** @param {string} id @param {string} status */
  endRun(id, status = 'completed') {
    return this.setRun(id, { status, required_action: null })
  }

  /** @param {string} id */
  continueRun(id) {
    return this.setRun(id, { status: 'in_progress', required_action: null })
  }

  /** @param {string} id @param {...{id: string, name: string, arguments?: string}} calls */
  requireAction(id, ...calls) {
    const toolCalls = calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments ?? '{}' },
    }))
    return this.askFor(id, ...toolCalls)
  }

  /** @param {string} id @param {...Json} toolCalls of whatever type */
  askFor(id, ...toolCalls) {
    const action = { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: toolCalls } }
    return this.setRun(id, { status: 'requires_action', required_action: action })
  }

  /**
   * An assistant's message, one delta for each word.
   *
   * @param {string[]} words
   * @param {string} runId
   */
  answer(words, runId) {
    const message = this.beginAnswer(runId)
    for (const word of words) this.addWord(message.id, word)
    return this.endAnswer(message.id)
  }

  /** @param {string} runId */
  beginAnswer(runId) {
    const message = {
      id: this.nextId('msg'),
      object: 'thread.message',
      thread_id: this.id,
      role: 'assistant',
      run_id: runId,
      status: 'in_progress',
      content: [],
    }
    this.messages = [message, ...this.messages]
    this.send('thread.message.created', message)
    return message
  }

  /** @param {string} id @param {string} word */
  addWord(id, word) {
    const content = [{ index: 0, type: 'text', text: { value: word } }]
    const said = textOf(this.messages.find((message) => message['id'] === id))
    this.#put(id, { content: [{ type: 'text', text: { value: said + word, annotations: [] } }] })
    this.send('thread.message.delta', { id, object: 'thread.message.delta', delta: { content } })
  }

  /**
   * The upstream knows more than the relay has heard.
   *
   * @param {string} id
   * @param {string} text
   */
  whisper(id, text) {
    const content = [{ type: 'text', text: { value: text, annotations: [] } }]
    this.#put(id, { status: 'completed', content })
  }

  /** @param {string} id */
  endAnswer(id) {
    const message = this.#put(id, { status: 'completed' })
    this.send('thread.message.completed', message)
    return message
  }

  /** @param {string} kind */
  nextId(kind) {
    this.made += 1
    return `${kind}_${this.made}`
  }

  /** @param {string} id @param {Json} change */
  #put(id, change) {
    const changed = { ...this.messages.find((message) => message['id'] === id), ...change }
    this.messages = this.messages.map((message) => (message['id'] === id ? changed : message))
    return changed
  }
}

/** @param {Json | undefined} message @returns {string} */
export function textOf(message) {
  return (message?.['content'] ?? [])
    .map((/** @type {Json} */ part) => part['text']?.value ?? '')
    .join('')
}

/** @param {string} event @param {Json} data @param {string} id */
function frame(event, data, id) {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
