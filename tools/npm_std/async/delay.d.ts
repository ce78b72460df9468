// The types of `@std/async/delay`, which its npm republication lacks.

export interface DelayOptions {
  signal?: AbortSignal;
  persistent?: boolean;
}

export function delay(ms: number, options?: DelayOptions): Promise<void>;
