// What is reported of a document before and after a change, as plain data.

export interface Problem {
  readonly source: string;
  readonly message: string;
}

/** How many problems went and came, and what the first new one says. */
export interface Comparison {
  readonly fewer: number;
  readonly added: number;
  readonly first: string;
}

/** Compare two reports; the same message at another place, or with another number in it, is the same problem. */
export function compared(before: readonly Problem[], after: readonly Problem[]): Comparison {
  const left = new Map<string, number>();
  for (const problem of before) {
    left.set(key(problem), (left.get(key(problem)) ?? 0) + 1);
  }
  const added = after.filter((problem) => {
    const count = left.get(key(problem)) ?? 0;
    left.set(key(problem), count - 1);
    return count < 1;
  });
  return { fewer: before.length - (after.length - added.length), added: added.length, first: added[0]?.message ?? '' };
}

function key({ source, message }: Problem): string {
  return `${source}\n${message.replace(/\b\d+\b/g, '0')}`;
}
