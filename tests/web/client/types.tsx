// Compiled, never run: what a page in TypeScript may write.
import { useEffect, useState } from 'react'
import {
  addMessage,
  addMessageAndRuns,
  createRelay,
  createThread,
  loadThread,
  messagesOf,
  RelayError,
  type ConnectionState,
  type Event,
  type Message,
  type Run,
  type Thread,
} from '../../../web/index.js'

type OwnMessage = { id: string; role: 'user' | 'assistant'; mine: boolean }

export function Threads({ id }: { id: string }) {
  const [untyped, setUntyped] = useState<any[]>([])
  const [, setMessages] = useState<Message[]>([])
  const [, setThread] = useState<Thread>([])
  const [, setOwn] = useState<OwnMessage[]>([])
  const [, setRuns] = useState<readonly Run[]>([])
  const [connection, setConnection] = useState<ConnectionState>('connecting')

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    void loadThread(id, setUntyped, { signal, setRuns, onConnection: setConnection })
    void loadThread(id, setMessages, { limit: 20, interval: 0 })
    void loadThread(id, setThread)
    void loadThread(id, setOwn)
    return () => controller.abort()
  }, [id])

  return <p title={connection}>{untyped.length}</p>
}

export async function converse(signal: AbortSignal, event: Event): Promise<string> {
  const { id } = await createThread()
  const message: Message = await addMessage(id, 'Hello')
  const perhaps: Message | undefined = await addMessage(id, 'Hello', null, { signal })
  const runs: readonly Run[] = await addMessageAndRuns(id, 'Hello', ['a', 'b'], undefined, {
    ifBusy: 'interrupt',
    metadata: { by: 'me' },
    idempotencyKey: 'key',
    optimistic: true,
  })

  // @ts-expect-error  After an abort there is no message.
  const certain: Message = await addMessage(id, 'Hello', null, { signal })
  // @ts-expect-error  An assistant is named by its id.
  await addMessageAndRuns(id, 'Hello', [1])
  // @ts-expect-error  There is no such way to be busy.
  await addMessageAndRuns(id, 'Hello', ['a'], null, { ifBusy: 'wait' })

  return [message, perhaps, certain, event.event, ...runs.map(({ status }) => status)].join()
}

export function elsewhere(thread: Thread, run: Run) {
  const relay = createRelay({
    url: 'https://relay.example',
    credentials: 'include',
    tools: { weather: async ({ city }: { city: string }) => `fine in ${city}` },
    events: ['note.added'],
    cases: { 'note.added': (thread, note: Message) => [note, ...thread] },
    fetch,
    EventSource,
  })
  relay.stop(thread[0]?.id ?? '', run.id).catch((error: unknown) => {
    if (error instanceof RelayError) return error.status + (error.code ?? '')
    throw error
  })
  return messagesOf(thread, run)
}

export function place({ response_id: response, output_index: index, phase }: Message, run: Run) {
  const isFinal: boolean = phase === 'final_answer'
  const doings = run.output?.map((entry) => `${entry.response_id}/${entry.output_index}`)
  return isFinal ? doings?.indexOf(`${response}/${index}`) : undefined
}
