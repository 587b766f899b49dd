import { readFile } from "node:fs/promises";

export interface Options {
  path: string;
  retries: number;
  verbose?: boolean;
}

type Listener = (key: string, value: unknown) => void;

export class Store {
  private values = new Map<string, unknown>();
  private listeners: Listener[] = [];

  constructor(private readonly options: Options) {
    if (options.verbose) {
      this.onChange((key) => console.log(`changed ${key}`));
    }
  }

  async load(): Promise<number> {
    for (let attempt = 0; attempt < this.options.retries; attempt++) {
      try {
        const text = await readFile(this.options.path, "utf-8");
        const parsed = JSON.parse(text) as Record<string, unknown>;
        Object.entries(parsed).forEach(([key, value]) => {
          this.set(key, value);
        });
        return this.values.size;
      } catch (error) {
        console.warn("load failed", error);
      }
    }
    return 0;
  }

  set(key: string, value: unknown): void {
    this.values.set(key, value);
    for (const listener of this.listeners) {
      listener(key, value);
    }
  }

  onChange(listener: Listener): () => void {
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }
}
