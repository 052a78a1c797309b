import { hasEnded } from '../reducer/run.js'

/**
 * @import { Run } from '../reducer/types.js'
 * @import { ToolOutput } from './types.js'
 */

/**
 * @typedef {Record<string, (args: any) => unknown>} Tools
 * @typedef {{id: string, type: string, function?: {name: string, arguments: string}}} ToolCall
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
    for (const { id, function: asked } of toolCalls(run)) {
      if (!asked || !Object.hasOwn(this.tools, asked.name) || this.outputs.has(id)) continue
      const output = answer(id, this.tools[asked.name], asked.arguments)
      this.outputs.set(id, { runId: run.id, output })
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
 * @param {string} id
 * @param {((args: any) => unknown) | undefined} tool
 * @param {string} given the arguments, as the model wrote them
 * @returns {Promise<ToolOutput>}
 */
async function answer(id, tool, given) {
  try {
    const output = await tool?.(JSON.parse(given || '{}'))
    // Of a function or a symbol there is no JSON at all.
    const text = typeof output === 'string' ? output : JSON.stringify(output)
    return { tool_call_id: id, output: text ?? 'null' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { tool_call_id: id, output: JSON.stringify({ error: message }) }
  }
}
