import { createServer } from 'node:http'
import { EventSource } from '../../../web/node_modules/eventsource/dist/index.js'
import { createRelay } from '../../../web/index.js'
import { FakeThread } from './fake-thread.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {{method: string, path: string, query: URLSearchParams}} SeenLine
 * @typedef {SeenLine & {key: string | undefined, body: any}} Seen
 * @typedef {{status?: number, body?: unknown, headers?: Record<string, string>}} Answer
 * @typedef {(
 *   seen: Seen, request: Request, response: Response
 * ) => Answer | undefined | Promise<Answer | undefined>} Rule
 */

/** A relay of one process that speaks as design says, and waits where a test tells it to. */
export class FakeRelay {
  /** Every request that came, feeds included. @type {Seen[]} */
  seen = []

  /** What a test wants done differently; the first rule that answers wins. @type {Rule[]} */
  rules = []

  /** @type {Map<string, FakeThread>} */
  threads = new Map()

  /** Answers by idempotency key. @type {Map<string, Answer>} */
  answers = new Map()

  /** @type {Set<import('node:net').Socket>} */
  sockets = new Set()

  url = ''

  async start(port = 0) {
    this.server = createServer((request, response) => void this.#answer(request, response))
    this.server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
    await new Promise((resolve) => this.server?.listen(port, '127.0.0.1', () => resolve(null)))
    const address = /** @type {import('node:net').AddressInfo} */ (this.server.address())
    this.url = `http://127.0.0.1:${address.port}`
    return this
  }

  /** Goes away as a process does that is killed; `start(port)` brings it back. */
  async stop() {
    const closed = new Promise((resolve) => this.server?.close(() => resolve(null)))
    for (const socket of this.sockets) socket.destroy()
    await closed
    return Number(new URL(this.url).port)
  }

  /** @param {import('../../../web/client/types.js').RelayOptions} [options] */
  client(options = {}) {
    return createRelay({ url: this.url, EventSource, ...options })
  }

  /** @param {string} [id] @param {import('./fake-thread.mjs').Json[]} [messages] newest first */
  thread(id = 'thread_1', messages = []) {
    const thread = this.threads.get(id) ?? new FakeThread(id, messages)
    this.threads.set(id, thread)
    return thread
  }

  /** @param {string} method @param {RegExp} path */
  requests(method, path) {
    return this.seen.filter((seen) => seen.method === method && path.test(seen.path))
  }

  /**
   * Holds back the answers to such requests until `open` is called.
   *
   * @param {string} method @param {RegExp} path
   */
  gate(method, path) {
    let open = () => {}
    let arrive = () => {}
    const opened = new Promise((resolve) => (open = () => resolve(undefined)))
    const arrived = new Promise((resolve) => (arrive = () => resolve(undefined)))
    this.rules.unshift(async (seen) => {
      if (seen.method !== method || !path.test(seen.path)) return undefined
      arrive()
      await opened
      return undefined
    })
    return { open, arrived }
  }

  /** Resolves when such a request comes. @param {string} method @param {RegExp} path */
  arrival(method, path) {
    return new Promise((resolve) => {
      /** @type {Rule} */
      const rule = (seen) => {
        if (seen.method === method && path.test(seen.path)) {
          this.rules.splice(this.rules.indexOf(rule), 1)
          resolve(seen)
        }
        return undefined
      }
      this.rules.unshift(rule)
    })
  }

  /**
   * Answers the next such request so.
   *
   * @param {string} method
   * @param {RegExp} path
   * @param {Answer} answer
   */
  once(method, path, answer) {
    /** @type {Rule} */
    const rule = (seen) => {
      if (seen.method !== method || !path.test(seen.path)) return undefined
      this.rules.splice(this.rules.indexOf(rule), 1)
      return answer
    }
    this.rules.push(rule)
  }

  /** @param {Request} request @param {Response} response */
  async #answer(request, response) {
    const url = new URL(request.url ?? '/', 'http://relay')
    const text = (await request.toArray()).join('')
    const key = /** @type {string | undefined} */ (request.headers['idempotency-key'])
    const { method = 'GET' } = request
    const seen = {
      method,
      path: url.pathname,
      query: url.searchParams,
      key,
      body: text && JSON.parse(text),
    }
    this.seen.push(seen)
    for (const rule of [...this.rules]) {
      const answer = await rule(seen, request, response)
      if (answer) return send(response, answer)
      if (response.destroyed) return undefined
    }
    const [, , id = '', ...rest] = url.pathname.split('/')
    if (rest[0] === 'events') return this.#follow(id, seen, request, response)
    const known = key === undefined ? undefined : this.answers.get(key)
    const answer = known ?? this.#route(method, id, rest, seen)
    if (key !== undefined && (answer.status ?? 200) < 300) this.answers.set(key, answer)
    return send(response, answer)
  }

  /**
   * @param {string} method
   * @param {string} id of the thread
   * @param {string[]} rest of the path
   * @param {Seen} seen
   * @returns {Answer}
   */
  #route(method, id, rest, { path, query, body }) {
    if (path === '/assistants') return { body: { object: 'list', data: [{ id: 'plain' }] } }
    if (path === '/threads')
      return { body: { id: this.thread(`thread_${this.seen.length}`).id, object: 'thread' } }
    const thread = this.threads.get(id)
    const [what, run, action] = rest
    if (!thread) return refusal(404, 'not_found')
    if (method === 'GET' && what === 'messages') return { body: thread.page(query) }
    if (method === 'GET' && run)
      return thread.runs.has(run) ? { body: thread.runs.get(run) } : refusal(404, 'not_found')
    if (what === 'messages') return { body: thread.addMessage(body.content) }
    if (action === 'cancel') return { body: thread.endRun(run ?? '', 'cancelled') }
    if (action) return { body: thread.continueRun(run ?? '') }
    return { status: 201, body: thread.startRun(body) }
  }

  /** @param {string} id @param {Seen} seen @param {Request} request @param {Response} response */
  #follow(id, { query }, request, response) {
    const thread = this.threads.get(id)
    if (!thread) return send(response, refusal(404, 'not_found'))
    const cursor = request.headers['last-event-id'] ?? query.get('last_event_id') ?? ''
    const origin = { 'Access-Control-Allow-Origin': '*' }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', ...origin })
    response.write(`retry: 1\nid: ${cursor}\n\n`)
    return thread.follow(String(cursor), response)
  }
}

/** @param {number} status @param {string} code @returns {Answer} */
export function refusal(status, code) {
  const error = { message: `words for ${code}`, type: 'invalid_request_error', param: null, code }
  return { status, body: { error } }
}

/** @param {Response} response @param {Answer} answer */
function send(response, { status = 200, body = {}, headers = {} }) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
