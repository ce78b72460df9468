import { defineRoutine, event, slot } from "../../faces/routine.ts";

/** Handlers that bring a worker into trouble. */
export const hostile = defineRoutine(import.meta, {
  slots: {
    recurses: slot<string>(),
    movesMany: slot<number>(),
    throwsProxy: slot<undefined>(),
    lazy: slot<SharedArrayBuffer>(),
    callable: slot<SharedArrayBuffer>(),
    echo: slot<string>(),
    flushes: slot<undefined>(),
    changesContext: slot<undefined>(),
  },
  events: { out: event<unknown>() },
  handlers: {
    recurses(who, ctx) {
      const visit = (): void => {
        try {
          visit();
        } catch (error) {
          ctx.progress(who);
          throw error;
        }
      };
      visit();
    },
    movesMany(count, ctx) {
      const buffers = Array.from({ length: count }, () => new ArrayBuffer(1));
      ctx.emit("out", buffers, { transfer: buffers });
    },
    throwsProxy() {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      throw proxy;
    },
    lazy: (sent) => ({ then: (resolve: () => void) => send(sent, resolve) }) as PromiseLike<void>,
    callable: (sent) =>
      Object.assign(() => {}, {
        then: (resolve: () => void) => send(sent, resolve),
      }) as unknown as PromiseLike<void>,
    echo: (who, ctx) => void ctx.emit("out", who),
    // Not awaited, and then it throws.
    flushes(_, ctx) {
      ctx.emit("out", 1);
      void ctx.flush();
      throw new TypeError("thrown at once");
    },
    changesContext(_, ctx) {
      const changes = [
        () => Object.assign(ctx, { emit: () => {} }),
        () => Object.assign(Object.getPrototypeOf(ctx), { emit: () => {} }),
        () => Reflect.get(ctx, "close").call(ctx),
        () => Reflect.get(ctx, "take").call(ctx),
      ];
      ctx.emit("out", changes.map(nameOfError));
    },
  },
});

/** As a query builder does, when it is awaited. */
function send(sent: SharedArrayBuffer, resolve: () => void): void {
  Atomics.add(new Int32Array(sent), 0, 1);
  setTimeout(() => {
    Atomics.add(new Int32Array(sent), 1, 1);
    resolve();
  }, 5);
}

function nameOfError(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return (error as Error).name;
  }
}
