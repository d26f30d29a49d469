/** Calls listeners by the name of an event. `Events` maps names to the arguments of their listeners. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  #listeners: { [Name in keyof Events]?: Set<(...values: Events[Name]) => void> } = {};

  /** Adds a listener; what it gives back removes it again. */
  on<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): () => void {
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  protected emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    for (const listener of this.#listeners[name] ?? []) listener(...values);
  }
}
