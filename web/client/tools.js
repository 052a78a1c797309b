import { hasEnded } from '../reducer/run.js'

/**
 * @import { Run } from '../reducer/types.js'
 * @import { ToolOutput } from './types.js'
 */

/**
 * @typedef {Record<string, (args: any) => unknown>} Tools
 *
 * @typedef {object} ToolCall
 * @property {string} id
 * @property {string} type
 * @property {{name: string, arguments: string}} [function]
 * @property {{name: string, input: string}} [custom_tool_call]
 */

/**
 * @param {Run} run
 * @returns {readonly ToolCall[]} what a run in `requires_action` asks for
 */
export function toolCalls(run) {
  const action = /** @type {any} */ (run).required_action
  return action?.submit_tool_outputs?.tool_calls ?? []
}

/** Answers those calls of a run that have a function in this page. */
export class Toolbox {
  /** @param {Tools} tools */
  constructor(tools) {
    this.tools = tools

    /**
     * Outputs by call, from when a function is called until its run goes on: a function is called
     * once, and its output kept while a call beside it is answered by hand.
     *
     * @type {Map<string, {runId: string, output: Promise<ToolOutput>}>}
     */
    this.outputs = new Map()
  }

  /**
   * Calls the functions that a run asks for.
   *
   * @param {Run} run
   */
  begin(run) {
    for (const call of toolCalls(run)) {
      const name = nameOf(call)
      if (!Object.hasOwn(this.tools, name) || this.outputs.has(call.id)) continue
      const output = answer(call, this.tools[name])
      this.outputs.set(call.id, { runId: run.id, output })
    }
  }

  /**
   * @param {Run} run
   * @returns {boolean} whether every call is one of this page's functions
   */
  canAnswer(run) {
    const calls = toolCalls(run)
    return calls.length > 0 && calls.every(({ id }) => this.outputs.has(id))
  }

  /**
   * @param {Run} run
   * @param {readonly ToolOutput[]} given by hand, which win
   * @returns {Promise<readonly ToolOutput[]>} these, and the outputs of this page's functions
   */
  async complete(run, given) {
    const answered = new Set(given.map(({ tool_call_id: id }) => id))
    const missing = toolCalls(run).filter(({ id }) => !answered.has(id))
    const outputs = await Promise.all(missing.map(({ id }) => this.outputs.get(id)?.output))
    return [...given, ...outputs.filter((output) => output !== undefined)]
  }

  /**
   * Forgets the outputs of calls that the run, whoever answered them, does not ask for any more.
   *
   * @param {Run} run
   */
  keep(run) {
    const asked = new Set(hasEnded(run) ? [] : toolCalls(run).map(({ id }) => id))
    for (const [id, { runId }] of this.outputs) {
      if (runId === run.id && !asked.has(id)) this.outputs.delete(id)
    }
  }

  /** @param {Run} run that goes on, or has ended */
  forget(run) {
    for (const { id } of toolCalls(run)) this.outputs.delete(id)
  }
}

/**
 * What a function or a custom tool is called.  All else has no name: only a person may give an
 * approval, and whatever runs commands has to be somewhere else.
 *
 * @param {ToolCall} call
 */
function nameOf({ type, function: asked, custom_tool_call: custom }) {
  return (type === 'custom_tool_call' ? custom : asked)?.name ?? ''
}

/**
 * @param {ToolCall} call
 * @returns {unknown} a function's arguments are JSON, a custom tool's input is plain text
 */
function givenTo({ function: asked, custom_tool_call: custom }) {
  return custom ? custom.input : JSON.parse(asked?.arguments || '{}')
}

/**
 * @param {ToolCall} call
 * @param {((args: any) => unknown) | undefined} tool
 * @returns {Promise<ToolOutput>}
 */
async function answer(call, tool) {
  const { id } = call
  try {
    const output = await tool?.(givenTo(call))
    // Of a function or a symbol there is no JSON at all.
    const text = typeof output === 'string' ? output : JSON.stringify(output)
    return { tool_call_id: id, output: text ?? 'null' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { tool_call_id: id, output: JSON.stringify({ error: message }) }
  }
}
